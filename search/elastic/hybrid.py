"""Words and meaning together: full text and nearness of vectors, each ranked by Elasticsearch, fused here.

Elasticsearch fuses too, but under a licence that must be paid for; reciprocal ranks (Cormack, Clarke and
Büttcher, SIGIR 2009) are as good and need no scores that can be compared. Nearness is for finding; no figure
is made of it.
"""

from collections.abc import Sequence
from typing import Any

from ouidire.index import Hit, Query
from search.elastic.index import ElasticIndex
from search.elastic.mappings import alias
from search.elastic.query import compile_query
from search.elastic.read import document_of
from search.fields import check

SMOOTHING = 60
"""The constant of reciprocal rank fusion: the value of the paper."""

CANDIDATES = 10
"""Neighbours looked at in the graph for each one wanted."""


def hybrid(index: ElasticIndex, query: Query, vector: Sequence[int], *, size: int = 20) -> tuple[Hit, ...]:
    """Return the best hits of a query's words and of a vector's neighbours within its filters, fused by rank.

    `vector` has the dimensions of the schema. Scores are sums of reciprocal ranks; highlights are those of
    the words.
    """
    worded = index.search(query, size=size).hits if query.text else ()
    near = nearest(index, query.model_copy(update={"text": ""}), vector, size=size)
    scores: dict[str, float] = {}
    hits: dict[str, Hit] = {}
    for ranking in (worded, near):
        for rank, hit in enumerate(ranking, start=1):
            scores[hit.document.id] = scores.get(hit.document.id, 0.0) + 1 / (SMOOTHING + rank)
            hits.setdefault(hit.document.id, hit)
    best = sorted(hits, key=lambda each: (-scores[each], each))[:size]
    return tuple(hits[each].model_copy(update={"score": scores[each]}) for each in best)


def nearest(index: ElasticIndex, query: Query, vector: Sequence[int], *, size: int = 20) -> tuple[Hit, ...]:
    """Return the kept documents whose vectors are nearest, nearest first (approximately, by int8 HNSW)."""
    kept = compile_query(query, check(query)).kept
    name = alias(index.prefix, query.kind)
    near: dict[str, Any] = {
        "field": "vector",
        "query_vector": list(vector),
        "k": size,
        "num_candidates": size * CANDIDATES,
        "filter": kept,
    }
    found = index.cluster.read(lambda client: client.search(index=name, knn=near, size=size))["hits"]["hits"]
    return tuple(
        Hit(document=document_of(query.kind, each["_source"]), score=each["_score"]) for each in found
    )
