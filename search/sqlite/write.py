"""Writes of one open SQLite index: batches of documents and tombstones, within the caller's transaction.

What is already there decides: a lower revision is stale, an identical document is not written again (a replay
costs a reading), any other replaces its predecessor under a new number, since FTS5 takes in rising numbers
fastest.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from pydantic_core import to_json

from ouidire.documents import Document, Kind
from ouidire.index import UpsertReport
from search.sqlite.records import remove_records, write_records
from search.sqlite.schema import IndexRow, Shape, word_fields


class StoredRevision(NamedTuple):
    """What the index holds under an id: its revision, and its number unless it is a tombstone."""

    revision: int
    doc: int | None


@cache
def shape(kind: Kind) -> Shape:
    """Return the prepared shape of a kind."""
    return Shape(kind)


def write(connection: sqlite3.Connection, documents: Iterable[Document]) -> UpsertReport:
    """Write one batch, in order.

    Several revisions of one document are each counted; the last accepted one is kept.
    """
    by_kind: dict[Kind, list[Document]] = {}
    for document in documents:
        by_kind.setdefault(document.kind, []).append(document)
    return sum((_write_kind(connection, kind, batch) for kind, batch in by_kind.items()), UpsertReport())


def write_tombstones(
    connection: sqlite3.Connection, kind: Kind, revisions: Sequence[tuple[str, int]]
) -> UpsertReport:
    """Write tombstones for one batch of (id, revision)."""
    held = _held(connection, kind, [each for each, _ in revisions])
    accepted: dict[str, int] = {}
    stale = 0
    for document_id, revision in revisions:
        known = accepted.get(document_id)
        if known is None and document_id in held:
            known = held[document_id].revision
        if known is not None and revision < known:
            stale += 1
        else:
            accepted[document_id] = revision
    _remove(connection, kind, [held[each].doc for each in accepted if each in held])
    connection.executemany(
        "INSERT OR REPLACE INTO tombstone VALUES (?, ?, ?)", [(kind, *each) for each in accepted.items()]
    )
    return UpsertReport(written=len(revisions) - stale, stale=stale)


def _write_kind(connection: sqlite3.Connection, kind: Kind, documents: list[Document]) -> UpsertReport:
    held = _held(connection, kind, [document.id for document in documents])
    revisions = {each: known.revision for each, known in held.items()}
    rows: dict[str, IndexRow] = {}
    written = stale = refused = 0
    row_of = shape(kind).row
    for document in documents:
        known = revisions.get(document.id)
        if known is not None and document.revision < known:
            stale += 1
            continue
        row = row_of(document)
        if row is None:
            refused += 1
            continue
        written += 1
        rows[document.id] = row
        revisions[document.id] = document.revision
    if held:
        _drop_unchanged(connection, kind, held, rows)
        _remove(connection, kind, [held[each].doc for each in rows if each in held])
        connection.executemany(
            "DELETE FROM tombstone WHERE kind = ? AND id = ?", [(kind, each) for each in rows if each in held]
        )
    _insert(connection, shape(kind), list(rows.values()))
    return UpsertReport(written=written, stale=stale, refused=refused)


def _held(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> dict[str, StoredRevision]:
    """Return what is held, document or tombstone, of the ids given."""
    wanted = to_json(ids).decode()
    live = connection.execute(
        f"SELECT id, revision, doc FROM {kind} "  # noqa: S608 (a kind of ours)
        "WHERE id IN (SELECT value FROM json_each(?))",
        (wanted,),
    )
    held = {each: StoredRevision(revision, doc) for each, revision, doc in live}
    gone = connection.execute(
        "SELECT id, revision FROM tombstone WHERE kind = ? AND id IN (SELECT value FROM json_each(?))",
        (kind, wanted),
    )
    held.update((each, StoredRevision(revision, None)) for each, revision in gone)
    return held


def _drop_unchanged(
    connection: sqlite3.Connection, kind: Kind, held: dict[str, StoredRevision], rows: dict[str, IndexRow]
) -> None:
    """Take out of `rows` what the index holds already, byte for byte."""
    for each in [each for each in rows if each in held and held[each].doc is not None]:
        statement = f"SELECT body FROM {kind}_body WHERE doc = ?"  # noqa: S608 (a kind of ours)
        (body,) = connection.execute(statement, (held[each].doc,)).fetchone()
        if body == rows[each].body:
            del rows[each]


def _remove(connection: sqlite3.Connection, kind: Kind, numbers: Iterable[int | None]) -> None:
    """Remove live rows by number, and their words from the full-text tables, which keep no text."""
    gone = sorted((number,) for number in numbers if number is not None)
    for name in word_fields(kind):
        connection.executemany(
            f"INSERT INTO {kind}_{name} ({kind}_{name}, rowid, {name}) "  # noqa: S608 (names of ours)
            f"SELECT 'delete', doc, json_extract(CAST(body AS TEXT), '$.{name}') "
            f"FROM {kind}_body WHERE doc = ?",
            gone,
        )
    if gone and shape(kind).vector:
        from search.sqlite import vectors

        vectors.clear(connection, kind, [number for (number,) in gone])
    remove_records(connection, kind, gone)
    connection.executemany(f"DELETE FROM {kind}_body WHERE doc = ?", gone)  # noqa: S608
    connection.executemany(f"DELETE FROM {kind} WHERE doc = ?", gone)  # noqa: S608


def _insert(connection: sqlite3.Connection, prepared: Shape, rows: Sequence[IndexRow]) -> None:
    statement = f"SELECT coalesce(max(doc), 0) FROM {prepared.kind}"  # noqa: S608 (a kind of ours)
    (last,) = connection.execute(statement).fetchone()
    for doc, row in enumerate(rows, last + 1):
        row.columns[0] = doc
    connection.executemany(prepared.insert, [row.columns for row in rows])
    connection.executemany(prepared.insert_body, [(row.columns[0], row.body) for row in rows])
    if with_vectors := [(row.columns[0], row.vector) for row in rows if row.vector]:
        from search.sqlite import vectors

        vectors.put(connection, prepared.kind, with_vectors)
    write_records(connection, prepared.kind, rows)
    for place, statement in enumerate(prepared.insert_words):
        connection.executemany(statement, [(row.columns[0], row.words[place]) for row in rows])
