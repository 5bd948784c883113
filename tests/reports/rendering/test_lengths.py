"""How long mails are: every sample, edition and language; and what stands on a telephone's first screen."""

import re
import shutil
from html import unescape

import pytest

from ouidire.text.catalogue import LANGUAGES
from reports.data.scope import Edition, Scope
from reports.rendering.mail import VERDICT, render_mail
from reports.rendering.standalone import preview_html
from reports.samples import KINDS

EXPLORER = "https://ouidire.example"
WORD = re.compile(r"[^\W\d_]+")
EDITIONS = {
    "brand": Edition(scope=Scope(brand="pousse")),
    "executive": Edition(role="executive", scope=Scope(brand="pousse")),
    "customer_service": Edition(role="customer_service", scope=Scope(brand="pousse")),
    "place": Edition(name="lyon", role="place", scope=Scope(brand="pousse", places=("Lyon",))),
}
BUSY, QUIET, EXECUTIVE = 600, 150, 250
SCREEN = 844
"""Pixels of a telephone's screen of 390 px."""


def count_words(page):
    shown = re.sub(r"<!--.*?-->|<style.*?</style>|<title.*?</title>|<[^>]+>", " ", page, flags=re.DOTALL)
    return len(WORD.findall(unescape(shown)))


@pytest.mark.parametrize("role", EDITIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_mail_is_longer_than_ninety_seconds(week, monkeypatch, kind, role):
    monkeypatch.setattr("reports.rendering.charts.pictures", lambda *_: ())  # their words are alternatives
    context = week(kind, edition=EDITIONS[role]).model_copy(update={"explorer": EXPLORER})
    most = EXECUTIVE if role == "executive" else BUSY
    if context.verdict.kind == "quiet" and not context.verdict.incomplete and role in ("brand", "executive"):
        most = QUIET
    for language in LANGUAGES:
        found = render_mail(context, language)
        assert count_words(found.html) <= most
        verdict, _, rest = found.subject.partition(" · ")
        assert len(verdict) <= VERDICT
        assert "…" not in verdict
        assert rest


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium")
@pytest.mark.parametrize("kind", ["busy", "quiet", "broken", "first"])
def test_the_first_screen_of_a_telephone_holds_the_verdict_and_one_thing_to_do(week, kind):
    """At 390 px: the verdict, what else moved, and the first thing to do, whole."""
    from playwright.sync_api import sync_playwright

    context = week(kind).model_copy(update={"explorer": EXPLORER})
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for language in LANGUAGES:
            page = browser.new_page(viewport={"width": 390, "height": SCREEN})
            page.set_content(preview_html(render_mail(context, language)))
            ends = page.evaluate(
                """() => [document.querySelector('h1'), document.querySelectorAll('.panel strong')[0]]
                .map(each => each.getBoundingClientRect().bottom)"""
            )
            assert ends[0] < ends[1] <= SCREEN
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            page.close()
        browser.close()
