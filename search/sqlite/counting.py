"""Counts of several parts from one pass over the rows that a query keeps.

SQL says which rows these are, by the clauses that an index serves or that the records do not hold; the others
are masks over the records, where a part may leave one out. Rows come in batches, so that memory does not grow
with them.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC
from functools import reduce
from heapq import nsmallest
from itertools import pairwise
from typing import Any

import numpy as np

from ouidire.index import Bucket, CountParts, IntervalCount, PartCounts, Query, SeriesPart, Value
from ouidire.schema import FieldSpec
from search.fields import left_out
from search.querytext import Clause
from search.sqlite.query import compile_query, indexed
from search.sqlite.record_reading import Condition, Mask, RecordReading, RowBatch, values_held
from search.sqlite.records import Codes
from search.sqlite.schema import RECORDED, to_micros

_SHIFT = 32
"""Bits of a value's number, below those of its interval."""


def counts(
    connection: sqlite3.Connection, query: Query, clauses: Sequence[Clause], parts: CountParts
) -> PartCounts:
    """Count the checked parts of a checked query."""
    masked = _masked(query, left_out(parts))
    kept = tuple(each for each in query.where if each not in masked)
    compiled = compile_query(connection, query.model_copy(update={"where": kept}), clauses)
    reading = RecordReading(connection, query.kind)
    masks = {each: reading.mask(each) for each in masked}
    fields = [reading.numbers(each.field) for each in parts.facets]
    conditions = [reading.mask(each.condition) for each in parts.conditions]
    series = [_Series(reading, each) for each in parts.series]
    facets = [_Tally() for _ in fields]
    met = [0] * len(conditions)
    total = 0
    for batch in reading.batches(compiled):
        rows = _Rows(batch.size, {each: mask(batch) for each, mask in masks.items()})
        total += int(np.count_nonzero(rows.without(())))
        for facet, tally, numbers in zip(parts.facets, facets, fields, strict=True):
            tally.add(numbers(batch)[rows.without(facet.without)])
        for at, (part, mask) in enumerate(zip(parts.conditions, conditions, strict=True)):
            met[at] += int(np.count_nonzero(mask(batch) & rows.without(part.without)))
        for each in series:
            each.add(batch, rows.without(()))
    return PartCounts(
        total=total,
        facets=tuple(
            _most_frequent(tally.counted(reading.values(part.field)), reading.spec(part.field), part.size)
            for part, tally in zip(parts.facets, facets, strict=True)
        ),
        conditions=tuple(met),
        series=tuple(each.intervals() for each in series),
    )


def _masked(query: Query, hidden: Sequence[Condition]) -> tuple[Condition, ...]:
    """Return the clauses that are masks over the rows: those left out by some part, and those of records."""
    shown = [each for each in query.where if each not in hidden]
    served = indexed(query.kind, [each.field for each in shown])
    cheap = [each for each in shown if each.field in RECORDED[query.kind] and each.field not in served]
    return tuple(dict.fromkeys([*hidden, *cheap]))


class _Rows:
    """Which rows of a batch each part counts: those that every mask keeps but the part's own."""

    def __init__(self, size: int, masks: Mapping[Condition, Mask]) -> None:
        self._size = size
        self._masks = masks
        self._known: dict[tuple[Condition, ...], Mask] = {}

    def without(self, clauses: tuple[Condition, ...]) -> Mask:
        """Return the rows that all masks but those of some clauses keep."""
        if clauses not in self._known:
            others = [mask for each, mask in self._masks.items() if each not in clauses]
            self._known[clauses] = reduce(np.logical_and, others, np.ones(self._size, dtype=np.bool_))
        return self._known[clauses]


class _Tally:
    """How many rows have each number."""

    def __init__(self) -> None:
        self._n = np.zeros(1, dtype=np.int64)

    def add(self, numbers: Codes) -> None:
        """Count the numbers of some rows."""
        found = np.bincount(numbers, minlength=len(self._n))
        found[: len(self._n)] += self._n
        self._n = found

    def counted(self, values: Mapping[int, Any]) -> Counter[Any]:
        """Return the rows of each value; those without one are left out."""
        rows = enumerate(self._n.tolist())
        return Counter({values[number]: n for number, n in rows if number and n})


class _Series:
    """How many rows lie within each interval, by the values of another field."""

    def __init__(self, reading: RecordReading, part: SeriesPart) -> None:
        self._part = part
        self._reading = reading
        self._cuts = np.array([to_micros(edge) for edge in part.edges], dtype=np.int64)
        self._moments = reading.moments(part.field)
        self._numbers = reading.numbers(part.by) if part.by else None
        self._found: Counter[int] = Counter()

    def add(self, batch: RowBatch, rows: Mask) -> None:
        """Count some rows."""
        places = np.searchsorted(self._cuts, self._moments(batch), side="right") - 1
        within = rows & (places >= 0) & (places < len(self._cuts) - 1)
        keys = places[within] << _SHIFT
        if self._numbers is not None:
            keys |= self._numbers(batch)[within]
        found, n = np.unique(keys, return_counts=True)
        self._found.update(dict(zip(found.tolist(), n.tolist(), strict=True)))

    def intervals(self) -> tuple[IntervalCount, ...]:
        """Return the intervals, empty ones included."""
        totals: Counter[int] = Counter()
        sides: dict[int, Counter[Value]] = {}
        values = self._reading.values(self._part.by) if self._part.by else {}
        for key, n in self._found.items():
            place, number = key >> _SHIFT, key & ((1 << _SHIFT) - 1)
            totals[place] += n
            if number:
                spec = self._reading.spec(self._part.by)
                sides.setdefault(place, Counter()).update(dict.fromkeys(values_held(values[number], spec), n))
        return tuple(
            IntervalCount(
                start=start.astimezone(UTC),
                end=end.astimezone(UTC),
                n=totals[place],
                by=dict(sides.get(place, {})),
            )
            for place, (start, end) in enumerate(pairwise(self._part.edges))
        )


def _most_frequent(found: Counter[Any], spec: FieldSpec, size: int) -> tuple[Bucket, ...]:
    """Return the buckets of a counted column; combinations of a field of many are taken apart."""
    groups: Counter[Value] = Counter()
    for held, n in found.items():
        groups.update(dict.fromkeys(values_held(held, spec), n))
    first = nsmallest(max(0, size), groups.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Bucket(n=n, value=value) for value, n in first)
