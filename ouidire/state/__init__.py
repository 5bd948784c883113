"""The state: what cannot be rebuilt, in one SQL database, by SQLAlchemy, migrated by Alembic.

`open_state` opens it and `State` gives transactions; each module beside this one reads and writes one kind of
thing inside a transaction that its caller opened, so that what belongs together is committed together. It
cannot see harvests or indices.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ouidire.errors import ConfigError, StateError
from ouidire.state.problems import FOLDER, advised

BUSY_SECONDS = 30


class State:
    """An open, migrated state database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction, committed when the block ends and rolled back when it raises.

        Raises StateError for the database's own troubles.
        """
        try:
            with self.engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StateError(f"the state database refused the work: {advised(error)}") from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one consistent view for reading, which waits for no writer; raises StateError."""
        try:
            with self.engine.connect().execution_options(reads_only=True) as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StateError(f"the state database cannot be read: {advised(error)}") from error

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()


def open_state(url: str) -> State:
    """Open the state database, creating or migrating it as needed.

    Raises ConfigError for a URL that makes no sense, StateError when the database cannot be opened or is
    newer than this version of Ouï-dire.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        advice = "write one like sqlite:///var/state.db"
        raise ConfigError([f"state.url: what is written there is no database URL; {advice}"]) from None
    is_sqlite = parsed.get_backend_name() == "sqlite"
    if is_sqlite and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        if Path(parsed.database).is_dir():
            raise StateError(f"the state database cannot be opened: {parsed.database} {FOLDER}")
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS} if is_sqlite else {})
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        _migrate(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise StateError(f"the state database cannot be opened: {advised(error)}") from error
    return State(engine)


def _prepare_sqlite(connection: Any, _: object) -> None:  # noqa: ANN401 (a DB-API connection)
    # we begin transactions ourselves, so that table changes are in them too
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # what is committed survives a power cut: deliveries are claimed here
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin with the lock where something is written: two that read first would refuse each other later."""
    reads = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _migrate(engine: Engine) -> None:
    """Bring the database to this version's head; a current one costs one query, and loads no Alembic."""
    from ouidire.state.migrate import HEAD, stamped, upgrade

    with engine.connect().execution_options(reads_only=True) as connection:
        current = stamped(connection)
    if current != HEAD:
        upgrade(engine, current)
