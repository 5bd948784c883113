"""SQLite as the state's database: one file, its write-ahead log beside it."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from ouidire.errors import StateError
from ouidire.state.problems import FOLDER

BUSY_SECONDS = 30
"""How long a writer waits for another."""


def open_engine(url: URL) -> Engine:
    """Return an engine on a file, whose folder is made. Raises StateError for a folder in its place."""
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        if Path(url.database).is_dir():
            raise StateError(f"the state database cannot be opened: {url.database} {FOLDER}")
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: object) -> None:  # noqa: ANN401 (a DB-API connection)
    # we begin transactions ourselves, so that table changes are in them too
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # what is committed survives a power cut: deliveries are claimed here
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin with the lock where something is written: two that read first would refuse each other later."""
    reads = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
