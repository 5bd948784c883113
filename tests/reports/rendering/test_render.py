"""Rendered digests: golden weeks, and what must hold of every one of them."""

import os
import re
import shutil
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from ouidire.errors import UsageError
from ouidire.mailing.delivery import DeliveryKey
from ouidire.text.catalogue import LANGUAGES
from reports.data.context import Quote
from reports.delivery.mime import compose
from reports.rendering import charts
from reports.rendering.render import render
from reports.rendering.standalone import preview_html, write_preview
from reports.rendering.templating import web
from reports.samples import KINDS, NOW
from reports.samples.words import HOSTILE
from reports.typography import shortened, tame
from reports.words.language import Localizer
from reports.words.verdict_text import VerdictText
from tests.support.figures_of import figures

GOLDEN = Path(__file__).parent / "golden"
WRITE = os.environ.get("OUIDIRE_WRITE_GOLDEN") == "1"
_MESSAGES = {}
NO_LINKS = (
    "javascript:alert(1)",
    "data:text/html,x",
    "//x.fr",
    "http://",
    "https://x.fr/\n",
    "ftp://x.fr",
    "https://x.fr/'\"",
    "http://[",
    "",
    None,
)


@pytest.fixture
def message(week):
    def made(kind, language="fr"):
        if (kind, language) not in _MESSAGES:
            _MESSAGES[kind, language] = render(week(kind), language)
        return _MESSAGES[kind, language]

    return made


class Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.words = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["quiet", "busy", "broken"])
def test_golden_weeks(message, kind, language):
    found = message(kind, language)
    for name, text in (
        (f"{kind}-{language}.txt", found.text),
        (f"{kind}-{language}.html", found.html.replace("><", ">\n<")),
    ):
        if WRITE:
            GOLDEN.mkdir(exist_ok=True)
            (GOLDEN / name).write_text(text, encoding="utf-8")
        assert text == (GOLDEN / name).read_text(encoding="utf-8"), (
            f"{name}: OUIDIRE_WRITE_GOLDEN=1 writes it anew; then look at it"
        )


@pytest.mark.parametrize("kind", KINDS)
def test_sizes(message, kind):
    found = message(kind)
    assert len(found.html.encode()) < 80_000
    assert all(len(picture.png) < 60_000 for picture in found.pictures)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_interval_is_followed_by_its_n(week, message, kind, language):
    context = week(kind)
    phrases = VerdictText(context, Localizer(language, timezone="Europe/Paris"))
    told = [each.change for each in context.metrics.values() if each.announced]
    intervals = {phrases.interval(each) for each in (*figures(context), *told)} - {""}
    words = " ".join(message(kind, language).text.split(" ")).replace("\n", " ")
    words = re.sub(" +", " ", words)
    assert intervals
    for interval in intervals:
        for found in re.finditer(re.escape(interval) + r"(?!\d)", words):
            assert re.match(r", n\xa0=\xa0\d", words[found.end() :]), words[found.start() :][:60]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_comes_from_outside_and_links_are_web_links(message, kind):
    page = Page(message(kind).html)
    assert all(
        attrs["src"] in ("cid:history", "cid:history-dark") for _, attrs in page.tags if "src" in attrs
    )
    links = [attrs["href"] for tag, attrs in page.tags if tag == "a"]
    assert all(link.startswith(("https://", "http://")) for link in links)
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in page.tags}
    assert "url(" not in message(kind).html
    assert "@import" not in message(kind).html


@pytest.mark.parametrize("kind", KINDS)
def test_accessible_structure(message, kind):
    page = Page(message(kind).html)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(len(attrs.get("alt") or "") > 40 for tag, attrs in page.tags if tag == "img")
    assert next(attrs["lang"] for tag, attrs in page.tags if tag == "html") == "fr"
    assert all("lang" in attrs and attrs["dir"] == "auto" for tag, attrs in page.tags if tag == "blockquote")
    assert all(attrs.get("role") or tag != "table" or "th" in message(kind).html for tag, attrs in page.tags)


def test_hostile_words_stay_words(week):
    context = week("busy")
    quotes = tuple(
        context.quotes[0].model_copy(update={"text": shortened(tame(text), 240)}) for text in HOSTILE
    )
    found = render(context.model_copy(update={"quotes": quotes}), "fr")
    page = Page(found.html)
    said = "".join(page.words)
    assert "<script>alert('x')</script> <img src=x" in said
    assert "=cmd|'/c calc'!A1" in said
    assert "etrevid" in said
    assert "\u202e" not in found.html + found.text
    assert not any(attrs.get("src") == "x" or "onerror" in attrs for _, attrs in page.tags)
    assert max(len(word) for word in re.split(r"[\s\u200b]", said.split("Leurs mots")[1])) <= 60


def test_every_hostile_word_in_every_field_is_tame(week):
    context = week("busy")
    bad = "\u202e\x00{{ 7*7 }} {% raise %} <b onmouseover=x>&lt;</b>\r\nBcc: x@y " + "z" * 500
    quote = Quote(
        id="q",
        kind="best",
        text="Ah",
        language='fr" onload="x',
        site="trustpilot.example",
        url='javascript:alert(1)//"',
        place="<i>",
        at=NOW,
    )
    context = context.model_copy(
        update={
            "brand": context.brand.model_copy(update={"name": bad}),
            "quotes": (quote, quote.model_copy(update={"kind": "worst", "url": "https://x.fr/\r\nX: y"})),
            "titles": {"trustpilot.example": "<img src=x>"},
        }
    )
    found = render(context, "fr")
    page = Page(found.html)
    assert "{{ 7*7 }} {% raise %}" in "".join(page.words)
    assert not any(
        "onmouseover" in attrs or "onload" in attrs or attrs.get("src") == "x" for _, attrs in page.tags
    )
    assert not any("javascript" in (attrs.get("href") or "") for _, attrs in page.tags)
    assert "\n" not in found.subject
    assert len(found.subject) <= 160


@pytest.mark.parametrize("kind", KINDS)
def test_the_subject_arrives_with_its_french_spaces(message, kind):
    found = message(kind, "fr")
    assert re.search(r"2026\u00a0: \S", found.subject)
    if kind == "busy":  # what moved stands with its interval, uncut
        assert re.search(r"écart −23\s±\s\d+\spts\)\.$", found.subject)
    assert not re.search(r"[^\S\u00a0\u202f][:;!?%»]|«(?!\u00a0)|\d [:%]", found.subject)
    key = DeliveryKey(
        report="digest", edition="brand", brand="pousse", period="2026-W10", recipient="claire@example.fr"
    )
    mail = compose(found, key, sender="digest@example.fr", now=NOW)
    assert message_from_bytes(mail.as_bytes(), policy=default)["Subject"] == found.subject


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_twin_stands_alone_on_72_columns(message, kind, language):
    text = message(kind, language).text
    assert all(len(line) <= 72 for line in text.splitlines() if "://" not in line)
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069]|\n\n\n", text)
    assert "<" not in re.sub(r"<https?://[^>\s]+>|<script>|</script>|<img[^>]*>|</?b>", "", text)
    for figure in ("n = ",) if kind != "empty" else ():
        assert figure in text.replace("\xa0", " ")


@pytest.mark.parametrize("kind", KINDS)
def test_what_we_could_not_see_always_stands(message, kind):
    for language, title in (
        ("fr", "Ce que nous n’avons pas\u00a0pu\u00a0voir"),
        ("en", "What we could not see"),
    ):
        assert title in message(kind, language).text
        assert title in message(kind, language).html


def test_verdicts_in_words(message):
    assert "Rien de notable cette semaine." in message("quiet").text
    assert "Rien de notable cette semaine, dans ce que nous avons pu lire." in message("broken").text.replace(
        "\n", " "
    )
    assert "Nothing notable this week." in message("quiet", "en").text
    busy = " ".join(message("busy").text.split())
    assert "Les textes sont moins favorables (20 % de positifs, contre 43 % d’habitude, écart" in busy
    assert "sans doute plus près de" in busy
    quiet = " ".join(message("quiet").text.split())
    assert re.search(r"pas de changement visible, \d+ % d’habitude \(il aurait fallu ± \d+ pts\)", quiet)
    assert re.search(r"Avec 60 textes, un écart sous ± \d+ pts ne se verrait pas \(part de", quiet)
    assert "Ce n’est pas dire que rien n’a changé." in quiet
    assert "7 avis ont été retirés" in busy


def test_rendering_twice_gives_the_same_bytes(week, message):
    assert render(week("broken"), "fr") == message("broken")


def test_a_picture_that_cannot_be_drawn_never_costs_the_digest(week, monkeypatch):
    monkeypatch.setattr(charts, "to_png", lambda _: 1 / 0)
    found = render(week("quiet"), "fr")
    assert found.pictures == ()
    assert "<img" not in found.html
    assert "2 mars : 60 mentions" in found.text.replace("\xa0", " ")


def test_hatches_mark_incomplete_weeks(week):
    speech = Localizer("fr", timezone="Europe/Paris")
    assert "incomplète" in charts.alternative(week("broken"), speech)
    assert "incomplète" not in charts.alternative(week("quiet"), speech)


def test_a_week_of_which_nothing_is_notable_gets_a_short_mail(message, week):
    assert week("quiet").verdict.kind == "quiet"
    for language in LANGUAGES:
        short, long = message("quiet", language), message("busy", language)
        assert len(short.html) < len(long.html) / 2
        assert len(short.text) < len(long.text) / 2
        say = Localizer(language).say
        for title in ("experience.title", "where.title", "why.themes", "quotes.typical"):
            assert say(title) not in short.text
            assert say(title) in long.text
        for kept in (
            "link.delight",
            "link.convince",
            "quotes.best",
            "quotes.worst",
            "page.title",
            "blind.title",
        ):
            assert say(kept) in short.text
        assert say("foot.brief") in " ".join(re.split(r"[\n ]+", short.text))
        assert say("foot.brief") not in " ".join(re.split(r"[\n ]+", long.text))


def test_an_unknown_language_is_one_clear_message(week):
    with pytest.raises(UsageError, match="fr, en"):
        render(week("quiet"), "xx")


@pytest.mark.parametrize("url", NO_LINKS)
def test_only_web_links_are_links(url):
    assert web(url) == ""


def test_contrast_of_every_text_colour():
    styles = (
        Path(charts.__file__).parents[1].joinpath("templates", "macros.html.j2").read_text(encoding="utf-8")
    )
    light = dict(re.findall(r'"(\w+)": \("(#\w{6})"', styles))
    names = re.search(r"set good, bad, note = (.*) -%", styles)[1].replace('"', "").split(", ")
    pairs = [(light[name], colour) for name, colour in zip(("good", "bad", "note"), names, strict=True)]
    pairs += [(back, "#5d665f") for back in (light["flat"], "#f5f3ed", "#ffffff")] + [
        ("#ffffff", "#3f4742"),
        ("#f5f3ed", "#1f6b57"),
    ]
    pairs += re.findall(r"background-color: (#\w{6}) !important; color: (#\w{6}) !important", styles)
    pairs += [("#1e2425", "#a7b0aa"), ("#141819", "#a7b0aa"), ("#1e2425", "#8fdcbc")]
    assert len(pairs) >= 12
    for back, front in pairs:
        assert contrast(back, front) >= 4.5, (back, front)


@pytest.mark.parametrize("colours", [charts.LIGHT, charts.DARK])
def test_contrast_of_the_picture(colours):
    assert all(contrast(colours.ground, text) >= 4.5 for text in (colours.ink, colours.muted))
    assert all(
        contrast(colours.ground, bar) >= 2.9
        for bar in (colours.positive, colours.other, colours.negative, colours.hatch)
    )


def contrast(one, other):
    """WCAG 2.1 contrast ratio of two colours."""
    lights = []
    for colour in (one, other):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_the_preview_is_one_file(message, tmp_path):
    html = preview_html(message("busy"))
    assert "cid:" not in html
    assert "data:image/png;base64,iVBOR" in html
    assert write_preview(message("busy"), tmp_path / "a" / "p.html").read_text(encoding="utf-8") == html
    with pytest.raises(UsageError, match="cannot be written"):
        write_preview(message("busy"), tmp_path / "a" / "p.html" / "q.html")


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium")
def test_no_width_from_320_to_1200_scrolls_sideways(message, tmp_path):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for kind in ("busy", "broken", "hostile"):
            path = write_preview(message(kind), tmp_path / f"{kind}.html")
            for width in (320, 375, 600, 1200):
                page = browser.new_page(viewport={"width": width, "height": 800})
                page.goto(path.as_uri())
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                page.close()
        browser.close()


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_one_picture_shows_on_each_ground(message):
    from playwright.sync_api import sync_playwright

    html = preview_html(message("busy"))
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for scheme, shown in (("light", [True, False]), ("dark", [False, True])):
            page = browser.new_page(color_scheme=scheme)
            page.set_content(html)
            assert [page.locator("img").nth(number).is_visible() for number in range(2)] == shown
        browser.close()
