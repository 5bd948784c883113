"""Measures of the mentions that a filter keeps, group by group, with their intervals.

Values are those of a digest over the same mentions: the same sums, through the same formulas. Intervals are
widened by how much the filter's own weeks have differed lately, as a digest's are by its past. Rows of
places, sources, sites, brands and languages come by number of mentions, never by a level, and show a level
from 20 texts on: an order of levels would mostly be one of chance. So do the periods of chosen places. It
draws no comparison.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from ouidire.index import Bucket, Exists, FieldSum, MentionIndex, Query, Range, Term
from ouidire.measures import (
    Figure,
    delight_rate,
    effort_index,
    irritation_rate,
    mean_rating,
    nps,
    source_change,
)
from ouidire.period import Period, last_full_period
from reports.builders.figures import (
    ASKED,
    BY_STARS,
    FEWEST_FOR_A_ROW,
    asked_nps,
    count_figure,
    net_sentiment_figure,
    positive_figure,
)
from reports.builders.period_sums import BALANCE, EVERY, SHARE, dispersion_of, moments
from reports.data.baseline import PAST_PERIODS
from reports.data.scope import Where, within

Grouping = Literal["week", "month", "place", "source", "site", "brand", "language"]
Statistic = Literal[
    "volume", "stars", "positive", "net_sentiment", "nps", "nps_stars", "delight", "irritation", "effort"
]
"""What can be measured of any group. stars: mean rating, 0–5; the others as in a digest."""
FIELD_OF = {"brand": "brands"}
_NOTHING = Bucket(n=0)
_SUMMED: Mapping[Statistic, tuple[str, ...]] = {
    "stars": ("stars",),
    "positive": ("p_positive",),
    "net_sentiment": ("sentiment_balance", "p_positive", "p_negative"),
    "delight": ("delight",),
    "irritation": ("irritation",),
    "effort": ("effort_score",),
}
"""By measure of all mentions: the fields whose sums it needs."""
_ADVOCACY = ("advocacy_balance",)
_SPREAD_OF: dict[Statistic, tuple[str, tuple[float, float], Where]] = {
    "positive": ("p_positive", SHARE, ()),
    "net_sentiment": ("sentiment_balance", BALANCE, ()),
    "nps": ("advocacy_balance", BALANCE, (ASKED,)),
    "nps_stars": ("advocacy_balance", BALANCE, (BY_STARS,)),
    "delight": ("delight", SHARE, ()),
    "irritation": ("irritation", SHARE, ()),
    "effort": ("effort_score", SHARE, ()),
}
"""By measure: the field whose past weeks say how much it varies, its range, and whose mentions."""


class MeasuredGroup(NamedTuple):
    """One group: its value (a slug, a period's name), its mentions, and its figures by name."""

    value: str
    n: int
    figures: dict[Statistic, Figure]


class _Sums(NamedTuple):
    """The sums of one group: of all its mentions, of those with an asked score, of those with stars."""

    every: Bucket
    asked: Bucket
    starred: Bucket


def group_periods(
    kind: Literal["week", "month"], *, until: datetime, count: int, timezone: str
) -> tuple[Period, ...]:
    """Return the last `count` full periods before a moment, oldest first."""
    last = last_full_period(kind, until, timezone=timezone)
    return (*last.before(count - 1), last)


def measure_periods(
    reader: MentionIndex, query: Query, periods: Sequence[Period], statistics: Sequence[Statistic]
) -> tuple[MeasuredGroup, ...]:
    """Return one row for each of some consecutive periods, with whatever levels can be given."""
    edges = [*(period.start for period in periods), periods[-1].end]
    kept = _once(query)

    def read(having: Where, fields: tuple[str, ...]) -> tuple[Bucket, ...]:
        return reader.series(_narrowed(kept, *having), "period_at", edges, fields=fields)

    every = read((), _summed(statistics))
    nothing = (_NOTHING,) * len(periods)
    asked = read((ASKED,), _ADVOCACY) if "nps" in statistics else nothing
    starred = read((BY_STARS,), _ADVOCACY) if "nps_stars" in statistics else nothing
    spreads = _spreads(reader, kept, statistics, until=edges[-1], timezone=periods[-1].timezone)
    of_places = any(clause.field == "place" for clause in query.where)
    fewest = FEWEST_FOR_A_ROW if of_places else 1
    return tuple(
        MeasuredGroup(period.key, sums.every.n, _figures(sums, statistics, spreads, fewest=fewest))
        for period, sums in zip(periods, map(_Sums, every, asked, starred), strict=True)
    )


def measure_groups(
    reader: MentionIndex,
    query: Query,
    by: Literal["place", "source", "site", "brand", "language"],
    statistics: Sequence[Statistic],
    *,
    until: datetime,
    timezone: str,
) -> tuple[MeasuredGroup, ...]:
    """Return one row for each value of a field, most mentions first; mentions without one are in no row.

    `until` ends the weeks whose spread widens the intervals.
    """
    kept, field = _once(query), FIELD_OF.get(by, by)

    def read(having: Where, fields: tuple[str, ...]) -> dict[str, Bucket]:
        buckets = reader.facet(_narrowed(kept, *having), field, size=EVERY, fields=fields)
        return {str(bucket.value): bucket for bucket in buckets}

    every = read((), _summed(statistics))
    asked = read((ASKED,), _ADVOCACY) if "nps" in statistics else {}
    starred = read((BY_STARS,), _ADVOCACY) if "nps_stars" in statistics else {}
    spreads = _spreads(reader, kept, statistics, until=until, timezone=timezone)
    return tuple(
        MeasuredGroup(
            value,
            bucket.n,
            _figures(
                _Sums(bucket, asked.get(value, _NOTHING), starred.get(value, _NOTHING)),
                statistics,
                spreads,
                fewest=FEWEST_FOR_A_ROW,
            ),
        )
        for value, bucket in every.items()
    )


def _summed(statistics: Iterable[Statistic]) -> tuple[str, ...]:
    """Return the fields of all mentions that some measures need, once each."""
    return tuple(dict.fromkeys(field for name in statistics for field in _SUMMED.get(name, ())))


def _figures(
    sums: _Sums, statistics: Sequence[Statistic], spreads: Mapping[Statistic, float], *, fewest: int
) -> dict[Statistic, Figure]:
    found: dict[Statistic, Figure] = {}
    for name in statistics:
        figure = _figure(name, sums, spreads.get(name, 1.0))
        if figure is not None and (name == "volume" or figure.n >= fewest):
            found[name] = figure
    return found


def _figure(name: Statistic, sums: _Sums, spread: float) -> Figure | None:  # noqa: PLR0911 (one line a measure)
    """Return one measure of one group; None where it has no level."""
    match name:
        case "volume":
            return count_figure(sums.every.n)
        case "stars":
            given = sums.every.fields.get("stars", FieldSum())
            return mean_rating(given.n, given.total, given.squares)
        case "positive":
            return positive_figure(sums.every, dispersion=spread)
        case "net_sentiment":
            return net_sentiment_figure(sums.every, dispersion=spread)
        case "nps":
            return asked_nps(moments(sums.asked, "advocacy_balance"), dispersion=spread)
        case "nps_stars":
            return nps(moments(sums.starred, "advocacy_balance"), basis="star_proxy", dispersion=spread)
        case "delight":
            return delight_rate(moments(sums.every, "delight"), dispersion=spread)
        case "irritation":
            return irritation_rate(moments(sums.every, "irritation"), dispersion=spread)
        case "effort":
            return effort_index(moments(sums.every, "effort_score"), dispersion=spread)


def _spreads(
    reader: MentionIndex, query: Query, statistics: Iterable[Statistic], *, until: datetime, timezone: str
) -> dict[Statistic, float]:
    """Return how much more than independent texts the last 27 weeks of a filter differ, by measure.

    They end with the last of them that holds any mention: an empty one says nothing of how weeks differ.
    """
    weeks = group_periods("week", until=until, count=PAST_PERIODS["week"] + 1, timezone=timezone)
    wanted = {name: _SPREAD_OF[name] for name in statistics if name in _SPREAD_OF}
    fields: dict[Where, tuple[str, ...]] = {}
    for field, _, having in wanted.values():
        fields[having] = (*fields.get(having, ()), field)
    read = {
        having: [_by_source(reader, _narrowed(query, *having), week, names) for week in weeks]
        for having, names in fields.items()
    }
    found: dict[Statistic, float] = {}
    for name, (field, bounds, having) in wanted.items():
        sums = [{key: moments(bucket, field) for key, bucket in week.items()} for week in read[having]]
        while len(sums) > 1 and not any(each.n for each in sums[-1].values()):
            sums.pop()
        found[name] = dispersion_of(source_change(sums[-1], sums[:-1], bounds=bounds))
    return found


def _by_source(
    reader: MentionIndex, query: Query, week: Period, fields: tuple[str, ...]
) -> dict[str, Bucket]:
    within_week = _narrowed(query, within(week.start, week.end))
    buckets = reader.facet(within_week, "source_key", size=EVERY, fields=fields)
    return {str(bucket.value): bucket for bucket in buckets}


def _once(query: Query) -> Query:
    """Return the query that keeps each text once, as a digest does."""
    return _narrowed(query, Exists(field="duplicate_of", exclude=True))


def _narrowed(query: Query, *clauses: Term | Range | Exists) -> Query:
    return query.model_copy(update={"where": (*query.where, *clauses)})
