"""A reading side of an index that counts once for each of its revisions, and never writes.

Counts are kept while `MentionIndex.revision` stays the same, a few hundred at most; hits, documents and scans
are read anew. A text kept is that of the revision asked for before counting, so that a write in between costs
a second count and never shows an old one as new. Threads may share one.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from threading import Lock
from typing import Any, NoReturn, TypeVar, cast

from ouidire.documents import Document, Kind
from ouidire.errors import IndexUnavailable
from ouidire.index import (
    Bucket,
    CountParts,
    Hit,
    Hits,
    IndexStatus,
    MentionIndex,
    PartCounts,
    Query,
    Sums,
    UpsertReport,
)

KEPT = 512
"""Counts kept: a page asks for some thirty."""
LARGEST = 2_000
"""Buckets of a count that is kept: one of more is counted again."""
T = TypeVar("T")


class CachedReader:
    """The reading half of an index. Whatever would write raises IndexUnavailable."""

    def __init__(self, index: MentionIndex, *, kept: int = KEPT) -> None:
        self._index = index
        self._size = kept
        self._guard = Lock()
        self._revision = ""
        self._counts: OrderedDict[Hashable, object] = OrderedDict()

    # --- Counted once for a revision ---

    def sums(self, query: Query, fields: Sequence[str] = ()) -> Sums:
        """Return the count and the sums of numeric fields."""
        return self._once(("sums", query, tuple(fields)), lambda: self._index.sums(query, fields))

    def facet(
        self, query: Query, field: str, *, size: int = 100, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return the most frequent values of a field."""
        key = ("facet", query, field, size, tuple(fields))
        return self._once(key, lambda: self._index.facet(query, field, size=size, fields=fields))

    def counts(self, query: Query, parts: CountParts) -> PartCounts:
        """Return what several parts count of a query."""
        return self._once(("counts", query, parts), lambda: self._index.counts(query, parts))

    def series(
        self, query: Query, field: str, edges: Sequence[datetime], *, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return one bucket between each two edges of a date field."""
        key = ("series", query, field, tuple(edges), tuple(fields))
        return self._once(key, lambda: self._index.series(query, field, edges, fields=fields))

    def _once(self, key: Hashable, count: Callable[[], T]) -> T:
        revision = self._index.revision()
        with self._guard:
            if revision != self._revision:
                self._counts.clear()
                self._revision = revision
            if key in self._counts:
                self._counts.move_to_end(key)
                return cast("T", self._counts[key])
        found = count()
        with self._guard:
            if revision == self._revision and _buckets(found) <= LARGEST:
                self._counts[key] = found
                while len(self._counts) > self._size:
                    self._counts.popitem(last=False)
        return found

    # --- Read anew ---

    def get(self, kind: Kind, document_id: str) -> Document | None:
        """Return one live document."""
        return self._index.get(kind, document_id)

    def get_many(self, kind: Kind, ids: Iterable[str]) -> dict[str, Document]:
        """Return the live documents among some ids."""
        return self._index.get_many(kind, ids)

    def search(self, query: Query, *, size: int = 20, after: str | None = None) -> Hits:
        """Return one page of hits."""
        return self._index.search(query, size=size, after=after)

    def nearest(self, query: Query, vector: Sequence[int], *, size: int = 20) -> tuple[Hit, ...]:
        """Return the nearest kept documents."""
        return self._index.nearest(query, vector, size=size)

    def scan(self, query: Query, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Stream fields of every kept document."""
        return self._index.scan(query, fields)

    def tombstone_ids(self, kind: Kind) -> Iterator[str]:
        """Yield the ids of what was deleted."""
        return self._index.tombstone_ids(kind)

    def status(self) -> IndexStatus:
        """Return what is there."""
        return self._index.status()

    def revision(self) -> str:
        """Return what changes when the index may have changed."""
        return self._index.revision()

    def close(self) -> None:
        """Forget what was counted, and release the index."""
        with self._guard:
            self._counts.clear()
        self._index.close()

    # --- Never ---

    def ensure(self) -> None:
        """Raise IndexUnavailable: a reader creates nothing."""
        _refuse()

    def upsert(self, documents: Iterable[Document]) -> UpsertReport:
        """Raise IndexUnavailable."""
        _refuse(documents)

    def delete(self, kind: Kind, revisions: Iterable[tuple[str, int]]) -> UpsertReport:
        """Raise IndexUnavailable."""
        _refuse(kind, revisions)

    def rebuild(
        self,
        documents: Iterable[Document],
        *,
        tombstones: Iterable[tuple[Kind, str, int]] = (),
        expected: dict[str, int] | None = None,
    ) -> IndexStatus:
        """Raise IndexUnavailable."""
        _refuse(documents, tombstones, expected)


def _refuse(*_unused: object) -> NoReturn:
    raise IndexUnavailable("this side of the index only reads")


def _buckets(found: object) -> int:
    """Return how many buckets a count holds."""
    if isinstance(found, PartCounts):
        return sum(len(each) for each in (*found.facets, *found.series))
    return len(found) if isinstance(found, tuple) else 1
