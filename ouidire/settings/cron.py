"""Moments named by a cron line in a timezone, right on the nights when clocks change.

The rules are Debian cron's, by cronsim: a job at a fixed hour runs once on either night: an hour that is
skipped gives the first minute after it, an hour that comes twice gives the first of the two; a job whose
minute or hour begins with a star follows real time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

FIELDS = 5


def problem_of(line: str) -> str | None:
    """Return what is wrong with a cron line; None when nothing is."""
    if len(line.split()) != FIELDS:
        return (
            "a cron line has five fields: minute, hour, day of month, month, day of week, as in 30 6 * * 1-5"
        )
    try:
        next(CronSim(line, datetime(2000, 1, 1)))  # noqa: DTZ001 (any calendar will do)
    except CronSimError as error:
        return f"{str(error).replace('Bad ', 'no such ')}; write five fields as in 30 6 * * 1-5"
    except StopIteration:
        return "no day is ever like this"
    return None


def shortest_gap(every: timedelta, line: str | None) -> timedelta:
    """Return the shortest time between two of the first 60 moments of a line; `every` without a line."""
    if line is None:
        return every
    ahead = list(islice(CronSim(line, datetime(2000, 1, 1)), 60))  # noqa: DTZ001 (any calendar will do)
    return min((later - earlier for earlier, later in pairwise(ahead)), default=timedelta.max)


def moments_after(line: str, moment: datetime, *, timezone: str) -> Iterator[datetime]:
    """Yield the moments that a cron line names, strictly after `moment`, in order, aware UTC.

    There may be no end of them.
    """
    last = moment
    for local in CronSim(line, moment.astimezone(ZoneInfo(timezone))):
        at = local.astimezone(UTC)
        if at > last:  # within the hour that comes twice, a fixed hour is named again: it was there already
            yield at
            last = at
