"""Views of the explorer: every back-end keeps what the reference keeps, in an order that the view names."""

import pytest

from ouidire.documents import EventDocument
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


@pytest.mark.parametrize("sent", VIEWS[::3])
def test_facets_are_those_of_one_field_at_a_time(filled, sent):
    query = query_of(parse_view(sent, today=TODAY), filled, time=TIME)
    fields = ["brands", "source", "place", "aspect_polarity", "verified", "language"]
    together = filled.facets(query, [*fields, "stars"], size=9)
    assert {name: together[name] for name in fields} == {
        name: filled.facet(query, name, size=9) for name in fields
    }
    rated = [row["stars"] for row in filled.scan(query, ("stars",)) if row["stars"] is not None]
    assert {each.value: each.n for each in together["stars"]} == {
        value: rated.count(value) for value in set(rated)
    }
