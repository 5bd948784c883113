"""Which configured sources are due, by `service.pipeline.schedule` and their last runs in the state."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ouidire.state.marks import AskedRun, asked_runs
from ouidire.state.runs import KILLED, Run, newest_runs
from service.pipeline.collect.moved_sources import moved_questions
from service.pipeline.configured_sources import ConfiguredSource
from service.pipeline.installation import Installation
from service.pipeline.schedule import SLACK, Due, Last, due_sources, is_ahead

BETWEEN_ASKED = timedelta(minutes=10)
"""What lies at least between two runs of a source whose site sends messages: many come at once."""
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
    """Return those of the configured sources that are due, by key and in their order.

    A source that is running is not due: its run is its last; nor is one that may be a former source under
    another key, until the configuration says so.
    """
    listed = list(sources)
    questions = moved_questions(listed, installation.state)
    listed = [each for each in listed if each.key not in questions]
    tables = {each.key: each.timetable(installation.settings.timezone) for each in listed}
    with installation.state.read() as connection:
        runs = last_runs(connection, listed)
        asked = asked_runs(connection, tables)
    now = installation.clock()
    lasts = {key: last_of(run) for key, run in runs.items()}
    due = due_sources(tables, lasts, now=now, slack=slack)
    told = {
        key: Due(each.at)
        for key, each in asked.items()
        if key not in due and _is_open(each, runs.get(key), now)
    }
    return {key: each for key in tables if (each := due.get(key) or told.get(key)) is not None}


def _is_open(asked: AskedRun, last: Run | None, now: datetime) -> bool:
    """Return whether a run that a site asked for is still to be made, and not too soon after the last."""
    if last is None:
        return True
    waits = last.status == "running" or now - last.started_at < BETWEEN_ASKED
    return asked.at > last.started_at and not waits
