"""Renamed ids: new mentions of a run that are known ones under another id.

Pure. Two mentions are one where what they state leaves no doubt; several that cannot be told from one
another are paired in the order of their ids, which changes no figure. It cannot recognise a mention whose
author, date and text are all other than known.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Final, NamedTuple

from service.pipeline.index.readings.wholesale import is_wholesale

TELLING: Final = 24
"""Letters and digits from which a text tells its mention from others of the same source."""
Key = tuple[str, ...]


class Stated(NamedTuple):
    """What a mention states that may tell who it is.

    `said` is the hash of its texts and ratings, `length` the letters and digits of its text, `date` its date
    in ISO 8601, as finely as stated; `stars` are those of its rating, as text.
    """

    id: str
    said: str
    length: int
    author: str | None
    date: str | None
    stars: str | None


MatchRule = Callable[[Stated], Key | None]


def _same_said_author_date(each: Stated) -> Key | None:
    return ("a", each.said, each.author or "", each.date) if each.date else None


def _same_said_author(each: Stated) -> Key | None:
    return ("b", each.said, each.author) if each.author and each.length >= TELLING else None


def _same_said_date(each: Stated) -> Key | None:
    return ("c", each.said, each.date) if each.date and each.length >= TELLING else None


def _same_said(each: Stated) -> Key | None:
    return ("d", each.said) if each.length >= 2 * TELLING else None


def _same_author_date_stars(each: Stated) -> Key | None:
    return ("e", each.author, each.date, each.stars or "") if each.author and each.date else None


def _all_of_it(each: Stated) -> Key | None:
    return _same_said_author_date(each) if each.length >= TELLING else None


ALONE: Final[tuple[MatchRule, ...]] = (_all_of_it,)
"""What proves that one mention alone was renamed: nothing else about it is new."""
TOGETHER: Final[tuple[MatchRule, ...]] = (
    _same_said_author_date,
    _same_said_author,
    _same_said_date,
    _same_author_date_stars,
    _same_said,
)
"""What proves it where a site renames many, surest first."""


class Renamed(NamedTuple):
    """The known id of each new one that is a renamed mention, and whether the site has renamed wholesale."""

    known_ids: dict[str, str]
    wholesale: bool


def renamed(
    new: Sequence[Stated],
    missing: Sequence[Stated],
    *,
    seen: int,
    dates_move: bool = False,
    misdated: Collection[str] = frozenset(),
) -> Renamed:
    """Pair new mentions with known ones that the run did not show; it showed `seen` known ones.

    `dates_move` says that the site is known to move dates: ids that are made of them move too. `misdated` are
    the known ones that came while it did: the same words under another date are theirs, the oldest first.
    """
    together = _paired(new, missing, TOGETHER)
    if is_wholesale(len(together), len(together) + seen):
        return Renamed(together, wholesale=True)
    alone = (*ALONE, _same_said_author) if dates_move else ALONE
    found = _paired(new, missing, alone)
    left = [each for each in missing if each.id in misdated and each.id not in set(found.values())]
    return Renamed(
        found | _dated_again([each for each in new if each.id not in found], left), wholesale=False
    )


def _dated_again(new: Sequence[Stated], misdated: Sequence[Stated]) -> dict[str, str]:
    """Pair those that say the same: as many as are misdated, by the oldest dates of the new ones."""
    oldest_first = sorted(new, key=lambda each: (each.date or "", each.id))
    groups, known = _groups(oldest_first, _words, ordered=True), _groups(misdated, _words)
    return {
        one: other
        for key, listed in known.items()
        for one, other in zip(groups.get(key, ()), listed, strict=False)
    }


def _words(each: Stated) -> Key | None:
    """What was said, by whom, where anything was: a score alone tells nobody."""
    return (each.said, each.author or "") if each.length else None


def _paired(new: Sequence[Stated], missing: Sequence[Stated], rules: Sequence[MatchRule]) -> dict[str, str]:
    found: dict[str, str] = {}
    taken: set[str] = set()
    for rule in rules:
        groups = _groups([each for each in missing if each.id not in taken], rule)
        for key, listed in _groups([each for each in new if each.id not in found], rule).items():
            known = groups.get(key, [])
            if len(known) == len(listed) and (len(known) == 1 or rule is not _same_author_date_stars):
                found.update(zip(listed, known, strict=True))
                taken.update(known)
    return found


def _groups(listed: Sequence[Stated], rule: MatchRule, *, ordered: bool = False) -> dict[Key, list[str]]:
    groups: dict[Key, list[str]] = {}
    for each in listed if ordered else sorted(listed):
        key = rule(each)
        if key is not None:
            groups.setdefault(key, []).append(each.id)
    return groups
