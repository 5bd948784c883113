"""Vectors of documents in SQLite: one table for a kind that has them, in blocks, compared one by one.

A block holds the vectors of `BLOCK` documents of consecutive numbers: each as its length's inverse and its
integers, zeros where there is none. Blocks are what makes reading all of them fast: a row for each document
takes several times as long. What is found is exact. Memory is four bytes a document and one run of blocks.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouidire.documents import Kind
from search.nearness import vector_spec
from search.sqlite.query import CompiledSql, Sql

# Every statement here is put together from names of the document models; values are parameters.
# ruff: noqa: S608

BLOCK = 128
"""Documents of a block: some 50 kB of 384 dimensions."""
READ_AT_ONCE = 8
"""Blocks compared in one product: what fits in a cache."""
FEW = 2_000
"""Documents kept by a query's filters up to which only their own blocks are read."""
FIRST_LOOKED_AT = 2_000
"""Of all documents by nearness, how many are first asked for whether the filters keep them."""
NOISE = 1e-5
"""How far a product in single precision may be from the exact cosine, and more."""
MOST = 10_000
"""Candidates handed back at most, where very many are as near as the last one wanted."""


def put(connection: sqlite3.Connection, kind: Kind, vectors: Sequence[tuple[int, Sequence[int]]]) -> None:
    """Write the vectors of new documents, by number, rising; those of another size are left out."""
    slot = _slot(kind)
    dims = slot["values"].shape[0]
    fitting = [(doc, vector) for doc, vector in vectors if len(vector) == dims and any(vector)]
    for block, group in groupby(fitting, key=lambda each: each[0] // BLOCK):
        row = connection.execute(f"SELECT slots FROM {kind}_vectors WHERE block = ?", (block,)).fetchone()
        slots = np.frombuffer(row[0], slot).copy() if row else np.zeros(BLOCK, slot)
        for doc, vector in group:
            values = np.array(vector, np.int8)
            slots[doc % BLOCK] = (1 / np.linalg.norm(values.astype(np.float32)), values)
        connection.execute(f"INSERT OR REPLACE INTO {kind}_vectors VALUES (?, ?)", (block, slots.tobytes()))


def clear(connection: sqlite3.Connection, kind: Kind, numbers: Sequence[int]) -> None:
    """Overwrite the vectors of removed documents with zeros."""
    size = _slot(kind).itemsize
    for block, group in groupby(sorted(numbers), key=lambda number: number // BLOCK):
        if connection.execute(f"SELECT 1 FROM {kind}_vectors WHERE block = ?", (block,)).fetchone() is None:
            continue
        with connection.blobopen(f"{kind}_vectors", "slots", block) as blob:
            for number in group:
                blob.seek(number % BLOCK * size)
                blob.write(bytes(size))


def candidates(
    connection: sqlite3.Connection, compiled: CompiledSql, vector: Sequence[int], *, size: int
) -> list[int]:
    """Return the numbers of kept documents among which the `size` nearest are, whatever is rounded."""
    if size <= 0:
        return []
    wanted = np.array(vector, np.float32)
    wanted /= np.linalg.norm(wanted)
    where = compiled.gathered()
    listed = connection.execute(
        f"SELECT m.doc FROM {compiled.kind} m{where.text} LIMIT ?", (*where.values, FEW + 1)
    ).fetchall()
    if len(listed) <= FEW:
        kept = np.sort(np.array([doc for (doc,) in listed], np.int64))
        blocks = np.unique(kept // BLOCK).tolist()
        docs, scores = _scores(connection, compiled.kind, wanted, blocks)
        among = np.isin(docs, kept, assume_unique=True)
        return _best(docs[among], scores[among], size)
    return _best_kept(connection, compiled, *_scores(connection, compiled.kind, wanted, None), size)


def _slot(kind: Kind) -> np.dtype[Any]:
    spec = vector_spec(kind)
    assert spec is not None  # noqa: S101 (asked of kinds with vectors alone)
    return np.dtype([("inverse", "<f4"), ("values", "i1", (spec.dims,))])


def _scores(
    connection: sqlite3.Connection, kind: Kind, wanted: NDArray[np.float32], blocks: Sequence[int] | None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the numbers of the documents that have a vector in some blocks, or in all, and their cosines."""
    slot = _slot(kind)
    docs: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    scores: list[NDArray[np.float32]] = [np.zeros(0, np.float32)]
    reals = np.empty((READ_AT_ONCE * BLOCK, len(wanted)), np.float32)
    for rows in _blocks(connection, kind, blocks):
        slots = np.frombuffer(b"".join(blob for _, blob in rows), slot)
        numbers = (np.array([block for block, _ in rows])[:, None] * BLOCK + np.arange(BLOCK)).ravel()
        held = slots["inverse"] > 0
        part = reals[: len(slots)]
        np.copyto(part, slots["values"])
        products = part @ wanted * slots["inverse"]
        docs.append(numbers[held])
        scores.append(products[held])
    return np.concatenate(docs), np.concatenate(scores)


def _blocks(
    connection: sqlite3.Connection, kind: Kind, blocks: Sequence[int] | None
) -> Iterator[list[tuple[int, bytes]]]:
    """Yield some blocks, or all, a few at a time."""
    asked = "" if blocks is None else " WHERE block IN (SELECT value FROM json_each(?))"
    values = () if blocks is None else (json.dumps(list(blocks)),)
    rows = connection.execute(f"SELECT block, slots FROM {kind}_vectors{asked}", values)
    while some := rows.fetchmany(READ_AT_ONCE):
        yield some


def _best(docs: NDArray[np.int64], scores: NDArray[np.float32], size: int) -> list[int]:
    """Return the documents whose score is not clearly below the `size`-th best; MOST at most."""
    if len(docs) > size:
        least = np.partition(scores, len(scores) - size)[len(scores) - size]
        near = scores >= least - NOISE
        docs, scores = docs[near], scores[near]
    order = np.argsort(-scores, kind="stable")[:MOST]
    return [int(each) for each in docs[order]]


def _best_kept(
    connection: sqlite3.Connection,
    compiled: CompiledSql,
    docs: NDArray[np.int64],
    scores: NDArray[np.float32],
    size: int,
) -> list[int]:
    """Return the best documents that the filters keep, asked for by nearness, the nearest first."""
    looked_at = max(FIRST_LOOKED_AT, 2 * size)
    while True:
        whole = looked_at >= len(docs)
        part = np.arange(len(docs)) if whole else np.argpartition(-scores, looked_at)[:looked_at]
        # all that is as near as the last one looked at is looked at as well
        if not whole:
            part = np.flatnonzero(scores >= scores[part].min() - NOISE)
        asked = Sql("m.doc IN (SELECT value FROM json_each(?))", (json.dumps(docs[part].tolist()),))
        where = compiled.where(asked)
        rows = connection.execute(f"SELECT m.doc FROM {compiled.kind} m{where.text}", where.values).fetchall()
        kept = np.isin(docs[part], np.array([doc for (doc,) in rows], np.int64), assume_unique=True)
        if whole or int(kept.sum()) >= size:
            return _best(docs[part][kept], scores[part][kept], size)
        looked_at *= 10
