"""Reads of an Elasticsearch index: documents, a page of hits, sums, a facet, a series, a scan.

Each is one request, or pages of one view.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from ouidire.documents import MODELS, Document, Kind
from ouidire.errors import IndexUnavailable
from ouidire.index import Bucket, FieldSum, Hit, Hits, Query, Sums
from ouidire.schema import FieldSpec
from search.elastic.cluster import Busy, Cluster, explain_refusal
from search.elastic.counting import milliseconds
from search.elastic.mappings import TOMBSTONE
from search.elastic.query import CompiledQuery, Json
from search.fields import field_spec
from search.highlight import highlights
from search.nearness import MARGIN
from search.paging import PagePosition, check_size, decode_position, encode_position
from search.querytext import Clause

WINDOW = 9_000
"""Hits asked for at once, below the server's window of 10,000."""

PAGE = 1_000
"""Documents of one page of a scan."""

KEEP_ALIVE = "5m"
"""How long a scan's view outlives its last page."""

BUCKETS = 20_000
"""Intervals of a series asked for at once, below the server's limit of 65,536 buckets."""


def page(
    cluster: Cluster,
    name: str,
    query: Query,
    clauses: Sequence[Clause],
    compiled: CompiledQuery,
    *,
    size: int,
    after: str | None,
) -> Hits:
    """Return one page of hits. ValueError for a negative size or an `after` that is not of this query."""
    check_size(size)
    place = decode_position(after, query) if after is not None else None
    last = place.last if place else None
    total = place.total if place else -1
    found: list[Json] = []
    while len(found) <= size:
        wanted = min(size + 1 - len(found), WINDOW) if size else 0
        body: Json = {
            "index": name,
            "query": compiled.kept,
            "sort": compiled.sort,
            "size": wanted,
            "track_total_hits": total < 0,
        }
        if last is not None:
            body["search_after"] = last
        answer = _searched(cluster, body)["hits"]
        total = answer["total"]["value"] if total < 0 else total
        found += answer["hits"]
        if len(answer["hits"]) < wanted or not size:
            break
        last = found[-1]["sort"]
    hits = tuple(_hit(query.kind, each, clauses, scored=compiled.ranked) for each in found[:size])
    more = len(found) > size > 0
    ended = PagePosition(total, found[size - 1]["sort"], found[size - 1]["_id"]) if more else None
    return Hits(total=total, hits=hits, after=encode_position(ended, query) if ended else None)


def document_of(kind: Kind, source: Json) -> Document:
    """Return the document that a source holds."""
    document: Document = MODELS[kind].model_validate(source)
    return document


def document(cluster: Cluster, name: str, kind: Kind, document_id: str) -> Document | None:
    """Return one live document, as last written; None where there is none. Raises IndexUnavailable."""
    if not document_id:  # the server refuses an empty id
        return None
    found = cluster.read(partial(_fetched_one, name=name, document_id=document_id))
    return None if found is None or TOMBSTONE in found else document_of(kind, found)


def documents(cluster: Cluster, name: str, kind: Kind, ids: Sequence[str]) -> dict[str, Document]:
    """Return the live documents of some ids, as last written, in the order asked for; others are absent.

    Raises IndexUnavailable.
    """
    wanted = [each for each in dict.fromkeys(ids) if each]
    answer = cluster.read(partial(_fetched, name=name, ids=wanted)) if wanted else []
    found = {each["_id"]: each["_source"] for each in answer if each.get("found")}
    return {
        each: document_of(kind, found[each])
        for each in wanted
        if each in found and TOMBSTONE not in found[each]
    }


def _fetched(client: Elasticsearch, *, name: str, ids: Sequence[str]) -> list[Json]:
    """Fetch some ids in one request.

    An answer lists faults without failing, and without their status: asked for alone, such a document raises
    what is wrong, unless it has passed by then, and all are asked for again.
    """
    answer: list[Json] = client.mget(index=name, ids=ids)["docs"]
    faulty = next((each for each in answer if "error" in each), None)
    if faulty is not None:
        _fetched_one(client, name=name, document_id=faulty["_id"])
        raise Busy(explain_refusal(faulty["error"]["type"], faulty["error"]["reason"]))
    return answer


def _fetched_one(client: Elasticsearch, *, name: str, document_id: str) -> Json | None:
    """Fetch the source of one document, live or not; None where there is none."""
    try:
        found: Json = client.get(index=name, id=document_id)["_source"]
    except NotFoundError as error:
        if "found" in error.body:  # there is an index, without this document
            return None
        raise
    return found


def nearest(
    cluster: Cluster, name: str, kind: Kind, compiled: CompiledQuery, vector: Sequence[int], *, size: int
) -> tuple[Hit, ...]:
    """Return kept documents among which the nearest are, every kept one compared by the server.

    The graph of neighbours is not asked: it finds most of the nearest, and not those that SQLite finds.
    """
    if size <= 0:
        return ()
    script = {"source": "cosineSimilarity(params.wanted, 'vector') + 1.0", "params": {"wanted": list(vector)}}
    kept: Json = {"bool": {"filter": [compiled.kept, {"exists": {"field": "vector"}}]}}
    body: Json = {
        "index": name,
        "query": {"script_score": {"query": kept, "script": script}},
        "sort": [{"_score": "desc"}, {"id": "asc"}],
        "size": min(size + MARGIN, WINDOW),
        "track_total_hits": False,
    }
    found = _searched(cluster, body)["hits"]["hits"]
    return tuple(Hit(document=document_of(kind, each["_source"])) for each in found)


def sums(cluster: Cluster, name: str, compiled: CompiledQuery, names: Sequence[str]) -> Sums:
    """Return the count and the sums of what a query keeps."""
    answer = _aggregated(cluster, name, compiled, _stats(names))
    return Sums(n=answer["hits"]["total"]["value"], fields=_fields(names, answer.get("aggregations", {})))


def facet(
    cluster: Cluster, name: str, compiled: CompiledQuery, spec: FieldSpec, names: Sequence[str], *, size: int
) -> tuple[Bucket, ...]:
    """Return the most frequent values; exact, since an index has one shard."""
    if size <= 0:
        return ()
    order = [{"_count": "desc"}, {"_key": "asc"}]
    terms: Json = {"terms": {"field": spec.name, "size": size, "order": order}, **_below(names)}
    buckets = _aggregated(cluster, name, compiled, {"found": terms})["aggregations"]["found"]["buckets"]
    boolean = spec.type == "boolean"
    return tuple(
        Bucket(
            n=each["doc_count"],
            value=bool(each["key"]) if boolean else each["key"],
            fields=_fields(names, each),
        )
        for each in buckets
    )


def series(
    cluster: Cluster,
    name: str,
    compiled: CompiledQuery,
    spec: FieldSpec,
    edges: Sequence[datetime],
    names: Sequence[str],
) -> tuple[Bucket, ...]:
    """Return one bucket between each two consecutive edges, empty ones included."""
    intervals = list(pairwise(edges))
    buckets: list[Json] = []
    for at in range(0, len(intervals), BUCKETS):
        ranges = [
            {"from": milliseconds(start), "to": milliseconds(end)}
            for start, end in intervals[at : at + BUCKETS]
        ]
        made: Json = {"date_range": {"field": spec.name, "keyed": False, "ranges": ranges}, **_below(names)}
        buckets += _aggregated(cluster, name, compiled, {"found": made})["aggregations"]["found"]["buckets"]
    return tuple(
        Bucket(
            n=each["doc_count"],
            start=start.astimezone(UTC),
            end=end.astimezone(UTC),
            fields=_fields(names, each),
        )
        for each, (start, end) in zip(buckets, intervals, strict=True)
    )


def counts(cluster: Cluster, names: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many documents and how many tombstones of each kind are held under write aliases."""
    made: Json = {
        "kinds": {
            "terms": {"field": "kind", "size": len(MODELS)},
            "aggs": {"gone": {"filter": {"term": {TOMBSTONE: True}}}},
        }
    }
    answer = cluster.read(lambda client: client.search(index=",".join(names), size=0, aggs=made))
    found = {
        each["key"]: (each["doc_count"], each["gone"]["doc_count"])
        for each in answer["aggregations"]["kinds"]["buckets"]
    }
    return (
        {kind: found.get(kind, (0, 0))[0] - found.get(kind, (0, 0))[1] for kind in MODELS},
        {kind: found.get(kind, (0, 0))[1] for kind in MODELS},
    )


def tombstone_ids(cluster: Cluster, name: str) -> Iterator[str]:
    """Yield the ids of the tombstones under a write alias, in their order."""
    for source in _sources(cluster, name, {"term": {TOMBSTONE: True}}, ["id"]):
        yield str(source["id"])


def scan(
    cluster: Cluster, name: str, kind: Kind, compiled: CompiledQuery, names: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield the named fields of all that a query keeps, by id, from one view of the index."""
    specs = [field_spec(kind, each) for each in dict.fromkeys(names)]
    readers = [(spec.name, _reader(spec)) for spec in specs]
    wanted = [spec.name for spec in specs]
    for source in _sources(cluster, name, compiled.kept, wanted):
        yield {key: read(source.get(key)) for key, read in readers}


def _sources(cluster: Cluster, name: str, kept: Json, wanted: Sequence[str]) -> Iterator[Json]:
    """Yield the sources of all that is kept, by id, from a view that is opened at the first step."""
    view = cluster.read(lambda client: client.open_point_in_time(index=name, keep_alive=KEEP_ALIVE))["id"]
    try:
        last = None
        while True:
            body: Json = {
                "query": kept,
                "sort": [{"id": "asc"}],
                "size": PAGE,
                "source": list(wanted) or False,
                "track_total_hits": False,
            }
            body["pit"] = {"id": view, "keep_alive": KEEP_ALIVE}
            if last is not None:
                body["search_after"] = last
            answer = _searched(cluster, body)
            view = answer["pit_id"]
            hits = answer["hits"]["hits"]
            for hit in hits:
                yield hit.get("_source", {})
            if len(hits) < PAGE:
                return
            last = hits[-1]["sort"]
    finally:
        with suppress(IndexUnavailable):  # it expires by itself
            cluster.read(lambda client: client.options(ignore_status=404).close_point_in_time(id=view))


def _hit(kind: Kind, found: Json, clauses: Sequence[Clause], *, scored: bool) -> Hit:
    document = document_of(kind, found["_source"])
    return Hit(
        document=document, score=found["sort"][0] if scored else 0, highlights=highlights(document, clauses)
    )


def _aggregated(cluster: Cluster, name: str, compiled: CompiledQuery, made: Json) -> Json:
    body: Json = {"index": name, "query": compiled.kept, "size": 0, "track_total_hits": True}
    if made:
        body["aggs"] = made
    return _searched(cluster, body)


def _searched(cluster: Cluster, body: Json) -> Json:
    answer: Json = cluster.read(lambda client: client.search(**body)).body
    return answer


def _below(names: Sequence[str]) -> Json:
    return {"aggs": _stats(names)} if names else {}


def _stats(names: Sequence[str]) -> Json:
    return {f"of {name}": {"extended_stats": {"field": name}} for name in names}


def _fields(names: Sequence[str], found: Json) -> dict[str, FieldSum]:
    read = {name: found[f"of {name}"] for name in names}
    return {
        name: FieldSum(n=each["count"], total=each["sum"] or 0.0, squares=each["sum_of_squares"] or 0.0)
        for name, each in read.items()
    }


def _reader(spec: FieldSpec) -> Callable[[Any], Any]:
    """Return what turns a value of a source into that of the models."""
    if spec.type == "nested":
        blank = dict.fromkeys(each.name for each in spec.fields)
        return lambda values: tuple({**blank, **each} for each in values or ())
    if spec.many:
        return lambda values: tuple(values or ())
    if spec.type == "date":
        return lambda value: None if value is None else datetime.fromisoformat(value)
    if spec.type == "float":
        return lambda value: None if value is None else float(value)
    return lambda value: tuple(value) if isinstance(value, list) else value
