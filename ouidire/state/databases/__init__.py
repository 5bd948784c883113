"""The databases that can hold the state, SQLite and PostgreSQL: all that each does in its own way is here.

`open_engine` returns an engine whose transactions mean the same on both. One writer works at a time, and sees
what the one before it committed; a reader has one consistent view, and waits for nobody; texts have any
length, and are compared by code points.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from sqlalchemy import URL, Connection, Engine, Insert, Table, insert, make_url
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.exc import ArgumentError

from ouidire.errors import ConfigError
from ouidire.settings.safety import is_loopback
from ouidire.state.databases import postgresql, sqlite
from ouidire.state.databases.holding import Holding
from ouidire.state.databases.holding import hold as hold_server
from ouidire.system.secrets import insert_secrets

_OPENERS: dict[str, Callable[[URL], Engine]] = {
    "sqlite": sqlite.open_engine,
    "postgresql": postgresql.open_engine,
    "postgres": postgresql.open_engine,
}
_REQUIREMENTS: dict[str, Callable[[Connection], None]] = {
    "sqlite": lambda _: None,
    "postgresql": postgresql.check_server,
}
_NUMBERINGS: dict[str, Callable[[Connection, Table], None]] = {
    "sqlite": lambda _, __: None,
    "postgresql": postgresql.continue_numbers,
}
_INSERTS: dict[str, type[SqliteInsert] | type[PostgresqlInsert]] = {
    "sqlite": SqliteInsert,
    "postgresql": PostgresqlInsert,
}
ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})
"""Values of `sslmode` with which nothing is sent unencrypted."""
STREAMED = {"yield_per": 1000}
"""Options of a statement whose rows are read as they come, so many at a time, and never all at once."""
_SCHEME = re.compile(r"[a-z0-9]{1,20}")


def parsed_url(url: str) -> URL:
    """Return a database URL in its parts, its secrets still named.

    Raises ConfigError for one that makes no sense, or of a database that cannot hold a state.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        advice = "write one like sqlite:///var/state.db"
        raise ConfigError([f"state.url: what is written there is no database URL; {advice}"]) from None
    name = parsed.get_backend_name()
    if name not in _OPENERS:
        shown = name if _SCHEME.fullmatch(name) else "this"
        raise ConfigError(
            [f"state.url: {shown} cannot hold a state; write sqlite:///… or postgresql+psycopg://…"]
        )
    return parsed


def is_server(url: str) -> bool:
    """Return whether a URL leads to a database server, and to no file; False for one that makes no sense."""
    try:
        return parsed_url(url).get_backend_name() != "sqlite"
    except ConfigError:
        return False


def unencrypted_host(url: str) -> str | None:
    """Return the first other machine to which a URL may lead without TLS; None where there is none.

    libpq asks for TLS by default and goes on without it (`sslmode=prefer`): only `require` and more are sure.
    """
    if not is_server(url):
        return None
    parsed = parsed_url(url)
    given = parsed.normalized_query
    hosts = [each for named in (parsed.host or "", *given.get("host", ())) for each in named.split(",")]
    if given.get("sslmode", ("prefer",))[-1] in ENCRYPTED:
        return None
    others = (each for each in hosts if each and not each.startswith(("/", "@")) and not is_loopback(each))
    return next(others, None)


def open_engine(url: str) -> Engine:
    """Return an engine for a URL, `{secret:NAME}` in it replaced by the secret; nothing is connected yet.

    Raises ConfigError for a URL that makes no sense, a missing secret or driver; StateError for a folder in
    the place of a file.
    """
    parsed_url(url)
    parsed = parsed_url(insert_secrets(url))
    return _OPENERS[parsed.get_backend_name()](parsed)


def hold(url: str, *, busy: str) -> AbstractContextManager[Holding | None]:
    """Hold a server's state against every other installation for a block; a file needs no more than its lock.

    Raises LockHeld, whose message is `busy` with its `{holder}`, ConfigError, and StateError where the server
    is away.
    """
    if not is_server(url):
        return nullcontext()
    return hold_server(parsed_url(insert_secrets(url)), busy=busy)


def check_server(connection: Connection) -> None:
    """Raise StateError where the database's server cannot hold a state: its version, its encoding."""
    _REQUIREMENTS[connection.dialect.name](connection)


def continue_numbers(connection: Connection, table: Table) -> None:
    """Have a table that numbers its rows go on after the highest, once rows were written with theirs."""
    _NUMBERINGS[connection.dialect.name](connection, table)


def upsert(connection: Connection, table: Table, keys: list[str]) -> Insert:
    """Return an insert that replaces the row of the same keys, in the SQL of the connection's database."""
    statement: SqliteInsert | PostgresqlInsert = _INSERTS[connection.dialect.name](table)
    changed = {column.name: column for column in statement.excluded if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed) if changed else insert(table)
