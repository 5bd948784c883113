"""The SQLite implementation of the index: one machine, one disposable file, full text by FTS5.

Readers work on snapshots and never wait; writers of the same index wait for one another; a rebuild shuts
writers out until its swap. Threads may share a `SqliteIndex`, forked processes may not: a child opens its
own. It cannot see how stems were made: documents bring them (`ouidire.text.words.indexed`).
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from ouidire.batches import batched
from ouidire.documents import MODELS, SCHEMA_VERSION, Document, Kind
from ouidire.errors import IndexUnavailable
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
from search.fields import DATES, FACETS, check, check_edges, check_parts, field_spec, numbers
from search.nearness import check_vector, nearest_first
from search.sqlite import read
from search.sqlite.connections import CACHE_KIB, Connections
from search.sqlite.counting import counts
from search.sqlite.files import REBUILD, IndexFiles, create, finish, translate_errors
from search.sqlite.query import CompiledSql, compile_query
from search.sqlite.write import write, write_tombstones

BATCH = 1000
"""Documents written in one transaction: what a crash can cost, against one wait for the disk each."""

_log = structlog.get_logger("search")


class SqliteIndex:
    """A `MentionIndex` in one folder: `path` (index.db) and its generations beside it.

    `wait_s` is how long a writer waits for another one before IndexUnavailable, in seconds.
    """

    def __init__(self, path: Path, *, wait_s: float = 30.0) -> None:
        self.path = path
        self._files = IndexFiles(path, wait_s=wait_s)
        self._connections = Connections(self._files, wait_s=wait_s)

    def ensure(self) -> None:
        """Create what is missing and remove what a killed rebuild left; see `MentionIndex.ensure`."""
        if self._files.current() is None:
            with self._files.lock("exclusive"):
                if self._files.current() is None:
                    built = self._files.build()
                    self._fill(built, (), ())
                    self._files.swap(built)
        try:
            with self._files.lock("exclusive", wait_s=0):
                self._files.sweep()
        except IndexUnavailable:
            _log.debug("index_busy", place=str(self.path))  # who holds the lock sweeps when it is done
        with self._connections.reading():
            pass

    def upsert(self, documents: Iterable[Document]) -> UpsertReport:
        """Write documents by batches of 1,000, each atomic and durable; see `MentionIndex.upsert`."""
        with self._connections.writing() as connection:
            report = sum(
                (
                    _committed(connection, self.path, partial(write, connection, batch))
                    for batch in batched(documents, BATCH)
                ),
                UpsertReport(),
            )
        _log_refused(report, self.path)
        return report

    def delete(self, kind: Kind, revisions: Iterable[tuple[str, int]]) -> UpsertReport:
        """Write tombstones; see `MentionIndex.delete`."""
        with self._connections.writing() as connection:
            return sum(
                (
                    _committed(connection, self.path, partial(write_tombstones, connection, kind, batch))
                    for batch in batched(revisions, BATCH)
                ),
                UpsertReport(),
            )

    def get(self, kind: Kind, document_id: str) -> Document | None:
        """Return one live document."""
        return self.get_many(kind, (document_id,)).get(document_id)

    def get_many(self, kind: Kind, ids: Iterable[str]) -> dict[str, Document]:
        """Return the live documents among some ids, from one snapshot; see `MentionIndex.get_many`."""
        found: dict[str, Document] = {}
        with self._connections.reading() as connection:
            for batch in batched(ids, BATCH):
                found |= read.documents(connection, kind, batch)
        return found

    def search(self, query: Query, *, size: int = 20, after: str | None = None) -> Hits:
        """Return one page; full-text queries come by BM25, ties by id.

        ValueError for an `after` of another query.
        """
        clauses = check(query)
        with self._connections.reading() as connection:
            return read.page(connection, query, clauses, size=size, after=after)

    def nearest(self, query: Query, vector: Sequence[int], *, size: int = 20) -> tuple[Hit, ...]:
        """Return the nearest kept documents, each one compared; see `MentionIndex.nearest`."""
        from search.sqlite import vectors

        check_vector(query.kind, vector)
        with self._compiled(query) as (connection, compiled):
            found = vectors.candidates(connection, compiled, vector, size=size)
            hits = read.numbered(connection, query.kind, found)
        return nearest_first(hits, vector, size=size)

    def sums(self, query: Query, fields: Sequence[str] = ()) -> Sums:
        """Return the count and the sums of numeric fields."""
        names = numbers(query.kind, fields)
        with self._compiled(query) as (connection, compiled):
            return read.sums(connection, compiled, names)

    def facet(
        self, query: Query, field: str, *, size: int = 100, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return the most frequent values of a keyword or boolean field; see `MentionIndex.facet`."""
        spec = field_spec(query.kind, field, FACETS, use="count by value")
        names = numbers(query.kind, fields)
        with self._compiled(query) as (connection, compiled):
            return read.facet(connection, compiled, spec, names, size=size)

    def counts(self, query: Query, parts: CountParts) -> PartCounts:
        """Count several parts while the rows pass by once; see `MentionIndex.counts`."""
        clauses = check(query)
        check_parts(query, parts)
        with self._connections.reading() as connection:
            return counts(connection, query, clauses, parts)

    def series(
        self, query: Query, field: str, edges: Sequence[datetime], *, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return one bucket between each two edges; ValueError unless they are aware and rise."""
        spec = field_spec(query.kind, field, DATES, use="make a series")
        names = numbers(query.kind, fields)
        check_edges(edges)
        with self._compiled(query) as (connection, compiled):
            return read.series(connection, compiled, spec, edges, names)

    def scan(self, query: Query, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Stream fields by id from the snapshot taken at the first step.

        Its connection returns when the stream ends.
        """
        check(query)
        for name in fields:
            field_spec(query.kind, name)
        return self._scanned(query, tuple(fields))

    def tombstone_ids(self, kind: Kind) -> Iterator[str]:
        """Yield the ids of what was deleted, in their order."""
        with self._connections.reading() as connection:
            for (each,) in connection.execute("SELECT id FROM tombstone WHERE kind = ? ORDER BY id", (kind,)):
                yield each

    def rebuild(
        self,
        documents: Iterable[Document],
        *,
        tombstones: Iterable[tuple[Kind, str, int]] = (),
        expected: dict[str, int] | None = None,
    ) -> IndexStatus:
        """Build the next generation aside and swap it in; see `MentionIndex.rebuild`.

        Needs the disk for both; writers wait (and give up with IndexUnavailable), readers do not.
        """
        with self._files.lock("exclusive"):
            self._files.sweep()
            built = self._files.build()
            try:
                counts = self._fill(built, documents, tombstones)
                self._compare(counts, expected)
            except BaseException:
                self._files.sweep()
                raise
            self._files.swap(built)
        _log.info("index_rebuilt", place=str(self.path), counts=counts)
        return self.status()

    def status(self) -> IndexStatus:
        """Count what is there."""
        with self._connections.reading() as connection:
            counts = _counts(connection)
            gone = dict(connection.execute("SELECT kind, count(*) FROM tombstone GROUP BY kind"))
        return IndexStatus(
            backend="sqlite",
            place=str(self.path),
            schema_version=SCHEMA_VERSION,
            counts=counts,
            tombstones={kind: gone.get(kind, 0) for kind in MODELS},
        )

    def revision(self) -> str:
        """Return the generation, and when its file and its WAL were last written."""
        return self._files.revision()

    def close(self) -> None:
        """Close connections; one that a scan still holds is closed by the next call."""
        self._connections.close()

    def _compare(self, counts: dict[str, int], expected: dict[str, int] | None) -> None:
        if expected is None:
            return
        wrong = [
            f"{counts.get(kind, 0)} {kind} for {count}"
            for kind, count in expected.items()
            if counts.get(kind, 0) != count
        ]
        if wrong:
            message = (
                f"the index rebuilt beside {self.path} holds {', '.join(wrong)}: the old one is kept; "
                f"look at the log, then {REBUILD}"
            )
            raise IndexUnavailable(message)

    def _fill(
        self, built: Path, documents: Iterable[Document], tombstones: Iterable[tuple[Kind, str, int]]
    ) -> dict[str, int]:
        """Fill a new generation in one transaction and return its counts of live documents."""
        with translate_errors(self.path):
            connection = create(built, cache_kib=CACHE_KIB)
        with closing(connection):
            connection.execute("BEGIN")
            for batch in batched(documents, BATCH):
                with translate_errors(self.path):
                    _log_refused(write(connection, batch), self.path)
            for gone in batched(tombstones, BATCH):
                with translate_errors(self.path):
                    for kind in MODELS:
                        write_tombstones(
                            connection,
                            kind,
                            [(each, revision) for of, each, revision in gone if of == kind],
                        )
            with translate_errors(self.path):
                counts = _counts(connection)
                connection.execute("COMMIT")
                connection.execute("PRAGMA optimize")
        with translate_errors(self.path):
            finish(built)
        return counts

    def _scanned(self, query: Query, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        with self._compiled(query) as (connection, compiled):
            yield from read.scan(connection, compiled, fields)

    @contextmanager
    def _compiled(self, query: Query) -> Iterator[tuple[sqlite3.Connection, CompiledSql]]:
        clauses = check(query)
        with self._connections.reading() as connection:
            yield connection, compile_query(connection, query, clauses)


def _committed(connection: sqlite3.Connection, place: Path, work: Callable[[], UpsertReport]) -> UpsertReport:
    """Do one batch in one transaction."""
    with translate_errors(place):
        connection.execute("BEGIN IMMEDIATE")
        try:
            report = work()
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return report


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    return {
        kind: connection.execute(f"SELECT count(*) FROM {kind}").fetchone()[0]  # noqa: S608 (kinds of ours)
        for kind in MODELS
    }


def _log_refused(report: UpsertReport, place: Path) -> None:
    if report.refused:
        _log.warning("index_refused", place=str(place), documents=report.refused)
