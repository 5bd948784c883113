"""What mails say: nothing about nothing, nothing twice, and in the text twin all that the page leads to."""

import re
from html import unescape

import pytest

from ouidire.text.catalogue import LANGUAGES
from reports.data.scope import Edition, Scope
from reports.rendering.mail import render_mail

EXPLORER = "https://ouidire.example"
EDITIONS = {
    "brand": Edition(scope=Scope(brand="pousse")),
    "place": Edition(name="lyon", role="place", scope=Scope(brand="pousse", places=("Lyon",))),
    "rival": Edition(name="rival", scope=Scope(brand="arrosoir")),
}
_MADE = {}


@pytest.fixture
def mail(week):
    def made(kind, name="brand", language="fr"):
        if (kind, name) not in _MADE:
            context = week(kind, edition=EDITIONS[name])
            _MADE[kind, name] = context.model_copy(update={"explorer": EXPLORER})
        return render_mail(_MADE[kind, name], language)

    return made


def plain(text):
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["busy", "quiet", "empty"])
def test_whatever_the_page_leads_to_stands_in_its_text_twin(mail, kind, language):
    found = mail(kind, language=language)
    linked = {unescape(each) for each in re.findall(r'href="([^"]*)"', found.html)}
    assert linked
    assert linked <= set(re.findall(r"<(https?://[^>]+)>", found.text))


def test_of_a_silent_week_no_reason_is_looked_for_and_no_zero_is_explained(mail):
    text = plain(mail("empty").text)
    assert "Aucune mention" in text
    assert "Pourquoi" not in text
    assert "n = 0" not in text
    assert "Enchanter et Engager : – rien à lire" in text


def test_why_a_place_has_no_rates_is_said_once(mail):
    text = plain(mail("quiet", "place").text)
    assert "Enchanter, Engager et Irritation : – pas de taux" in text
    assert text.count("Moins de 20 mentions") == 1
    assert "pas encore mesuré" not in text


def test_a_competitor_is_named_where_it_could_be_taken_for_ourselves(mail):
    for language, said, never in (
        ("fr", "La part de voix du Grand Arrosoir recule à", "votre part"),
        ("en", "The share of voice of Le Grand Arrosoir falls to", "your share"),
    ):
        text = plain(mail("busy", "rival", language).text)
        assert said in text
        assert never not in text.casefold()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_says_you_has_a_form_for_a_competitor(week, language):
    from reports.words.language import Localizer

    localizer = Localizer(language)
    you = re.compile(r"\b(vous|votre|vos|you|your)\b", re.IGNORECASE)
    told = {key.partition(".")[2] for key in localizer.sentences.entries if key.startswith("moved.")}
    assert len(told) > 20
    for key in told:
        if you.search(localizer.plain(f"moved.{key}")):
            assert localizer.has(f"moved_rival.{key}"), key
            assert not you.search(localizer.plain(f"moved_rival.{key}"))


def test_why_comes_right_after_the_verdict_and_a_peak_has_its_day(mail):
    text = plain(mail("busy").text)
    assert text.index("D’abord la livraison") < text.index("Aussi :")
    assert "pic de mentions" in plain(mail("busy", "place").text) or "pic d’un jour" not in text
