"""Ratings that a few more reviews would lift to the next tenth: only where the sum and the count are known.

A site shows a rounded mean. What it is rounded from is known where every review that it counts is in the
index, and their mean, rounded, is what it shows. It cannot know sites that weigh reviews by age or author:
those that are known to are left out, others are as soon as their mean differs from ours.
"""

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from ouidire.index import Query, Range, Sort, Term
from reports.builders.period_sums import PeriodSums
from reports.data.scope import PRESENT, Where

NEAR = 5
"""Reviews of five stars that a threshold may be away, at most: more is no week's work."""
FEWEST = 10
"""Reviews that a rating stands on, at least: under it one review moves it by a tenth."""
BEST = 5
NO_MEANS = frozenset({"trustpilot", "trustpilot_api", "app_store", "appstore_connect", "play_owner"})
"""Sources whose sites weigh reviews otherwise than alike, so that no sum says what they will show."""
_TENTH, _HALF = Decimal("0.1"), Decimal("0.05")
_SHOWN = 200


class NearThreshold(NamedTuple):
    """A shown rating (1–5, in tenths) that `needed` reviews of five stars would lift to `next_shown`."""

    source_key: str
    shown: float
    next_shown: float
    needed: int
    reviews: int


def near_thresholds(sums: PeriodSums) -> list[NearThreshold]:
    """Return the ratings shown in the period that are near the next tenth, the nearest first."""
    scope = sums.scope
    chosen = (("source", scope.sources), ("place", scope.places))
    where: Where = (
        Term(field="name", any_of=("rating_shown",)),
        Term(field="brands", any_of=(scope.brand,)),
        Range(field="at", gte=sums.edges[-2]),
        *(Term(field=field, any_of=values) for field, values in chosen if values),
    )
    hits = sums.reader.search(Query(kind="measure", where=where, sort=(Sort(field="at"),)), size=_SHOWN).hits
    latest: dict[str, NearThreshold | None] = {}
    for hit in hits:
        found = hit.document
        if found.kind != "measure" or found.source_key is None or found.source_key in latest:
            continue
        known = found.source not in NO_MEANS and found.best == BEST and found.value is not None
        latest[found.source_key] = (
            _near(sums, found.source_key, Decimal(str(found.value)), found.n) if known else None
        )
    return sorted(filter(None, latest.values()), key=lambda each: (each.needed, each.source_key))


def _near(sums: PeriodSums, key: str, shown: Decimal, count: int) -> NearThreshold | None:
    """Return how far a rating is from the next tenth; None where it is far, or not known exactly."""
    threshold = shown + _HALF
    if count < FEWEST or threshold >= BEST or shown != shown.quantize(_TENTH):
        return None
    stars = sums.reader.sums(
        Query(where=(Term(field="source_key", any_of=(key,)), *PRESENT)), ("stars",)
    ).fields["stars"]
    if stars.n != count:
        return None
    total = Decimal(str(round(stars.total, 6)))
    if (total / count).quantize(_TENTH, rounding=ROUND_HALF_UP) != shown:
        return None
    needed = math.ceil((threshold * count - total) / (BEST - threshold))
    if not 0 < needed <= NEAR:
        return None
    return NearThreshold(key, float(shown), float(shown + _TENTH), needed, count)
