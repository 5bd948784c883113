"""Timers: APScheduler says when each job is due; what passed while nothing ran fires at the next start, once.

A job only names something to look at. It carries no code and no arguments, late times are never dropped, and
several that passed are one. It cannot see whether there is anything to do.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.executors.base import BaseExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.base import BaseTrigger

from ouidire.state import State
from service.pipeline.schedule import Timetable
from service.serve.scheduler.job_store import StateJobStore

LATE = timedelta(minutes=1)
"""A time that passed so long before a start is logged: nothing ran then."""

log = structlog.get_logger()


class TimetableTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """A timetable as an APScheduler trigger."""

    def __init__(self, table: Timetable) -> None:
        self.table = table

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return the first time after the previous one; after `now` for a job that never fired."""
        return self.table.after(previous_fire_time or now)


class _EventExecutor(BaseExecutor):  # type: ignore[misc]  # same
    """An executor that runs nothing: it calls `on_fire` with the job's name, at once."""

    def __init__(self, on_fire: Callable[[str], None]) -> None:
        super().__init__()
        self._on_fire = on_fire

    def submit_job(self, job: Any, run_times: list[datetime]) -> None:  # noqa: ANN401, ARG002 (APScheduler's)
        """Call `on_fire` with the job's name."""
        self._on_fire(job.id)

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:  # noqa: ANN401 (APScheduler's)
        raise NotImplementedError  # never called: `submit_job` does it all


def _noop_job() -> None:
    """The function of every job: nothing, since the executor runs none."""


class JobTimer:
    """Calls `on_fire(name)` at the times of each job, from a thread of its own.

    `scheduler` is given by simulations.
    """

    def __init__(
        self, state: State, on_fire: Callable[[str], None], *, scheduler: BaseScheduler | None = None
    ) -> None:
        self._scheduler = scheduler or BackgroundScheduler(timezone=UTC)
        self._store = StateJobStore(state)
        self._scheduler.add_jobstore(self._store)
        self._scheduler.add_executor(_EventExecutor(on_fire))

    def start(self, jobs: Mapping[str, Timetable], *, now: datetime) -> None:
        """Start with these jobs and no others; those whose time has passed fire at once, and are logged.

        Raises StateError when the state cannot be read or written.
        """
        self._scheduler.start(paused=True)
        stored = self._store.load(jobs, now=now)
        for name, table in jobs.items():
            # a time that passed is now: APScheduler would walk through all that passed since
            self._add(name, table, at=max(stored[name], now) if name in stored else None)
        for name, at in stored.items():
            if at < now - LATE:
                minutes = round((now - at).total_seconds() / 60)
                log.warning("late", job=name, planned=f"{at:%Y-%m-%dT%H:%MZ}", minutes=minutes)
        self._scheduler.resume()

    def keep(self, jobs: Mapping[str, Timetable]) -> None:
        """Have these jobs and no others.

        One that is there already, with the same timetable, keeps its next time.
        """
        present = {job.id: job for job in self._scheduler.get_jobs()}
        for name in sorted(present.keys() - jobs.keys()):
            self._scheduler.remove_job(name)
        for name, table in jobs.items():
            if name not in present or present[name].trigger.table != table:
                self._add(name, table)

    def set(self, name: str, at: datetime) -> None:
        """Have a job fire at a moment, and by its timetable from then on."""
        job = self._scheduler.get_job(name)
        if job is not None and job.next_run_time != at:
            job.modify(next_run_time=at)

    def pull_forward(self, *, now: datetime) -> None:
        """Have every job fire now whose next time lies later than its timetable allows.

        The clock was ahead when that was set.
        """
        for job in self._scheduler.get_jobs():
            table, at = job.trigger.table, job.next_run_time
            if at is not None and at > table.after(now) + table.jitter:
                log.warning("timer pulled forward", job=job.id, planned=f"{at:%Y-%m-%dT%H:%MZ}")
                job.modify(next_run_time=now)

    def times(self) -> dict[str, datetime]:
        """Return when each job fires next, in order of time."""
        return {
            job.id: job.next_run_time.astimezone(UTC)
            for job in self._scheduler.get_jobs()
            if job.next_run_time is not None
        }

    def stop(self) -> None:
        """Fire no more; the next times stay in the state."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _add(self, name: str, table: Timetable, *, at: datetime | None = None) -> None:
        """Add a job, or replace the one of the same name; without `at`, it fires next by its timetable."""
        self._scheduler.add_job(
            _noop_job,
            TimetableTrigger(table),
            id=name,
            name=name,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
            replace_existing=True,
            **({} if at is None else {"next_run_time": at}),
        )
