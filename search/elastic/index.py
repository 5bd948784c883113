"""The Elasticsearch implementation of the index: beyond one machine, and for analysts who work in Kibana.

Searching reads the stems made in Python, so that ids, counts and figures are those of SQLite; only ranking
differs. A batch is seen whole or not at all: nothing refreshes an index but we, after each write. A rebuild
fills indices aside, copies what was written meanwhile, and swaps all kinds at once.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from ouidire.batches import batched
from ouidire.documents import MODELS, SCHEMA_VERSION, Document, Kind
from ouidire.index import (
    Bucket,
    CountParts,
    Hit,
    Hits,
    IndexStatus,
    PartCounts,
    Query,
    Sums,
    UpsertReport,
)
from search.dead_letters import DeadLetters
from search.elastic import read
from search.elastic.cluster import Cluster
from search.elastic.counting import counts
from search.elastic.indices import Generations
from search.elastic.mappings import alias, write_alias
from search.elastic.query import CompiledQuery, compile_query
from search.elastic.rebuild import Rebuilding
from search.elastic.write import write, write_tombstones
from search.fields import DATES, FACETS, check, check_edges, check_parts, field_spec, numbers
from search.nearness import check_vector, nearest_first

BATCH = 1000
"""Documents of one bulk request: a reader sees all of them or none."""

REVISION_S = 30.0
"""Seconds for which counts of the same documents are taken for present."""

_log = structlog.get_logger("search")


class ElasticIndex:
    """A `MentionIndex` under one prefix of a cluster; the file `dead_letters` keeps what is refused."""

    def __init__(
        self, cluster: Cluster, *, prefix: str = "ouidire", dead_letters: Path, replicas: str = "0-1"
    ) -> None:
        self.cluster = cluster
        self.prefix = prefix
        self.dead_letters = DeadLetters(dead_letters)
        self.generations = Generations(cluster, prefix, replicas=replicas)

    def ensure(self) -> None:
        """Create the indices that are missing; see `MentionIndex.ensure`."""
        self.generations.ensure()

    def upsert(self, documents: Iterable[Document]) -> UpsertReport:
        """Write documents by batches of 1,000, each one request; see `MentionIndex.upsert`."""
        report, touched = UpsertReport(), set[Kind]()
        try:
            for batch in batched(documents, BATCH):
                touched.update(document.kind for document in batch)
                report += write(self.cluster, batch, self._written, self.dead_letters)
        finally:
            self._show(touched)
        if report.refused:
            _log.warning("index_refused", place=self.cluster.place, documents=report.refused)
        return report

    def delete(self, kind: Kind, revisions: Iterable[tuple[str, int]]) -> UpsertReport:
        """Write tombstones; see `MentionIndex.delete`."""
        report, name = UpsertReport(), write_alias(self.prefix, kind)
        try:
            for batch in batched(revisions, BATCH):
                report += write_tombstones(self.cluster, kind, batch, name, self.dead_letters)
        finally:
            self._show({kind})
        return report

    def get(self, kind: Kind, document_id: str) -> Document | None:
        """Return one live document, as last written."""
        return read.document(self.cluster, self._written(kind), kind, document_id)

    def get_many(self, kind: Kind, ids: Iterable[str]) -> dict[str, Document]:
        """Return the live documents among some ids, as last written; see `MentionIndex.get_many`."""
        found: dict[str, Document] = {}
        for batch in batched(ids, read.PAGE):
            found |= read.documents(self.cluster, self._written(kind), kind, batch)
        return found

    def search(self, query: Query, *, size: int = 20, after: str | None = None) -> Hits:
        """Return one page; full-text queries come by BM25, ties by id.

        ValueError for an `after` of another query.
        """
        clauses = check(query)
        return read.page(
            self.cluster,
            self._name(query),
            query,
            clauses,
            compile_query(query, clauses),
            size=size,
            after=after,
        )

    def nearest(self, query: Query, vector: Sequence[int], *, size: int = 20) -> tuple[Hit, ...]:
        """Return the nearest kept documents, each one compared by the server; see `MentionIndex.nearest`."""
        check_vector(query.kind, vector)
        found = read.nearest(self.cluster, self._name(query), query.kind, _compiled(query), vector, size=size)
        return nearest_first(found, vector, size=size)

    def sums(self, query: Query, fields: Sequence[str] = ()) -> Sums:
        """Return the count and the sums of numeric fields."""
        names = numbers(query.kind, fields)
        return read.sums(self.cluster, self._name(query), _compiled(query), names)

    def facet(
        self, query: Query, field: str, *, size: int = 100, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return the most frequent values of a keyword or boolean field; see `MentionIndex.facet`."""
        spec = field_spec(query.kind, field, FACETS, use="count by value")
        names = numbers(query.kind, fields)
        return read.facet(self.cluster, self._name(query), _compiled(query), spec, names, size=size)

    def counts(self, query: Query, parts: CountParts) -> PartCounts:
        """Count several parts in one request; see `MentionIndex.counts`."""
        clauses = check(query)
        check_parts(query, parts)
        return counts(self.cluster, self._name(query), query, clauses, parts)

    def series(
        self, query: Query, field: str, edges: Sequence[datetime], *, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return one bucket between each two edges; ValueError unless they are aware and rise."""
        spec = field_spec(query.kind, field, DATES, use="make a series")
        names = numbers(query.kind, fields)
        check_edges(edges)
        return read.series(self.cluster, self._name(query), _compiled(query), spec, edges, names)

    def scan(self, query: Query, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Stream fields by id from the view opened at the first step."""
        compiled = _compiled(query)
        for name in fields:
            field_spec(query.kind, name)
        return read.scan(self.cluster, self._name(query), query.kind, compiled, fields)

    def tombstone_ids(self, kind: Kind) -> Iterator[str]:
        """Yield the ids of what was deleted, in their order."""
        return read.tombstone_ids(self.cluster, self._written(kind))

    def rebuild(
        self,
        documents: Iterable[Document],
        *,
        tombstones: Iterable[tuple[Kind, str, int]] = (),
        expected: dict[str, int] | None = None,
    ) -> IndexStatus:
        """Build the next generation aside and swap it in; readers and writers go on meanwhile.

        See `MentionIndex.rebuild`.
        """
        with Rebuilding(self.generations, self.dead_letters) as aside:
            for batch in batched(documents, BATCH):
                aside.write(batch)
            for gone in batched(tombstones, BATCH):
                aside.write_tombstones(gone)
            counts = aside.check(expected)
            aside.swap()
        _log.info("index_rebuilt", place=self.cluster.place, prefix=self.prefix, counts=counts)
        return self.status()

    def status(self) -> IndexStatus:
        """Count what is there. Raises IndexUnavailable where it is not read and written in one index."""
        self.generations.require_sound()
        counts, tombstones = read.counts(self.cluster, [write_alias(self.prefix, kind) for kind in MODELS])
        return IndexStatus(
            backend="elasticsearch",
            place=f"{self.cluster.place} {self.prefix}-*",
            schema_version=SCHEMA_VERSION,
            counts=counts,
            tombstones=tombstones,
        )

    def revision(self) -> str:
        """Return another text every half minute: the server says nothing cheaper."""
        return str(int(time.monotonic() // REVISION_S))

    def retry_refused(self) -> UpsertReport:
        """Write once more what the server had refused; what it refuses again is kept again."""
        return self.dead_letters.retry(self.upsert)

    def close(self) -> None:
        """Release connections; they open again when they are needed."""
        self.cluster.close()

    def _name(self, query: Query) -> str:
        return alias(self.prefix, query.kind)

    def _written(self, kind: Kind) -> str:
        return write_alias(self.prefix, kind)

    def _show(self, kinds: set[Kind]) -> None:
        """Let readers see what was written; what failed to be shown is shown with the next write."""
        if kinds:
            names = ",".join(sorted(self._written(kind) for kind in kinds))
            self.cluster.write(lambda client: client.indices.refresh(index=names))


def _compiled(query: Query) -> CompiledQuery:
    return compile_query(query, check(query))
