"""A span of local days, fixed or moving with today, and its one canonical text.

`2026-W10`, `2026-03`, `2026`, `2026-03-02`, `2026-03-02..2026-03-15`, `2026-03-02..`, `..2026-03-15`, or a
span that moves: `today`, `yesterday`, `this-week`, `last-week`, `this-month`, `last-month`, `28d` (the last
28 days, today included). Both ends are included, as people mean them. It knows no timezone: days become
moments where a view is made a query.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from ouidire.frozen import Frozen

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Years in which a day may lie: before, nothing was published on the web; after, a date is a slip."""
LONGEST_MOVING = 3660
MOVING = ("today", "yesterday", "this-week", "last-week", "this-month", "last-month")
_DAYS = re.compile(r"([1-9][0-9]{0,3})d")
_DAY = timedelta(days=1)


class DayBounds(NamedTuple):
    """The first and the last local day of a span, both included; None where it is open."""

    first: date | None
    last: date | None


class DateSpan(Frozen):
    """Local days from `first` to `last`, both included, or a `moving` span such as `last-week` or `28d`.

    Raises ValueError (as pydantic does) for an end before the start, and for a span that says nothing.
    """

    first: date | None = None
    last: date | None = None
    moving: str = Field(default="")

    @model_validator(mode="after")
    def _whole(self) -> "DateSpan":
        fixed = [day for day in (self.first, self.last) if day is not None]
        if any(not FIRST_YEAR <= day.year <= LAST_YEAR for day in fixed):
            message = f"a day lies between {FIRST_YEAR} and {LAST_YEAR}"
            raise ValueError(message)
        if self.first is not None and self.last is not None and self.last < self.first:
            message = "a span ends before it begins"
            raise ValueError(message)
        if bool(fixed) == bool(self.moving):
            message = "a span has fixed days, or moves with today"
            raise ValueError(message)
        if self.moving and not is_moving(self.moving):
            message = f"{self.moving!r} is no moving span"
            raise ValueError(message)
        return self

    def bounds(self, today: date) -> DayBounds:
        """Return the first and last day of the span, as of a local day."""
        return _moved(self.moving, today) if self.moving else DayBounds(self.first, self.last)

    def __str__(self) -> str:
        """Return the canonical text, which `parse_dates` reads back as the same span."""
        if self.moving:
            return self.moving
        if self.first is None or self.last is None:
            return f"{self.first or ''}..{self.last or ''}"
        return _named(self.first, self.last) or f"{self.first}..{self.last}"


def is_moving(text: str) -> bool:
    """Return whether a text names a span that moves with today."""
    days = _DAYS.fullmatch(text)
    return text in MOVING or (days is not None and int(days[1]) <= LONGEST_MOVING)


def year_of(year: int) -> DateSpan:
    """Return a calendar year."""
    return DateSpan(first=date(year, 1, 1), last=date(year, 12, 31))


def months_of(year: int, month: int, count: int = 1) -> DateSpan:
    """Return `count` calendar months of one year, from a month on (1–12)."""
    return DateSpan(first=date(year, month, 1), last=month_end(date(year, month + count - 1, 1)))


def week_of(year: int, week: int) -> DateSpan:
    """Return an ISO week, Monday to Sunday. Raises ValueError for a week that the year does not have."""
    monday = date.fromisocalendar(year, week, 1)
    return DateSpan(first=monday, last=monday + 6 * _DAY)


def moment_of(day: date, timezone: str) -> datetime:
    """Return the moment at which a local day begins, in UTC."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def _named(first: date, last: date) -> str:
    """Return the short name of days that make up a day, an ISO week, a month or a year; "" for others."""
    if first == last:
        return str(first)
    if first.weekday() == 0 and last - first == 6 * _DAY:
        year, week, _ = first.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if first.day == 1 and last == month_end(first):
        return f"{first:%Y-%m}"
    if (first.month, first.day, last) == (1, 1, date(first.year, 12, 31)):
        return f"{first:%Y}"
    return ""


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return (day.replace(day=1) + 32 * _DAY).replace(day=1) - _DAY


def _moved(name: str, today: date) -> DayBounds:
    days = _DAYS.fullmatch(name)
    if days is not None:
        return DayBounds(today - (int(days[1]) - 1) * _DAY, today)
    monday, first = today - today.weekday() * _DAY, today.replace(day=1)
    last_month = (first - _DAY).replace(day=1)
    return {
        "today": DayBounds(today, today),
        "yesterday": DayBounds(today - _DAY, today - _DAY),
        "this-week": DayBounds(monday, monday + 6 * _DAY),
        "last-week": DayBounds(monday - 7 * _DAY, monday - _DAY),
        "this-month": DayBounds(first, month_end(first)),
        "last-month": DayBounds(last_month, first - _DAY),
    }[name]
