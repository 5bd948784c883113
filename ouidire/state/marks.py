"""Marks: how far work over the whole corpus has come, so that it is not repeated when nothing has changed."""

from sqlalchemy import Connection, delete, select

from ouidire.state.items import upsert
from ouidire.state.tables import marks

RECOVERING = "recovering"
"""The mark of a state that is being recovered: it is not complete yet, and nothing may be told of it."""
RESTORED = "restored"
"""The mark of a state that was put back from a backup: when that was taken, until the index is rebuilt."""
KEY = "key"
"""The mark of the key that the state was made with: a hash of it."""
LINKED = "duplicates"
"""The mark of what linking (near-duplicates, suspicion) has taken into account."""


def mark_of(connection: Connection, name: str) -> str | None:
    """Return the value of a mark; None when the work was never done, or must be done again."""
    value: str | None = connection.execute(select(marks.c.value).where(marks.c.name == name)).scalar()
    return value


def set_mark(connection: Connection, name: str, value: str) -> None:
    """Set how far a piece of work has come."""
    connection.execute(upsert(connection, marks, ["name"]), [{"name": name, "value": value}])


def drop_mark(connection: Connection, name: str) -> None:
    """Delete a mark, so that its work is done again."""
    connection.execute(delete(marks).where(marks.c.name == name))
