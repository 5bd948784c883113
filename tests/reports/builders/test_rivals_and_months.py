"""A competitor's preview is about it and every other brand; a month's digest about its month alone."""

import re
from datetime import date, timedelta

import pytest

from ouidire.documents import EventDocument
from ouidire.period import period_of
from ouidire.settings.brand import Brand
from ouidire.text.catalogue import LANGUAGES
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.rendering.mail import render_mail
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from tests.support.fake_index import FakeIndex

FEBRUARY = period_of("month", date(2026, 2, 1), timezone="Europe/Paris")
_MADE = {}


def flat(text):
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def rival(slug="arrosoir", brands=BRANDS):
    return build(
        FakeIndex(documents("busy")),
        PERIOD,
        brands=brands,
        now=NOW,
        sources=SOURCES,
        edition=Edition(scope=Scope(brand=slug)),
    )


def test_a_competitors_preview_counts_every_other_brand():
    context = rival()
    assert {each.brand.slug: each.own for each in context.talk.voices} == {
        "arrosoir": True,
        "pousse": False,
        "terre-folle": False,
    }
    assert context.talk.share.figure.n == sum(each.n for each in context.talk.voices)
    second = Brand(slug="pousse-pro", name="Pousse Pro")
    assert {each.brand.slug for each in rival(brands=(*BRANDS, second)).talk.voices} <= {
        each.slug for each in (*BRANDS, second)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_whom_it_is_about_and_asks_nobody_to_answer_for_them(language):
    context = rival()
    assert {action.kind for action in context.actions} <= {"source"}
    found = render_mail(context, language)
    said = {
        "fr": "Aperçu d’un concurrent : « vous » désigne ici Le Grand Arrosoir.",
        "en": "Preview of a competitor: “you” stands for Le Grand Arrosoir here.",
    }[language]
    for text in (found.text, found.html, found.attachments[0].html):
        assert said in flat(text)


def month(kind="quiet", *, later=timedelta(days=8, hours=7), more=(), past=8):
    key = (kind, later, past) if not more else None
    if key is None or key not in _MADE:
        made = build(
            FakeIndex([*documents(kind, past=past), *more]),
            FEBRUARY,
            brands=BRANDS,
            now=FEBRUARY.end + later,
            sources=SOURCES,
            edition=Edition(name="month", scope=Scope(brand="pousse")),
        )
        if key is None:
            return made
        _MADE[key] = made
    return _MADE[key]


def test_nothing_of_march_is_in_february():
    """What is seen on the first morning of March belongs to March, whenever February's digest is made."""
    at = FEBRUARY.end + timedelta(hours=5)
    vanished = [
        EventDocument(
            id=f"m{number}",
            revision=1,
            type="vanished",
            at=at,
            run_id="r",
            source="trustpilot",
            source_key="trustpilot:pousse",
            brands=("pousse",),
            subject_id=f"s{number}",
        )
        for number in range(9)
    ]
    for later in (timedelta(hours=7), timedelta(days=8, hours=7)):
        context = month(later=later, more=vanished)
        assert context.reviews.vanished == 0
        assert "reviews_vanished" not in context.verdict.signals
        pages = [context.convince.main, *context.convince.others, *context.convince.categories]
        assert all(page.captured_at < FEBRUARY.end for page in pages)
        assert all(FEBRUARY.start <= quote.at < FEBRUARY.end for quote in context.quotes)
        assert context.history[-1].period == FEBRUARY


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_speaks_of_months(language):
    found = render_mail(month(), language)
    weeks, word = {"fr": (r"\bsemaines?\b", "mois"), "en": (r"\bweeks?\b", "month")}[language]
    text = re.sub("«[^»]*»|“[^”]*”", "", flat(found.text))  # customers may speak of weeks
    assert word in text
    assert not re.search(weeks, text), re.search(rf".{{40}}{weeks}.{{20}}", text)
    page = flat(re.sub(r"<style.*?</style>|<[^>]+>", " ", found.attachments[0].html, flags=re.DOTALL))
    page = re.sub("«[^»]*»|“[^”]*”", "", page)
    assert not re.search(weeks, page), re.search(rf".{{40}}{weeks}.{{20}}", page)
    march = {"fr": "mars", "en": "March"}[language]
    for body in (text, page):  # but for when it was made
        made = body.index("Ouï-dire, ")
        assert march not in body[:made]


def test_two_months_are_never_called_nine():
    context = month()
    assert [each.period.key for each in context.history] == ["2026-01", "2026-02"]
    assert context.verdict.kind == "first_weeks"
    assert {each.periods for each in context.experience.driven} == {2}
    text = flat(render_mail(context, "fr").text)
    assert "en 2 mois" in text
    assert "Il faut au moins trois mois entièrement suivis" in text
    assert not re.search(r"\b(9|neuf) mois", text)
