"""What can still be read of a damaged state, and put into a new one: what no harvest remembers.

It reads SQLite files alone, row by row, and stops in a table at the first row that cannot be read.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Table, update

from ouidire.batches import batched
from ouidire.state.databases import upsert
from ouidire.state.tables import (
    Moment,
    deliveries,
    ended_sessions,
    enrichments,
    measured,
    runs,
    suppressions,
    unsubscribed,
)

SALVAGED: dict[str, tuple[Table, list[str]]] = {
    "deliveries": (deliveries, ["report", "edition", "brand", "period", "recipient"]),
    "unsubscribed": (unsubscribed, ["report", "recipient"]),
    "suppressions": (suppressions, ["token"]),
    "ended_sessions": (ended_sessions, ["id"]),
    "enrichments": (enrichments, ["text_key", "analyser", "version"]),
    "measured": (measured, ["id"]),
}
"""The tables that are worth saving, each with the columns that make a row unique."""
BATCH = 500


def is_sound(path: Path) -> bool:
    """Return whether a file is a whole SQLite database that a state was made in."""
    try:
        with closing(_opened(path)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise
        return False
    except sqlite3.Error:
        return False
    return bool(found == "ok")


def salvage(path: Path, connection: Connection) -> dict[str, int]:
    """Copy what can be read of a damaged state into a new one; return how many rows of each table."""
    counts: dict[str, int] = {}
    for name, (table, unique) in SALVAGED.items():
        kept, columns = 0, {each.name for each in table.c} - ({"id"} - {*unique})
        for batch in batched(_rows(path, name), BATCH):
            wanted = [{key: _value(table, key, row[key]) for key in row if key in columns} for row in batch]
            connection.execute(upsert(connection, table, unique), wanted)
            kept += len(wanted)
        counts[name] = kept
    decided = [row for row in _rows(path, "runs") if row.get("decision")]
    for row in decided:
        connection.execute(update(runs).where(runs.c.id == row["id"]).values(decision=row["decision"]))
    counts["decisions"] = len(decided)
    return counts


def _rows(path: Path, table: str) -> Iterator[dict[str, Any]]:
    try:
        with closing(_opened(path)) as damaged:
            damaged.row_factory = sqlite3.Row
            for row in damaged.execute(f"SELECT * FROM {table}"):  # noqa: S608 (a table of ours)
                yield dict(row)
    except sqlite3.Error:
        return


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=5)


def _value(table: Table, key: str, value: Any) -> Any:  # noqa: ANN401 (a column's own type)
    if isinstance(table.c[key].type, Moment) and isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value
