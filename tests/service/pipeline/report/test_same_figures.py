"""One figure everywhere: the digest's on each back-end, its measures, its chart and Kibana's panels."""

import json
import math
from datetime import timedelta

import pytest

from enrichment.run import Enricher
from enrichment.scoring.rows import Columns
from enrichment.scoring.score_file import score
from ouidire.annotations import Annotations, Sentiment
from ouidire.documents import MentionDocument, SearchResultDocument
from ouidire.index import Query
from ouidire.settings.alerts import ALERT_KINDS
from reports.builders.digest import build
from reports.builders.figures import net_sentiment_figure, positive_figure
from reports.data.scope import Edition, Scope
from reports.rendering import charts
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from reports.words.cards import card_rows
from reports.words.figure_text import FigureText
from reports.words.language import Localizer
from search.kibana import figures as kibana
from search.sqlite.index import SqliteIndex
from service.pipeline.report.kept_measures import DECIMALS, measures_of
from tests.support.every_figure import (
    DIGITS,
    alert_documents,
    alert_figures,
    digest_figures,
    rounded,
    statistics,
)
from tests.support.fake_index import FakeIndex
from tests.support.kql import keeps


def built(reader):
    edition = Edition(scope=Scope(brand="pousse"))
    return build(reader, PERIOD, edition=edition, brands=BRANDS, now=NOW, sources=SOURCES)


@pytest.fixture(scope="module")
def context():
    return built(FakeIndex(documents("busy")))


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


@pytest.fixture
def sqlite(tmp_path):
    """Makes an embedded index of some documents."""
    made = []

    def new(listed):
        index = SqliteIndex(tmp_path / f"{len(made)}.sqlite")
        index.ensure()
        index.upsert(listed)
        made.append(index)
        return index

    yield new
    for each in made:
        each.close()


def test_a_digest_is_the_same_on_sqlite_to_the_last_digit(sqlite):
    one, other = (
        digest_figures(reader) for reader in (FakeIndex(documents("busy")), sqlite(documents("busy")))
    )
    assert len(one["kept"]) > 30
    assert one["digest"]["parts"]["places"]
    assert len(one["digest"]["history"]) == 9
    for part, found in one.items():
        assert found == other[part], part


def test_statistics_are_the_same_on_sqlite_to_the_last_digit(sqlite):
    one, other = (statistics(reader) for reader in (FakeIndex(documents("busy")), sqlite(documents("busy"))))
    assert all(found["rows"] for found in one.values())
    for by, found in one.items():
        assert found == other[by], by


def test_alerts_are_the_same_on_sqlite_to_the_last_digit(sqlite):
    listed = list(alert_documents())
    one, other = (alert_figures(reader) for reader in (FakeIndex(listed), sqlite(listed)))
    assert {each["kind"] for each in one} == set(ALERT_KINDS)
    assert one == other


def test_the_statistics_of_the_week_are_the_digest_s(context, sqlite):
    """What `ouidire stats` and `/chiffres` draw over time ends with the digest's own figures."""
    week = statistics(sqlite(documents("busy")))["week"]["rows"][-1]
    assert week[0] == PERIOD.key
    shared = context.metrics.keys() & week[2].keys()
    assert {"volume", "positive", "net_sentiment", "nps_stars", "delight", "irritation", "effort"} <= shared
    for key in shared:
        figure = context.metrics[key].figure
        assert (week[2][key]["value"], week[2][key]["n"], week[2][key]["basis"]) == (
            round(figure.value, DIGITS),
            figure.n,
            figure.basis,
        ), key


class AsRead(Enricher):
    """An enricher that reads in each text what the sample's documents hold, by their text."""

    def __init__(self, held):
        super().__init__([])
        self.held = held

    def annotate(self, subjects):
        return [
            Annotations(
                versions=(),
                sentiment=Sentiment(
                    stars=(0.2, 0.2, 0.2, 0.2, 0.2),
                    probability=0.5,
                    p_negative=each.p_negative,
                    p_neutral=max(0.0, 1 - each.p_negative - each.p_positive),
                    p_positive=each.p_positive,
                    polarity=each.p_positive - each.p_negative,
                    label="neutral",
                ),
            )
            for each in (self.held[subject.text] for subject in subjects)
        ]


def test_a_file_scored_has_the_levels_that_a_digest_of_its_texts_has(tmp_path):
    """`ouidire enrich` on the texts of a period: the same share, sentiment and intervals as its bucket."""
    read = [
        each.model_copy(update={"text": f"texte {number}"})
        for number, each in enumerate(documents("busy"))
        if isinstance(each, MentionDocument) and each.p_positive is not None
    ][:120]
    held = {each.text: each for each in read}
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": text, "lang": "fr"}) + "\n" for text in held))
    scored = score(path, tmp_path / "out.jsonl", columns=Columns(), enricher=AsRead(held))
    fields = ("p_positive", "p_negative", "sentiment_balance")
    balanced = [
        each.model_copy(update={"sentiment_balance": each.p_positive - each.p_negative}) for each in read
    ]
    (bucket,) = FakeIndex(balanced).series(
        Query(), "period_at", [PERIOD.start - timedelta(days=400), PERIOD.end], fields=fields
    )
    assert bucket.n == 120
    for one, other in (
        (scored.positive, positive_figure(bucket)),
        (scored.net_sentiment, net_sentiment_figure(bucket)),
    ):
        assert rounded(one.model_dump()) == rounded(other.model_dump())


def test_the_chart_s_last_point_is_the_card_s(context):
    last = context.history[-1]
    assert last.positive_share == context.engage.positive.figure
    text = FigureText(context, Localizer("fr", timezone=PERIOD.timezone))
    card = next(each for row in card_rows(context, text) for each in row if each.name == "Engager")
    assert card.value == text.value(last.positive_share)
    assert card.value in charts.words(context, text.localizer)[-1]
