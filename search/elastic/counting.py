"""Counts of several parts of a query, from one request.

A clause that some part leaves out is no part of the query: each count has those that hold for it as a filter
of its own.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from ouidire.index import (
    Bucket,
    CountParts,
    Exists,
    FacetPart,
    IntervalCount,
    PartCounts,
    Query,
    Range,
    SeriesPart,
    Term,
    Value,
)
from ouidire.schema import FieldSpec
from search.elastic.cluster import Cluster
from search.elastic.query import Json, compile_query
from search.fields import field_spec, left_out
from search.querytext import Clause

MOST_VALUES = 1_000
"""Values counted within an interval: fields of more are no side of a bar."""
_BY_COUNT = [{"_count": "desc"}, {"_key": "asc"}]


def counts(
    cluster: Cluster, name: str, query: Query, clauses: Sequence[Clause], parts: CountParts
) -> PartCounts:
    """Count the checked parts of a checked query. Raises IndexUnavailable."""
    hidden = left_out(parts)
    kept = tuple(each for each in query.where if each not in hidden)
    asked: Json = {"total": _filtered(query, hidden, {})}
    for at, facet in enumerate(parts.facets):
        if facet.size > 0:
            held = [each for each in hidden if each not in facet.without]
            asked[f"facet {at}"] = _filtered(query, held, _terms(facet))
    for at, part in enumerate(parts.conditions):
        held = [*(each for each in hidden if each not in part.without), part.condition]
        asked[f"condition {at}"] = _filtered(query, held, {})
    for at, series in enumerate(parts.series):
        if len(series.edges) > 1:
            asked[f"series {at}"] = _filtered(query, hidden, _intervals(series))
    body: Json = {
        "index": name,
        "query": compile_query(query.model_copy(update={"where": kept, "sort": ()}), clauses).kept,
        "size": 0,
        "track_total_hits": False,
        "aggs": asked,
    }
    found: Json = cluster.read(lambda client: client.search(**body)).body["aggregations"]
    return PartCounts(
        total=found["total"]["doc_count"],
        facets=tuple(
            _buckets(found.get(f"facet {at}", {}), field_spec(query.kind, facet.field))
            for at, facet in enumerate(parts.facets)
        ),
        conditions=tuple(found[f"condition {at}"]["doc_count"] for at in range(len(parts.conditions))),
        series=tuple(
            _counted(found.get(f"series {at}", {}), series, query) for at, series in enumerate(parts.series)
        ),
    )


def _filtered(query: Query, held: Sequence[Term | Range | Exists], below: Json) -> Json:
    """Return an aggregation of what meets some conditions."""
    kept = compile_query(Query(kind=query.kind, where=tuple(held)), ()).kept
    return {"filter": kept, **({"aggs": {"found": below}} if below else {})}


def _terms(facet: FacetPart) -> Json:
    return {"terms": {"field": facet.field, "size": facet.size, "order": _BY_COUNT}}


def _intervals(series: SeriesPart) -> Json:
    ranges = [{"from": milliseconds(start), "to": milliseconds(end)} for start, end in pairwise(series.edges)]
    made: Json = {"date_range": {"field": series.field, "keyed": False, "ranges": ranges}}
    if series.by:
        made["aggs"] = {"by": {"terms": {"field": series.by, "size": MOST_VALUES}}}
    return made


def _buckets(found: Json, spec: FieldSpec) -> tuple[Bucket, ...]:
    if not found:
        return ()
    return tuple(
        Bucket(n=each["doc_count"], value=_typed(each["key"], spec)) for each in found["found"]["buckets"]
    )


def _counted(found: Json, series: SeriesPart, query: Query) -> tuple[IntervalCount, ...]:
    if not found:
        return ()
    spec = field_spec(query.kind, series.by) if series.by else None
    return tuple(
        IntervalCount(
            start=start.astimezone(UTC),
            end=end.astimezone(UTC),
            n=each["doc_count"],
            by={_typed(one["key"], spec): one["doc_count"] for one in each["by"]["buckets"]} if spec else {},
        )
        for each, (start, end) in zip(found["found"]["buckets"], pairwise(series.edges), strict=True)
    )


def _typed(key: Any, spec: FieldSpec) -> Value:  # noqa: ANN401 (what the server answers)
    """Return a bucket's key as its field's type."""
    if spec.type == "boolean":
        return bool(key)
    typed: Value = float(key) if spec.type == "float" else key
    return typed


def milliseconds(edge: datetime) -> str:
    """Return an edge as the server reads it."""
    return edge.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
