"""An index of columns in memory: the reading half of the protocol, fast enough for thousands of digests.

It keeps numbers and words for sums, facets and series, and finds no documents: what a digest quotes is not
there. Each kind is a table of equally long columns: floats (nan: none), seconds since 1970 for dates, words
("" : none) and tuples of words.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np

from ouidire.index import Bucket, Exists, FieldSum, Hits, Query, Range, Sums, Term

Table = Mapping[str, "np.ndarray[Any, Any]"]
DATES = frozenset({"period_at", "published_at", "first_seen_at", "started_at", "captured_at", "at"})


class ColumnIndex:
    """Tables by kind, read as an index."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = tables
        self._kept: dict[tuple[str, Any], np.ndarray[Any, Any]] = {}

    def sums(self, query: Query, fields: Sequence[str] = ()) -> Sums:
        """Return the count and the sums."""
        mask = self._mask(query)
        return Sums(n=int(mask.sum()), fields=self._fields(query, mask, fields))

    def facet(
        self, query: Query, field: str, *, size: int = 100, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return the most frequent values."""
        column = self._column(query.kind, field)
        mask = self._mask(query)
        if column is None or not mask.any():
            return ()
        values = {
            value for each in set(column[mask]) for value in (each if isinstance(each, tuple) else (each,))
        }
        buckets = []
        for value in values - {""}:
            here = mask & self._of_clause(query.kind, Term(field=field, any_of=(value,)))
            buckets.append(Bucket(n=int(here.sum()), value=value, fields=self._fields(query, here, fields)))
        return tuple(sorted(buckets, key=lambda each: (-each.n, str(each.value)))[:size])

    def series(
        self, query: Query, field: str, edges: Sequence[datetime], *, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return one bucket for each interval between edges."""
        mask = self._mask(query)
        at = self._column(query.kind, field)
        if at is None:
            return tuple(Bucket(n=0, start=one, end=other) for one, other in pairwise(edges))
        found = []
        for start, end in pairwise(edges):
            here = mask & (at >= start.timestamp()) & (at < end.timestamp())
            found.append(
                Bucket(n=int(here.sum()), start=start, end=end, fields=self._fields(query, here, fields))
            )
        return tuple(found)

    def search(self, query: Query, *, size: int = 20, after: str | None = None) -> Hits:
        """Return the total alone."""
        del size, after
        return Hits(total=int(self._mask(query).sum()), hits=())

    def scan(self, query: Query, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Yield the named fields of every row that is kept."""
        for row in np.flatnonzero(self._mask(query)):
            yield {name: self._value(query.kind, name, int(row)) for name in fields}

    def _value(self, kind: str, name: str, row: int) -> Any:  # noqa: ANN401 (a field of any type)
        column = self._column(kind, name)
        if column is None:
            return None
        value = column[row]
        if name in DATES:
            return datetime.fromtimestamp(float(value), UTC)
        if isinstance(value, np.floating):
            return None if np.isnan(value) else float(value)
        return value

    def _column(self, kind: str, name: str) -> "np.ndarray[Any, Any] | None":
        return self.tables.get(kind, {}).get(name)

    def _rows(self, kind: str) -> int:
        return len(next(iter(self.tables[kind].values()))) if self.tables.get(kind) else 0

    def _mask(self, query: Query) -> "np.ndarray[Any, Any]":
        mask = np.ones(self._rows(query.kind), dtype=bool)
        for clause in query.where:
            mask = mask & self._of_clause(query.kind, clause)
        return mask

    def _of_clause(self, kind: str, clause: Term | Range | Exists) -> "np.ndarray[Any, Any]":
        key = (kind, clause)
        if key not in self._kept:
            self._kept[key] = self._clause(kind, clause)
        return self._kept[key]

    def _clause(self, kind: str, clause: Term | Range | Exists) -> "np.ndarray[Any, Any]":
        column = self._column(kind, clause.field)
        nothing = np.zeros(self._rows(kind), dtype=bool)
        if isinstance(clause, Range):
            if column is None:
                return nothing
            low, high = (
                each.timestamp() if isinstance(each, datetime) else each for each in (clause.gte, clause.lt)
            )
            kept = ~np.isnan(column)
            kept &= column >= low if low is not None else True
            kept &= column < high if high is not None else True
            within: np.ndarray[Any, Any] = kept
            return within
        if column is None:
            return ~nothing if clause.exclude else nothing
        kept = self._term(kind, clause) if isinstance(clause, Term) else _present(column)
        return ~kept if clause.exclude else kept

    def _term(self, kind: str, clause: Term) -> "np.ndarray[Any, Any]":
        column = self._column(kind, clause.field)
        if column is None:
            return np.zeros(self._rows(kind), dtype=bool)
        if column.dtype != object:
            kept: np.ndarray[Any, Any] = np.isin(column, list(clause.any_of))
            return kept
        wanted = set(clause.any_of)
        return np.fromiter(
            (
                bool(wanted.intersection(each)) if isinstance(each, tuple) else each in wanted
                for each in column
            ),
            bool,
            len(column),
        )

    def _fields(
        self, query: Query, mask: "np.ndarray[Any, Any]", names: Sequence[str]
    ) -> dict[str, FieldSum]:
        found = {}
        for name in names:
            column = self._column(query.kind, name)
            values = column[mask] if column is not None else np.empty(0)
            values = values[~np.isnan(values)]
            found[name] = FieldSum(
                n=len(values), total=float(values.sum()), squares=float((values * values).sum())
            )
        return found


def _present(column: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    if column.dtype == object:
        return np.fromiter((bool(each) for each in column), bool, len(column))
    present: np.ndarray[Any, Any] = ~np.isnan(column)
    return present
