"""The registry of themes that came up by themselves: it only grows; ids, anchors and labels stay for ever.

A person may rename a theme, have it counted with another one, or have it ignored; each of these can be undone
by the same command. What was read by other weights (`version`) is compared with nothing any more, and keeps
its mentions.
"""

from collections.abc import Iterable
from typing import Literal

from pydantic import AwareDatetime, Field
from sqlalchemy import Connection, select

from ouidire.frozen import Frozen
from ouidire.state.databases import upsert
from ouidire.state.tables.themes import themes

MARK = "themes"
"""The name of the mark that says what looking for themes has taken into account."""
ThemeStatus = Literal["open", "ignored", "merged"]


class ThemeRecord(Frozen):
    """One theme. `anchor` holds small integers as bytes; `p` and `drift` are explained by the table."""

    id: str
    brand: str
    label: str
    name: str = ""
    status: ThemeStatus = "open"
    merged_into: str | None = None
    anchor: bytes
    radius: float = Field(ge=-1, le=1)
    version: int
    week_start: AwareDatetime
    week_end: AwareDatetime
    sentences: int
    p: float
    drift: float = 0.0
    opened_at: AwareDatetime

    @property
    def title(self) -> str:
        """What it is called: the name that a person gave it, else its label."""
        return self.name or self.label


def load_themes(connection: Connection, *, brand: str | None = None) -> list[ThemeRecord]:
    """Return themes, the oldest first."""
    query = select(themes).order_by(themes.c.week_start, themes.c.id)
    if brand is not None:
        query = query.where(themes.c.brand == brand)
    return [ThemeRecord(**row) for row in connection.execute(query).mappings()]


def save_themes(connection: Connection, listed: Iterable[ThemeRecord]) -> None:
    """Write themes, replacing those of the same id."""
    values = [each.model_dump() for each in listed]
    if values:
        connection.execute(upsert(connection, themes, ["id"]), values)


def shown_ids(listed: Iterable[ThemeRecord]) -> dict[str, str | None]:
    """Return, by id, the id under which a theme's mentions are shown; None where under none."""
    by_id = {each.id: each for each in listed}
    found: dict[str, str | None] = {}
    for each in by_id.values():
        last, seen = each, {each.id}
        while last.status == "merged" and last.merged_into in by_id and last.merged_into not in seen:
            last = by_id[last.merged_into]
            seen.add(last.id)
        found[each.id] = last.id if last.status == "open" else None
    return found
