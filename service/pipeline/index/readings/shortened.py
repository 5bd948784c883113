"""Edits that only leave less: a text that its author shortened, a title or an answer that was removed.

A page that cuts texts shows the same of one mention. It is told from an edit by all of these: the run is
good; others are shown with as much of that field as the mention had; there is no mark of a text that goes on;
few mentions are shown so at once; and the good run before showed the very same. It cannot tell an edit of the
longest text of a listing from a limit of length, and believes none of a text that is gone altogether.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from ouidire.errors import HarvestError
from ouidire.items import RunState
from ouidire.mention import Mention
from ouidire.state.runs import Run, is_held, list_runs
from ouidire.text.excerpts import is_excerpt
from service.pipeline.index.readings.known import mentions_in
from service.pipeline.index.readings.merge import Field, bare, is_worse
from service.pipeline.index.readings.wholesale import KnownAndNew
from service.pipeline.installation import Installation

FEW: Final = 2
"""Mentions with less of one field beyond which it is the page's doing, whatever else it shows."""
OTHERS: Final = 3
"""Mentions shown with a title, or an answer, from which on the page is known to show them."""
LOOKED_BACK: Final = 5
"""Runs before in which a mention is looked for; incremental ones do not show it."""
SHORTENED: Final[tuple[Field, ...]] = ("title", "text", "reply")
GOOD: Final[tuple[RunState, ...]] = ("ok",)


class Shown(NamedTuple):
    """What a page shows of mentions that are as known: the longest text, and how many of each field."""

    longest: int = 0
    has_paragraphs: bool = False
    titles: int = 0
    replies: int = 0

    def beside(self, mention: Mention) -> "Shown":
        """Return the same with one mention more."""
        text = mention.text.strip()
        return Shown(
            max(self.longest, len(bare(text))),
            self.has_paragraphs or "\n" in text,
            self.titles + bool(mention.title),
            self.replies + (mention.reply is not None and bool(mention.reply.text.strip())),
        )


def believed(
    installation: Installation, run: Run, compared: Sequence[KnownAndNew], shown: Shown
) -> Mapping[str, frozenset[Field]]:
    """Return the fields of which less is shown because there is less, by id of the mention.

    `shown` tells of the mentions of the run that are exactly as known; `compared` are all the others.
    """
    less = {
        name: [
            each for each in compared if each.new.kind != "article" and is_worse(name, each.known, each.new)
        ]
        for name in SHORTENED
    }
    for each in compared:
        if not any(is_worse(name, each.known, each.new) for name in SHORTENED):
            shown = shown.beside(each.new)
    found = {
        each.row.id: (each, frozenset({*_fields(less, shown, each)}))
        for listed in less.values()
        for each in listed
    }
    found = {key: (each, names) for key, (each, names) in found.items() if names}
    before = _readings_before(installation, run, set(found))
    return {
        key: same
        for key, (each, names) in found.items()
        if (
            same := frozenset(
                name for name in names if key in before and _is_same(name, before[key], each.new)
            )
        )
    }


def _fields(less: Mapping[Field, Sequence[KnownAndNew]], shown: Shown, each: KnownAndNew) -> Iterable[Field]:
    for name, listed in less.items():
        is_less = any(other.row.id == each.row.id for other in listed)
        if is_less and len(listed) <= FEW and _may_be_whole(name, each, shown):
            yield name


def _may_be_whole(name: Field, each: KnownAndNew, shown: Shown) -> bool:
    """Return whether a page that shows others as it does would show more of a field, were there more."""
    if name == "title":
        return not each.new.title and shown.titles >= OTHERS
    if name == "reply":
        is_gone = each.new.reply is None or not each.new.reply.text.strip()
        return is_gone and shown.replies >= OTHERS
    text = each.new.text.strip()
    if not bare(text) or is_excerpt(text) or shown.longest <= len(bare(text)):
        return False
    rest = each.known.text.strip()[len(text) :]
    return shown.has_paragraphs or not rest.lstrip(" \t.").startswith("\n")


def _is_same(name: Field, before: Mention, now: Mention) -> bool:
    """Return whether two readings show the same of a field."""
    if name == "text":
        return bare(before.text) == bare(now.text) and not is_excerpt(before.text)
    return not getattr(before, name) and not getattr(now, name)


def _readings_before(installation: Installation, run: Run, ids: Collection[str]) -> dict[str, Mention]:
    """Return how the last good run before showed each of some mentions, where its harvest can be read."""
    if not ids:
        return {}
    with installation.state.read() as connection:
        listed = list_runs(connection, source_key=run.source_key, kind="collect", status=GOOD)
    former = [each for each in listed if each.sequence < run.sequence and each.sealed and not is_held(each)]
    found: dict[str, Mention] = {}
    for each in former[:LOOKED_BACK]:
        try:
            read = mentions_in(installation, each.sequence, set(ids) - set(found))
        except HarvestError:
            continue  # it is named where what is known is read of it
        found = {**read, **found}
        if len(found) == len(ids):
            break
    return found
