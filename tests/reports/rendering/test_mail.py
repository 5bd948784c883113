"""The mail of a digest: short, the verdict first, what to do, and the whole digest attached."""

import os
import re
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from ouidire.mailing.delivery import DeliveryKey
from ouidire.text.catalogue import LANGUAGES
from reports.data.scope import Edition, Scope
from reports.delivery.mime import compose
from reports.rendering.mail import VERDICT, mail_subject, render_mail
from reports.rendering.render import render
from reports.rendering.standalone import preview_html, write_preview
from reports.samples import KINDS, NOW
from reports.samples.words import HOSTILE
from reports.words.language import Localizer

GOLDEN = Path(__file__).parent / "golden"
WRITE = os.environ.get("OUIDIRE_WRITE_GOLDEN") == "1"
WORD = re.compile(r"[^\W\d_]+")
_MAILS = {}


@pytest.fixture
def mail(week):
    def made(kind, language="fr", role="brand"):
        key = (kind, language, role)
        if key not in _MAILS:
            edition = {} if role == "brand" else {"edition": Edition(role=role, scope=Scope(brand="pousse"))}
            _MAILS[key] = render_mail(week(kind, **edition), language)
        return _MAILS[key]

    return made


class Page(HTMLParser):
    """The words that a page shows, and its tags."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self._hidden = [], [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._hidden += tag in ("style", "title")

    def handle_endtag(self, tag):
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data):
        if not self._hidden:
            self.words += WORD.findall(data)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["quiet", "busy", "broken"])
def test_golden_mails(mail, kind, language):
    found = mail(kind, language)
    for name, text in (
        (f"mail-{kind}-{language}.txt", f"{found.subject}\n\n{found.text}"),
        (f"mail-{kind}-{language}.html", found.html.replace("><", ">\n<")),
    ):
        if WRITE:
            (GOLDEN / name).write_text(text, encoding="utf-8")
        assert text == (GOLDEN / name).read_text(encoding="utf-8"), (
            f"{name}: OUIDIRE_WRITE_GOLDEN=1 writes it anew; then look at it"
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "role", "most"),
    [
        ("busy", "brand", 600),
        ("quiet", "brand", 150),
        ("busy", "executive", 250),
        ("quiet", "executive", 150),
    ],
)
def test_it_is_read_in_ninety_seconds(week, mail, kind, role, language, most):
    assert len(Page(mail(kind, language, role).html).words) <= most
    edition = {} if role == "brand" else {"edition": Edition(role=role, scope=Scope(brand="pousse"))}
    linked = week(kind, **edition).model_copy(update={"explorer": "https://ouidire.example"})
    assert len(Page(render_mail(linked, language).html).words) <= most


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_subject_begins_with_the_verdict(week, kind, language):
    context = week(kind)
    localizer = Localizer(language, timezone="Europe/Paris")
    subject = mail_subject(context, localizer)
    verdict, rest = subject.split(" · ", 1)
    assert len(verdict) <= VERDICT
    assert "…" not in verdict
    if kind != "hostile":
        assert rest.startswith("Pousse & Compagnie")


def test_what_is_to_be_done_comes_before_any_figure(week, mail):
    text = re.sub(r"[^\S\n]", " ", mail("busy").text)
    assert text.index("À faire cette semaine") < text.index("En bref") < text.index("Pourquoi")
    assert re.search(r"^1\. Répondre à « ", text, re.MULTILINE)
    nothing = week("busy").model_copy(update={"actions": ()})
    assert "faire cette semaine" not in re.sub(r"\s", " ", render_mail(nothing, "fr").text)


def test_the_first_lines_say_why_first_of_all_and_when(week, mail):
    text = re.sub(r"\s+", " ", mail("busy").text)
    first = max(week("busy").theme_moves, key=lambda move: move.now - move.usual)
    assert first.aspect == "delivery"
    assert (
        "D’abord la livraison, à confirmer : 24 % s’en plaignent, contre 7 % ; surtout jeudi 5 mars." in text
    )
    assert text.index("D’abord") < text.index("À faire")
    sure = first.model_copy(update={"announced": True})
    told = render_mail(week("busy").model_copy(update={"theme_moves": (sure,)}), "en").text
    assert "First of all delivery: 24% complain of it, usually 7%; mostly on Thursday 5 March." in re.sub(
        r"\s+", " ", told
    )
    assert "D’abord" not in mail("quiet").text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_digest_is_attached(week, mail, kind, language):
    found = mail(kind, language)
    (attached,) = found.attachments
    assert attached.html == preview_html(render(week(kind), language))
    assert attached.name in found.text.replace("\n", "")
    key = DeliveryKey(
        report="digest", edition="brand", brand="pousse", period="2026-W10", recipient="claire@example.fr"
    )
    sent = message_from_bytes(
        compose(found, key, sender="digest@example.fr", now=NOW).as_bytes(), policy=default
    )
    (part,) = sent.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == (attached.name, "text/html")
    assert part.get_content().replace("\r\n", "\n").rstrip() == attached.html.rstrip()
    assert sent.get_body(("plain",)).get_content().split() == found.text.split()


@pytest.mark.parametrize("kind", KINDS)
def test_structure_and_links(mail, kind):
    page = Page(mail(kind).html)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(attrs["src"].startswith("cid:") for _, attrs in page.tags if "src" in attrs)
    assert all(attrs["href"].startswith(("https://", "http://")) for tag, attrs in page.tags if tag == "a")
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in page.tags}
    assert all(len(line) <= 72 for line in mail(kind).text.splitlines() if "://" not in line)


def test_hostile_words_beside_an_action_stay_words(week):
    context = week("busy")
    actions = tuple(
        action.model_copy(update={"quote": action.quote.model_copy(update={"text": text})})
        for action in context.actions
        if action.quote is not None
        for text in HOSTILE
    )
    found = render_mail(context.model_copy(update={"actions": actions}), "fr")
    page = Page(found.html)
    assert not any(attrs.get("src") == "x" or "onerror" in attrs for _, attrs in page.tags)
    assert "\u202e" not in found.html + found.text
    assert "&lt;script&gt;" in found.html


def test_a_preview_writes_what_is_attached_beside_it(mail, tmp_path):
    found = mail("busy")
    write_preview(found, tmp_path / "digest.html")
    (attached,) = found.attachments
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["digest.html", attached.name])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_letter_is_spelt_out(week, mail, kind, language):
    found = mail(kind, language)
    for html in (found.html, found.attachments[0].html):
        assert "\\u{" not in html
    assert "\u00a0" in re.search(r"<title>(.*?)</title>", mail("busy").html)[1]
