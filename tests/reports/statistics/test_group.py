"""Measures of groups: a digest's values, honest intervals, no level of a few, no order by level."""

import math
from datetime import timedelta
from itertools import pairwise
from typing import get_args

import pytest

from ouidire.documents import MentionDocument
from ouidire.index import Query, Term
from ouidire.measures import mean_rating
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from reports.statistics.group import Statistic, group_periods, measure_groups, measure_periods
from tests.support.fake_index import FakeIndex

POUSSE = Query(where=(Term(field="brands", any_of=("pousse",)),))
ALL = get_args(Statistic)


def weeks(listed, *, count=4, until=PERIOD.end):
    periods = group_periods("week", until=until, count=count, timezone=PERIOD.timezone)
    return measure_periods(FakeIndex(listed), POUSSE, periods, ALL)


def groups(listed, by):
    return measure_groups(FakeIndex(listed), POUSSE, by, ALL, until=PERIOD.end, timezone=PERIOD.timezone)


def torn(mention):
    """A mention of a brand whose odd weeks are all praise and whose even weeks are all blame."""
    odd = mention.period_at.isocalendar().week % 2
    return mention.model_copy(update={"p_positive": (0.05, 0.95)[odd]})


@pytest.mark.parametrize("sample", ["busy", "quiet"])
def test_a_week_has_the_values_of_its_digest(sample):
    listed = list(documents(sample))
    edition = Edition(scope=Scope(brand="pousse"))
    digest = build(FakeIndex(listed), PERIOD, edition=edition, brands=BRANDS, now=NOW, sources=SOURCES)
    last = weeks(listed)[-1]
    assert last.value == PERIOD.key
    shared = {"volume", "positive", "net_sentiment", "nps_stars", "delight", "irritation", "effort"} & set(
        digest.metrics
    )
    assert len(shared) >= 6
    for name in shared:
        figure = digest.metrics[name].figure
        assert (last.figures[name].value, last.figures[name].n) == (figure.value, figure.n), name


def test_rows_are_the_weeks_asked_for_and_count_every_mention_once():
    listed = list(documents("busy"))
    rows = weeks(listed, count=5)
    assert [row.value for row in rows] == [each.key for each in (*PERIOD.before(4), PERIOD)]
    own = [
        each
        for each in listed
        if isinstance(each, MentionDocument) and "pousse" in each.brands and each.duplicate_of is None
    ]
    assert rows[-1].n == sum(PERIOD.start <= each.period_at < PERIOD.end for each in own)


def test_groups_come_by_mentions_and_show_no_level_of_a_few():
    rows = groups(list(documents("busy")), "place")
    assert len(rows) > 2
    assert all(first.n >= second.n for first, second in pairwise(rows))
    for row in rows:
        assert row.figures["volume"].value == row.n
        for name, figure in row.figures.items():
            assert name == "volume" or figure.n >= 20, (row.value, name)
    few = [each for each in documents("busy") if not isinstance(each, MentionDocument)]
    some = [
        each for each in documents("busy") if isinstance(each, MentionDocument) and "pousse" in each.brands
    ]
    assert all(set(row.figures) == {"volume"} for row in groups([*few, *some[:19]], "source"))


def test_weeks_that_differ_more_than_chance_widen_every_interval():
    listed = list(documents("quiet"))
    bursts = [torn(each) if isinstance(each, MentionDocument) else each for each in listed]
    (calm,), (bursty,) = (weeks(each, count=1) for each in (listed, bursts))
    width = {
        name: row.figures["positive"].high - row.figures["positive"].low
        for name, row in (("calm", calm), ("bursty", bursty))
    }
    assert width["bursty"] > 1.5 * width["calm"]


def test_an_empty_last_week_leaves_the_intervals_of_others_as_wide():
    listed = list(documents("quiet"))
    before = weeks(listed, count=1)[-1]
    after = weeks(listed, count=2, until=PERIOD.end + timedelta(days=7))
    assert after[-1].n == 0
    assert set(after[-1].figures) == {"volume"}
    assert after[0].figures["positive"] == before.figures["positive"]


def test_the_mean_rating_has_an_interval_within_the_scale():
    ratings = [5, 5, 4, 1, 5, 3]
    found = mean_rating(len(ratings), sum(ratings), sum(each**2 for each in ratings))
    assert found.value == pytest.approx(23 / 6)
    assert 0 <= found.low < found.value < found.high <= 5
    assert mean_rating(0, 0, 0).value is None
    sure = mean_rating(10_000, 38_000, 38_000 * 4.2)
    spread = math.sqrt((38_000 * 4.2 / 10_000 - 3.8**2) / 10_000)
    assert sure.high - sure.low == pytest.approx(2 * 1.96 * spread, rel=0.02)
    with pytest.raises(ValueError, match="values must lie"):
        mean_rating(2, 12, 80)


class CountingIndex(FakeIndex):
    """An index that remembers which fields were summed, of whose mentions."""

    def __init__(self, listed):
        super().__init__(listed)
        self.read = []

    def series(self, query, field, edges, *, fields=()):
        self.read.append((of_basis(query), tuple(fields)))
        return super().series(query, field, edges, fields=fields)

    def facet(self, query, field, *, size=100, fields=()):
        self.read.append((of_basis(query), tuple(fields)))
        return super().facet(query, field, size=size, fields=fields)


def of_basis(query):
    chosen = [clause.any_of[0] for clause in query.where if clause.field == "advocacy_basis"]
    return chosen[0] if chosen else "all"


@pytest.fixture(scope="module")
def listed():
    return list(documents("busy"))


@pytest.fixture(scope="module")
def together(listed):
    return weeks(listed, count=2), groups(listed, "site")


@pytest.mark.parametrize("statistic", ALL)
def test_only_what_is_asked_is_read_and_it_is_the_same(statistic, listed, together):
    index = CountingIndex(listed)
    periods = group_periods("week", until=PERIOD.end, count=2, timezone=PERIOD.timezone)
    alone = measure_periods(index, POUSSE, periods, [statistic])
    by_site = measure_groups(index, POUSSE, "site", [statistic], until=PERIOD.end, timezone=PERIOD.timezone)
    for found, expected in zip((alone, by_site), together, strict=True):
        assert [each.figures.get(statistic) for each in found] == [
            each.figures.get(statistic) for each in expected
        ]
    bases = {"nps": {"all", "asked"}, "nps_stars": {"all", "star_proxy"}}.get(statistic, {"all"})
    assert {basis for basis, _ in index.read} == bases
    fields = {field for _, named in index.read for field in named}
    assert len(fields) == {"volume": 0, "net_sentiment": 3}.get(statistic, 1)
