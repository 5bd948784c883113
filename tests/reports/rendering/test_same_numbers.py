"""Numbers agree within a mail (subject, text, HTML, attached page, chat) and with the mail before it."""

import html
import re
from datetime import timedelta

import pytest

from ouidire.text.catalogue import LANGUAGES
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.rendering.chat import chat_digest
from reports.rendering.mail import render_mail
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from tests.support.fake_index import FakeIndex

NUMBER = re.compile(r"(?<![\w/.-])[+−-]?\d+(?:[.,]\d+)?(?:\s?%)?")
EDITIONS = {
    "brand": Edition(scope=Scope(brand="pousse")),
    "executive": Edition(role="executive", scope=Scope(brand="pousse")),
    "customer_service": Edition(role="customer_service", scope=Scope(brand="pousse")),
    "place": Edition(name="lyon", role="place", scope=Scope(brand="pousse", places=("Lyon",))),
}

_MADE = {}


def numbers(text):
    """The numbers of a text, but for those of addresses and of what people wrote."""
    text = re.sub(r"<?https?://[^\s>]+>?|«[^»]*»|“[^”]*”", "", text.replace("\u202f", ""))
    return {re.sub(r"\s", "", each) for each in NUMBER.findall(text)}


def shown(page):
    """What a page shows, with the words of its pictures."""
    pictures = " ".join(re.findall(r'alt="([^"]*)"', page))
    hidden = r"<!--.*?-->|<style.*?</style>|<title.*?</title>|<blockquote.*?</blockquote>|<[^>]+>"
    return html.unescape(re.sub(hidden, " ", page, flags=re.DOTALL) + pictures)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", EDITIONS)
@pytest.mark.parametrize("kind", ["busy", "quiet"])
def test_the_parts_of_a_mail_say_the_same_numbers(week, kind, role, language):
    context = _MADE.setdefault((kind, role), None) or week(kind, edition=EDITIONS[role])
    _MADE[kind, role] = context
    found = render_mail(context, language)
    text, page = numbers(found.text), numbers(shown(found.attachments[0].html))
    assert text == numbers(shown(found.html))
    assert len(text) > 15
    assert numbers(found.subject) <= text
    unasked = context.model_copy(update={"actions": ()})
    assert numbers(render_mail(unasked, language).text) <= page
    for channel in ("webhook", "slack", "teams"):
        said = chat_digest(channel, context, language)
        lines = [each for each in strings(said) if "ouidire" not in each and "schema" not in each]
        known = text | page | numbers(context.now.isoformat()) | numbers(context.period.key)
        assert numbers(" \n".join(lines)) - known <= {"1.4"}  # the version of an adaptive card


def strings(value):
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("kind", ["busy", "quiet"])
def test_the_chart_says_of_the_week_before_what_its_mail_said(week, kind):
    before = build(
        FakeIndex(each for each in documents(kind) if not later(each)),
        PERIOD.before(1)[0],
        brands=BRANDS,
        now=NOW - timedelta(weeks=1),
        sources=SOURCES,
        edition=EDITIONS["brand"],
    )
    told = week(kind).history[-2]
    assert told.n == before.talk.volume.figure.n == before.history[-1].n
    assert (told.positive, told.negative) == (before.history[-1].positive, before.history[-1].negative)
    assert told.level("positive").value == pytest.approx(before.engage.positive.figure.value)
    assert week(kind).verdict != before.verdict or kind == "quiet"


def later(document):
    """Whether a document was not there yet when the week before's mail was made."""
    at = {"mention": "first_seen_at", "run": "started_at", "event": "at", "search_result": "captured_at"}
    moment = getattr(document, at.get(document.kind, ""), None)
    return moment is not None and moment > NOW - timedelta(weeks=1)
