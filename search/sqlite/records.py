"""One small record a document, beside its wide row, so that many fields are counted in one cheap reading.

`<kind>_value` numbers the values of each counted field from 1 on, 0 standing for none (a field of many values
is numbered by its combinations). `<kind>_record` holds those numbers, and the dates and numbers that counts
compare, as the bytes of one record of a fixed form. Numbers are never given twice: values that no document
has any more stay in the table, a few bytes each, until the next rebuild.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic_core import to_json

from ouidire.documents import Kind
from search.sqlite.schema import RECORDED, IndexRow, columns

Codes = npt.NDArray[np.int64]
RowRecords = npt.NDArray[np.void]
NO_DATE = -(2**63)
"""Stands for a date that is not there; a number that is not there is NaN."""
_BYTES = {"date": "<i8", "number": "<f8", "value": "<u4"}
# Every statement here is put together from names of the document models; values are parameters.
# ruff: noqa: S608


@cache
def form(kind: Kind) -> np.dtype[np.void]:
    """Return the form of a kind's records, without a field where it has none."""
    return np.dtype([(name, _BYTES[way]) for name, way in RECORDED[kind].items()])


def numbered(kind: Kind, name: str) -> bool:
    """Return whether a field stands in the records by the numbers of its values."""
    return RECORDED[kind].get(name) == "value"


def write_records(connection: sqlite3.Connection, kind: Kind, rows: Sequence[IndexRow]) -> None:
    """Write the records of documents just given their numbers, within the caller's transaction."""
    if not RECORDED[kind] or not rows:
        return
    places = {spec.name: place for place, spec in enumerate(columns(kind), 1)}
    made = np.zeros(len(rows), dtype=form(kind))
    for name in RECORDED[kind]:
        values = [row.columns[places[name]] for row in rows]
        made[name] = _stored(kind, name)(connection, values)
    connection.executemany(
        f"INSERT INTO {kind}_record VALUES (?, ?)",
        [(row.columns[0], each.tobytes()) for row, each in zip(rows, made, strict=True)],
    )


def remove_records(connection: sqlite3.Connection, kind: Kind, gone: Sequence[tuple[int]]) -> None:
    """Remove the records of documents, by number."""
    if RECORDED[kind]:
        connection.executemany(f"DELETE FROM {kind}_record WHERE doc = ?", gone)


def records(blobs: Iterable[bytes], kind: Kind) -> RowRecords:
    """Return the records that some blobs hold."""
    return np.frombuffer(b"".join(blobs), dtype=form(kind))


def values_of(connection: sqlite3.Connection, kind: Kind, name: str) -> dict[int, Any]:
    """Return the values of a numbered field by number; 0, for none, is absent."""
    statement = f"SELECT code, value FROM {kind}_value WHERE field = ?"
    return dict(connection.execute(statement, (name,)).fetchall())


def _stored(kind: Kind, name: str) -> Callable[[sqlite3.Connection, list[Any]], list[Any]]:
    """Return what turns the columns of rows into what their records hold."""
    if numbered(kind, name):
        return lambda connection, values: _numbers(connection, kind, name, values)
    missing = NO_DATE if RECORDED[kind][name] == "date" else float("nan")
    return lambda _, values: [missing if value is None else value for value in values]


def _numbers(connection: sqlite3.Connection, kind: Kind, name: str, values: Sequence[Any]) -> list[int]:
    """Return the numbers of some values of a field, giving new ones to those that have none."""
    wanted = list(dict.fromkeys(value for value in values if value is not None))
    known = (
        f"SELECT value, code FROM {kind}_value WHERE field = ? AND value IN (SELECT value FROM json_each(?))"
    )
    found: dict[Any, int] = dict(connection.execute(known, (name, to_json(wanted).decode())).fetchall())
    new = [value for value in wanted if value not in found]
    if new:
        statement = f"SELECT coalesce(max(code), 0) FROM {kind}_value WHERE field = ?"
        (last,) = connection.execute(statement, (name,)).fetchone()
        found |= {value: number for number, value in enumerate(new, last + 1)}
        connection.executemany(
            f"INSERT INTO {kind}_value VALUES (?, ?, ?)", [(name, found[value], value) for value in new]
        )
    return [0 if value is None else found[value] for value in values]
