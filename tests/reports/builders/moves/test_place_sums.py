"""Sums by place from one reading: those of a facet for each place, on both ways of being known."""

from datetime import timedelta

import pytest

from ouidire.documents import MentionDocument
from ouidire.index import Query, Term
from ouidire.measures import Moments
from reports.builders.figures import BY_STARS
from reports.builders.moves.place_sums import place_moments
from reports.builders.period_sums import PeriodSums
from reports.coverage.coverage import coverage
from reports.data.baseline import periods_of
from reports.data.scope import Scope
from reports.samples import NOW, PERIOD, documents
from search.sqlite.index import SqliteIndex
from tests.support.fake_index import FakeIndex

LEAVES = Term(field="intents", any_of=("leaves",))
READ = {
    "a field": ("p_positive", (), None),
    "a field of some": ("advocacy_balance", (BY_STARS,), None),
    "a mark": (None, (), LEAVES),
    "a count": (None, (), None),
}


class CountingIndex(FakeIndex):
    asked = 0

    def facet(self, query, field, *, size=100, fields=()):
        self.asked += 1
        return super().facet(query, field, size=size, fields=fields)

    def scan(self, query, fields):
        self.asked += 1
        return super().scan(query, fields)


@pytest.fixture(scope="module")
def listed():
    """The busy week; some mentions of the past were found too late for their own Monday."""
    late = PERIOD.end + timedelta(hours=1)
    return [
        each.model_copy(update={"first_seen_at": late})
        if isinstance(each, MentionDocument) and number % 7 == 0 and each.period_at < PERIOD.start
        else each
        for number, each in enumerate(documents("busy"))
    ]


def summed(index):
    seen = coverage(index, "pousse", periods_of(PERIOD), now=NOW)
    return PeriodSums(index, Scope(brand="pousse"), seen, now=NOW)


def places_of(sums):
    return [str(bucket.value) for bucket in sums.reader.facet(Query(where=sums.where), "place", size=12)]


@pytest.fixture(scope="module", params=["memory", "sqlite"])
def sums(request, listed, tmp_path_factory):
    if request.param == "memory":
        yield summed(FakeIndex(listed))
        return
    index = SqliteIndex(tmp_path_factory.mktemp("index") / "index.sqlite")
    index.ensure()
    index.upsert(listed)
    yield summed(index)
    index.close()


@pytest.mark.parametrize("kind", READ)
def test_they_are_the_facets_of_each_place(sums, kind):
    field, having, mark = READ[kind]
    places = places_of(sums)
    assert len(places) > 2
    found = place_moments(sums, places, field, having=having, mark=mark)
    assert sum(each.n for week in found for by_source in week.values() for each in by_source.values()) > 50
    for place in places:
        at = Term(field="place", any_of=(place,))
        for week, expected in zip(
            found, sums.source_moments(field, having=(*having, at), mark=mark), strict=True
        ):
            assert {source: rounded(each) for source, each in week[place].items()} == {
                source: rounded(each) for source, each in expected.items()
            }


def rounded(sums: Moments):
    return sums.n, round(sums.weight, 9), round(sums.total, 9), round(sums.squares, 9)


def test_one_reading_serves_every_place_and_week(listed):
    index = CountingIndex(listed)
    sums = summed(index)
    places = places_of(sums)
    index.asked = 0
    place_moments(sums, places, "p_positive")
    assert index.asked == 1
    assert place_moments(sums, [], "p_positive") == [{} for _ in sums.coverage.periods]
    assert index.asked == 1
