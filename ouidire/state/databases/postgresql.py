"""PostgreSQL as the state's database, by Psycopg (the extra `postgres`).

A writing transaction takes one lock of the database first, as SQLite's writers do: code that reads and then
writes needs no other care. A client that disappears within a transaction is let go by the server.
"""

from importlib.util import find_spec
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, func, select, types
from sqlalchemy.dialects.postgresql.base import PGTypeCompiler

from ouidire.errors import ConfigError, StateError

OLDEST = 13
"""The oldest version of the server that is tried."""
CONNECTION = {
    "application_name": "ouidire",
    "client_encoding": "utf8",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""Options of a connection where the URL gives no other: seconds, but for the last, of milliseconds."""
LOCK = 0x6F75695F
"""The first half of the writers' lock; the second is the schema's name, hashed."""
BEGIN_WRITING = (
    "SET LOCAL lock_timeout = '30s'; SET LOCAL idle_in_transaction_session_timeout = '300s'; "
    # what is committed survives a power cut, whatever the server's default: deliveries are claimed here
    "SELECT set_config('synchronous_commit', 'on', true) "
    "WHERE current_setting('synchronous_commit') = 'off'; "
    f"SELECT pg_advisory_xact_lock({LOCK}, hashtext(coalesce(current_schema(), '')))"
)
BEGIN_READING = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"


def open_engine(url: URL) -> Engine:
    """Return an engine on a server; nothing is connected yet. Raises ConfigError without the extra."""
    if find_spec("psycopg") is None:
        raise ConfigError(["state.url: PostgreSQL needs an extra: `pip install ouidire[postgres]`"])
    options = {name: value for name, value in CONNECTION.items() if name not in url.query}
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"), connect_args=options, pool_pre_ping=True
        )
    except ImportError as error:  # without the C library that Psycopg needs
        raise ConfigError(
            [f"state.url: Psycopg cannot be loaded ({error}); install psycopg[binary]"]
        ) from error
    engine.dialect.type_compiler_instance = _TypesOfState(engine.dialect)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def check_server(connection: Connection) -> None:
    """Raise StateError for a server that is too old, or a database that cannot hold every letter."""
    version = connection.dialect.server_version_info or (0,)
    if int(version[0]) < OLDEST:
        raise StateError(
            f"the state's server is PostgreSQL {version[0]}: install {OLDEST} or newer, or name another one"
        )
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StateError(
            f"the state's database is in {encoding}, which cannot hold every letter: make one in UTF8 "
            "(createdb --encoding UTF8 --template template0)"
        )


def continue_numbers(connection: Connection, table: Table) -> None:
    """Have the sequence that numbers a table's rows, if there is one, go on after the highest."""
    numbered = table.autoincrement_column
    if numbered is not None:
        highest = select(func.max(numbered)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, numbered.name)
        connection.execute(select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None))))


def _prepare(connection: Any, _: object) -> None:  # noqa: ANN401 (a DB-API connection)
    from ouidire.state.databases.texts import WithoutNul

    connection.adapters.register_dumper(str, WithoutNul)


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql(BEGIN_READING if reads else BEGIN_WRITING)


class _TypesOfState(PGTypeCompiler):
    """Writes the types of columns so that they hold and order what SQLite's do."""

    def visit_VARCHAR(self, type_: types.String, **options: Any) -> str:  # noqa: N802, ANN401 (SQLAlchemy's signature)
        return self.visit_TEXT(type_, **options)

    def visit_TEXT(self, type_: types.String, **options: Any) -> str:  # noqa: N802, ANN401, ARG002 (the same)
        # in a column, and not where a parameter is cast: the column's order is the one that counts
        return 'TEXT COLLATE "C"' if options.get("type_expression") is not None else "TEXT"

    def visit_FLOAT(self, type_: types.Float[Any], **options: Any) -> str:  # noqa: N802, ANN401, ARG002 (the same)
        return "DOUBLE PRECISION"
