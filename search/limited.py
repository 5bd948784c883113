"""A reading side of an index for somebody who may see some brands or places alone: all else is not there.

Every query gets the limits as clauses of its own, every document and value that is given back is looked
through again: brands out of sight are in no count, no facet and no document. What has no place (first pages,
answers of assistants) is not seen by whoever is limited to places. It never writes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NoReturn

from ouidire.documents import Document, EventDocument, Kind
from ouidire.errors import IndexUnavailable
from ouidire.index import (
    Bucket,
    ConditionPart,
    CountParts,
    Exists,
    FacetPart,
    FieldSum,
    Hit,
    Hits,
    IndexStatus,
    IntervalCount,
    MentionIndex,
    PartCounts,
    Query,
    Range,
    Sums,
    Term,
    UpsertReport,
    Value,
)

OF_BRANDS = frozenset({"brands", "brands_mentioned", "brands_collected", "brands_named", "owner_brand"})
"""Fields whose values are brands, in any kind of document."""
WITH_PLACE: frozenset[Kind] = frozenset({"mention", "measure"})
"""Kinds that have a place."""
MOST_BRANDS = 1_000
"""Values of brands asked for where those out of sight are then left out."""
NONE_SUCH = "\u2205"
"""A value that no brand has."""
_Clause = Term | Range | Exists
CHUNK, MOST_EVENTS = 500, 10_000
"""Events that are looked through at once, and in all, for whoever is limited to places."""


class LimitedReader:
    """The reading half of an index within limits; an empty one limits nothing.

    `source_keys` are the sources whose runs are seen.
    """

    def __init__(
        self,
        index: MentionIndex,
        *,
        brands: Sequence[str] = (),
        places: Sequence[str] = (),
        source_keys: Sequence[str] = (),
    ) -> None:
        self._index = index
        self._brands = frozenset(brands)
        self._places = frozenset(places)
        self._keys = tuple(source_keys)

    # --- Counts ---

    def sums(self, query: Query, fields: Sequence[str] = ()) -> Sums:
        """Return the count and the sums of numeric fields over what is in sight."""
        within = self._within(query)
        if within is None:
            return Sums(n=0, fields={name: FieldSum() for name in fields})
        return self._index.sums(within, fields)

    def facet(
        self, query: Query, field: str, *, size: int = 100, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return the most frequent values of a field, brands out of sight left out."""
        within = self._within(query)
        if within is None:
            return ()
        if not self._brands or field not in OF_BRANDS:
            return self._index.facet(within, field, size=size, fields=fields)
        found = self._index.facet(within, field, size=max(size, MOST_BRANDS), fields=fields)
        return self._buckets(field, found, size)

    def counts(self, query: Query, parts: CountParts) -> PartCounts:
        """Count several parts over what is in sight; a part may leave out a clause, and never the limits."""
        within = self._within(query)
        if within is None:
            return _no_counts(parts)
        found = self._index.counts(within, self._parts_within(parts))
        facets = tuple(
            self._buckets(part.field, buckets, part.size)
            for part, buckets in zip(parts.facets, found.facets, strict=True)
        )
        series = tuple(
            tuple(each.model_copy(update={"by": self._by(part.by, each.by)}) for each in intervals)
            for part, intervals in zip(parts.series, found.series, strict=True)
        )
        return found.model_copy(update={"facets": facets, "series": series})

    def series(
        self, query: Query, field: str, edges: Sequence[datetime], *, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return one bucket between each two edges of a date field, over what is in sight."""
        within = self._within(query)
        if within is None:
            none = {name: FieldSum() for name in fields}
            pairs = pairwise(edges)
            return tuple(Bucket(n=0, start=start, end=end, fields=none) for start, end in pairs)
        return self._index.series(within, field, edges, fields=fields)

    # --- Documents ---

    def get(self, kind: Kind, document_id: str) -> Document | None:
        """Return one live document; None where it is out of sight."""
        return self.get_many(kind, [document_id]).get(document_id)

    def get_many(self, kind: Kind, ids: Iterable[str]) -> dict[str, Document]:
        """Return the live documents among some ids, those out of sight left out."""
        found = self._index.get_many(kind, ids)
        seen = self._subjects_in_sight(found.values())
        return {key: self._shown(each) for key, each in found.items() if self._is_in_sight(each, seen)}

    def search(self, query: Query, *, size: int = 20, after: str | None = None) -> Hits:
        """Return one page of hits within the limits."""
        if query.kind == "event" and self._places:
            return self._events(query, size=size)
        within = self._within(query)
        if within is None:
            return Hits(total=0, hits=())
        found = self._index.search(within, size=size, after=after)
        shown = tuple(hit.model_copy(update={"document": self._shown(hit.document)}) for hit in found.hits)
        return found.model_copy(update={"hits": shown})

    def nearest(self, query: Query, vector: Sequence[int], *, size: int = 20) -> tuple[Hit, ...]:
        """Return the nearest kept documents in sight."""
        within = self._within(query)
        if within is None:
            return ()
        found = self._index.nearest(within, vector, size=size)
        return tuple(hit.model_copy(update={"document": self._shown(hit.document)}) for hit in found)

    def scan(self, query: Query, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Stream fields of every kept document in sight."""
        within = self._within(query)
        if within is None:
            return
        for row in self._index.scan(within, fields):
            yield {name: self._value(name, value) for name, value in row.items()}

    def tombstone_ids(self, kind: Kind) -> Iterator[str]:  # noqa: ARG002 (the protocol's signature)
        """Yield nothing: what was deleted is out of sight."""
        return iter(())

    def status(self) -> IndexStatus:
        """Raise IndexUnavailable: counts of the whole index are out of sight."""
        _refuse()

    def revision(self) -> str:
        """Return what changes when the index may have changed."""
        return self._index.revision()

    def close(self) -> None:
        """Do nothing: the index is another's."""

    # --- Limits ---

    def _within(self, query: Query) -> Query | None:
        """Return a query within the limits; None where nothing of its kind is in sight.

        A clause of the limits holds a value twice, as no other does: leaving out an equal one leaves it.
        """
        kind = query.kind
        if self._places and kind not in WITH_PLACE and kind != "run":
            return None
        clauses = list(self._clauses(query.where))
        if self._brands:
            clauses.append(_limit("brands", self._brands))
        if self._places:
            field, values = ("source_key", self._keys) if kind == "run" else ("place", self._places)
            if not values:
                return None
            clauses.append(_limit(field, values))
        return query.model_copy(update={"where": tuple(clauses)})

    def _clauses(self, clauses: Iterable[_Clause]) -> Iterator[_Clause]:
        """Yield clauses as they are asked: a brand out of sight is one that there is not."""
        for clause in clauses:
            if not isinstance(clause, Term):
                yield clause
                continue
            if self._brands and clause.field in OF_BRANDS:
                named = tuple(value for value in clause.any_of if value in self._brands)
                if named or not clause.exclude:
                    yield clause.model_copy(update={"any_of": _once(named) or (NONE_SUCH,)})
                continue
            yield clause.model_copy(update={"any_of": _once(clause.any_of)})

    def _parts_within(self, parts: CountParts) -> CountParts:
        def within(part: FacetPart | ConditionPart) -> dict[str, Any]:
            return {"without": tuple(self._clauses(part.without))}

        facets = tuple(
            part.model_copy(
                update={
                    **within(part),
                    "size": max(part.size, MOST_BRANDS) if self._is_hidden(part.field) else part.size,
                }
            )
            for part in parts.facets
        )
        conditions = tuple(
            part.model_copy(
                update={**within(part), "condition": next(self._clauses((part.condition,)), part.condition)}
            )
            for part in parts.conditions
        )
        return parts.model_copy(update={"facets": facets, "conditions": conditions})

    def _is_hidden(self, field: str) -> bool:
        return bool(self._brands) and field in OF_BRANDS

    def _buckets(self, field: str, buckets: Sequence[Bucket], size: int) -> tuple[Bucket, ...]:
        """Return the values of a field that are in sight."""
        if not self._is_hidden(field):
            return tuple(buckets)
        return tuple(bucket for bucket in buckets if bucket.value in self._brands)[:size]

    def _by(self, field: str, counted: Mapping[Value, int]) -> dict[Value, int]:
        if not self._is_hidden(field):
            return dict(counted)
        return {value: n for value, n in counted.items() if value in self._brands}

    def _events(self, query: Query, *, size: int) -> Hits:
        """Return the events of mentions in sight: an event has no place of its own."""
        within = LimitedReader(self._index, brands=tuple(self._brands))
        kept, after, read = [], None, 0
        while read < MOST_EVENTS:
            found = within.search(query, size=CHUNK, after=after)
            seen = self._subjects_in_sight(hit.document for hit in found.hits)
            kept += [hit for hit in found.hits if getattr(hit.document, "subject_id", "") in seen]
            read, after = read + CHUNK, found.after
            if after is None:
                break
        return Hits(total=len(kept), hits=tuple(kept[:size]))

    def _subjects_in_sight(self, documents: Iterable[Document]) -> frozenset[str]:
        """Return the ids of mentions in sight that events are of; without places none is asked for."""
        if not self._places:
            return frozenset()
        subjects = {each.subject_id for each in documents if isinstance(each, EventDocument)}
        return frozenset(self.get_many("mention", sorted(subjects))) if subjects else frozenset()

    def _is_in_sight(self, document: Document, seen: frozenset[str]) -> bool:
        if self._brands and not self._brands.intersection(document.brands):
            return False
        if not self._places:
            return True
        if document.kind in WITH_PLACE:
            return getattr(document, "place", None) in self._places
        if document.kind == "run":
            return document.source_key in self._keys
        return isinstance(document, EventDocument) and document.subject_id in seen

    def _shown(self, document: Document) -> Document:
        """Return a document without the brands that are out of sight."""
        if not self._brands:
            return document
        held = dict(document)
        changed = {
            name: self._value(name, held[name]) for name in (*OF_BRANDS, "citations") if held.get(name)
        }
        return document.model_copy(update=changed)

    def _value(self, name: str, value: Any) -> Any:  # noqa: ANN401 (any field of any kind)
        """Return a field's value without the brands that are out of sight."""
        if not self._brands or not value:
            return value
        if name == "citations":
            return tuple(self._citation(each) for each in value)
        if name not in OF_BRANDS:
            return value
        if isinstance(value, str):
            return value if value in self._brands else None
        return tuple(each for each in value if each in self._brands)

    def _citation(self, each: Any) -> Any:  # noqa: ANN401 (a document's part, or the dict that a scan gives)
        if isinstance(each, dict):
            return {**each, "owner_brand": self._value("owner_brand", each.get("owner_brand"))}
        return each.model_copy(update={"owner_brand": self._value("owner_brand", each.owner_brand)})

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


def _limit(field: str, values: Iterable[str]) -> Term:
    """Return a clause of the limits, unlike any that is asked."""
    ordered = sorted(values)
    return Term(field=field, any_of=(ordered[0], *ordered))


def _once(values: Sequence[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))


def _no_counts(parts: CountParts) -> PartCounts:
    series = tuple(
        tuple(IntervalCount(start=start, end=end, n=0) for start, end in pairwise(part.edges))
        for part in parts.series
    )
    none: tuple[tuple[Bucket, ...], ...] = tuple(() for _ in parts.facets)
    return PartCounts(total=0, facets=none, conditions=tuple(0 for _ in parts.conditions), series=series)


def _refuse(*_unused: object) -> NoReturn:
    raise IndexUnavailable("this side of the index only reads, within limits")
