"""A reading side of an index for somebody who may see some brands or places alone: all else is not there.

Every query gets the limits as clauses of its own, every document and value that is given back is looked
through again: brands out of sight are in no count, no facet and no document. What has no place (first pages,
answers of assistants) is not seen by whoever is limited to places. It never writes.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NoReturn

from ouidire.documents import Document, EventDocument, Kind
from ouidire.errors import IndexUnavailable
from ouidire.index import (
    Bucket,
    Exists,
    FieldSum,
    Hits,
    IndexStatus,
    MentionIndex,
    Query,
    Range,
    Sums,
    Term,
    UpsertReport,
)

OF_BRANDS = frozenset({"brands", "brands_mentioned", "brands_collected", "brands_named", "owner_brand"})
"""Fields whose values are brands, in any kind of document."""
WITH_PLACE: frozenset[Kind] = frozenset({"mention", "measure"})
"""Kinds that have a place."""
MOST_BRANDS = 1_000
"""Values of brands asked for where those out of sight are then left out."""
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
        return tuple(bucket for bucket in found if bucket.value in self._brands)[:size]

    def facets(
        self, query: Query, fields: Sequence[str], *, size: int = 100
    ) -> dict[str, tuple[Bucket, ...]]:
        """Return the most frequent values of several fields, brands out of sight left out."""
        within = self._within(query)
        if within is None:
            return dict.fromkeys(fields, ())
        plain = [name for name in fields if not self._brands or name not in OF_BRANDS]
        found = self._index.facets(within, plain, size=size) if plain else {}
        return {name: found[name] if name in found else self.facet(query, name, size=size) for name in fields}

    def series(
        self, query: Query, field: str, edges: Sequence[datetime], *, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return one bucket between each two edges of a date field, over what is in sight."""
        within = self._within(query)
        if within is None:
            none = {name: FieldSum() for name in fields}
            pairs = itertools.pairwise(edges)
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
        """Return a query within the limits; None where nothing of it is in sight."""
        kind = query.kind
        if self._places and kind not in WITH_PLACE and kind != "run":
            return None
        clauses: list[Term | Range | Exists] = []
        for clause in query.where:
            if isinstance(clause, Term) and self._brands and clause.field in OF_BRANDS:
                named = tuple(value for value in clause.any_of if value in self._brands)
                if not named and not clause.exclude:
                    return None
                if named:
                    clauses.append(clause.model_copy(update={"any_of": named}))
            else:
                clauses.append(clause)
        if self._brands:
            clauses.append(Term(field="brands", any_of=tuple(sorted(self._brands))))
        if self._places:
            field, values = ("source_key", self._keys) if kind == "run" else ("place", self._places)
            if not values:
                return None
            clauses.append(Term(field=field, any_of=tuple(sorted(values))))
        return query.model_copy(update={"where": tuple(clauses)})

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


def _refuse(*_unused: object) -> NoReturn:
    raise IndexUnavailable("this side of the index only reads, within limits")
