"""Filters, facets, sums, series, scans and pages, against the reference: written queries and
generated ones."""

from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ouidire.index import Exists, Query, Range, Sort, Term
from tests.support import index_corpus

START = index_corpus.START
EDGES = [START + timedelta(days=days) for days in (0, 7, 14, 28, 60, 61, 120)]
NUMBERS = ["stars", "polarity", "likes", "revision"]

FIELDS = {
    "source": index_corpus.SOURCES,
    "brands": [*index_corpus.BRANDS, "inconnue", ","],
    "brands_mentioned": [*index_corpus.BRANDS, ""],
    "place": ["Lyon", "Évry", "", "lyon"],
    "sentiment": index_corpus.POLARITIES,
    "aspect_polarity": ["price:negative", "delivery:positive"],
    "kind": ["mention", "run"],
    "late": [True, False],
    "verified": [True, False],
    "likes": [0, 1, 12, 3_000_000, 2**70],
}
TERMS = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda name: st.builds(
        Term,
        field=st.just(name),
        any_of=st.lists(st.sampled_from(FIELDS[name]), max_size=3).map(tuple),
        exclude=st.booleans(),
    )
)
MOMENTS = st.none() | st.integers(-5, 100).map(lambda days: START + timedelta(days=days))
QUANTITIES = st.none() | st.integers(-4, 13) | st.floats(-2, 6, width=16)
RANGES = st.builds(
    Range, field=st.sampled_from(["period_at", "published_at"]), gte=MOMENTS, lt=MOMENTS
) | st.builds(Range, field=st.sampled_from(["stars", "polarity", "likes"]), gte=QUANTITIES, lt=QUANTITIES)
EXISTENCES = st.builds(
    Exists,
    field=st.sampled_from(["place", "intents", "published_at", "stars", "verified", "id", "updated_at"]),
    exclude=st.booleans(),
)
SORTS = st.lists(
    st.builds(
        Sort,
        field=st.sampled_from(["place", "period_at", "published_at", "stars", "likes", "source", "id"]),
        descending=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda sort: sort.field,
).map(tuple)
WORDS = st.sampled_from(
    [
        "content",
        "pas",
        '"pas content"',
        "livr*",
        "-livr*",
        "-pas",
        "service",
        "agence",
        "送",
        "👍",
        "(",
        "not",
        "bien",
    ]
)
TEXTS = st.lists(WORDS, max_size=3).map(" ".join)
QUERIES = st.builds(
    Query, text=TEXTS, where=st.lists(TERMS | RANGES | EXISTENCES, max_size=3).map(tuple), sort=SORTS
)
GENERATED = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def pages(index, query, size):
    """Return every hit, read page by page, and the totals that the pages state."""
    hits, totals, after = [], set(), None
    while True:
        page = index.search(query, size=size, after=after)
        assert len(page.hits) <= size
        hits.extend(page.hits)
        totals.add(page.total)
        after = page.after
        if after is None:
            return hits, totals


@GENERATED
@given(query=QUERIES, size=st.sampled_from([1, 7, 50, 1000]))
def test_pages_hold_exactly_what_is_kept(filled, reference, query, size):
    expected = reference.kept(query)
    hits, totals = pages(filled, query, max(size, len(expected) // 20 + 1))
    assert totals == {len(expected)}
    if query.text.strip("( ") and not query.sort:
        assert sorted(hit.document.id for hit in hits) == [each.id for each in expected]
        scores = [(-hit.score, hit.document.id) for hit in hits]
        assert scores == sorted(scores)
    else:
        assert [hit.document for hit in hits] == expected


@GENERATED
@given(query=QUERIES)
def test_sums(filled, reference, query):
    assert filled.sums(query, NUMBERS) == reference.sums(query, NUMBERS)


@GENERATED
@given(
    query=QUERIES,
    field=st.sampled_from(
        ["source", "brands", "brands_mentioned", "place", "late", "verified", "aspect_polarity", "id"]
    ),
)
def test_facets(filled, reference, query, field):
    assert filled.facet(query, field, size=5, fields=NUMBERS) == reference.facet(
        query, field, size=5, fields=NUMBERS
    )


@GENERATED
@given(
    query=QUERIES,
    field=st.sampled_from(["period_at", "published_at", "updated_at"]),
    days=st.sets(st.integers(-3, 100), max_size=12),
)
def test_series(filled, reference, query, field, days):
    edges = [START + timedelta(days=day) for day in sorted(days)]
    assert filled.series(query, field, edges, fields=NUMBERS) == reference.series(
        query, field, edges, fields=NUMBERS
    )


@GENERATED
@given(
    query=QUERIES, fields=st.lists(st.sampled_from(sorted(index_corpus.mention(0).model_dump())), max_size=6)
)
def test_scans(filled, reference, query, fields):
    assert list(filled.scan(query, fields)) == list(reference.scan(query, fields))


@pytest.mark.parametrize(
    ("query", "field", "date"),
    [
        (Query(kind="search_result"), "ownership", "captured_at"),
        (Query(kind="search_result", text="livraison -prix"), "domain", "captured_at"),
        (Query(kind="search_result", where=(Range(field="rank", lt=4.0),)), "query", "captured_at"),
        (Query(kind="run", where=(Term(field="complete", any_of=(True,)),)), "status", "started_at"),
        (Query(kind="event", where=(Term(field="type", any_of=("edited",), exclude=True),)), "type", "at"),
        (Query(kind="measure", sort=(Sort(field="value"),)), "name", "at"),
    ],
)
def test_every_kind_answers(filled, reference, query, field, date):
    assert [
        hit.document for hit in pages(filled, query.model_copy(update={"sort": (Sort(field=date),)}), 4)[0]
    ] == reference.kept(query.model_copy(update={"sort": (Sort(field=date),)}))
    assert filled.facet(query, field, fields=["revision"]) == reference.facet(
        query, field, fields=["revision"]
    )
    assert filled.series(query, date, EDGES) == reference.series(query, date, EDGES)
    names = list(reference.kept(query)[0].model_dump())
    assert list(filled.scan(query, names)) == list(reference.scan(query, names))


def test_every_document_comes_back_as_it_was(filled):
    for document in index_corpus.everything():
        assert filled.get(document.kind, document.id) == document
    assert filled.get("mention", "inconnu") is None
    assert filled.get("run", "content") is None


def test_series_take_edges_of_any_offset(filled, reference):
    paris = [edge.astimezone(timezone(timedelta(hours=1))) for edge in EDGES]
    buckets = filled.series(Query(), "period_at", paris)
    assert buckets == reference.series(Query(), "period_at", EDGES)
    assert all(bucket.start.tzinfo == UTC for bucket in buckets)
    assert filled.series(Query(), "period_at", EDGES[:1]) == filled.series(Query(), "period_at", []) == ()


def test_a_series_of_very_many_intervals(filled):
    edges = [START + timedelta(hours=hours) for hours in range(5000)]
    buckets = filled.series(Query(), "period_at", edges)
    assert len(buckets) == 4999
    assert (
        sum(bucket.n for bucket in buckets)
        == filled.sums(Query(where=(Range(field="period_at", gte=edges[0], lt=edges[-1]),))).n
    )


def test_a_filter_of_very_many_values(filled):
    values = tuple(f"m{number:05d}" for number in range(100, 60_000))
    assert filled.sums(Query(where=(Term(field="id", any_of=values),))).n == 200


def test_a_page_of_nothing_still_counts(filled):
    page = filled.search(Query(text="content"), size=0)
    assert (page.hits, page.after) == ((), None)
    assert page.total == filled.sums(Query(text="content")).n > 0


@pytest.mark.parametrize("after", ["", "abc", "é", "WzFd", "bnVsbA=="])
def test_a_broken_continuation_is_refused(filled, after):
    with pytest.raises(ValueError, match="continuation"):
        filled.search(Query(), after=after)


def test_a_continuation_belongs_to_its_query(filled):
    page = filled.search(Query(), size=3)
    with pytest.raises(ValueError, match="another query"):
        filled.search(Query(text="content"), after=page.after)


@pytest.mark.parametrize(
    "ask",
    [
        lambda index: index.search(Query(where=(Term(field="inconnu", any_of=("x",)),))),
        lambda index: index.search(Query(where=(Term(field="text", any_of=("x",)),))),
        lambda index: index.search(Query(where=(Term(field="stars", any_of=(5.0,)),))),
        lambda index: index.search(Query(where=(Term(field="late", any_of=("true",)),))),
        lambda index: index.search(Query(where=(Term(field="likes", any_of=(True,)),))),
        lambda index: index.search(Query(where=(Range(field="source", gte=1.0),))),
        lambda index: index.search(Query(where=(Range(field="stars", gte=START),))),
        lambda index: index.search(Query(where=(Range(field="period_at", gte=1.0),))),
        lambda index: index.search(Query(where=(Exists(field="aspects"),))),
        lambda index: index.search(Query(sort=(Sort(field="brands"),))),
        lambda index: index.search(Query(sort=(Sort(field='id"; DROP TABLE mention; --'),))),
        lambda index: index.search(Query(kind="run", text="mot")),
        lambda index: index.search(Query(), size=-1),
        lambda index: index.sums(Query(), ["source"]),
        lambda index: index.sums(Query(kind="run"), ["stars"]),
        lambda index: index.facet(Query(), "stars"),
        lambda index: index.facet(Query(), "aspects"),
        lambda index: index.series(Query(), "stars", EDGES),
        lambda index: index.series(Query(), "period_at", EDGES[::-1]),
        lambda index: index.series(Query(), "period_at", [EDGES[0], EDGES[0]]),
        lambda index: index.series(Query(), "period_at", [edge.replace(tzinfo=None) for edge in EDGES]),
        lambda index: index.scan(Query(), ["inconnu"]),
        lambda index: index.scan(Query(kind="run", where=(Term(field="id", any_of=(1,)),)), ["id"]),
    ],
)
def test_what_a_field_cannot_do_is_refused(filled, ask):
    with pytest.raises(ValueError, match=r".+"):
        ask(filled)
