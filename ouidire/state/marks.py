"""Marks: how far work that looks at the whole corpus has come, so that it is not done again when nothing has changed."""

from sqlalchemy import Connection, delete, select

from ouidire.state.items import replacing
from ouidire.state.tables import marks


def mark_of(connection: Connection, name: str) -> str | None:
    """Return what a piece of work last noted; None when it was never done, or must be done again."""
    value: str | None = connection.execute(select(marks.c.value).where(marks.c.name == name)).scalar()
    return value


def set_mark(connection: Connection, name: str, value: str) -> None:
    """Note how far a piece of work has come."""
    connection.execute(replacing(connection, marks, ["name"]), [{"name": name, "value": value}])


def drop_mark(connection: Connection, name: str) -> None:
    """Have a piece of work done again."""
    connection.execute(delete(marks).where(marks.c.name == name))
