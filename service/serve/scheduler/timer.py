"""The alarm clock: APScheduler with its jobs in the state, so that what should have rung while nothing ran rings at the next start.

A job only rings: it names something to look at. It carries no code and no arguments, late rings are never
dropped, and several that passed are one. It cannot see whether there is anything to do.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.executors.base import BaseExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.base import BaseTrigger

from ouidire.state import State
from service.pipeline.schedule import Timetable

TABLE = "scheduler_jobs"
LATE = timedelta(minutes=1)
"""A ring found so long after its time at a start is told of: nothing ran then."""

log = structlog.get_logger()


class TimetableTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """A timetable as APScheduler wants it."""

    def __init__(self, table: Timetable) -> None:
        self.table = table

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return the first time after the previous one; after `now` for a job that never rang."""
        return self.table.after(previous_fire_time or now)

    def __getstate__(self) -> dict[str, Any]:
        """What is stored: the timetable as plain data, which later versions can read."""
        return self.table.model_dump(mode="json")

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Read what was stored."""
        self.table = Timetable.model_validate(state)


class _EventExecutor(BaseExecutor):  # type: ignore[misc]  # same
    """Hands a job's name on, at once; nothing is executed here."""

    def __init__(self, ring: Callable[[str], None]) -> None:
        super().__init__()
        self._ring = ring

    def submit_job(self, job: Any, run_times: list[datetime]) -> None:  # noqa: ANN401, ARG002 (APScheduler's)
        """Ring."""
        self._ring(job.id)

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:  # noqa: ANN401 (never called: `submit_job` does it all)
        raise NotImplementedError


def _noop_job() -> None:
    """What every job does by itself."""


class JobTimer:
    """Rings for jobs at their times, by `ring(name)`, from a thread of its own.

    `scheduler` is given by simulations.
    """

    def __init__(
        self, state: State, ring: Callable[[str], None], *, scheduler: BaseScheduler | None = None
    ) -> None:
        self._scheduler = scheduler or BackgroundScheduler(timezone=UTC)
        self._scheduler.add_jobstore(SQLAlchemyJobStore(engine=state.engine, tablename=TABLE))
        self._scheduler.add_executor(_EventExecutor(ring))

    def start(self, jobs: Mapping[str, Timetable], *, now: datetime) -> None:
        """Start, with these jobs and no others; those that should have rung by now ring at once, and are told of in the log."""
        self._scheduler.start(paused=True)
        self.keep(jobs)
        for name, at in self.times().items():
            if at < now - LATE:
                log.warning(
                    "late",
                    job=name,
                    planned=f"{at:%Y-%m-%dT%H:%MZ}",
                    minutes=round((now - at).total_seconds() / 60),
                )
        self._scheduler.resume()

    def keep(self, jobs: Mapping[str, Timetable]) -> None:
        """Have these jobs and no others.

        One that is there already, with the same timetable, keeps its next time.
        """
        there = {job.id: job for job in self._scheduler.get_jobs()}
        for name in sorted(there.keys() - jobs.keys()):
            self._scheduler.remove_job(name)
        for name, table in jobs.items():
            if name not in there or there[name].trigger.table != table:
                self._scheduler.add_job(
                    _noop_job,
                    TimetableTrigger(table),
                    id=name,
                    name=name,
                    misfire_grace_time=None,
                    coalesce=True,
                    max_instances=1,
                    replace_existing=True,
                )

    def set(self, name: str, at: datetime) -> None:
        """Have a job ring at a moment, and by its timetable from then on."""
        job = self._scheduler.get_job(name)
        if job is not None and job.next_run_time != at:
            job.modify(next_run_time=at)

    def times(self) -> dict[str, datetime]:
        """Return when each job rings next, in order of time."""
        return {
            job.id: job.next_run_time.astimezone(UTC)
            for job in self._scheduler.get_jobs()
            if job.next_run_time is not None
        }

    def stop(self) -> None:
        """Ring no more; the jobs stay in the state."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
