"""What drives the metrics of a period: aspects praised and blamed, regressed on NPS, delight and irritation.

It reads one stream of mentions over the digest's periods and hands them to `ouidire.measures.drivers`. It
cannot see what no analyser coded, and says nothing of cause.
"""

from collections.abc import Iterator
from typing import Any, get_args

from ouidire.index import Query
from ouidire.measures import Coded, announced_drivers, drivers
from reports.builders.period_sums import PeriodSums
from reports.builders.reasons.sentences import ClearQuotes
from reports.coverage.observation import as_datetime
from reports.data.baseline import RECENT
from reports.data.scope import within
from reports.data.sections import DrivenMetric, MetricDrivers

_FIELD: dict[DrivenMetric, str] = {
    "nps": "advocacy_balance",
    "delight": "delight",
    "irritation": "irritation",
}
_FIELDS = (
    *("period_at", "source", "aspect_polarity", "advocacy_balance", "advocacy_spread", "delight"),
    "irritation",
)
QUOTED: dict[DrivenMetric, int] = {"nps": 4, "delight": 1, "irritation": 1}
"""Drivers of each metric that stand beside the words of customers, at most."""
SIDES = ("positive", "negative")
WHOLE = "overall"
"""The aspect that stands for everything at once: it is a judgement, not a lever."""


def metric_drivers(sums: PeriodSums) -> tuple[MetricDrivers, ...]:
    """Return the drivers of each metric that was read, marked where they may be announced.

    Nothing where no aspect was coded in the period. Where analyser versions are mixed, this period alone is
    read.
    """
    periods = sums.coverage.latest(RECENT).periods
    if not sums.reader.facet(Query(where=sums.where), "aspect_names", size=1):
        return ()
    first = periods[-1] if sums.mixed else periods[0]
    now = periods[-1].start
    texts: dict[DrivenMetric, list[Coded]] = {key: [] for key in get_args(DrivenMetric)}
    seen = set()
    query = Query(where=(*sums.scope.once, within(first.start, periods[-1].end)))
    for row in sums.reader.scan(query, _FIELDS):
        at = as_datetime(row["period_at"])
        week = sum(period.start <= at for period in periods)
        seen.add(week)
        codes = frozenset(codes_of(row.get("aspect_polarity") or ()))
        group = str(row["source"])
        for key, field in _FIELD.items():
            y = row.get(field)
            if y is not None:
                texts[key].append(
                    Coded(
                        y=y, codes=codes, spread=_spread(key, row), group=group, week=str(week), now=at >= now
                    )
                )
    found = announced_drivers({key: drivers(listed) for key, listed in texts.items()})
    return tuple(
        MetricDrivers(key=key, found=found[key], periods=len(seen)) for key in _FIELD if found[key].n
    )


def quoted_drivers(driven: tuple[MetricDrivers, ...], clear: ClearQuotes) -> tuple[MetricDrivers, ...]:
    """Add to the first announced drivers of each metric the sentences of the period that say them best."""
    return tuple(
        each.model_copy(
            update={
                "quotes": {
                    driver.code: clear.of(driver.code)
                    for driver in [one for one in each.found.drivers if one.announced][: QUOTED[each.key]]
                }
            }
        )
        for each in driven
    )


def _spread(key: DrivenMetric, row: dict[str, Any]) -> float:
    """Variance of what the field estimates: a class of unknown author, or a peak with a probability."""
    if key == "nps":
        return float(min(1.0, max(0.0, row.get("advocacy_spread") or 0.0)))
    p = float(row[_FIELD[key]])
    return p * (1 - p)


def codes_of(aspects: tuple[str, ...]) -> Iterator[str]:
    """Yield "aspect:side" of each aspect praised or blamed; a mixed one is both, a neutral one neither."""
    for each in aspects:
        name, _, side = str(each).rpartition(":")
        if name == WHOLE:
            continue
        if side in SIDES:
            yield f"{name}:{side}"
        elif side == "mixed":
            yield from (f"{name}:{each_side}" for each_side in SIDES)
