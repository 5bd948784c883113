"""What is due: a pure function of the timetables, the runs and the time, the same for whoever asks."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice, pairwise, takewhile
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from ouidire.frozen import Frozen
from ouidire.items import RunState
from ouidire.period import Period, last_full_period
from ouidire.settings.cron import moments_after

RETRY_AFTER = timedelta(hours=1)
"""A run that failed or was blocked is tried again after an hour, or at its next time if that is sooner."""
SLACK = timedelta(minutes=5)
"""How much too early an interval counts as passed: a daily job must not slip since the last began late."""
COUNTED = 1000
"""Missed runs are counted as far as this: years of downtime are not walked through minute by minute."""


class Last(Frozen):
    """The last run of a source.

    `killed` says that its process was: it is then due again at once, with the runs that it had `missed`.
    """

    started_at: datetime
    status: RunState
    killed: bool = False
    missed: int = 0


class Timetable(Frozen):
    """How often something is due: `every` so often since it last began, or at the moments of a `cron` line.

    Each time comes up to `jitter` later, by an amount that depends on `name` and on the time alone: what is
    due at the same hour is spread, and the same from whoever asks.
    """

    every: timedelta = timedelta(days=1)
    cron: str | None = None
    jitter: timedelta = timedelta()
    timezone: str = "Europe/Paris"
    name: str = ""

    def after(self, moment: datetime) -> datetime:
        """Return the first time strictly after something began at `moment`, aware UTC."""
        if self.cron is None:
            return self._with_jitter(moment + self.every)
        return next(self._cron_times(self.cron, moment))

    def times(self, begun: datetime, now: datetime) -> list[datetime]:
        """Return the times in (begun, now], oldest first, `COUNTED` at most."""
        if self.cron is not None:
            return list(islice(takewhile(lambda at: at <= now, self._cron_times(self.cron, begun)), COUNTED))
        passed = min(COUNTED, int((now - begun) / self.every))
        found = (self._with_jitter(begun + number * self.every) for number in range(1, passed + 1))
        return [at for at in found if at <= now]

    def longest_gap(self, now: datetime) -> timedelta:
        """Return how long there may be between two times from `now` on.

        A cron line for weekdays leaves three days at the weekend.
        """
        if self.cron is None:
            return self.every + self.jitter
        ahead = list(
            islice(moments_after(self.cron, now, timezone=self.timezone), 8)
        )  # more than a week of days
        return max((later - earlier for earlier, later in pairwise(ahead)), default=self.every) + self.jitter

    def _cron_times(self, line: str, moment: datetime) -> Iterator[datetime]:
        shaken = (
            self._with_jitter(each)
            for each in moments_after(line, moment - self.jitter, timezone=self.timezone)
        )
        return (each for each in shaken if each > moment)

    def _with_jitter(self, moment: datetime) -> datetime:
        seed = hashlib.blake2b(f"{self.name}\n{moment.timestamp():.0f}".encode(), digest_size=8).digest()
        return moment + self.jitter * (int.from_bytes(seed, "big") / 2**64)


class Due(NamedTuple):
    """Something that is due: since when (None for what never ran), and how many earlier times were missed."""

    at: datetime | None
    missed: int = 0


def is_ahead(moment: datetime, *, now: datetime) -> bool:
    """Return whether a moment of the past lies in the future: a clock was wrong then, or is now."""
    return moment > now + SLACK


def due_time(table: Timetable, last: Last | None, *, now: datetime) -> datetime | None:
    """Return when something is next due; None for at once.

    A last run that is dated in the future delays nothing.
    """
    if last is None or last.killed or is_ahead(last.started_at, now=now):
        return None
    scheduled = table.after(last.started_at)
    return (
        min(scheduled, last.started_at + RETRY_AFTER) if last.status in ("failed", "blocked") else scheduled
    )


def due(table: Timetable, last: Last | None, *, now: datetime, slack: timedelta = SLACK) -> Due | None:
    """Return what is due at `now`; None when nothing is.

    `slack` is how much too early an interval counts as passed, a tenth of it at most: for those who look only
    once an hour.
    """
    at = due_time(table, last, now=now)
    if last is None:
        return Due(None)
    if is_ahead(last.started_at, now=now):
        return Due(now, last.missed if last.killed else 0)
    if at is None:  # killed: if later times have passed since, its own was missed as well
        times = table.times(last.started_at, now)
        return Due(times[-1] if times else last.started_at, last.missed + len(times))
    wait = at - last.started_at
    early = min(slack, wait / 10) if table.cron is None else timedelta()
    if now < at - early:
        return None
    times = table.times(last.started_at, now)
    return Due(times[-1] if times else at, max(0, len(times) - 1))


def due_sources(
    tables: Mapping[str, Timetable], last: Mapping[str, Last], *, now: datetime, slack: timedelta = SLACK
) -> dict[str, Due]:
    """Return the keys of the sources that are due, in the configuration's order, with what is known of it."""
    found = {key: due(table, last.get(key), now=now, slack=slack) for key, table in tables.items()}
    return {key: each for key, each in found.items() if each is not None}


def due_period(
    kind: Literal["week", "month"], *, now: datetime, timezone: str, weekday: int = 1, hour: int = 7
) -> Period:
    """Return the last period whose digest is due: its local end has passed, and its hour on its weekday.

    `weekday` is 1 (Monday) to 7; for a digest due on Wednesday at 7, that is the week before last on Tuesday.
    """
    period = last_full_period(kind, now, timezone=timezone)
    return period if now >= digest_time(period, weekday=weekday, hour=hour) else period.before(1)[0]


def digest_time(period: Period, *, weekday: int = 1, hour: int = 7) -> datetime:
    """Return when a period's digest is due; an hour that the clocks skip is the one after it."""
    local_end = period.end.astimezone(ZoneInfo(period.timezone))
    wait = timedelta(days=(weekday - 1) if period.kind == "week" else 0)
    return (local_end + wait).replace(hour=hour)
