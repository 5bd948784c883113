"""Sums of a metric by place, source and period, from one reading of the mentions.

A facet for each place, period and way of being known asks the index some six hundred times; here the rows
pass by once, and only their sums are kept. It counts as `reports.builders.source_sums` does: each period as
it was known after the same delay.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from ouidire.index import Query, Term
from ouidire.measures import Moments, SourceMoments
from ouidire.period import Period
from reports.builders.period_sums import PeriodSums
from reports.coverage.observation import as_datetime
from reports.data.scope import Where, within

PlaceMoments = Mapping[str, SourceMoments]
"""One period's sums by place, then by source key."""
_Sums = dict[str, dict[str, list[float]]]


def place_moments(
    sums: PeriodSums,
    places: Sequence[str],
    field: str | None,
    *,
    having: Where = (),
    mark: Term | None = None,
) -> list[PlaceMoments]:
    """Return each period's sums by place and source, of a field or of a mark, as `PeriodSums.source_moments`.

    Without either, each mention counts 0. Every place has an entry in every period.
    """
    edges = sums.edges
    where = (
        *sums.compared_where,
        *having,
        Term(field="place", any_of=tuple(places)),
        within(edges[0], edges[-1]),
    )
    name = mark.field if mark else field
    fields = ("period_at", "first_seen_at", "source_key", "place", *((name,) if name else ()))
    found: list[_Sums] = [{place: {} for place in places} for _ in edges[1:]]
    for row in sums.reader.scan(Query(where=where), fields) if places else ():
        at = bisect_right(edges, as_datetime(row["period_at"])) - 1
        if _known(sums, row["first_seen_at"], str(row["source_key"]), sums.coverage.periods[at]):
            value = _value(row.get(name) if name else None, field, mark)
            part = found[at][str(row["place"])].setdefault(str(row["source_key"]), [0.0] * 3)
            if value is not None:
                for place, each in enumerate((1.0, value, value * value)):
                    part[place] += each
    return [
        {
            place: {source: Moments.unweighted(int(n), *rest) for source, (n, *rest) in by_source.items()}
            for place, by_source in period.items()
        }
        for period in found
    ]


def _known(sums: PeriodSums, seen: object, source_key: str, period: Period) -> bool:
    """Whether a mention of a period was known as long after it as the last period's are."""
    otherwise = sums.known.read_otherwise(period)
    return source_key in otherwise or as_datetime(seen) <= period.end + sums.known.delay


def _value(held: object, field: str | None, mark: Term | None) -> float | None:
    """Return what a mention adds to the sums: its field, 1 or 0 for a mark, 0 for a bare count."""
    if mark:
        values = held if isinstance(held, tuple | list) else (held,)
        return float(any(value in mark.any_of for value in values))
    if field is None:
        return 0.0
    return None if held is None else float(held)  # type: ignore[arg-type]  # a number field of a document
