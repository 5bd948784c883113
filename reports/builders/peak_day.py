"""The day on which most was said, tested against the days of past periods, and what it was about.

A day stands in a digest only where its count is announced with everything else that the digest tested. Only
mentions whose day is known count: one dated to its month would stand on the first. It cannot see hours, nor
why a day stands out.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from ouidire.documents import MentionDocument
from ouidire.index import MentionIndex, Query, Term
from ouidire.measures import Change, Figure, volume_change
from ouidire.period import Period
from reports.builders.drivers import WHOLE
from reports.builders.figures import EVERY, PeriodSums
from reports.builders.quotes import Means, quotes_of
from reports.data.metric import Metric
from reports.data.scope import within
from reports.data.sections import DayPeak, QuoteKind

DATED = Term(field="published_precision", any_of=("second", "day"))
THEMES = 3
SITES = 2


def day_of(reader: MentionIndex, table: PeriodSums) -> DayPeak | None:
    """Return the busiest day of the period, compared with every day of the usable past periods; None where there is none.

    The p-value is multiplied by the number of days looked at (Bonferroni), so that looking for the busiest
    costs nothing.
    """
    periods = table.seen.periods
    edges = days(periods[-1])
    counts = [bucket.n for bucket in reader.series(Query(where=(*table.steady, DATED)), "period_at", edges)]
    most = max(counts)
    if not most:
        return None
    past: list[int] = []
    for period, usable in zip(periods[:-1], table.usable, strict=True):
        if usable:
            past += [
                bucket.n
                for bucket in reader.series(Query(where=(*table.steady, DATED)), "period_at", days(period))
            ]
    at = counts.index(most)
    tested = among(volume_change(most, past), looks=len(counts))
    figure = Figure(value=most, n=most, weight=most, unit="count", basis="counted")
    return DayPeak(reading=Metric(key="spike", figure=figure, change=tested), day=edges[at])


def about(
    reader: MentionIndex,
    table: PeriodSums,
    day: DayPeak,
    *,
    read: Sequence[str],
    means: Means,
    beside: Sequence[MentionDocument],
) -> DayPeak:
    """Add what an announced day was about: its themes and sites, and a mention that tells, other than those `beside`."""
    edges = days(table.seen.periods[-1])
    start, end = next((one, other) for one, other in pairwise(edges) if one == day.day)
    where = (*table.scope.once, DATED, within(start, end))
    themes = reader.facet(Query(where=where), "aspect_polarity", size=EVERY)
    sites = reader.facet(Query(where=where), "site", size=SITES)
    told = [(str(bucket.value).rpartition(":"), bucket.n) for bucket in themes]
    telling = [
        (f"{aspect}:{side}", n) for (aspect, _, side), n in told if aspect != WHOLE and side != "neutral"
    ]
    net = reader.sums(Query(where=where), ("sentiment_balance",)).fields.get("sentiment_balance")
    kind: QuoteKind = "best" if net is not None and net.total > 0 else "worst"
    quotes = quotes_of(reader, where, read=read, means=means, counts={kind: 1}, beside=beside)
    return day.model_copy(
        update={
            "themes": tuple(telling[:THEMES]),
            "sites": tuple((str(bucket.value), bucket.n) for bucket in sites if bucket.value),
            "quote": quotes[0].model_copy(update={"kind": "day"}) if quotes else None,
        }
    )


def among(change: Change, *, looks: int) -> Change:
    """Return a change found as the most striking of so many: its p-value multiplied by their number."""
    if change.p_value is None:
        return change
    p_value = min(1.0, change.p_value * looks)
    return change.model_copy(update={"p_value": p_value, "beyond_noise": p_value < 0.05})  # noqa: PLR2004 (the digest's error rate)


def days(period: Period) -> list[datetime]:
    """Return the UTC edges of the local days of a period."""
    zone = ZoneInfo(period.timezone)
    edges = []
    day = period.first_day
    while day <= period.last_day + timedelta(days=1):
        edges.append(datetime.combine(day, time(), tzinfo=zone).astimezone(period.start.tzinfo))
        day += timedelta(days=1)
    return edges
