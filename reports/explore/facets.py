"""Facets of a view: how many of its mentions have each value of each filter.

All are counted in one reading of the view's mentions. A filter that is in use is counted again without
itself, so that its other values can be seen and taken beside it. It cannot see values that no mention has.
"""

import math
from collections.abc import Iterable, Sequence

from ouidire.frozen import Frozen
from ouidire.index import Bucket, MentionIndex
from reports.explore.filters import FLAGS, RANGES, VALUES
from reports.explore.lowering import ReaderTime, query_of
from reports.explore.view import LONGEST_VALUE, MentionView, clean

SHOWN: tuple[str, ...] = (
    "brand",
    "source",
    "place",
    "side",
    "class",
    "theme",
    "stage",
    "intent",
    "effort",
    "language",
    "kind",
    "suspicion",
    "presence",
)
"""Filters by values that have a facet, in order."""
MOST = 60
"""Values counted of one filter."""


class FacetValue(Frozen):
    """One value of a filter, with its mentions; `chosen` says that the view keeps it already."""

    value: str
    n: int
    chosen: bool = False


class SidedValue(Frozen):
    """A theme, with how many of its mentions praise it and how many blame it."""

    value: str
    n: int
    positive: int = 0
    negative: int = 0
    chosen: bool = False


class Facet(Frozen):
    """The values of one filter, most mentions first; `truncated` says that there are more."""

    name: str
    values: tuple[FacetValue, ...] = ()
    truncated: bool = False


class Facets(Frozen):
    """All facets of a view. `stars` counts ratings rounded to whole ones, one to five."""

    by_value: tuple[Facet, ...]
    themes: tuple[SidedValue, ...]
    stars: tuple[FacetValue, ...]
    flags: tuple[FacetValue, ...]


def facets_of(reader: MentionIndex, view: MentionView, *, time: ReaderTime) -> Facets:
    """Count the values of every filter over a view's mentions."""
    names = [name for name in SHOWN if name != "theme"]
    fields = [VALUES[name].field for name in SHOWN]
    query = query_of(view, reader, time=time)
    counted = reader.facets(query, [*fields, "aspect_polarity", "stars", "answered", "verified"], size=MOST)
    found = {name: counted[VALUES[name].field] for name in names}
    for name in names:
        if view.chosen(name):
            without = query_of(view.without(name), reader, time=time)
            found[name] = reader.facets(without, [VALUES[name].field], size=MOST)[VALUES[name].field]
    stars = counted["stars"]
    if view.range("stars") is not None:
        stars = reader.facets(query_of(view.without("stars"), reader, time=time), ["stars"], size=MOST)[
            "stars"
        ]
    return Facets(
        by_value=tuple(_facet(name, buckets, view) for name, buckets in found.items()),
        themes=_themes(counted["aspect_names"], counted["aspect_polarity"], view),
        stars=_stars(stars, view),
        flags=tuple(_flags(reader, view, counted, time)),
    )


def _facet(name: str, buckets: Sequence[Bucket], view: MentionView) -> Facet:
    chosen = view.chosen(name)
    values = [_value(bucket, chosen) for bucket in buckets if _fits(str(bucket.value))]
    missing = [value for value in chosen if value not in {each.value for each in values}]
    values += [FacetValue(value=value, n=0, chosen=True) for value in missing]
    return Facet(name=name, values=tuple(values), truncated=len(buckets) >= MOST)


def _fits(value: str) -> bool:
    """Return whether a view can name a value from outside."""
    return bool(value) and len(value) <= LONGEST_VALUE and value == clean(value)


def _value(bucket: Bucket, chosen: Sequence[str]) -> FacetValue:
    value = str(bucket.value)
    return FacetValue(value=value, n=bucket.n, chosen=value in chosen)


def _themes(names: Sequence[Bucket], sided: Sequence[Bucket], view: MentionView) -> tuple[SidedValue, ...]:
    sides = {str(bucket.value): bucket.n for bucket in sided}
    known = VALUES["theme"].values
    return tuple(
        SidedValue(
            value=str(bucket.value),
            n=bucket.n,
            positive=sides.get(f"{bucket.value}:positive", 0),
            negative=sides.get(f"{bucket.value}:negative", 0),
            chosen=bucket.value in view.chosen("theme"),
        )
        for bucket in names
        if bucket.value in known
    )


def _stars(buckets: Iterable[Bucket], view: MentionView) -> tuple[FacetValue, ...]:
    """Return how many mentions have one to five stars, a rating between two rounded as the filter does."""
    spec, kept = RANGES["stars"], view.range("stars")
    counts = dict.fromkeys(range(spec.highest, spec.lowest - 1, -1), 0)
    for bucket in buckets:
        rounded = math.floor(float(bucket.value or 0) + 0.5)
        counts[min(spec.highest, max(spec.lowest, rounded))] += bucket.n
    if not any(counts.values()):
        return ()
    return tuple(
        FacetValue(value=str(stars), n=n, chosen=kept is not None and kept.low <= stars <= kept.high)
        for stars, n in counts.items()
    )


def _flags(
    reader: MentionIndex, view: MentionView, counted: dict[str, tuple[Bucket, ...]], time: ReaderTime
) -> Iterable[FacetValue]:
    """Yield how many mentions are `yes` of each yes-or-no filter."""
    for name in FLAGS:
        held = view.flag(name)
        if held is None and name in counted:
            n = sum(bucket.n for bucket in counted[name] if bucket.value is True)
        else:
            n = reader.sums(query_of(view.without(name).flagged(name, "yes"), reader, time=time)).n
        yield FacetValue(value=name, n=n, chosen=held == "yes")
