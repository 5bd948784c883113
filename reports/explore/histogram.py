"""A view's mentions over time: one bar for each day, week, month or year, with what they praise and blame.

Each bar names the days that it stands for, so that it can be opened as a view of its own.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from ouidire.frozen import Frozen
from ouidire.index import MentionIndex, PartCounts, Query, SeriesPart, Sort
from reports.explore.date_span import DateSpan, DayBounds, moment_of, month_end
from reports.explore.lowering import ReaderTime, query_of
from reports.explore.view import MentionView

Step = Literal["day", "week", "month", "year"]
STEPS: tuple[Step, ...] = ("day", "week", "month", "year")
MOST_BARS = 120
_LONGEST: dict[Step, int] = {"day": 45, "week": 500, "month": 3600, "year": 400_000}
"""Days of a view up to which each step is chosen by itself."""
_SHORTEST: dict[Step, int] = {"day": 1, "week": 7, "month": 28, "year": 365}


class HistogramBar(Frozen):
    """The mentions published from `first` to `last`, both days included.

    `whole` is false where the view cuts the week, month or year.
    """

    first: date
    last: date
    n: int
    positive: int = 0
    negative: int = 0
    whole: bool = True

    @property
    def span(self) -> DateSpan:
        """The days, as a view keeps them."""
        return DateSpan(first=self.first, last=self.last)


class Histogram(Frozen):
    """The bars of a view, oldest first; none where it keeps no mention, or where its days cannot be known."""

    step: Step = "day"
    bars: tuple[HistogramBar, ...] = ()

    @property
    def most(self) -> int:
        """The largest count of a bar; 0 without bars."""
        return max((bar.n for bar in self.bars), default=0)


class HistogramCounting:
    """What a reading counts for the bars of a view, and the bars that its answer gives.

    `step` asks for bars of a size; one that would give more than 120 bars is made larger.
    """

    def __init__(
        self, reader: MentionIndex, view: MentionView, *, time: ReaderTime, step: Step | None = None
    ) -> None:
        query = query_of(view, reader, time=time)
        first, last = _bounds(reader, view, query, time) or (None, None)
        self.step: Step = "day"
        self._starts: tuple[date, ...] = ()
        self._last = last or date.min
        self._timezone = time.timezone
        if first is not None and last is not None:
            self.step = _step(first, last, step)
            self._starts = tuple(_starts(first, last, self.step))

    def series(self) -> tuple[SeriesPart, ...]:
        """Return the series to count: none where the days of the view cannot be known."""
        if not self._starts:
            return ()
        days = [*self._starts, self._last + timedelta(days=1)]
        edges = tuple(moment_of(day, self._timezone) for day in days)
        return (SeriesPart(field="period_at", edges=edges, by="sentiment"),)

    def read(self, counts: PartCounts) -> Histogram:
        """Return the bars that an answer gives."""
        if not self._starts:
            return Histogram()
        ends = [*(day - timedelta(days=1) for day in self._starts[1:]), self._last]
        return Histogram(
            step=self.step,
            bars=tuple(
                HistogramBar(
                    first=start,
                    last=end,
                    n=counted.n,
                    positive=counted.by.get("positive", 0),
                    negative=counted.by.get("negative", 0),
                    whole=start == _begin(start, self.step) and end == _end(start, self.step),
                )
                for start, end, counted in zip(self._starts, ends, counts.series[0], strict=True)
            ),
        )


def _bounds(
    reader: MentionIndex, view: MentionView, query: Query, time: ReaderTime
) -> tuple[date, date] | None:
    """Return the first and last day shown: the view's own, else those of its oldest and newest mention."""
    asked = view.published.bounds(time.today) if view.published is not None else DayBounds(None, None)
    first = asked.first or _extreme(reader, query, time, newest=False)
    last = asked.last or _extreme(reader, query, time, newest=True)
    if first is None or last is None or last < first:
        return None
    return first, last


def _extreme(reader: MentionIndex, query: Query, time: ReaderTime, *, newest: bool) -> date | None:
    ordered = query.model_copy(update={"sort": (Sort(field="period_at", descending=newest),)})
    hits = reader.search(ordered, size=1).hits
    if not hits or hits[0].document.kind != "mention":
        return None
    return hits[0].document.period_at.astimezone(ZoneInfo(time.timezone)).date()


def _step(first: date, last: date, asked: Step | None) -> Step:
    days = (last - first).days + 1
    fitting = [step for step in STEPS if days <= MOST_BARS * _SHORTEST[step]]
    if asked in fitting:
        return asked
    return next((step for step in fitting if days <= _LONGEST[step]), "year")


def _starts(first: date, last: date, step: Step) -> Iterator[date]:
    """Yield the first day of each bar: the view's own first day, then the begin of each step."""
    day = first
    while day <= last:
        yield day
        day = _end(day, step) + timedelta(days=1)


def _begin(day: date, step: Step) -> date:
    return {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "year": day.replace(month=1, day=1),
    }[step]


def _end(day: date, step: Step) -> date:
    first = _begin(day, step)
    if step == "month":
        return month_end(first)
    if step == "year":
        return date(first.year, 12, 31)
    return first + timedelta(days=6 if step == "week" else 0)
