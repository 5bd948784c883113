"""The days of a brand, source by source: what is compared, and which days may serve.

A day serves when the last run of its source in that day or the next was good, and the source was watched
already. It reads sums and runs from the index alone, and cannot see a source that answered "ok" and hid half
its pages.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from ouidire.frozen import Frozen
from ouidire.index import Exists, FieldSum, MentionIndex, Query, Range, Sort, Term
from ouidire.measures import Day, SeriesKey, days_together
from ouidire.measures.unusual import WEEKS
from reports.coverage.observation import GOOD, as_datetime
from reports.data.scope import Where

JUDGED = 3
"""Days that are judged each time, the present one included: what is read late may raise an alert late."""
MOST_JUDGED = 9
"""Days that are judged at most, where a source was read for the first time in a week."""
WEEKLY = 8
"""Days judged from which a week is judged too: some source was read for the first time in six days."""
WEEK = 7
LATELY = timedelta(days=1)
"""How long ago a source was read whose reading is new: what it brought is told within a day."""
PAST = 7 * WEEKS
STEADY = 6
"""Of eight comparable days, those that must serve before a source counts in its brand's total."""
EVERY = 10_000
"""More source keys than any brand has: a facet must be asked for all of them to forget none silently."""
_BALANCE = "sentiment_balance"
_TICK = timedelta(microseconds=1)


class DayTable(Frozen):
    """Consecutive local days of a brand (`dates`, oldest first, today last) for each source key."""

    dates: tuple[date, ...]
    series: dict[str, tuple[Day, ...]]

    def ending(self, at: int) -> tuple[dict[str, Sequence[Day]], tuple[Day, ...], tuple[str, ...]]:
        """Return the days up to `dates[at]`: by source, of the steady ones together; and the others' keys.

        Together, each source's tone is moved to that of all: more talk where tones are harsh is no worse one.
        """
        cut = {key: days[max(0, at - PAST) : at + 1] for key, days in self.series.items()}
        steady = sorted(
            key for key, days in cut.items() if sum(day.usable for day in days[:-1][::-1][6::7]) >= STEADY
        )
        whole = days_together([cut[key] for key in steady])
        return dict(cut), whole, tuple(sorted(cut.keys() - set(steady)))


def weeks_of(days: Sequence[Day]) -> tuple[Day, ...]:
    """Return seven-day sums that end with the last day and every seventh before it; other days not usable.

    A week is usable where all its days are: it is then judged as a day is, against the weeks before it.
    """
    last = len(days) - 1
    return tuple(
        Day.merged(days[at - WEEK + 1 : at + 1])
        if (last - at) % WEEK == 0 and at >= WEEK - 1
        else Day(usable=False)
        for at in range(len(days))
    )


def judged_days(reader: MentionIndex, *, now: datetime) -> int:
    """Return how many days are judged, from 3 to 9: all since the last reading but one of what was just read.

    A source that is read once a week brings days that nobody has judged; one read every day brings one.
    """
    since = now - timedelta(days=MOST_JUDGED)
    where = (Range(field="started_at", gte=since, lt=now + _TICK),)
    read: dict[str, list[datetime]] = {}
    for row in reader.scan(Query(kind="run", where=where), ("source_key", "started_at", "status")):
        if row["status"] in GOOD:
            read.setdefault(str(row["source_key"]), []).append(as_datetime(row["started_at"]))
    before = [
        (sorted(times)[-2] if len(times) > 1 else since)
        for times in read.values()
        if max(times) >= now - LATELY
    ]
    gap = now - min(before, default=now)
    return min(MOST_JUDGED, max(JUDGED, gap.days + 2))


def read_days(
    reader: MentionIndex, brand: str, *, now: datetime, timezone: str, judged: int = JUDGED
) -> DayTable:
    """Read a brand's last days: mentions that state a date, each text once, on the day that they state."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    dates = tuple(today - timedelta(days=back) for back in range(PAST + max(judged, WEEKLY) - 1, -1, -1))
    edges = [midnight(day, zone) for day in (*dates, today + timedelta(days=1))]
    where = of(brand)
    everything = (*where, within(edges[0], edges[-1]))
    keys = sorted(
        str(bucket.value) for bucket in reader.facet(Query(where=everything), "source_key", size=EVERY)
    )
    return DayTable(
        dates=dates,
        series={
            key: _days(reader, (*where, Term(field="source_key", any_of=(key,))), key, edges, now)
            for key in keys
        },
    )


def of(brand: str) -> Where:
    """Return the clauses that keep a brand's mentions that state their date, each text once."""
    return (
        Term(field="brands", any_of=(brand,)),
        Exists(field="duplicate_of", exclude=True),
        Exists(field="published_at"),
    )


def within(start: datetime, end: datetime) -> Range:
    """Return the clause that keeps the mentions of a half-open interval."""
    return Range(field="period_at", gte=start, lt=end)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a local day begins, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def series_of(tables: Mapping[str, DayTable], at: int) -> dict[SeriesKey, Sequence[Day]]:
    """Return the series judged together for a day: every brand, and each source of those with several."""
    series: dict[SeriesKey, Sequence[Day]] = {}
    for brand, table in tables.items():
        by_key, whole, _ = table.ending(at)
        if whole:
            series[SeriesKey(brand)] = whole
        if len(by_key) > 1:
            series |= {SeriesKey(brand, key): days for key, days in by_key.items()}
    return series


def weekly_series_of(tables: Mapping[str, DayTable], at: int) -> dict[SeriesKey, Sequence[Day]]:
    """Return the series of weeks that end with a day, of whole brands alone: few weeks are compared."""
    whole = {SeriesKey(brand): table.ending(at)[1] for brand, table in tables.items()}
    return {key: weeks_of(days) for key, days in whole.items() if days}


def _days(
    reader: MentionIndex, where: Where, key: str, edges: Sequence[datetime], now: datetime
) -> tuple[Day, ...]:
    counted = reader.series(Query(where=where), "period_at", edges, fields=(_BALANCE,))
    bad = reader.series(
        Query(where=(*where, Term(field="sentiment", any_of=("negative",)))), "period_at", edges
    )
    usable = _usable(reader, key, edges, now)
    return tuple(
        Day(
            n=bucket.n,
            read=(sums := bucket.fields.get(_BALANCE, FieldSum())).n,
            total=sums.total,
            squares=sums.squares,
            negative=min(negative.n, sums.n),
            usable=serves,
        )
        for bucket, negative, serves in zip(counted, bad, usable, strict=True)
    )


def _usable(reader: MentionIndex, key: str, edges: Sequence[datetime], now: datetime) -> list[bool]:
    of_key = Term(field="source_key", any_of=(key,))
    first = reader.search(
        Query(kind="run", where=(of_key,), sort=(Sort(field="started_at", descending=False),)), size=1
    ).hits
    if not first or first[0].document.kind != "run":
        return [True] * (len(edges) - 1)  # nothing says how it was read
    began = first[0].document.started_at
    where = (of_key, Range(field="started_at", gte=edges[0], lt=now + _TICK))
    runs = sorted(
        (as_datetime(row["started_at"]), row["status"] in GOOD)
        for row in reader.scan(Query(kind="run", where=where), ("started_at", "status"))
    )
    return [began <= end and _seen(runs, start, end) for start, end in pairwise(edges)]


def _seen(runs: Sequence[tuple[datetime, bool]], start: datetime, end: datetime) -> bool:
    """Whether the last run of a day or of the next was good or, where there was none, the first one after."""
    soon = [good for at, good in runs if start <= at < end + timedelta(days=1)]
    later = [good for at, good in runs if at >= end + timedelta(days=1)]
    return soon[-1] if soon else bool(later and later[0])
