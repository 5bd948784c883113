"""The index protocol, which every back-end implements, and the closed model of a query.

No back-end's own language leaks through here. Identical documents give identical sets, counts, sums and
series on every back-end; only the order of equally good full-text hits may differ.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import AwareDatetime, Field

from ouidire.documents import Document, Kind
from ouidire.frozen import Frozen

Value = str | bool | int | float


class Term(Frozen):
    """Keep documents whose field has one of the values (or, with `exclude`, none of them).

    Fields: keyword, boolean, integer.
    """

    field: str
    any_of: tuple[Value, ...]
    exclude: bool = False


class Range(Frozen):
    """Keep documents whose number or date lies in the half-open interval [gte, lt)."""

    field: str
    gte: AwareDatetime | float | None = None
    lt: AwareDatetime | float | None = None


class Exists(Frozen):
    """Keep documents that have (or, with `exclude`, lack) a value in the field."""

    field: str
    exclude: bool = False


class Sort(Frozen):
    """Order by a keyword, number or date.

    Documents without a value come last either way; ties are in the order of ids.
    """

    field: str
    descending: bool = True


class Query(Frozen):
    """A query over one kind of document.

    `text` is a person's own words: words are all required, "quoted words" are a phrase, `word*` a prefix,
    `-word` excludes; anything else is punctuation, never an error; a text without words keeps everything.
    Without `sort`, full-text queries come best first, others by id.
    """

    kind: Kind = "mention"
    text: str = ""
    where: tuple[Term | Range | Exists, ...] = ()
    sort: tuple[Sort, ...] = ()


class Highlight(Frozen):
    """The places of a query's words in a field's text: code-point spans."""

    field: Literal["title", "text", "snippet"]
    spans: tuple[tuple[int, int], ...]


class Hit(Frozen):
    """One found document; `score` is comparable only within one answer."""

    document: Document
    score: float = 0
    highlights: tuple[Highlight, ...] = ()


class Hits(Frozen):
    """One page of an answer. `total` is exact; `after` continues it (None at the end)."""

    total: int
    hits: tuple[Hit, ...]
    after: str | None = None


class FieldSum(Frozen):
    """Count, Σ and Σ of squares of a numeric field, over the documents that have a value in it."""

    n: int = 0
    total: float = 0
    squares: float = 0


class Sums(Frozen):
    """Counts and sums over the documents that a query keeps."""

    n: int
    fields: dict[str, FieldSum]


class Bucket(Frozen):
    """One value of a facet or one interval (`start`, `end`) of a series, with its count and sums."""

    n: int
    value: Value | None = None
    start: datetime | None = None
    end: datetime | None = None
    fields: dict[str, FieldSum] = Field(default_factory=dict)


class FacetPart(Frozen):
    """Count documents by the values of a keyword, boolean or number field: the `size` most frequent ones.

    `without` holds clauses of the query that this count leaves out.
    """

    field: str
    size: int = 100
    without: tuple[Term | Range | Exists, ...] = ()


class ConditionPart(Frozen):
    """Count the documents that meet one more condition; `without` as in `FacetPart`."""

    condition: Term | Range | Exists
    without: tuple[Term | Range | Exists, ...] = ()


class SeriesPart(Frozen):
    """Count documents by the half-open intervals between consecutive UTC edges of a date field.

    `by` names a keyword or boolean field whose values are counted within each interval.
    """

    field: str
    edges: tuple[AwareDatetime, ...] = Field(max_length=1_001)
    by: str = ""


class CountParts(Frozen):
    """What `MentionIndex.counts` counts in one reading."""

    facets: tuple[FacetPart, ...] = ()
    conditions: tuple[ConditionPart, ...] = ()
    series: tuple[SeriesPart, ...] = ()


class IntervalCount(Frozen):
    """One interval of a series: its documents, and how many of them have each value of the field `by`."""

    start: datetime
    end: datetime
    n: int
    by: dict[Value, int] = Field(default_factory=dict)


class PartCounts(Frozen):
    """What was counted, in the order of the parts; `total` counts all that the query keeps."""

    total: int
    facets: tuple[tuple[Bucket, ...], ...] = ()
    conditions: tuple[int, ...] = ()
    series: tuple[tuple[IntervalCount, ...], ...] = ()


class UpsertReport(Frozen):
    """Counts of written documents.

    `stale` ones were older than what the index holds and changed nothing; `refused` ones no index can hold.
    """

    written: int = 0
    stale: int = 0
    refused: int = 0

    def __add__(self, other: "UpsertReport") -> "UpsertReport":
        """Return the sums of two reports."""
        return UpsertReport(
            written=self.written + other.written,
            stale=self.stale + other.stale,
            refused=self.refused + other.refused,
        )


class IndexStatus(Frozen):
    """The status of an index: back-end, place, schema version, live documents and tombstones by kind."""

    backend: str
    place: str
    schema_version: int
    counts: dict[str, int]
    tombstones: dict[str, int]


class MentionIndex(Protocol):
    """A search index over the five kinds of document.

    Writing is idempotent: a document replaces one of lower or equal revision; a lower one is stale. A
    deletion is a tombstone with a revision of its own: invisible to every reading method, and older writes
    stay stale after it. Every method raises IndexUnavailable when the back-end cannot be reached, and
    ValueError for a field that the kind does not have or that has not the type the method needs.
    """

    def ensure(self) -> None:
        """Create what is missing.

        Raises IndexUnavailable when it was built for another schema version (rebuild it).
        """

    def upsert(self, documents: Iterable[Document]) -> UpsertReport:
        """Write documents, streaming, atomically by batch. Visible to readers when the method returns."""

    def delete(self, kind: Kind, revisions: Iterable[tuple[str, int]]) -> UpsertReport:
        """Write tombstones for (id, revision)."""

    def get(self, kind: Kind, document_id: str) -> Document | None:
        """Return one live document, as last written; None where there is none."""

    def get_many(self, kind: Kind, ids: Iterable[str]) -> dict[str, Document]:
        """Return the live documents among some ids, as last written, by id in the order asked for.

        Ids without a live document are absent. The back-end is asked in bounded batches: what is in memory is
        the answer alone.
        """

    def search(self, query: Query, *, size: int = 20, after: str | None = None) -> Hits:
        """Return one page of hits, with highlights where the query has text."""

    def nearest(self, query: Query, vector: Sequence[int], *, size: int = 20) -> tuple[Hit, ...]:
        """Return the `size` kept documents whose vectors are nearest to one, the nearest first.

        Exact, and scored by the cosine to six digits; ties are in the order of ids. Words of the query keep
        and exclude, its sort has no effect. Raises ValueError for a vector that the kind's cannot be compared
        with.
        """

    def sums(self, query: Query, fields: Sequence[str] = ()) -> Sums:
        """Return the count and, for each numeric field, its sums."""

    def facet(
        self, query: Query, field: str, *, size: int = 100, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return the `size` most frequent values of a keyword or boolean field; ties by value ascending."""

    def counts(self, query: Query, parts: CountParts) -> PartCounts:
        """Count values, conditions and intervals of what a query keeps, all in one reading of one view.

        ValueError as in the other methods, and for a clause left out that the query does not have.
        """

    def series(
        self, query: Query, field: str, edges: Sequence[datetime], *, fields: Sequence[str] = ()
    ) -> tuple[Bucket, ...]:
        """Return one bucket for each half-open interval between consecutive UTC edges of a date field."""

    def scan(self, query: Query, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Stream the named fields of every kept document, ordered by id, from one consistent view.

        Values are as in the models (dates aware UTC, many values a tuple), but nested documents come as
        dicts.
        """

    def tombstone_ids(self, kind: Kind) -> Iterator[str]:
        """Yield the ids of what was deleted, in their order."""

    def rebuild(
        self,
        documents: Iterable[Document],
        *,
        tombstones: Iterable[tuple[Kind, str, int]] = (),
        expected: dict[str, int] | None = None,
    ) -> IndexStatus:
        """Build a new index aside, compare its counts with `expected`, then swap it in.

        `expected` holds counts of some kinds or all; readers never see half of the new index. Raises
        IndexUnavailable, and leaves the old index untouched, when the counts differ.
        """

    def status(self) -> IndexStatus:
        """Return what is there."""

    def revision(self) -> str:
        """Return a text that changes when what readers see may have changed; cheap to ask again and again.

        A back-end that cannot know gives a new one every half minute.
        """

    def close(self) -> None:
        """Release connections and files."""
