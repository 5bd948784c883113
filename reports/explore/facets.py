"""Facets of a view: how many of its mentions have each value of each filter.

All are counted in one reading of the view's mentions. A filter that is in use is counted without itself, so
that its other values can be seen and taken beside it. It cannot see values that no mention has.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from ouidire.frozen import Frozen
from ouidire.index import Bucket, ConditionPart, FacetPart, MentionIndex, PartCounts
from reports.data.scope import Where
from reports.explore.filters import FLAGS, RANGES, VALUES
from reports.explore.lowering import ReaderTime, flag_clause, own_clauses, query_of
from reports.explore.view import LONGEST_VALUE, MentionView, clean

SHOWN: tuple[str, ...] = (
    "brand",
    "source",
    "place",
    "side",
    "class",
    "theme",
    "emergent",
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
_COUNTED = tuple(name for name in FLAGS if name != "edited")


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


class FacetCounting:
    """What a reading counts for the facets of a view, and the facets that its answer gives."""

    def __init__(self, reader: MentionIndex, view: MentionView, *, time: ReaderTime) -> None:
        self._reader = reader
        self._view = view
        self._time = time

    def facets(self) -> tuple[FacetPart, ...]:
        """Return the fields to count; a filter's own choice is left out of its count, themes apart."""
        listed = [self._facet(VALUES[name].field, name if name != "theme" else "") for name in SHOWN]
        return (*listed, self._facet("aspect_polarity"), self._facet("stars", "stars"))

    def conditions(self) -> tuple[ConditionPart, ...]:
        """Return the yes-or-no filters to count; edits are known from events and counted apart."""
        return tuple(
            ConditionPart(condition=flag_clause(name, "yes"), without=self._own(name)) for name in _COUNTED
        )

    def read(self, counts: PartCounts) -> Facets:
        """Return the facets that an answer gives. Raises IndexUnavailable."""
        view = self._view
        *by_value, sided, stars = counts.facets
        found = dict(zip(SHOWN, by_value, strict=True))
        themes = found.pop("theme")
        return Facets(
            by_value=tuple(_facet(name, buckets, view) for name, buckets in found.items()),
            themes=_themes(themes, sided, view),
            stars=_stars(stars, view),
            flags=tuple(self._flags(dict(zip(_COUNTED, counts.conditions, strict=True)))),
        )

    def _facet(self, field: str, name: str = "") -> FacetPart:
        return FacetPart(field=field, size=MOST, without=self._own(name) if name else ())

    def _own(self, name: str) -> Where:
        return own_clauses(self._view, name, self._reader, time=self._time)

    def _flags(self, counted: Mapping[str, int]) -> Iterable[FacetValue]:
        for name in FLAGS:
            n = counted[name] if name in counted else self._edited()
            yield FacetValue(value=name, n=n, chosen=self._view.flag(name) == "yes")

    def _edited(self) -> int:
        view = self._view.without("edited").flagged("edited", "yes")
        return self._reader.sums(query_of(view, self._reader, time=self._time)).n


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
