"""Datetimes, always aware and UTC inside; "now" is passed in, never read in the middle of work."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime

from ouidire.errors import UsageError
from ouidire.frozen import Frozen

Clock = Callable[[], datetime]

Precision = Literal["second", "day", "relative", "month", "year"]
PRECISIONS: tuple[Precision, ...] = ("second", "day", "relative", "month", "year")
"""From the finest to the coarsest; "relative" is a date computed from words such as « il y a 2 jours »."""


class StatedDate(Frozen):
    """A date as a page states it.

    `at` is aware UTC. For a precision coarser than "second" it is noon UTC of the first day meant, so that
    the local date stays the stated one in every timezone from UTC−11 to UTC+11.
    """

    at: AwareDatetime
    precision: Precision = "second"

    def finer_than(self, other: "StatedDate") -> bool:
        """Whether this reading is strictly finer than the other."""
        return PRECISIONS.index(self.precision) < PRECISIONS.index(other.precision)


def system_clock() -> datetime:
    """Return the present moment, aware UTC."""
    return datetime.now(UTC)


def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 moment given by a user; without an offset it is taken as UTC.

    Raises UsageError when the text is not ISO 8601.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is not a date and time; write it like 2026-03-09T06:00:00+01:00"
        raise UsageError(message) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
