"""The state: what cannot be rebuilt, in one SQL database, by SQLAlchemy, migrated by Alembic.

`open_state` opens it, on SQLite or PostgreSQL (`ouidire.state.databases`), and `State` gives transactions;
each module beside this one reads and writes one kind of thing inside a transaction that its caller opened, so
that what belongs together is committed together. It cannot see harvests or indices.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ouidire.errors import MissingStateError, StateError
from ouidire.state.databases import open_engine
from ouidire.state.databases.holding import Holding
from ouidire.state.problems import advised


class State:
    """An open, migrated state database; with `holding`, nothing is written once its lock is lost."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.holding: Holding | None = None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction, committed when the block ends and rolled back when it raises.

        Raises StateError for the database's own troubles, and for a lock that was lost.
        """
        try:
            with self.engine.begin() as connection:
                if self.holding is not None:
                    self.holding.check(connection)
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


def open_state(url: str, *, may_create: bool = True) -> State:
    """Open the state database, migrating it as needed, creating it unless `may_create` is false.

    Raises ConfigError for a URL that makes no sense, a missing secret or driver; StateError when the database
    cannot be opened, holds something else, or is newer than this version of Ouï-dire; MissingStateError when
    it is empty and may not be created.
    """
    engine = open_engine(url)
    try:
        _migrate(engine, may_create=may_create)
    except SQLAlchemyError as error:
        engine.dispose()
        raise StateError(f"the state database cannot be opened: {advised(error)}") from error
    except StateError:
        engine.dispose()
        raise
    return State(engine)


def _migrate(engine: Engine, *, may_create: bool) -> None:
    """Bring the database to this version's head; a current one costs one query, and loads no Alembic."""
    from ouidire.state.migrate import HEAD, stamped, upgrade

    with engine.connect().execution_options(reads_only=True) as connection:
        current = stamped(connection)
    if current is None and not may_create:
        raise MissingStateError("the state database is empty")
    if current != HEAD:
        upgrade(engine, current)
