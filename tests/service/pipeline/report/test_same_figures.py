"""One figure everywhere: the digest's on each back-end, its measures, its chart and Kibana's panels."""

import math

import pytest

from ouidire.documents import MentionDocument, SearchResultDocument
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.rendering import charts
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from reports.words.cards import card_rows
from reports.words.figure_text import FigureText
from reports.words.language import Localizer
from search.kibana import figures as kibana
from search.sqlite.index import SqliteIndex
from service.pipeline.report.kept_measures import DECIMALS, measures_of
from tests.support.fake_index import FakeIndex

DIGITS = 9


def built(reader):
    edition = Edition(scope=Scope(brand="pousse"))
    return build(reader, PERIOD, edition=edition, brands=BRANDS, now=NOW, sources=SOURCES)


@pytest.fixture(scope="module")
def context():
    return built(FakeIndex(documents("busy")))


def keeps(document, kql):
    """Whether a document meets a filter of ours: fields that are there, not there, or have a value."""
    for part in filter(None, kql.split(" and ")):
        field, _, wanted = part.removeprefix("not ").partition(": ")
        value = getattr(document, field)
        there = value not in (None, ()) if wanted == "*" else str(value) == wanted
        if there == part.startswith("not "):
            return False
    return True


def panel(kind, figure, where):
    """Compute a figure of Kibana's over the brand's documents of the period."""
    kept = [
        each
        for each in documents("busy")
        if isinstance(each, kind) and "pousse" in each.brands and keeps(each, where)
        if (
            PERIOD.start <= each.period_at < PERIOD.end
            if kind is MentionDocument
            else each.captured_at > PERIOD.end
        )
    ]
    values = [each for each in kept if keeps(each, figure.where) and getattr(each, figure.field) is not None]
    under = figure.under
    total = math.fsum(getattr(each, figure.field) for each in values)
    weight = math.fsum(getattr(each, under) for each in values) if under else len(values)
    return figure.times * total / weight


@pytest.mark.parametrize(
    ("key", "kind", "figure", "where"),
    [
        ("nps_stars", MentionDocument, kibana.STARS_NPS, kibana.ONCE),
        ("positive", MentionDocument, kibana.POSITIVE, kibana.ONCE),
        ("net_sentiment", MentionDocument, kibana.SENTIMENT, kibana.ONCE),
        ("delight", MentionDocument, kibana.DELIGHT, kibana.ONCE),
        ("irritation", MentionDocument, kibana.IRRITATION, kibana.ONCE),
        ("effort", MentionDocument, kibana.EFFORT, kibana.ONCE),
        ("first_page", SearchResultDocument, kibana.PAGE_SCORE, kibana.BRAND_PAGES),
        ("consideration", SearchResultDocument, kibana.CONSIDERATION, kibana.CATEGORY_PAGES),
    ],
)
def test_a_panel_is_the_digest_s(context, key, kind, figure, where):
    told = context.metrics[key].figure
    assert told.n > 0
    assert round(panel(kind, figure, where), DIGITS) == round(told.value, DIGITS)


def test_kept_measures_are_the_digest_s(context):
    kept = {each.name: each for each in measures_of(context) if each.subject is None}
    assert kept.keys() == context.metrics.keys()
    for key, metric in context.metrics.items():
        found, figure = kept[key], metric.figure
        told = tuple(
            None if part is None else round(part, DECIMALS)
            for part in (figure.value, figure.low, figure.high)
        )
        assert (found.value, found.low, found.high, found.n, found.basis) == (
            *told,
            figure.n,
            figure.basis,
        ), key


def test_both_back_ends_give_the_same_figures(context, tmp_path):
    index = SqliteIndex(tmp_path / "index.sqlite")
    index.ensure()
    index.upsert(documents("busy"))
    other = built(index)
    index.close()
    assert other.metrics.keys() == context.metrics.keys()
    for key, metric in context.metrics.items():
        for one, same in zip(_parts(metric.figure), _parts(other.metrics[key].figure), strict=True):
            assert one == same, key


def _parts(figure):
    numbers = (figure.value, figure.low, figure.high)
    return [None if each is None else round(each, DIGITS) for each in numbers] + [figure.n, figure.basis]


def test_the_chart_s_last_point_is_the_card_s(context):
    last = context.history[-1]
    assert last.positive_share == context.engage.positive.figure
    text = FigureText(context, Localizer("fr", timezone=PERIOD.timezone))
    card = next(each for row in card_rows(context, text) for each in row if each.name == "Engager")
    assert card.value == text.value(last.positive_share)
    assert card.value in charts.words(context, text.localizer)[-1]
