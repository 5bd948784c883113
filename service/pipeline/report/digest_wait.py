"""Whether a digest still waits for what is missing from it, as `digest.wait` allows.

It waits for harvests that a person can put right, and for sources that are read again before the wait is
over: not for one that is not due by then. It cannot see whether anybody is at work on it.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from reports.data.context import DigestContext
from service.pipeline.collect.due import last_of, last_runs
from service.pipeline.configured_sources import configured_sources
from service.pipeline.installation import Installation
from service.pipeline.schedule import digest_time, due_time


class DigestHold(NamedTuple):
    """How long a digest waits at most, and for which sources."""

    until: datetime
    missing: tuple[str, ...]

    @property
    def line(self) -> str:
        """The hold in a line, for the operator."""
        return (
            f"waits for {', '.join(self.missing)} until {self.until:%Y-%m-%dT%H:%MZ} (digest.wait), "
            "then goes as incomplete"
        )


def hold_of(installation: Installation, context: DigestContext) -> DigestHold | None:
    """Return what a digest waits for now; None where it may go."""
    settings, now = installation.settings, installation.clock()
    due = digest_time(context.period, weekday=settings.digest.weekday, hour=settings.digest.hour)
    until = (due + settings.digest.wait).astimezone(UTC)
    if now >= until or not context.blind.missing:
        return None
    read_again = _read_again(installation, until=until)
    missing = tuple(
        dict.fromkeys(
            gap.name
            for gap in context.blind.missing
            if gap.status in ("waiting", "damaged") or gap.source_key in read_again
        )
    )
    return DigestHold(until, missing) if missing else None


def _read_again(installation: Installation, *, until: datetime) -> set[str]:
    """Return the keys of the sources that are due before a moment."""
    sources = configured_sources(installation.settings)
    now = installation.clock()
    with installation.state.read() as connection:
        lasts = {key: last_of(run) for key, run in last_runs(connection, sources).items()}
    times = {
        each.key: due_time(each.timetable(installation.settings.timezone), lasts.get(each.key), now=now)
        for each in sources
    }
    return {key for key, at in times.items() if at is None or at < until}
