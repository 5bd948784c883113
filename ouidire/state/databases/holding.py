"""One installation at a time works on a state that a server holds, on whatever machine it runs.

The lock belongs to a session of the server's: it ends with its process, its machine or its connection. Each
writing transaction asks the server whether it is still held, within the one lock of all writers: an
installation that lost it, unknowing, commits nothing any more, and takes it again only where it is free.
A pooler between (PgBouncer) must pool sessions: it would hand the lock to others with their transactions.
"""

import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Lock

from sqlalchemy import URL, Connection, PoolProxiedConnection, text
from sqlalchemy.exc import SQLAlchemyError

from ouidire.errors import StateError
from ouidire.state.databases.postgresql import open_engine
from ouidire.state.problems import advised
from ouidire.system.locks import LockHeld

WORK = 0x6F756977
"""The first half of the lock's key; the second is the schema's name, hashed."""
LONGEST_NAME = 63
"""Bytes of a session's name that PostgreSQL keeps."""
_NAMED = re.compile(r"ouidire (?P<process>\d+) (?P<machine>.+)")
_TAKE = "SELECT pg_try_advisory_lock(%s::integer, hashtext(coalesce(current_schema(), '')))"
_MARK = "SELECT pg_advisory_lock(%s::bigint)"
_NAME = "SELECT set_config('application_name', %s, false)"
_WHO = """
    SELECT coalesce(application_name, ''),
        coalesce(to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), '')
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND classid::bigint = %s AND objsubid = 2 AND granted
    AND objid::bigint = hashtext(coalesce(current_schema(), ''))::bigint & 4294967295
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_STAY = """
    SELECT set_config('idle_session_timeout', '0', false)
    WHERE EXISTS (SELECT FROM pg_settings WHERE name = 'idle_session_timeout')
"""
_IS_HELD = text("""
    SELECT EXISTS (
        SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
        AND classid::bigint = :high AND objid::bigint = :low
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
""")


class Holding:
    """The lock of a server's state, held by a session of its own. Threads may check it together."""

    def __init__(self, url: URL, *, busy: str) -> None:
        self._engine = open_engine(url)
        self._busy = busy
        self._session: PoolProxiedConnection | None = None
        self._mark = 0
        self._taking = Lock()

    def take(self) -> None:
        """Take the lock; raise LockHeld, naming the holder, or StateError where the server is away."""
        with self._taking:
            try:
                self._take()
            except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as error:
                self._drop()
                raise StateError(f"the state database cannot be opened: {advised(error)}") from error

    def check(self, connection: Connection) -> None:
        """Raise StateError within a writing transaction where the lock is lost; it is taken again if free."""
        place = {"high": self._mark >> 32, "low": self._mark & 0xFFFFFFFF}
        if connection.execute(_IS_HELD, place).scalar_one():
            return
        try:
            self.take()
        except LockHeld as error:
            raise StateError(f"the lock of the state was lost, and nothing is written: {error}") from error
        raise StateError(
            "the lock of the state was lost with its connection and is held again: nothing was written; "
            "begin this work again"
        )

    def release(self) -> None:
        """Let the lock go, with its session."""
        self._drop()
        self._engine.dispose()

    def _take(self) -> None:
        self._drop()
        session = self._engine.raw_connection()
        self._session = session
        setattr(session.driver_connection, "autocommit", True)  # noqa: B010 (a driver's own, without a type)
        with closing(session.cursor()) as cursor:
            cursor.execute(_NAME, (_name(),))
            cursor.execute(_STAY)
            cursor.execute(_TAKE, (WORK,))
            if cursor.fetchone() != (True,):
                cursor.execute(_WHO, (WORK,))
                holder = _holder(*(cursor.fetchone() or ("", "")))
                self._drop()
                raise LockHeld(self._busy.format(holder=holder))
            self._mark = secrets.randbits(62)
            cursor.execute(_MARK, (self._mark,))

    def _drop(self) -> None:
        if self._session is not None:
            self._session.invalidate()  # closed, not kept: the lock is the session's
            self._session = None


@contextmanager
def hold(url: URL, *, busy: str) -> Iterator[Holding]:
    """Hold the lock of a server's state for a block.

    `busy` is the message of LockHeld, with a hole for its `{holder}`. Raises LockHeld where another has it,
    StateError where the server is away.
    """
    holding = Holding(url, busy=busy)
    try:
        holding.take()
        yield holding
    finally:
        holding.release()


def _name() -> str:
    """Return how a session is named whose lock this process holds, in 63 bytes."""
    name = f"ouidire {os.getpid()} {socket.gethostname()}"
    return name.encode("ascii", "replace")[:LONGEST_NAME].decode("ascii")


def _holder(name: str, since: str) -> str:
    """Return who holds a lock, by the name and the beginning of its session, as a lock's file says it."""
    named = _NAMED.fullmatch(name)
    if named is None:  # of another user of the database's, or gone by now
        return name or "unknown"
    return f"process {named['process']}, since {since} UTC, on {named['machine']}"
