"""The page of figures: the digest's own, in its words, each leading to the mentions behind it."""

import html
import json
import re

import pytest

from ouidire.measures import Figure
from ouidire.period import last_full_period
from reports.samples import documents
from reports.words.cards import card_rows
from reports.words.language import Localizer
from reports.words.verdict_text import VerdictText
from service.pipeline.report.digests import digest_context, edition_of
from service.serve.web.explorer.drawing import drawn_series
from service.serve.web.explorer.figures import metrics_of
from service.serve.web.explorer.shapes import figure_shape
from tests.service.serve.conftest import NOW

PERIOD = last_full_period("week", NOW, timezone="Europe/Paris")


@pytest.fixture
def told(installation, served):
    """Serves the sample's busy week; gives a browser and the digest of the same index."""
    installation.index.upsert(documents("busy"))
    with served() as browser:
        edition = edition_of(installation.settings.editions["brand"], "pousse")
        yield browser, digest_context(installation, PERIOD, edition=edition, earlier=False)


def test_the_page_shows_the_very_figures_and_words_of_the_digest(told):
    browser, context = told
    status, _, text = browser.ask("/chiffres")
    assert status == 200
    shown = html.unescape(re.sub(r"<[^>]+>", "", text))
    words = VerdictText(context, Localizer("fr", period="week", timezone=PERIOD.timezone))
    assert words.headline() in shown
    for row in card_rows(context, words):
        for card in row:
            assert card.value in shown
            assert card.caption in shown
            assert card.change in shown
            assert all(line in shown for line in card.lines)
    answer = json.loads(browser.ask("/chiffres.json")[2])
    metrics = metrics_of(context)
    assert len(metrics) > 5
    assert answer["metrics"] == {metric.key: figure_shape(metric.figure) for metric in metrics}
    announced = [
        (driven.key, each.code, each.value, each.n_coded)
        for driven in context.experience.driven
        for each in driven.found.drivers
        if each.announced
    ]
    assert announced
    levers = answer["levers"]
    assert [
        (each["measure"], each["code"], each["at_least"], each["n_coded"]) for each in levers
    ] == announced
    assert {each["reading"] for each in levers} == {"association"}
    assert "une association, pas une cause" in shown.replace("\u00a0", " ").lower()
    last = answer["items"][-1]
    assert (last["period"], last["n"]) == (PERIOD.key, context.talk.volume.figure.n)
    for name in ("delight", "irritation", "positive"):
        held = next(metric.figure.value for metric in metrics if metric.key == name)
        assert last["figures"][name]["value"] == pytest.approx(held)


def test_a_figure_leads_to_its_mentions(told):
    browser, context = told
    _, _, text = browser.ask("/chiffres")
    volume = context.talk.volume.figure.n
    address = "/mentions?brand=pousse&published=2026-W10"
    assert f'href="{html.escape(address)}"' in text
    assert json.loads(browser.ask(address.replace("?", ".json?"))[2])["total"] == volume
    theme = next(each for each in context.themes if each.negative)
    sided = f"/mentions.json?brand=pousse&theme-side={theme.aspect}:negative&published=2026-W10"
    assert json.loads(browser.ask(sided)[2])["total"] >= theme.negative > 0


def test_any_week_or_month_is_asked_for_as_people_write_it(told):
    browser, _ = told
    for asked, said in (("semaine+9", "2026-W09"), ("2026-02", "2026-02"), ("02/03/2026", "2026-W10")):
        status, _, text = browser.ask(f"/chiffres?period={asked}")
        assert (status, f'value="{said}"' in text) == (200, True), asked
    assert browser.ask("/chiffres?period=jamais")[0] == 400
    assert browser.ask("/chiffres?brand=autre")[0] == 400
    assert "error" in json.loads(browser.ask("/chiffres.json?brand=autre")[2])


def test_a_line_is_cut_where_a_level_is_missing_or_a_source_was_not_seen():
    figures = [
        Figure(value=value, low=value - 0.1, high=value + 0.1, n=9, weight=9, unit="ratio", basis="counted")
        if value is not None
        else None
        for value in (0.2, 0.4, None, 0.5, 0.3, 0.6)
    ]
    drawing = drawn_series(figures, {4})
    assert [point.place for point in drawing.points] == [0, 1, 3, 4, 5]
    assert len(drawing.lines) == 1
    assert (drawing.least, drawing.most) == pytest.approx((0.1, 0.7))
    assert all(4 <= point.high <= point.y <= point.low <= 96 for point in drawing.points)
    assert drawn_series([None, None]).points == ()


@pytest.mark.parametrize("path", ["/chiffres", "/chiffres.json"])
def test_without_a_brand_of_ones_own_there_are_no_figures(installation, served, monkeypatch, path):
    monkeypatch.setattr(type(installation.settings), "own_brands", ())
    with served() as browser:
        status, _, _ = browser.ask(path)
    assert status == 404
