"""Themes that came up in a period: a line and two sentences, in the digest and in its mail."""

import pytest

from ouidire.documents import MeasureDocument, MentionDocument, SentenceDocument
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.rendering.mail import render_mail
from reports.rendering.render import is_quiet, render
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from tests.support.fake_index import FakeIndex

THEME = "carte-cadeau-1a2b3c"
SENTENCE = "Ma carte cadeau numéro {number} a été refusée par la caisse."


def corpus(kind, label="carte cadeau", period=PERIOD):
    """A sample whose first mentions of the week are of a new theme."""
    changed = 0
    for each in documents(kind):
        inside = isinstance(each, MentionDocument) and PERIOD.start <= each.period_at < PERIOD.end
        if inside and "pousse" in each.brands and not each.duplicate_of and changed < 9:
            changed += 1
            first = SENTENCE.format(number=" ".join("abcdefghi"[changed - 1] * 4))
            text = f"{first} {each.text}"
            ends = (SentenceDocument(start=0, end=len(first)),)
            yield each.model_copy(update={"text": text, "sentences": ends, "emergent": (THEME,)})
        else:
            yield each
    yield MeasureDocument(
        id=f"theme-{THEME}",
        revision=1,
        name="new_theme",
        brands=("pousse",),
        subject=label,
        period_start=period.start,
        period_end=period.end,
        at=period.end,
        value=9,
        n=9,
    )


def built(listed):
    edition = Edition(scope=Scope(brand="pousse"))
    return build(FakeIndex(listed), PERIOD, edition=edition, brands=BRANDS, now=NOW, sources=SOURCES)


@pytest.fixture(scope="module")
def busy():
    return built(corpus("busy"))


def words(text):
    return " ".join(text.split())


def test_a_new_theme_has_its_mentions_and_two_sentences_that_name_it(busy):
    (theme,) = busy.new_themes
    assert (theme.id, theme.label, theme.n) == (THEME, "carte cadeau", 9)
    assert len(theme.quotes) == 2
    assert all("carte cadeau" in quote.text for quote in theme.quotes)
    assert len({quote.id for quote in theme.quotes}) == 2


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Nouveau cette semaine\u00a0: «\u00a0carte cadeau\u00a0», dans 9 mentions."),
        ("en", "New this week: “carte cadeau”, in 9 mentions."),
    ],
)
def test_it_is_one_line_in_mail_and_digest(busy, language, said):
    for message in (render_mail(busy, language), render(busy, language)):
        assert words(said) in words(message.text)
        assert "carte cadeau" in message.html
        assert message.text.count("refusée par la caisse") >= 2


def test_a_hostile_label_stays_text():
    context = built(corpus("busy", label="<img src=x onerror=alert(1)>"))
    assert context.new_themes
    assert "<img src=x" not in render_mail(context, "fr").html
    assert "<img src=x" not in render(context, "fr").html


def test_a_quiet_week_with_a_new_theme_is_told():
    context = built(corpus("quiet"))
    assert not is_quiet(context)
    assert "Nouveau cette semaine" in render_mail(context, "fr").text


def test_a_theme_of_another_week_is_not_new():
    assert built(corpus("busy", period=PERIOD.before(1)[0])).new_themes == ()
