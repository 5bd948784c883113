"""Of a place with fewer than 20 mentions, Kibana's panels show counts and no mean."""

import math

import pytest

from ouidire.measures.figure import FEWEST_OF_A_PLACE
from reports.samples import documents
from search.kibana.dashboards import DASHBOARDS
from search.kibana.describe import Chart
from search.kibana.figures import ONCE
from search.kibana.formulas import RECORDS
from search.kibana.lens import LensLayer
from tests.support.kql import keeps
from tests.support.lens_query import computed

CHARTS = {
    f"{page.key}/{placed.panel.key}": placed.panel
    for page in DASHBOARDS
    for placed in page.panels
    if isinstance(placed.panel, Chart) and placed.panel.kind == "mention"
}
LEVELS = {key for key, chart in CHARTS.items() if any(each.of == "mean" for each in chart.figures)}
SITES = "reputation/sites"


class Labels:
    """Labels as their keys."""

    def text(self, key):
        return key

    def fill(self, key, **_):
        return key


def shown(chart, mentions):
    """What a panel shows of one group of mentions, column by column, as Lens computes it."""
    layer = LensLayer(chart, texts=Labels(), time_field="period_at")
    kept = [each for each in mentions if keeps(each, chart.where)]
    values = {}
    for key, column in layer.columns.items():
        operation = column["operationType"]
        if column["isBucketed"] or operation == "formula":
            continue
        if operation == "math":
            values[key] = computed(column["params"]["tinymathAst"], values)
            continue
        matching = [each for each in kept if keeps(each, column.get("filter", {}).get("query", ""))]
        if column["sourceField"] != RECORDS:
            given = [getattr(each, column["sourceField"]) for each in matching]
            matching = [each for each in given if each is not None]
        values[key] = len(matching)
        if operation == "average":
            values[key] = math.fsum(matching) / len(matching) if matching else None
    for key, column in layer.columns.items():
        if column["operationType"] == "formula":
            values[key] = values[column["references"][0]]
    return [values[key] for key in layer.figures]


def mentions(n, *, place="Nantes"):
    """Mentions of one place, of which everything is known."""
    for number, each in enumerate(documents("busy")):
        if number == n:
            return
        yield each.model_copy(
            update={
                "place": place,
                "duplicate_of": None,
                "stars": 4.0,
                "advocacy_basis": "star_proxy",
                "advocacy_balance": 0.5,
                "p_positive": 0.75,
                "delight": 0.25,
                "irritation": 0.25,
                "sentiment_balance": 0.5,
                "effort_score": 0.5,
                "stages": ("customer_service",),
                "emergent": ("pousse-2026-W10-caisses",),
            }
        )


def levels(chart, group):
    return [
        value for figure, value in zip(chart.figures, shown(chart, group), strict=True) if figure.of == "mean"
    ]


def test_there_are_levels_on_boards():
    assert len(LEVELS) >= 12
    assert SITES in LEVELS


@pytest.mark.parametrize("key", sorted(LEVELS))
def test_fewer_than_twenty_of_a_place_have_counts_alone(key):
    chart = CHARTS[key]
    few = list(mentions(FEWEST_OF_A_PLACE - 1))
    assert levels(chart, few) == [None] * len(levels(chart, few))
    counts = [
        value for figure, value in zip(chart.figures, shown(chart, few), strict=True) if figure.of == "count"
    ]
    assert all(isinstance(each, int) for each in counts)


@pytest.mark.parametrize("key", sorted(LEVELS))
def test_twenty_of_a_place_have_the_mean_itself(key):
    chart = CHARTS[key]
    found = levels(chart, list(mentions(FEWEST_OF_A_PLACE)))
    named = {
        "stars": 4.0,
        "advocacy_balance": 50.0,
        "p_positive": 0.75,
        "delight": 0.25,
        "irritation": 0.25,
        "sentiment_balance": 0.5,
        "effort_score": 0.5,
    }
    assert found == [named[each.field] for each in chart.figures if each.of == "mean"]


@pytest.mark.parametrize("key", sorted(LEVELS - {SITES}))
def test_the_whole_brand_has_the_digest_s_mean_however_few(key):
    """A digest of a whole brand shows a level of few texts, with its interval: the panels have the same."""
    chart = CHARTS[key]
    assert None not in levels(chart, [*mentions(5), *mentions(1, place=None)])


def test_a_site_with_few_stars_has_no_mean():
    """As in `ouidire stats stars --by site`."""
    chart = CHARTS[SITES]
    assert levels(chart, list(mentions(FEWEST_OF_A_PLACE - 1, place=None))) == [None]
    assert shown(chart, list(mentions(FEWEST_OF_A_PLACE - 1, place=None)))[0] == FEWEST_OF_A_PLACE - 1


def test_a_mean_needs_enough_texts_that_say_something():
    """Of thirty mentions, five tell of an effort: five are too few for a mean of efforts."""
    chart = CHARTS["reputation/effort"]
    silent = [each.model_copy(update={"effort_score": None}) for each in mentions(25)]
    assert levels(chart, [*mentions(5), *silent]) == [None]


def test_copies_are_in_no_mean():
    copies = [each.model_copy(update={"duplicate_of": "other"}) for each in mentions(30)]
    assert keeps(copies[0], ONCE) is False
    assert levels(CHARTS["reputation/positive"], [*mentions(19), *copies]) == [None]
