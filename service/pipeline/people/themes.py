"""What people decide of themes that came up by themselves: a name, one for several, none at all.

Ids, anchors and labels stay. It takes effect at the next pass: the marks of what was found are dropped.
"""

from collections.abc import Mapping

from ouidire.errors import UsageError
from ouidire.state.marks import drop_mark
from ouidire.state.people.audit import record_action
from ouidire.state.themes import MARK, ThemeRecord, load_themes, save_themes, shown_ids
from service.pipeline.installation import Installation

LONGEST = 80
"""Characters of a theme's name."""


def list_themes(installation: Installation, *, brand: str | None = None) -> list[ThemeRecord]:
    """Return the themes of a brand, or of all, the oldest first."""
    with installation.state.read() as connection:
        return load_themes(connection, brand=brand)


def rename_theme(installation: Installation, theme_id: str, name: str, *, by: str) -> ThemeRecord:
    """Give a theme a name; an empty one gives it its label back. Raises UsageError."""
    cleaned = " ".join(name.split())
    if len(cleaned) > LONGEST:
        raise UsageError("a theme's name has 80 characters at most")
    return _changed(installation, theme_id, {"name": cleaned}, by=by, detail="renamed")


def merge_theme(installation: Installation, theme_id: str, into: str, *, by: str) -> ThemeRecord:
    """Have a theme's mentions counted with another one of its brand. Raises UsageError."""
    if theme_id == into:
        raise UsageError("a theme cannot be merged into itself: name another one")
    target = _known(installation, into)
    theme = _known(installation, theme_id)
    if target.brand != theme.brand:
        raise UsageError(f"{into} is a theme of another brand: only those of one brand can be merged")
    if shown_ids(list_themes(installation)).get(into) == theme_id:
        raise UsageError(f"{into} is merged into {theme_id}: show it again first (`ouidire themes reopen`)")
    update = {"status": "merged", "merged_into": into}
    return _changed(installation, theme_id, update, by=by, detail=f"merged into {into}")


def ignore_theme(installation: Installation, theme_id: str, *, by: str, ignored: bool = True) -> ThemeRecord:
    """Show a theme nowhere any more, and open no other in its place; or show it again. Raises UsageError."""
    update = {"status": "ignored" if ignored else "open", "merged_into": None}
    return _changed(installation, theme_id, update, by=by, detail="ignored" if ignored else "shown again")


def _changed(
    installation: Installation, theme_id: str, update: Mapping[str, object], *, by: str, detail: str
) -> ThemeRecord:
    theme = _known(installation, theme_id).model_copy(update=update)
    with installation.state.begin() as connection:
        save_themes(connection, [theme])
        record_action(connection, "theme", by=by, at=installation.clock(), subject=theme_id, detail=detail)
        drop_mark(connection, MARK)
    return theme


def _known(installation: Installation, theme_id: str) -> ThemeRecord:
    for each in list_themes(installation):
        if each.id == theme_id:
            return each
    raise UsageError(f"there is no theme {theme_id}: `ouidire themes list` names them")
