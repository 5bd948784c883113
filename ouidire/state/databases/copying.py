"""The rows of a state as lines that any database can take: for backups, and for moves from one to another.

A dump is compressed NDJSON: what it is, then for each table its name and columns, its rows as lists in the
order of their keys, and how many there were with a hash of them. It is read from one consistent view, and
written in one transaction: what breaks half-way leaves nothing. It cannot hold NUL in a text, as PostgreSQL
cannot: U+FFFD stands for it.
"""

import base64
import hashlib
import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import zstandard
from sqlalchemy import (
    Boolean,
    Connection,
    Float,
    Integer,
    LargeBinary,
    Table,
    Text,
    column,
    delete,
    select,
    table,
)
from sqlalchemy import insert as insert_into
from sqlalchemy.types import TypeEngine

from ouidire.batches import batched
from ouidire.errors import StateError
from ouidire.state.databases import STREAMED, continue_numbers
from ouidire.state.tables import metadata
from ouidire.state.tables.base import Moment

FORMAT = 1
BATCH = 500
"""Rows written together."""
DumpRow = list[Any]
DumpLine = dict[str, Any] | DumpRow
_KINDS: tuple[tuple[str, type[TypeEngine[Any]]], ...] = (
    ("moment", Moment),
    ("boolean", Boolean),
    ("integer", Integer),
    ("real", Float),
    ("bytes", LargeBinary),
    ("text", Text),
)
_TYPES = dict(_KINDS)


class TableSum(NamedTuple):
    """How many rows a table has, and the SHA-256 of them, in hexadecimal."""

    rows: int
    sha256: str


def sums_of(connection: Connection) -> dict[str, TableSum]:
    """Return the sums of every table, by name: equal on two databases where every row is."""
    return {each.name: _sum(rows_of(connection, each)) for each in metadata.sorted_tables}


def rows_of(connection: Connection, of: Table) -> Iterator[DumpRow]:
    """Yield the rows of a table as JSON values, in the order of its key."""
    kinds = list(_columns(of).values())
    query = select(of).order_by(*of.primary_key.columns)
    for row in connection.execute(query.execution_options(**STREAMED)):
        yield [_json_value(kind, value) for kind, value in zip(kinds, row, strict=True)]


def is_empty(connection: Connection) -> bool:
    """Return whether no table has a row."""
    return all(connection.execute(select(each).limit(1)).first() is None for each in metadata.sorted_tables)


def copy_rows(source: Connection, target: Connection) -> dict[str, TableSum]:
    """Replace the rows of one state by those of another, compare, and return the sums.

    Raises StateError where a table differs afterwards: the caller's transaction is rolled back then.
    """
    sums: dict[str, TableSum] = {}
    for each in metadata.sorted_tables:
        target.execute(delete(each))
        counted = _Counted(rows_of(source, each))
        _write(target, each.name, _columns(each), counted)
        sums[each.name] = counted.sum
    _compare(target, sums)
    return sums


def write_dump(connection: Connection, path: Path, *, revision: str) -> dict[str, TableSum]:
    """Write the rows of a state at a revision into a file, and return the sums of the tables."""
    sums: dict[str, TableSum] = {}
    with zstandard.open(path, "wb") as file:

        def write(line: DumpLine) -> None:
            file.write(_line(line))

        write({"ouidire_state": FORMAT, "revision": revision})
        for each in metadata.sorted_tables:
            write({"table": each.name, "columns": _columns(each)})
            counted = _Counted(rows_of(connection, each))
            for row in counted:
                write(row)
            sums[each.name] = counted.sum
            write({"end": each.name, **counted.sum._asdict()})
        write({"end": ""})
    return sums


def revision_of(path: Path) -> str:
    """Return the revision that a dump was made at. Raises StateError for what is no dump."""
    with closing(_lines(path)) as lines:
        first = next(lines, None)
    if not isinstance(first, dict) or first.get("ouidire_state") != FORMAT:
        raise StateError(f"{path} is no dump of a state that this Ouï-dire can read")
    return str(first["revision"])


def read_dump(connection: Connection, path: Path) -> dict[str, TableSum]:
    """Write the rows of a dump into a state at its revision, and return the sums of the tables.

    Raises StateError where the dump is cut short or altered: the caller's transaction is rolled back then.
    """
    damaged = f"{path} is cut short or altered; take another backup"
    sums: dict[str, TableSum] = {}
    with closing(_lines(path)) as lines:
        next(lines, None)
        for begin in lines:
            if begin == {"end": ""}:
                break
            if not isinstance(begin, dict) or "table" not in begin:
                raise StateError(damaged)
            ended: dict[str, Any] = {}
            counted = _Counted(_until_end(lines, ended))
            _write(connection, begin["table"], begin["columns"], counted)
            sums[begin["table"]] = counted.sum
            if ended != {"end": begin["table"], **counted.sum._asdict()}:
                raise StateError(damaged)
        else:
            raise StateError(damaged)
    return sums


class _Counted:
    """Rows that are summed up as they pass."""

    def __init__(self, rows: Iterable[DumpRow]) -> None:
        self._rows = rows
        self._count, self._hash = 0, hashlib.sha256()

    def __iter__(self) -> Iterator[DumpRow]:
        for row in self._rows:
            self._count += 1
            self._hash.update(_line(row))
            yield row

    @property
    def sum(self) -> TableSum:
        """The sum of the rows that have passed."""
        return TableSum(self._count, self._hash.hexdigest())


def _sum(rows: Iterable[DumpRow]) -> TableSum:
    counted = _Counted(rows)
    for _ in counted:
        pass
    return counted.sum


def _compare(connection: Connection, sums: dict[str, TableSum]) -> None:
    found = sums_of(connection)
    wrong = sorted(name for name in sums if found[name] != sums[name])
    if wrong:
        raise StateError(f"the copy differs in {', '.join(wrong)}: nothing was changed")


def _write(connection: Connection, name: str, columns: dict[str, str], rows: Iterable[DumpRow]) -> None:
    """Insert rows, given as JSON values, into a table as its columns are named."""
    into = table(name, *(column(each, _TYPES[kind]()) for each, kind in columns.items()))
    kinds = list(columns.items())
    for batch in batched(rows, BATCH):
        values = [
            {each: _value(kind, value) for (each, kind), value in zip(kinds, row, strict=True)}
            for row in batch
        ]
        connection.execute(insert_into(into), values)
    if name in metadata.tables:
        continue_numbers(connection, metadata.tables[name])


def _columns(of: Table) -> dict[str, str]:
    """Return the kind of each column, by name."""
    return {
        each.name: next((kind for kind, of_type in _KINDS if isinstance(each.type, of_type)), "text")
        for each in of.columns
    }


def _json_value(kind: str, value: Any) -> Any:  # noqa: ANN401 (a column's own type)
    if value is None:
        return None
    if kind == "moment":
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if kind == "bytes":
        return base64.b64encode(value).decode()
    return value.replace("\0", "\ufffd") if kind == "text" else value


def _value(kind: str, value: Any) -> Any:  # noqa: ANN401 (the same)
    if value is None:
        return None
    if kind == "moment":
        return datetime.fromisoformat(value)
    return base64.b64decode(value) if kind == "bytes" else value


def _line(line: DumpLine) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _lines(path: Path) -> Generator[DumpLine]:
    """Yield the lines of a dump as far as they can be read."""
    try:
        with zstandard.open(path, "rt", encoding="utf-8", newline="\n") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError, zstandard.ZstdError):
        return


def _until_end(lines: Iterator[DumpLine], ended: dict[str, Any]) -> Iterator[DumpRow]:
    """Yield rows until the line that ends a table, which is put into `ended`."""
    for line in lines:
        if isinstance(line, dict):
            ended.update(line)
            return
        yield line
