"""Views of the explorer: every back-end keeps what the reference keeps, in an order that the view names."""

from datetime import UTC, datetime, timedelta

import pytest

from ouidire.documents import EventDocument
from ouidire.index import (
    ConditionPart,
    CountParts,
    Exists,
    FacetPart,
    PartCounts,
    Query,
    Range,
    SeriesPart,
    Term,
)
from reports.explore.filters import ORDERS
from reports.explore.lowering import ReaderTime, query_of
from reports.explore.query_string import parse_view
from tests.reports.explore.test_dates import TODAY
from tests.support import index_corpus
from tests.support.fake_index import FakeIndex

TIME = ReaderTime("Europe/Paris", TODAY)
VIEWS = (
    "",
    "brand=jardivert&side=negative&side=neutral",
    "brand=a,b",
    "not-brand=jardivert&not-source=feed",
    "place=Évry&duplicates=shown",
    "theme=price&theme-side=price:negative&theme-side=delivery:positive",
    "verified=yes",
    "verified=no&answered=no",
    "stars=1-2",
    "stars=4",
    "score=9-10",
    "stars=1-5",
    "intent=leaves&not-intent=recommends",
    "published=2026-02",
    "published=2026-02-10..&imported=..2026-03-02",
    "q=livraison&brand=jardivert",
    'q="pas content" -lundi&order=newest',
    "suspicious=no&delight=no",
    "suspicious=yes",
    "edited=yes",
    "edited=no&brand=verdoia",
    "q=%3Cscript%3E' OR 1=1 --",
)


def ids(index, query):
    found, after = [], None
    while True:
        page = index.search(query, size=100, after=after)
        found += [hit.document.id for hit in page.hits]
        after = page.after
        if after is None:
            assert len(found) == page.total
            return found


@pytest.mark.parametrize("sent", VIEWS)
def test_a_view_keeps_the_same_mentions_everywhere(filled, reference, sent):
    query = query_of(parse_view(sent, today=TODAY), filled, time=TIME)
    expected = {row["id"] for row in reference.scan(query, ("id",))}
    assert {row["id"] for row in filled.scan(query, ("id",))} == expected
    assert filled.sums(query).n == len(expected)


@pytest.mark.parametrize("order", ORDERS)
def test_a_view_has_the_same_order_everywhere(filled, order):
    query = query_of(parse_view(f"source=feed&order={order}", today=TODAY), filled, time=TIME)
    assert ids(filled, query) == ids(FakeIndex(index_corpus.everything()), query) != []


def test_edited_mentions_are_known_from_events(filled, reference):
    edited = {
        each.subject_id
        for each in index_corpus.everything()
        if isinstance(each, EventDocument) and each.type == "edited"
    }
    query = query_of(parse_view("edited=yes", today=TODAY), filled, time=TIME)
    assert set(query.where[0].any_of) == edited
    assert query == query_of(parse_view("edited=yes", today=TODAY), reference, time=TIME)


FIELDS = ("brands", "source", "place", "aspect_polarity", "verified", "language", "source_key", "asked_score")
CONDITIONS = (
    Range(field="delight", gte=0.5),
    Range(field="asked_score", lt=7),
    Exists(field="suspicion"),
    Exists(field="duplicate_of", exclude=True),
    Term(field="answered", any_of=(True,), exclude=True),
    Term(field="aspect_names", any_of=("price", "delivery")),
    Term(field="site", any_of=("exemple.fr",), exclude=True),
)
EDGES = tuple(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=10 * at) for at in range(9))


def having(query, *more, without=()):
    kept = (*(each for each in query.where if each not in without), *more)
    return query.model_copy(update={"where": kept, "sort": ()})


@pytest.mark.parametrize("sent", VIEWS)
def test_one_reading_counts_what_single_ones_do(filled, sent):
    query = query_of(parse_view(sent, today=TODAY), filled, time=TIME)
    lists = ((), query.where[:1], query.where[-1:], query.where)
    parts = CountParts(
        facets=tuple(FacetPart(field=name, size=9, without=each) for name in FIELDS for each in lists),
        conditions=tuple(ConditionPart(condition=one, without=each) for one in CONDITIONS for each in lists),
        series=(
            SeriesPart(field="period_at", edges=EDGES, by="sentiment"),
            SeriesPart(field="first_seen_at", edges=EDGES, by="brands"),
            SeriesPart(field="period_at", edges=EDGES[:1]),
        ),
    )
    counts = filled.counts(query, parts)
    assert counts.total == filled.sums(query).n
    for part, found in zip(parts.facets, counts.facets, strict=True):
        kept = having(query, without=part.without)
        if part.field == "asked_score":
            held = [row["asked_score"] for row in filled.scan(kept, ("asked_score",))]
            assert {each.value: each.n for each in found} == {
                value: held.count(value) for value in set(held) - {None}
            }
        else:
            assert found == filled.facet(kept, part.field, size=9)
    assert counts.conditions == tuple(
        filled.sums(having(query, part.condition, without=part.without)).n for part in parts.conditions
    )
    for part, found in zip(parts.series, counts.series, strict=True):
        alone = filled.series(query, part.field, part.edges)
        assert [(each.start, each.end, each.n) for each in found] == [
            (each.start, each.end, each.n) for each in alone
        ]
        for each in found:
            within = having(query, Range(field=part.field, gte=each.start, lt=each.end))
            assert each.by == {one.value: one.n for one in filled.facet(within, part.by)}


def test_counts_of_other_kinds_and_of_nothing(filled):
    runs = Query(kind="run", where=(Term(field="status", any_of=("ok",)),))
    parts = CountParts(
        facets=(FacetPart(field="source", without=runs.where), FacetPart(field="source", size=0)),
        series=(SeriesPart(field="started_at", edges=EDGES, by="status"),),
    )
    counts = filled.counts(runs, parts)
    assert counts.facets == (filled.facet(Query(kind="run"), "source"), ())
    assert [each.n for each in counts.series[0]] == [
        each.n for each in filled.series(runs, "started_at", EDGES)
    ]
    nothing = Query(where=(Term(field="source", any_of=("nowhere",)),))
    assert filled.counts(nothing, parts.model_copy(update={"facets": (), "series": ()})) == PartCounts(
        total=0
    )


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (CountParts(facets=(FacetPart(field="text"),)), "to count by value it takes"),
        (CountParts(facets=(FacetPart(field="nothing"),)), "has no field 'nothing'"),
        (CountParts(conditions=(ConditionPart(condition=Range(field="source", gte=1.0)),)), "interval"),
        (CountParts(series=(SeriesPart(field="stars", edges=EDGES),)), "to make a series it takes date"),
        (CountParts(series=(SeriesPart(field="period_at", edges=EDGES, by="stars"),)), "to count by value"),
        (CountParts(series=(SeriesPart(field="period_at", edges=EDGES[::-1]),)), "each later than"),
        (CountParts(facets=(FacetPart(field="source", without=(Exists(field="title"),)),)), "no clause"),
    ],
)
def test_what_cannot_be_counted_is_refused(filled, parts, message):
    with pytest.raises(ValueError, match=message):
        filled.counts(Query(), parts)


def test_counts_follow_what_is_written(index):
    parts = CountParts(
        facets=(FacetPart(field="place"),), conditions=(ConditionPart(condition=Exists(field="place")),)
    )
    written = [index_corpus.mention(at).model_copy(update={"place": f"P{at % 3}"}) for at in range(9)]
    index.upsert(written)
    moved = written[0].model_copy(update={"place": "Évry", "revision": written[0].revision + 1})
    index.upsert([moved, written[1]])
    index.delete("mention", [(written[2].id, 99)])
    counts = index.counts(Query(), parts)
    assert [(each.value, each.n) for each in counts.facets[0]] == [
        ("P1", 3),
        ("P0", 2),
        ("P2", 2),
        ("Évry", 1),
    ]
    assert (counts.total, counts.conditions) == (8, (8,))
