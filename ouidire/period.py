"""Periods: half-open local intervals, kept as UTC edges.

A week in which the clocks change is still one week.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from ouidire.frozen import Frozen


class Period(Frozen):
    """A half-open interval [start, end) of whole local days. `start` and `end` are aware UTC."""

    kind: Literal["week", "month"]
    start: AwareDatetime
    end: AwareDatetime
    timezone: str

    @property
    def key(self) -> str:
        """Its name, e.g. `2026-W10` or `2026-02`."""
        first = self.first_day
        if self.kind == "month":
            return f"{first:%Y-%m}"
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def first_day(self) -> date:
        """The first local day."""
        return self.start.astimezone(ZoneInfo(self.timezone)).date()

    @property
    def last_day(self) -> date:
        """The last local day, included."""
        return self.end.astimezone(ZoneInfo(self.timezone)).date() - timedelta(days=1)

    def before(self, count: int) -> tuple["Period", ...]:
        """Return the `count` periods of the same kind before this one, oldest first."""
        periods: list[Period] = []
        current = self
        for _ in range(count):
            current = period_of(self.kind, current.first_day - timedelta(days=1), timezone=self.timezone)
            periods.append(current)
        return tuple(reversed(periods))


def period_of(kind: Literal["week", "month"], day: date, *, timezone: str) -> Period:
    """Return the period of this kind that holds a local day (weeks begin on Monday, ISO 8601)."""
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    else:
        first = day.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
    return Period(
        kind=kind, start=_midnight(first, timezone), end=_midnight(after, timezone), timezone=timezone
    )


def last_full_period(kind: Literal["week", "month"], now: datetime, *, timezone: str) -> Period:
    """Return the last period of this kind that has ended at `now`."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    return period_of(kind, today, timezone=timezone).before(1)[0]


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(timezone)).astimezone(UTC)
