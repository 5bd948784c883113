"""An index in a dictionary: the reading half of the protocol, in plain Python, for tests of reports."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from ouidire.documents import Document, Kind
from ouidire.index import (
    Bucket,
    Exists,
    FieldSum,
    Hit,
    Hits,
    IndexStatus,
    Query,
    Range,
    Sums,
    Term,
    UpsertReport,
)
from search.nearness import nearest_first


def values(document: Document, field: str) -> list[Any]:
    value = getattr(document, field)
    if isinstance(value, tuple):
        return list(value)
    return [] if value is None else [value]


def keeps(document: Document, clause: Term | Range | Exists) -> bool:
    found = values(document, clause.field)
    if isinstance(clause, Term):
        return any(value in clause.any_of for value in found) != clause.exclude
    if isinstance(clause, Exists):
        return bool(found) != clause.exclude
    return any(
        (clause.gte is None or v >= clause.gte) and (clause.lt is None or v < clause.lt) for v in found
    )


def sums_of(documents: Sequence[Document], fields: Sequence[str]) -> dict[str, FieldSum]:
    sums = {}
    for field in fields:
        found = [float(value) for document in documents for value in values(document, field)]
        sums[field] = FieldSum(n=len(found), total=sum(found), squares=sum(value * value for value in found))
    return sums


class FakeIndex:
    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self.documents: dict[tuple[str, str], Document] = {}
        self.largest_page = 0
        self._kept: dict[tuple[str, Any], frozenset[str]] = {}
        self.upsert(documents)

    def ensure(self) -> None:
        pass

    def upsert(self, documents: Iterable[Document]) -> UpsertReport:
        given = list(documents)
        self._kept.clear()
        self.documents.update({(document.kind, document.id): document for document in given})
        return UpsertReport(written=len(given))

    def delete(self, kind: Kind, revisions: Iterable[tuple[str, int]]) -> UpsertReport:
        self._kept.clear()
        for document_id, _ in revisions:
            self.documents.pop((kind, document_id), None)
        return UpsertReport()

    def get(self, kind: Kind, document_id: str) -> Document | None:
        return self.documents.get((kind, document_id))

    def get_many(self, kind: Kind, ids: Iterable[str]) -> dict[str, Document]:
        held = {each: self.documents.get((kind, each)) for each in ids}
        return {each: document for each, document in held.items() if document is not None}

    def kept(self, query: Query) -> list[Document]:
        ids = self._of_kind(query.kind)
        for clause in query.where:
            ids &= self._of_clause(query.kind, clause)
        return [self.documents[query.kind, each] for each in sorted(ids)]

    def _of_kind(self, kind: Kind) -> frozenset[str]:
        if (kind, None) not in self._kept:
            self._kept[kind, None] = frozenset(each for of, each in self.documents if of == kind)
        return self._kept[kind, None]

    def _of_clause(self, kind: Kind, clause: Term | Range | Exists) -> frozenset[str]:
        """Ids of a kind that a clause keeps, looked for once."""
        if (kind, clause) not in self._kept:
            listed = (self.documents[kind, each] for each in self._of_kind(kind))
            self._kept[kind, clause] = frozenset(each.id for each in listed if keeps(each, clause))
        return self._kept[kind, clause]

    def search(self, query: Query, *, size: int = 20, after: str | None = None) -> Hits:
        assert after is None
        found = self.kept(query)
        for sort in reversed(query.sort):
            have = [each for each in found if values(each, sort.field)]
            have.sort(key=lambda each, field=sort.field: values(each, field)[0], reverse=sort.descending)
            if sort.descending:  # ties stay by id ascending
                have = sorted(have, key=lambda each, field=sort.field: _negated(values(each, field)[0]))
            found = have + [each for each in found if not values(each, sort.field)]
        self.largest_page = max(self.largest_page, min(size, len(found)))
        return Hits(total=len(found), hits=tuple(Hit(document=each) for each in found[:size]))

    def nearest(self, query: Query, vector: Sequence[int], *, size: int = 20) -> tuple[Hit, ...]:
        return nearest_first([Hit(document=each) for each in self.kept(query)], vector, size=size)

    def sums(self, query: Query, fields: Sequence[str] = ()) -> Sums:
        found = self.kept(query)
        return Sums(n=len(found), fields=sums_of(found, fields))

    def facet(
        self, query: Query, field: str, *, size: int = 100, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        groups: dict[Any, list[Document]] = {}
        for document in self.kept(query):
            for value in dict.fromkeys(values(document, field)):
                groups.setdefault(value, []).append(document)
        ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:size]
        return tuple(
            Bucket(n=len(found), value=value, fields=sums_of(found, fields)) for value, found in ordered
        )

    def facets(
        self, query: Query, fields: Sequence[str], *, size: int = 100
    ) -> dict[str, tuple[Bucket, ...]]:
        return {field: self.facet(query, field, size=size) for field in fields}

    def revision(self) -> str:
        return str(sorted((*key, each.revision) for key, each in self.documents.items()))

    def series(
        self, query: Query, field: str, edges: Sequence[datetime], *, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        buckets = []
        for start, end in pairwise(edges):
            inside = query.model_copy(update={"where": (*query.where, Range(field=field, gte=start, lt=end))})
            found = self.kept(inside)
            buckets.append(Bucket(n=len(found), start=start, end=end, fields=sums_of(found, fields)))
        return tuple(buckets)

    def scan(self, query: Query, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        for document in self.kept(query):
            yield {field: getattr(document, field) for field in fields}

    def tombstone_ids(self, _kind):
        return iter(())

    def rebuild(
        self, documents: Iterable[Document], *, tombstones: Any = (), expected: Any = None
    ) -> IndexStatus:
        raise NotImplementedError

    def status(self) -> IndexStatus:
        raise NotImplementedError

    def close(self) -> None:
        pass


def _negated(value: Any) -> Any:
    if isinstance(value, datetime):
        return -value.timestamp()
    return tuple(-ord(letter) for letter in value) if isinstance(value, str) else -value
