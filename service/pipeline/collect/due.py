"""Which configured sources are due, by `service.pipeline.schedule` and their last runs in the state."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection

from ouidire.state.runs import KILLED, Run, newest_runs
from service.pipeline.configured_sources import ConfiguredSource
from service.pipeline.installation import Installation
from service.pipeline.schedule import SLACK, Due, Last, due_sources, is_ahead

AHEAD = "its last run is dated in the future: the clock was wrong then, or is now"


def last_of(run: Run) -> Last:
    """Return what a schedule must know of a run."""
    return Last(started_at=run.started_at, status=run.status, killed=run.reason == KILLED, missed=run.missed)


def last_runs(connection: Connection, sources: Iterable[ConfiguredSource]) -> dict[str, Run]:
    """Return the last collecting run of each source that ever ran, by key."""
    wanted = {each.key for each in sources}
    return {run.source_key: run for run in newest_runs(connection) if run.source_key in wanted}


def runs_ahead(installation: Installation, sources: Iterable[ConfiguredSource]) -> dict[str, str]:
    """Return a line for the operator on each source whose last run is dated in the future, by key."""
    now = installation.clock()
    with installation.state.read() as connection:
        lasts = last_runs(connection, sources)
    return {
        key: f"{key}: {AHEAD} ({run.started_at:%Y-%m-%dT%H:%MZ}); it delays nothing: look at the clock"
        for key, run in lasts.items()
        if is_ahead(run.started_at, now=now)
    }


def due_now(
    installation: Installation, sources: Iterable[ConfiguredSource], *, slack: timedelta = SLACK
) -> dict[str, Due]:
    """Return those of these sources that are due, by key and in their order.

    A source that is running is not due: its run is its last.
    """
    listed = list(sources)
    tables = {each.key: each.timetable(installation.settings.timezone) for each in listed}
    with installation.state.read() as connection:
        lasts = {key: last_of(run) for key, run in last_runs(connection, listed).items()}
    return due_sources(tables, lasts, now=installation.clock(), slack=slack)
