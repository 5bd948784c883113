"""APScheduler's jobs: in memory while the service runs, and as plain data in the state for its next start.

A stored timer is a name, a timetable in JSON and a moment. Of it only the moment is used, and only where the
timetable is the one that the configuration gives the job of that name: nothing is unpickled, and no timetable
that was read is ever run. It cannot see whether a moment was altered within what the timetable allows.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from apscheduler.jobstores.memory import MemoryJobStore

from ouidire.errors import StateError
from ouidire.state import State
from ouidire.state.timers import StoredTimer, delete_timers, read_timers, write_timer
from service.pipeline.schedule import Timetable

log = structlog.get_logger()
SHOWN = 120
"""Characters of a row that go into the log: it may hold anything."""


class StateJobStore(MemoryJobStore):  # type: ignore[misc]  # APScheduler has no types
    """A memory job store that writes each change of a next time to the state.

    Every job's trigger must have a `table`, a Timetable. A change that cannot be written is logged and no
    more: at worst the job fires once too often at the next start.
    """

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._written: dict[str, StoredTimer] = {}

    def load(self, jobs: Mapping[str, Timetable], *, now: datetime) -> dict[str, datetime]:
        """Return the next time of each of these jobs that was stored, earliest first; forget all other rows.

        A time may have passed; it is never later than its timetable allows. What makes no sense is dropped
        with a line in the log. Raises StateError when the state cannot be read or written.
        """
        found: dict[str, datetime] = {}
        for row in self._stored():
            try:
                at = _next_time(row, jobs, now=now)
            except (ValueError, OverflowError) as error:
                reason = str(error).partition("\n")[0]
                log.warning("stored timer dropped", job=repr(row.name)[:SHOWN], reason=reason[:SHOWN])
                continue
            if at is not None:
                found[row.name] = at
                self._written[row.name] = row
        with self._state.begin() as connection:
            delete_timers(connection)
            for row in self._written.values():
                write_timer(connection, row)
        return dict(sorted(found.items(), key=lambda each: each[1]))

    def _stored(self) -> list[StoredTimer]:
        try:
            with self._state.read() as connection:
                return read_timers(connection)
        except StateError as error:  # a text that is none; if it is the state itself, writing says so next
            log.warning("stored timers dropped", reason=str(error)[:SHOWN])
            return []

    def add_job(self, job: Any) -> None:  # noqa: ANN401 (APScheduler's)
        """Add a job, and write it. Raises ConflictingIdError."""
        super().add_job(job)
        self._write(job)

    def update_job(self, job: Any) -> None:  # noqa: ANN401 (APScheduler's)
        """Replace a job, and write it. Raises JobLookupError."""
        super().update_job(job)
        self._write(job)

    def remove_job(self, job_id: str) -> None:
        """Remove a job, and its row. Raises JobLookupError."""
        super().remove_job(job_id)
        self._written.pop(job_id, None)
        try:
            with self._state.begin() as connection:
                delete_timers(connection, job_id)
        except StateError as error:
            log.warning("timer not removed from the state", job=job_id, reason=str(error))

    def _write(self, job: Any) -> None:  # noqa: ANN401 (APScheduler's)
        at = job.next_run_time.astimezone(UTC).isoformat()
        row = StoredTimer(job.id, job.trigger.table.model_dump_json(), at)
        if self._written.get(job.id) == row:
            return
        try:
            with self._state.begin() as connection:
                write_timer(connection, row)
        except StateError as error:
            log.warning("timer not written to the state", job=job.id, reason=str(error))
            return
        self._written[job.id] = row


def _next_time(row: StoredTimer, jobs: Mapping[str, Timetable], *, now: datetime) -> datetime | None:
    """Return when a stored timer fires next; None where the configuration has no such job any more.

    Raises ValueError or OverflowError for what no version of ours can have written.
    """
    if not all(isinstance(value, str) for value in row):
        raise ValueError("its row holds something else than texts")
    table = Timetable.model_validate_json(row.timetable)
    at = datetime.fromisoformat(row.next_at)
    if at.tzinfo is None:
        raise ValueError(f"{row.next_at!r} says no offset from UTC")
    if jobs.get(row.name) != table:
        return None
    if at > table.after(now) + table.jitter:
        raise ValueError(f"{row.next_at!r} is later than its timetable allows")
    return at.astimezone(UTC)
