"""What is due: a pure function of what is configured, what ran and what time it is. Whoever wakes it, it says the same."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from ouidire.frozen import Frozen
from ouidire.period import Period, last_full_period

RETRY_AFTER = timedelta(hours=1)
"""A run that failed or was blocked is tried again after an hour at the earliest, or at its next time if that is sooner."""
SLACK = timedelta(minutes=5)
"""A job that is due every day at about the same minute must not slip by one run because the last began a little late."""


class Last(Frozen):
    """How a source last ran; `killed` when its process was, in which case it is due again at once."""

    started_at: datetime
    status: str
    killed: bool = False


def is_due(every: timedelta, last: Last | None, *, now: datetime) -> bool:
    """Whether a source that should run `every` so often is due at `now`."""
    if last is None or last.killed:
        return True
    wait = min(every, RETRY_AFTER) if last.status in ("failed", "blocked") else every
    return now - last.started_at >= wait - min(SLACK, wait / 10)


def due_sources(every: Mapping[str, timedelta], last: Mapping[str, Last], *, now: datetime) -> list[str]:
    """Return the keys of the sources that are due, in the configuration's order."""
    return [key for key, interval in every.items() if is_due(interval, last.get(key), now=now)]


def due_period(kind: Literal["week", "month"], *, now: datetime, timezone: str, weekday: int = 1, hour: int = 7) -> Period:
    """Return the last period whose digest is due: its local end has passed, and so has its hour on its weekday.

    `weekday` is 1 (Monday) to 7; a digest due on Wednesday at 7 tells on Tuesday of the week before last.
    """
    period = last_full_period(kind, now, timezone=timezone)
    local_end = period.end.astimezone(ZoneInfo(timezone))
    wait = timedelta(days=(weekday - 1) if kind == "week" else 0)
    due = (local_end + wait).replace(hour=hour)
    return period if now >= due else period.before(1)[0]


def missed(every: timedelta, starts: Sequence[datetime], *, since: datetime, now: datetime) -> int:
    """Return how many runs should have started in [since, now) and did not, at most one each interval."""
    expected = int((now - since) / every)
    return max(0, expected - sum(1 for start in starts if since <= start < now))
