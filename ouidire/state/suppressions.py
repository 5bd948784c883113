"""Suppressions: hashes of what was erased, which collect, reparse and rebuild refuse for ever."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from ouidire.state.databases import upsert
from ouidire.state.tables import suppressions


def suppressed(connection: Connection) -> frozenset[str]:
    """Return every suppressed mention id and author key."""
    return frozenset(str(row[0]) for row in connection.execute(select(suppressions.c.token)))


def suppress(connection: Connection, tokens: Iterable[str], *, now: datetime) -> None:
    """Add suppressions."""
    values = [{"token": token, "at": now} for token in sorted(set(tokens))]
    if values:
        connection.execute(upsert(connection, suppressions, ["token"]), values)
