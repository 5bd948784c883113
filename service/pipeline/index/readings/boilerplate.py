"""Texts of a site's own in the place of its reviews: alike, and yet no copies of one another.

Pure. It cannot tell them from a campaign of many accounts with one text; that is told as suspicious.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from enrichment.base import LinkSubject

SEVERAL: Final = 3
"""Fewer copies on one site in a week are copies."""
MOST: Final = 0.5
"""Share of a source's mentions of one week beyond which its copies count: no week is silent for them."""


def without_boilerplate(subjects: Sequence[LinkSubject], originals: Mapping[str, str]) -> dict[str, str]:
    """Return the links to originals, without those of a source whose texts of a week are mostly one text.

    Copies of one author, and copies from another source, stay linked.
    """
    place = {each.id: number for number, each in enumerate(subjects) if each.id in originals}
    repeated = set(originals.values())
    source = {each.id: each.source_key for each in subjects if each.id in repeated}
    within: dict[tuple[str, str], list[LinkSubject]] = {}
    for key, number in place.items():
        each = subjects[number]
        if source.get(originals[key]) == each.source_key:
            within.setdefault((each.source_key, _week(each.at)), []).append(each)
    if not any(len(listed) >= SEVERAL for listed in within.values()):
        return dict(originals)
    mentions = Counter((each.source_key, _week(each.at)) for each in subjects)
    dropped = {
        each.id
        for key, listed in within.items()
        if len(listed) >= SEVERAL and len(listed) > MOST * mentions[key] and _of_many(listed)
        for each in listed
    }
    return {key: original for key, original in originals.items() if key not in dropped}


def _of_many(listed: Sequence[LinkSubject]) -> bool:
    """Whether copies are of different people, as far as their names are shown."""
    authors = Counter(each.author_key for each in listed if each.author_key)
    return max(authors.values(), default=0) <= len(listed) / 2


def _week(at: str) -> str:
    year, week, _ = datetime.fromisoformat(at).isocalendar()
    return f"{year}-{week:02}"
