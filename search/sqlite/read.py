"""Reads of one open SQLite index: documents, a page of hits, sums, a facet, a series, a scan.

Each works within a snapshot that the caller holds.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from heapq import nsmallest
from itertools import pairwise
from typing import Any, NamedTuple

from pydantic_core import from_json

from ouidire.documents import MODELS, Document, Kind
from ouidire.index import Bucket, FieldSum, Hit, Hits, Query, Sums
from ouidire.schema import FieldSpec
from search.fields import field_spec
from search.highlight import highlights
from search.paging import PagePosition, check_size, decode_position, encode_position
from search.querytext import Clause
from search.sqlite.query import CompiledSql, Sql, bucket, column, compile_query, following, joined, ordering
from search.sqlite.schema import COLUMN_TYPES, from_micros, to_micros, unpack

# Every statement here is put together from names of the document models; values are parameters.
# ruff: noqa: S608


class _Found(NamedTuple):
    doc: int
    id: str
    keys: list[Any]


def page(
    connection: sqlite3.Connection, query: Query, clauses: Sequence[Clause], *, size: int, after: str | None
) -> Hits:
    """Return one page of hits. ValueError for a negative size or an `after` that is not of this query."""
    check_size(size)
    place = decode_position(after, query) if after is not None else None
    compiled = compile_query(connection, query, clauses)
    ranked = bool(compiled.match) and not query.sort
    total, found = (_ranked if ranked else _sorted)(connection, query, compiled, size, place)
    hits = tuple(_hit(connection, query.kind, each, clauses, scored=ranked) for each in found[:size])
    after = None
    if len(found) > size > 0:
        last = found[size - 1]
        after = encode_position(PagePosition(total, last.keys, last.id), query)
    return Hits(total=total, hits=hits, after=after)


def documents(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> dict[str, Document]:
    """Return the live documents of some ids, in the order asked for; ids without one are absent."""
    bodies = dict(
        connection.execute(
            f"SELECT m.id, b.body FROM {kind} m JOIN {kind}_body b ON b.doc = m.doc "
            "WHERE m.id IN (SELECT value FROM json_each(?))",
            (json.dumps(ids),),
        ).fetchall()
    )
    return {each: MODELS[kind].model_validate_json(bodies[each]) for each in ids if each in bodies}


def numbered(connection: sqlite3.Connection, kind: Kind, numbers: Sequence[int]) -> tuple[Hit, ...]:
    """Return documents by their numbers, as hits without a score, in no order."""
    rows = connection.execute(
        f"SELECT body FROM {kind}_body WHERE doc IN (SELECT value FROM json_each(?))", (json.dumps(numbers),)
    )
    return tuple(Hit(document=MODELS[kind].model_validate_json(body)) for (body,) in rows)


def sums(connection: sqlite3.Connection, compiled: CompiledSql, names: Sequence[str]) -> Sums:
    """Return the count and the sums of what a query keeps."""
    where = compiled.gathered()
    row = connection.execute(
        f"SELECT {_sums(names)} FROM {compiled.kind} m{where.text}", where.values
    ).fetchone()
    return Sums(n=row[0], fields=_fields(names, row))


def facet(
    connection: sqlite3.Connection, compiled: CompiledSql, spec: FieldSpec, names: Sequence[str], *, size: int
) -> tuple[Bucket, ...]:
    """Return the most frequent values; combinations of a field of many are counted, then taken apart."""
    name = column(spec, compiled.kind)
    where = compiled.gathered(Sql(f"{name} IS NOT NULL"))
    groups: dict[Any, Sequence[float]] = {}
    for *row, value in connection.execute(
        f"SELECT {_sums(names)}, {name} FROM {compiled.kind} m{where.text} GROUP BY {name}", where.values
    ):
        for each in set(unpack(value)) if spec.many else (value,):
            known = groups.get(each)
            groups[each] = (
                row if known is None else [one + other for one, other in zip(known, row, strict=True)]
            )
    first = nsmallest(size, groups.items(), key=lambda item: (-item[1][0], item[0]))
    boolean = spec.type == "boolean"
    return tuple(
        Bucket(n=int(row[0]), value=bool(value) if boolean else value, fields=_fields(names, row))
        for value, row in first
    )


def series(
    connection: sqlite3.Connection,
    compiled: CompiledSql,
    spec: FieldSpec,
    edges: Sequence[datetime],
    names: Sequence[str],
) -> tuple[Bucket, ...]:
    """Return one bucket between each two consecutive edges, empty ones included."""
    if len(edges) < 2:  # noqa: PLR2004 (an interval has two ends)
        return ()
    cuts = [to_micros(edge) for edge in edges]
    name = column(spec, compiled.kind)
    interval = bucket(name, cuts)
    where = compiled.gathered(Sql(f"{name} >= ? AND {name} < ?", (cuts[0], cuts[-1]), spec.name))
    rows = connection.execute(
        f"SELECT {_sums(names)}, {interval} FROM {compiled.kind} m{where.text} GROUP BY 1 + {interval}",
        where.values,
    )
    filled = {place: row for *row, place in rows}
    empty = [0] * (1 + 3 * len(names))
    return tuple(
        Bucket(n=row[0], start=start.astimezone(UTC), end=end.astimezone(UTC), fields=_fields(names, row))
        for place, (start, end) in enumerate(pairwise(edges))
        for row in (filled.get(place, empty),)
    )


def scan(
    connection: sqlite3.Connection, compiled: CompiledSql, names: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield the named fields of all that a query keeps, by id.

    Bodies are read only for fields that have no column.
    """
    specs = [field_spec(compiled.kind, name) for name in dict.fromkeys(names)]
    held = [spec for spec in specs if spec.type in COLUMN_TYPES]
    converters = [(spec.name, convert) for spec in held if (convert := _from_column(spec))]
    from_body = [(spec.name, _from_body(spec)) for spec in specs if spec.type not in COLUMN_TYPES]
    keys = [spec.name for spec in held]
    order = [spec.name for spec in specs]
    where = compiled.where()
    listed = ", ".join(["m.doc", *(column(spec, compiled.kind) for spec in held)])
    body_of = f"SELECT body FROM {compiled.kind}_body WHERE doc = ?"
    for doc, *values in connection.execute(
        f"SELECT {listed} FROM {compiled.kind} m{where.text} ORDER BY m.id", where.values
    ):
        row = dict(zip(keys, values, strict=True))
        for name, convert in converters:
            row[name] = convert(row[name])
        if from_body:
            body = from_json(connection.execute(body_of, (doc,)).fetchone()[0])
            row.update((name, convert(body.get(name))) for name, convert in from_body)
            row = {name: row[name] for name in order}
        yield row


def _ranked(
    connection: sqlite3.Connection, query: Query, compiled: CompiledSql, size: int, place: PagePosition | None
) -> tuple[int, list[_Found]]:
    """Return the total and the best hits by BM25.

    The words are matched once; ids are read of no worse hits than the page's last.
    """
    table = f"{query.kind}_stems"
    others = joined([Sql(f"{table} MATCH ?", (compiled.match,)), *compiled.conditions])
    joining = f" CROSS JOIN {query.kind} m ON m.doc = {table}.rowid" if compiled.conditions else ""
    further = Sql("WHERE score > ?", (place.last[0],)) if place else Sql("")
    kept = (
        Sql("(f.score > ? OR f.score = ? AND m.id > ?) AND ", (place.last[0], place.last[0], place.last_id))
        if place
        else Sql("")
    )
    rows = connection.execute(
        f"WITH found AS MATERIALIZED (SELECT {table}.rowid AS doc, bm25({table}) AS score "
        f"FROM {table}{joining}{others.text}) "
        f"SELECT f.doc, m.id, f.score, (SELECT count(*) FROM found) "
        f"FROM found f CROSS JOIN {query.kind} m ON m.doc = f.doc "
        f"WHERE {kept.text}f.score <= coalesce("
        f"(SELECT score FROM found {further.text} ORDER BY score LIMIT 1 OFFSET ?), 9e999) "
        "ORDER BY f.score, m.id LIMIT ?",
        (*others.values, *kept.values, *further.values, size, size + 1),
    ).fetchall()
    counted = rows[0][3] if rows else 0
    total = place.total if place else counted
    return total, [_Found(doc, each, [score]) for doc, each, score, _ in rows]


def _sorted(
    connection: sqlite3.Connection, query: Query, compiled: CompiledSql, size: int, place: PagePosition | None
) -> tuple[int, list[_Found]]:
    where = compiled.where()
    if place:
        total = place.total
        where = compiled.where(following(query, place.last, place.last_id))
    else:
        statement = f"SELECT count(*) FROM {query.kind} m{where.text}"
        (total,) = connection.execute(statement, where.values).fetchone()
    keys = "".join(f', m."{sort.field}"' for sort in query.sort if sort.field != "kind")
    rows = connection.execute(
        f"SELECT m.doc, m.id{keys} FROM {query.kind} m{where.text}{ordering(query)} LIMIT ?",
        (*where.values, size + 1),
    )
    return total, [_Found(doc, each, values) for doc, each, *values in rows]


def _hit(
    connection: sqlite3.Connection, kind: Kind, found: _Found, clauses: Sequence[Clause], *, scored: bool
) -> Hit:
    (body,) = connection.execute(f"SELECT body FROM {kind}_body WHERE doc = ?", (found.doc,)).fetchone()
    document: Document = MODELS[kind].model_validate_json(body)
    return Hit(
        document=document, score=-found.keys[0] if scored else 0, highlights=highlights(document, clauses)
    )


def _sums(names: Sequence[str]) -> str:
    """Return the columns of a count and, field by field, of n, Σ and Σ².

    SQLite's `total` adds as real numbers and never overflows.
    """
    return ", ".join(
        [
            "count(*)",
            *(
                f'count(m."{name}"), total(m."{name}"), total(1.0 * m."{name}" * m."{name}")'
                for name in names
            ),
        ]
    )


def _fields(names: Sequence[str], row: Sequence[float]) -> dict[str, FieldSum]:
    return {
        name: FieldSum(n=int(row[1 + 3 * at]), total=row[2 + 3 * at], squares=row[3 + 3 * at])
        for at, name in enumerate(names)
    }


def _from_column(spec: FieldSpec) -> Callable[[Any], Any] | None:
    if spec.many:
        return unpack
    if spec.type == "date":
        return lambda value: None if value is None else from_micros(value)
    if spec.type == "boolean":
        return lambda value: None if value is None else bool(value)
    return None


def _from_body(spec: FieldSpec) -> Callable[[Any], Any]:
    if spec.type == "nested":
        blank = dict.fromkeys(each.name for each in spec.fields)
        return lambda values: tuple({**blank, **each} for each in values or ())
    if spec.many:
        return lambda values: tuple(values or ())
    return lambda value: tuple(value) if isinstance(value, list) else value
