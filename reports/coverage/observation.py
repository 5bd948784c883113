"""Which runs speak for a period: its observation window, the last run of it, and the first after it.

What was published in a period is read by the crawls of that period and, on Monday morning, by one just after
it. So each period has an *observation window*: the period shifted by the moment at which the digest is made
(at most a day), so that the windows of consecutive digests meet without overlap. It cannot see a source that
answered "ok" and hid half its pages: the runs' own health checks are for that.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime

from ouidire.frozen import Frozen
from ouidire.index import Range
from ouidire.items import STATUSES, RunState
from ouidire.period import Period

GOOD = ("ok", "empty")
"""The statuses after which a source counts as seen."""
BAD = tuple(status for status in STATUSES if status not in GOOD)
LONGEST_SHIFT = timedelta(days=1)
COMPARED_SHARE = 1 / 7
"""Of a period: with a longer end unseen its figures are not compared (a day of a week, four of a month)."""
# Ranges are half-open on the right and a window is closed there: a crawl at the very moment of the digest
# belongs to it.
TICK = timedelta(microseconds=1)


class ObservationWindow(Frozen):
    """The moments (after `start`, up to `end` included) whose crawls speak for a period."""

    start: AwareDatetime
    end: AwareDatetime

    def range(self, field: str) -> Range:
        """Keep documents whose date lies in the window."""
        return Range(field=field, gte=self.start + TICK, lt=self.end + TICK)

    def contains(self, moment: datetime) -> bool:
        """Whether a moment lies in the window."""
        return self.start < moment <= self.end


def window_of(period: Period, *, of: Period, now: datetime) -> ObservationWindow:
    """Return the observation window of a period, in a digest about the period `of` that is made at `now`.

    A month's is the month itself: its end is read by weekly crawls all the same, and a page or an event of
    its first morning belongs to the next.
    """
    if of.kind == "month":
        return ObservationWindow(start=period.start, end=period.end)
    shift = min(max(now - of.end, timedelta()), LONGEST_SHIFT)
    return ObservationWindow(start=period.start + shift, end=period.end + shift)


class RunView(Frozen):
    """The fields of a run's document that coverage reads, under the same names.

    `complete`: it read all that the source shows of its past. `waits`: the index has not taken its harvest.
    """

    id: str
    source: str
    source_key: str
    status: RunState
    reason: str = ""
    silent: tuple[str, ...] = ()
    started_at: AwareDatetime
    refused_by_robots: int = 0
    rejected: int = 0
    missed: int = 0
    complete: bool = False
    waits: bool = False

    @property
    def good(self) -> bool:
        """Whether the source was read as it should be, and the index has what was read."""
        return self.status in GOOD and not self.waits


class PeriodLooks:
    """The runs that may speak for each period: the last of its window, and the first after it."""

    def __init__(self, periods: Sequence[Period], windows: Sequence[ObservationWindow]) -> None:
        self._periods = periods
        self._windows = windows
        self._last: list[dict[str, RunView]] = [{} for _ in windows]
        self._next: list[dict[str, RunView]] = [{} for _ in windows]

    def add(self, run: RunView) -> None:
        """Take in one run, in whatever order they come."""
        for last, following, window in zip(self._last, self._next, self._windows, strict=True):
            held = last.get(run.source_key)
            if window.contains(run.started_at) and (held is None or held.started_at <= run.started_at):
                last[run.source_key] = run
            held = following.get(run.source_key)
            if run.started_at > window.end and (held is None or run.started_at < held.started_at):
                following[run.source_key] = run

    def seen(self, at: int, key: str, *, within: timedelta | None = None) -> bool:
        """Whether a good run looked at a source near a period's end or after it, and its last run was good.

        Whoever looked on Wednesday knows nothing of Thursday, whatever the interval. What nobody looked at in
        its time is caught up by the first run after it; `within` says how long after the period's end that
        counts (always, without it).
        """
        period = self._periods[at]
        last, following = self._last[at].get(key), self._next[at].get(key)
        if last is not None and not last.good:
            return False
        in_time = within is None or (following is not None and following.started_at <= period.end + within)
        if following is not None and following.good and in_time:
            return True
        allowed = COMPARED_SHARE * (period.end - period.start)
        return last is not None and last.started_at >= period.end - allowed


def as_datetime(value: Any) -> datetime:  # noqa: ANN401 (a scanned field)
    """Return a scanned date, which back-ends give as a datetime or as ISO 8601 text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
