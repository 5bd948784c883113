"""The index protocol in plain Python over dicts: slow, obvious, and what every back-end is compared with."""

from collections import defaultdict
from itertools import pairwise

from ouidire.documents import MODELS
from ouidire.index import Bucket, Exists, FieldSum, Range, Sums, UpsertReport
from search.querytext import parse


class Reference:
    """Documents and tombstones by kind and id."""

    def __init__(self):
        self.live = {kind: {} for kind in MODELS}
        self.buried = {kind: {} for kind in MODELS}

    def revision(self, kind, each):
        if each in self.live[kind]:
            return self.live[kind][each].revision
        return self.buried[kind].get(each)

    def upsert(self, documents):
        written = stale = 0
        for document in documents:
            known = self.revision(document.kind, document.id)
            if known is not None and document.revision < known:
                stale += 1
                continue
            written += 1
            self.buried[document.kind].pop(document.id, None)
            self.live[document.kind][document.id] = document
        return UpsertReport(written=written, stale=stale)

    def delete(self, kind, revisions):
        written = stale = 0
        for each, revision in revisions:
            known = self.revision(kind, each)
            if known is not None and revision < known:
                stale += 1
                continue
            written += 1
            self.live[kind].pop(each, None)
            self.buried[kind][each] = revision
        return UpsertReport(written=written, stale=stale)

    def kept(self, query):
        """Return the documents that a query keeps, by id, or in the order of its sorts."""
        found = [each for _, each in sorted(self.live[query.kind].items()) if _keeps(each, query)]
        for sort in reversed(query.sort):
            having = [each for each in found if getattr(each, sort.field) is not None]
            lacking = [each for each in found if getattr(each, sort.field) is None]
            # A stable sort backwards would turn ties round: sort what is to come first last.
            keys = sorted({getattr(each, sort.field) for each in having}, reverse=sort.descending)
            found = [each for key in keys for each in having if getattr(each, sort.field) == key] + lacking
        return found

    def sums(self, query, fields=()):
        found = self.kept(query)
        return Sums(n=len(found), fields=_sums(found, fields))

    def facet(self, query, field, *, size=100, fields=()):
        groups = defaultdict(list)
        for each in self.kept(query):
            value = getattr(each, field)
            for one in set(value) if isinstance(value, tuple) else {value} - {None}:
                groups[one].append(each)
        first = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:size]
        return tuple(Bucket(n=len(found), value=value, fields=_sums(found, fields)) for value, found in first)

    def series(self, query, field, edges, *, fields=()):
        buckets = []
        for start, end in pairwise(edges):
            found = [
                each
                for each in self.kept(query)
                if getattr(each, field) is not None and start <= getattr(each, field) < end
            ]
            buckets.append(Bucket(n=len(found), start=start, end=end, fields=_sums(found, fields)))
        return tuple(buckets)

    def scan(self, query, fields):
        for _, each in sorted(
            (document.id, document) for document in self.kept(query.model_copy(update={"sort": ()}))
        ):
            dumped = each.model_dump()
            yield {field: dumped[field] for field in fields}


def _sums(found, fields):
    sums = {}
    for field in fields:
        values = [getattr(each, field) for each in found if getattr(each, field) is not None]
        sums[field] = FieldSum(
            n=len(values), total=float(sum(values)), squares=float(sum(value * value for value in values))
        )
    return sums


def _keeps(document, query):
    return all(_holds(document, each) for each in query.where) and all(
        _says(document, clause) for clause in parse(query.text)
    )


def _holds(document, condition):
    value = getattr(document, condition.field)
    if isinstance(condition, Exists):
        return (value is not None and value != ()) != condition.exclude
    if isinstance(condition, Range):
        if value is None:
            return False
        return (condition.gte is None or value >= condition.gte) and (
            condition.lt is None or value < condition.lt
        )
    values = value if isinstance(value, tuple) else (value,)
    return (
        any(each == one for each in values for one in condition.any_of if each is not None)
        != condition.exclude
    )


def _says(document, clause):
    """Whether a document meets a clause, on its blank-separated words: a phrase is text between blanks."""
    stems, folded = f" {document.stems} ", f" {document.words} "
    met = (
        [f" {clause.prefix}" in folded]
        if clause.prefix
        else [f" {' '.join(phrase)} " in stems for phrase in clause.any_of]
    )
    found = any(met)
    return found != clause.exclude
