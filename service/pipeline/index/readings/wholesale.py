"""Wholesale changes: a site that changes the dates, ratings or texts of many known mentions in one run.

People edit their reviews one by one; a share of what is known that changes in one run is the site's doing.
Pure. It cannot see what the site means by it, nor a change that comes a few mentions at a time.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from ouidire.mention import Mention
from ouidire.state.holds import HoldKind
from ouidire.state.items import ItemRecord
from service.pipeline.index.decide import finest_date
from service.pipeline.index.readings.merge import (
    Field,
    bare,
    differs,
    is_cut,
    is_off_scale,
    is_plausible,
    says_otherwise,
)

SHARE: Final = 0.2
LEAST: Final = 5
"""More than this share of the known mentions that a run showed, and so many of them at least."""
SMALL_SHARE: Final = 0.75
SMALL_LEAST: Final = 3
"""Of a small source: nearly all of them, and so many at least."""
ALIKE: Final = 2
"""Known mentions that said different things and now all show the same text: it is none of theirs."""
FIELDS_OF: Final[dict[HoldKind, tuple[Field, ...]]] = {
    "dates": (),
    "ratings": ("rating", "asked_score"),
    "texts": ("title", "text", "language"),
    "ids": (),
    "subject": (),
}
"""The fields that stand as known while such a change is held; dates stand in the item's record."""
REFINED: Final = {"day": timedelta(days=1), "month": timedelta(days=32), "year": timedelta(days=367)}
"""How far a finer date may lie from a coarser one and still say the same."""
RELATIVE: Final = 0.5
"""The same for a date computed from words, as a share of its age when it was read: « il y a 2 ans »."""


class KnownAndNew(NamedTuple):
    """One known mention that a run shows, with its record, and both readings where they differ."""

    row: ItemRecord
    known: Mention
    new: Mention


class Tally(NamedTuple):
    """How many known mentions a run showed, and the ids of those that each kind of change concerns."""

    known: int
    changed: dict[HoldKind, frozenset[str]]

    def wholesale(self) -> list[HoldKind]:
        """Return the kinds of change that are the site's doing."""
        return [kind for kind, ids in self.changed.items() if is_wholesale(len(ids), self.known)]


def is_wholesale(changed: int, known: int) -> bool:
    """Return whether so many of the known mentions that a run showed cannot have changed one by one."""
    many = changed >= LEAST and changed > SHARE * known
    return many or (changed >= SMALL_LEAST and changed >= SMALL_SHARE * known)


def tally(compared: Sequence[KnownAndNew], *, known: int, at: datetime) -> Tally:
    """Count the changes of a run by kind; `known` mentions were shown in all, changed or not, at that time.

    What cannot be true (a date to come, a rating beyond its scale) is left out, not changed.
    """
    said_by_people = [each for each in compared if each.new.kind != "article"]
    dated = _ids(
        each
        for each in compared
        if moves(each.row, each.new) and each.new.published and is_plausible(each.new.published, seen_at=at)
    )
    if len(said_by_people) < len(compared) and len(dated) < SMALL_SHARE * known:
        dated &= _ids(said_by_people)  # newspapers date an article anew when they correct it
    changed: dict[HoldKind, frozenset[str]] = {
        "dates": dated,
        "ratings": _rated_otherwise(compared, known),
        "texts": _ids(each for each in said_by_people if _rewritten(each)),
    }
    return Tally(known, changed)


def moves(row: ItemRecord, new: Mention) -> bool:
    """Return whether a newer reading gives another date than the known one, and not only a finer one."""
    at, precision = finest_date(new.published, row)
    before = row.published_at
    if at is None or before is None or row.published_precision is None or at == before:
        return False
    if row.published_precision == precision:
        return True
    if row.published_precision == "relative":
        return abs(at - before) > max(timedelta(days=2), RELATIVE * abs(row.first_seen_at - before))
    return abs(at - before) > REFINED.get(row.published_precision, timedelta())


def placeholders(compared: Sequence[KnownAndNew]) -> frozenset[str]:
    """Return the bare texts that several mentions show now which said different things before."""
    before: dict[str, set[str]] = {}
    for each in compared:
        now = bare(each.new.text)
        if now and now != bare(each.known.text):
            before.setdefault(now, set()).add(bare(each.known.text))
    return frozenset(now for now, known in before.items() if len(known) >= ALIKE)


def _rated_otherwise(compared: Sequence[KnownAndNew], known: int) -> frozenset[str]:
    """Return the ids of the mentions whose rating or score is another one.

    A scale on which all ratings are the same shares as before changes nothing; one on which a part of them is
    does not hold for the others either, and all that are written otherwise count.
    """
    both = [each for each in compared if each.known.rating is not None and each.new.rating is not None]
    on_scale = [each for each in both if each.new.rating is not None and not is_off_scale(each.new.rating)]
    moved = {each.row.id for each in on_scale if says_otherwise(_rated(each.known), _rated(each.new))}
    written = {each.row.id for each in both if each.known.rating != each.new.rating}
    scales = Counter(each.new.rating.best for each in both if each.new.rating is not None)
    former = {each.known.rating.best for each in both if each.known.rating is not None}
    scored = {
        each.row.id
        for each in compared
        if None not in (each.known.asked_score, each.new.asked_score)
        and each.known.asked_score != each.new.asked_score
    }
    mixed = len(scales) > len(former)
    if is_wholesale(len(written), known) and (mixed or len(moved) > 1):
        return frozenset(written | moved | scored)
    return frozenset(moved | scored)


def _rated(mention: Mention) -> Mention:
    return Mention(entity=mention.entity, rating=mention.rating)


def _rewritten(each: KnownAndNew) -> bool:
    """Whether another text or title stands where one was known: not less of it, nor the rest of a cut one."""
    pairs = ((each.known.text, each.new.text), (each.known.title, each.new.title))
    return any(_is_other(known, new) for known, new in pairs if known and new)


def _is_other(known: str, new: str) -> bool:
    return differs(known, new) and not is_cut(new, known)


def _ids(compared: Iterable[KnownAndNew]) -> frozenset[str]:
    return frozenset(each.row.id for each in compared)
