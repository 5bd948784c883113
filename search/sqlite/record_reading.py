"""The one statement behind a count of several parts: records, and columns of the wide rows beside them.

What is selected grows while the parts are prepared; then the rows are read in batches.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ouidire.documents import Kind
from ouidire.index import Exists, Range, Term
from ouidire.schema import FieldSpec
from search.fields import field_spec
from search.sqlite.query import CompiledSql, Sql, column, compile_condition, micros
from search.sqlite.records import NO_DATE, Codes, RowRecords, numbered, records, values_of
from search.sqlite.schema import RECORDED, unpack

# Every statement here is put together from names of the document models; values are parameters.
# ruff: noqa: S608

ROWS_AT_ONCE = 20_000
Condition = Term | Range | Exists
Mask = npt.NDArray[np.bool_]


class RowBatch(NamedTuple):
    """Some rows: their records, None for a kind without, and the columns selected beside them."""

    size: int
    records: RowRecords | None
    columns: Sequence[Sequence[Any]]


class RecordReading:
    """What is read of each row of a kind."""

    def __init__(self, connection: sqlite3.Connection, kind: Kind) -> None:
        self._connection = connection
        self._kind = kind
        self._selected: dict[Sql, int] = {}
        self._known: dict[str, dict[Any, int]] = {}

    def spec(self, name: str) -> FieldSpec:
        """Return a field of the kind that is read."""
        return field_spec(self._kind, name)

    def numbers(self, name: str) -> Callable[[RowBatch], Codes]:
        """Return what gives each row's number of a field's value, 0 for none."""
        if numbered(self._kind, name):
            return partial(_recorded, name=name)
        at = self._select(Sql(column(self.spec(name), self._kind)))
        return partial(_numbered, place=at, known=self._known.setdefault(name, {}))

    def values(self, name: str) -> Mapping[int, Any]:
        """Return the values of a field by number, as its column holds them."""
        if numbered(self._kind, name):
            return values_of(self._connection, self._kind, name)
        return {number: value for value, number in self._known[name].items()}

    def mask(self, condition: Condition) -> Callable[[RowBatch], Mask]:
        """Return what tells which rows meet a condition."""
        name = condition.field
        if name not in RECORDED[self._kind]:
            found = compile_condition(self._connection, self._kind, condition)
            at = self._select(Sql(f"coalesce(({found.text}), 0)", found.values))
            return partial(_column, place=at, kept=np.bool_)
        if not numbered(self._kind, name) or isinstance(condition, Exists):
            return partial(_compared, condition=condition)
        spec = self.spec(name)
        fitting = [number for number, held in self.values(name).items() if _fits(held, condition, spec)]
        left_out = isinstance(condition, Term) and condition.exclude
        return partial(_among, name=name, fitting=np.array(fitting, dtype=np.int64), left_out=left_out)

    def moments(self, name: str) -> Callable[[RowBatch], Codes]:
        """Return what gives each row's date in microseconds, `NO_DATE` for none."""
        if name in RECORDED[self._kind]:
            return partial(_recorded, name=name)
        at = self._select(Sql(f"coalesce({column(self.spec(name), self._kind)}, {NO_DATE})"))
        return partial(_column, place=at, kept=np.int64)

    def batches(self, compiled: CompiledSql) -> Iterator[RowBatch]:
        """Yield the rows that the query keeps."""
        kind, where = self._kind, compiled.gathered()
        listed = ", ".join(each.text for each in self._selected)
        values = (*(value for each in self._selected for value in each.values), *where.values)
        if RECORDED[kind]:
            wide = f" CROSS JOIN {kind} m ON m.doc = r.doc" if listed else ""
            kept = f" WHERE r.doc IN (SELECT m.doc FROM {kind} m{where.text})" if where.text else ""
            statement = f"SELECT r.record{listed and ', ' + listed} FROM {kind}_record r{wide}{kept}"
        else:
            statement = f"SELECT NULL{listed and ', ' + listed} FROM {kind} m{where.text}"
        rows = self._connection.execute(statement, values)
        while batch := rows.fetchmany(ROWS_AT_ONCE):
            blobs, *others = zip(*batch, strict=True)
            yield RowBatch(len(batch), records(blobs, kind) if RECORDED[kind] else None, others)

    def _select(self, expression: Sql) -> int:
        return self._selected.setdefault(expression, len(self._selected))


def values_held(held: Any, spec: FieldSpec) -> set[Any]:  # noqa: ANN401 (what a column holds)
    """Return the values that a column holds of a field."""
    if spec.many:
        return set(unpack(held))
    return {bool(held) if spec.type == "boolean" else held}


def _fits(held: Any, condition: Term | Range, spec: FieldSpec) -> bool:  # noqa: ANN401
    """Return whether a document with this value meets a condition, `exclude` apart."""
    if isinstance(condition, Term):
        return not values_held(held, spec).isdisjoint(condition.any_of)
    above = condition.gte is None or held >= condition.gte
    return bool(above and (condition.lt is None or held < condition.lt))


def _recorded(batch: RowBatch, *, name: str) -> Codes:
    assert batch.records is not None  # noqa: S101 (only asked of kinds with records)
    kept: Codes = batch.records[name].astype(np.int64)
    return kept


def _numbered(batch: RowBatch, *, place: int, known: dict[Any, int]) -> Codes:
    """Return numbers given as values are met."""
    found = (
        0 if value is None else known.setdefault(value, len(known) + 1) for value in batch.columns[place]
    )
    return np.fromiter(found, dtype=np.int64, count=batch.size)


def _among(batch: RowBatch, *, name: str, fitting: Codes, left_out: bool) -> Mask:
    return np.isin(_recorded(batch, name=name), fitting, invert=left_out)


def _compared(batch: RowBatch, *, condition: Condition) -> Mask:
    """Return which rows have a value, and one within an interval where that is asked."""
    assert batch.records is not None  # noqa: S101 (only asked of kinds with records)
    held = batch.records[condition.field]
    there = _there(held)
    if isinstance(condition, Exists):
        return ~there if condition.exclude else there
    assert isinstance(condition, Range)  # noqa: S101 (dates and numbers have no terms)
    if condition.gte is not None:
        there = there & (held >= micros(condition.gte))
    if condition.lt is not None:
        there = there & (held < micros(condition.lt))
    return there


def _there(held: npt.NDArray[Any]) -> Mask:
    """Return which of some dates, numbers or numbers of values are there."""
    missing = NO_DATE if held.dtype.kind == "i" else 0
    there: Mask = ~np.isnan(held) if held.dtype.kind == "f" else held != missing
    return there


def _column(batch: RowBatch, *, place: int, kept: type[np.generic]) -> npt.NDArray[Any]:
    return np.fromiter(batch.columns[place], dtype=kept, count=batch.size)
