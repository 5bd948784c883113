"""The timers of the service, as text: a name, a timetable in JSON, a moment in ISO 8601.

What is read here may have been altered: nothing of it is unpickled or run, and `read_timers` promises nothing
about its content. Whoever reads it validates it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from ouidire.state.items import replacing
from ouidire.state.tables import timers


class StoredTimer(NamedTuple):
    """One row, unvalidated: `next_at` is when it fires next."""

    name: str
    timetable: str
    next_at: str


def read_timers(connection: Connection) -> list[StoredTimer]:
    """Return every row in the order of names, unvalidated."""
    return [StoredTimer(*row) for row in connection.execute(select(timers).order_by(timers.c.name))]


def write_timer(connection: Connection, timer: StoredTimer) -> None:
    """Insert a timer, or replace the one of the same name."""
    connection.execute(replacing(connection, timers, ["name"]), [timer._asdict()])


def delete_timers(connection: Connection, names: Sequence[str]) -> None:
    """Delete the timers of these names; those that there are not are ignored."""
    connection.execute(delete(timers).where(timers.c.name.in_(names)))
