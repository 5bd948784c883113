"""The day on which most was said, tested against the days of past periods, and what it was about.

A day stands in a digest only where its count is announced with everything else that the digest tested. Only
mentions whose day is known count: one dated to its month would stand on the first. It cannot see hours, nor
why a day stands out.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ouidire.documents import MentionDocument
from ouidire.index import Query, Term
from ouidire.measures import Change, volume_change
from ouidire.period import Period
from reports.builders.drivers import WHOLE
from reports.builders.figures import count_figure
from reports.builders.metrics import MetricsByKey
from reports.builders.period_sums import EVERY, PeriodSums
from reports.builders.quotes import Ranking, quotes_of
from reports.builders.source_sums import count_known
from reports.data.metric import Metric
from reports.data.scope import within
from reports.data.sections import PeakDay, QuoteKind

DATED = Term(field="published_precision", any_of=("second", "day"))
THEMES = 3
SITES = 2
ERROR_RATE = 0.05
"""The digest's: a change is beyond noise where chance alone explains it less often than this."""


class BusiestDay(NamedTuple):
    """The start of the period's busiest local day (UTC), and its count, compared."""

    metric: Metric
    day: datetime


def busiest_day(sums: PeriodSums) -> BusiestDay | None:
    """Find the busiest day of the period and compare it with every day of the usable past periods.

    The p-value is multiplied by the number of days looked at (Bonferroni), so that looking for the busiest
    costs nothing. None where no mention has a day.
    """
    *past, period = sums.coverage.periods
    counts = _counts_by_day(sums, period)
    most = max(counts)
    if not most:
        return None
    past_counts = [n for usable in sums.usable_of(past) for n in _counts_by_day(sums, usable)]
    change = most_striking_of(volume_change(most, past_counts), looks=len(counts))
    metric = Metric(key="spike", figure=count_figure(most), change=change)
    return BusiestDay(metric, day_edges(period)[counts.index(most)])


def peak_day_section(
    sums: PeriodSums,
    metrics: MetricsByKey,
    busiest: BusiestDay | None,
    *,
    ranking: Ranking,
    beside: Sequence[MentionDocument],
) -> PeakDay | None:
    """Return the busiest day, what it was about, and a telling mention of it other than those `beside`.

    None where it does not stand out.
    """
    if busiest is None or "spike" not in metrics:
        return None
    edges = day_edges(sums.coverage.periods[-1])
    start, end = next((one, other) for one, other in pairwise(edges) if one == busiest.day)
    where = (*sums.scope.once, DATED, within(start, end))
    themes = sums.reader.facet(Query(where=where), "aspect_polarity", size=EVERY)
    sites = sums.reader.facet(Query(where=where), "site", size=SITES)
    coded = [(str(bucket.value).rpartition(":"), bucket.n) for bucket in themes]
    shown = [
        (f"{aspect}:{side}", n) for (aspect, _, side), n in coded if aspect != WHOLE and side != "neutral"
    ]
    fields = sums.reader.sums(Query(where=where), ("sentiment_balance",)).fields
    net = fields.get("sentiment_balance")
    kind: QuoteKind = "best" if net is not None and net.total > 0 else "worst"
    quotes = quotes_of(sums.reader, where, ranking=ranking, counts={kind: 1}, beside=beside, shown_as="day")
    return PeakDay(
        reading=metrics["spike"],
        day=busiest.day,
        themes=tuple(shown[:THEMES]),
        sites=tuple((str(bucket.value), bucket.n) for bucket in sites if bucket.value),
        quote=quotes[0] if quotes else None,
    )


def most_striking_of(change: Change, *, looks: int) -> Change:
    """Return a change found as the most striking of so many: its p-value multiplied by their number."""
    if change.p_value is None:
        return change
    p_value = min(1.0, change.p_value * looks)
    return change.model_copy(update={"p_value": p_value, "beyond_noise": p_value < ERROR_RATE})


def day_edges(period: Period) -> list[datetime]:
    """Return the UTC edges of the local days of a period."""
    zone = ZoneInfo(period.timezone)
    edges = []
    day = period.first_day
    while day <= period.last_day + timedelta(days=1):
        edges.append(datetime.combine(day, time(), tzinfo=zone).astimezone(period.start.tzinfo))
        day += timedelta(days=1)
    return edges


def _counts_by_day(sums: PeriodSums, period: Period) -> list[int]:
    where = (*sums.counted_where, DATED)
    return count_known(sums.reader, where, day_edges(period), period, sums.known)
