"""The timers of the service, as text: a name, a timetable in JSON, a moment in ISO 8601.

What is read here may have been altered: `read_timers` promises nothing about its content, not even that it
is text. Whoever reads it validates it.
"""

from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from ouidire.state.databases import upsert
from ouidire.state.tables import timers


class StoredTimer(NamedTuple):
    """One row, unvalidated: `next_at` is when it fires next."""

    name: str
    timetable: str
    next_at: str


def read_timers(connection: Connection) -> list[StoredTimer]:
    """Return every row, unvalidated, in the order of names."""
    return [StoredTimer(*row) for row in connection.execute(select(timers).order_by(timers.c.name))]


def write_timer(connection: Connection, timer: StoredTimer) -> None:
    """Insert a timer, or replace the one of the same name."""
    connection.execute(upsert(connection, timers, ["name"]), [timer._asdict()])


def delete_timers(connection: Connection, name: str | None = None) -> None:
    """Delete the timer of a name, or every timer."""
    statement = delete(timers)
    connection.execute(statement if name is None else statement.where(timers.c.name == name))
