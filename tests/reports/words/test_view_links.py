"""What a mail counts can be reached: each link keeps exactly the mentions that were counted."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from ouidire.text.catalogue import LANGUAGES
from reports.answering.queue import awaiting_reviews
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.explore.date_span import DateSpan
from reports.explore.links import MENTIONS, days_of, period_view, view_command, view_url
from reports.explore.lowering import ReaderTime, query_of
from reports.explore.query_string import parse_view
from reports.rendering.mail import render_mail
from reports.rendering.render import render
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from reports.words.figure_text import FigureText
from reports.words.language import Localizer
from reports.words.view_links import ViewLinks
from tests.support.fake_index import FakeIndex

BASE = "https://ouidire.example/"
_KEPT = {}


@pytest.fixture
def index():
    if "index" not in _KEPT:
        _KEPT["index"] = FakeIndex(documents("busy"))
    return _KEPT["index"]


@pytest.fixture
def context(index):
    if "context" not in _KEPT:
        made = build(
            index,
            PERIOD,
            brands=BRANDS,
            now=NOW,
            sources=SOURCES,
            edition=Edition(scope=Scope(brand="pousse")),
        )
        _KEPT["context"] = made.model_copy(update={"explorer": BASE})
    return _KEPT["context"]


def count(index, url):
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" == BASE.rstrip("/")
    assert parts.path == MENTIONS
    return counted(index, parts.query)


def counted(index, view):
    time = ReaderTime.at(NOW, PERIOD.timezone)
    query = query_of(parse_view(view, today=time.today), index, time=time)
    return index.sums(query).n


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_of_the_mail_keep_what_they_count(index, context, language):
    html = render_mail(context, language).html
    links = re.findall(rf'<a href="({re.escape(BASE)}[^"]+)"[^>]*>([^<]*)</a>', html)
    waiting = [(unescape(url), text) for url, text in links if "/a-repondre?" in url]
    links = [each for each in links if "/a-repondre?" not in each[0]]
    ((queue, words),) = waiting
    parts = urlsplit(queue)
    asked = parse_qs(parts.query)
    end = datetime.strptime(asked["before"][0], "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    scope = Scope(brand=asked["brand"][0])
    held = awaiting_reviews(index, scope, end=end, now=NOW + timedelta(days=1), size=1).total
    assert int(re.findall(r"\d+", words)[0]) == held
    numbers = [(int(found[0]), unescape(url)) for url, text in links if (found := re.findall(r"\d+", text))]
    assert len(numbers) >= 4
    for n, url in numbers:
        assert count(index, url) == n, url
    (whole,) = [unescape(url) for url, text in links if not re.search(r"\d", text)]
    assert count(index, whole) == context.talk.volume.figure.n


def test_links_of_the_whole_digest_keep_what_they_count(index, context):
    html = render(context, "fr").html
    links = re.findall(rf'<a href="({re.escape(BASE)}[^"]+)"[^>]*>(\d+)</a>', html)
    assert len(links) == 2 * len(context.themes)
    for url, n in links:
        assert count(index, unescape(url)) == int(n)


def test_without_an_explorer_the_attached_page_prints_commands(index, context):
    alone = context.model_copy(update={"explorer": None})
    assert BASE not in render_mail(alone, "fr").html
    commands = re.findall(r"ouidire search --view '([^']+)'", unescape(render(alone, "fr").html))
    assert len(commands) == 1 + sum(theme.negative > 0 for theme in context.themes)
    assert counted(index, commands[0]) == context.talk.volume.figure.n
    assert counted(index, commands[1]) == context.themes[0].negative
    links = ViewLinks(FigureText(alone, Localizer("fr", timezone="Europe/Paris")))
    assert links.url() is links.see_theme("price:negative", 3) is None
    assert all(each.command and not each.url for each in links.listed())


def test_the_reviews_that_wait_are_all_counted(context):
    actions = [each for each in context.actions if each.kind == "unanswered"]
    assert actions
    assert sum(each.more + 1 for each in actions) == actions[0].of
    links = ViewLinks(FigureText(context, Localizer("fr", timezone="Europe/Paris"))).listed()
    assert links[-1].command == "ouidire answers list --brand pousse"
    assert str(actions[0].of) in links[-1].text


def test_a_scope_and_its_hostile_names_are_kept_or_there_is_no_view(index):
    span = days_of(PERIOD)
    scope = Scope(brand="pousse", places=("Lyon",), sources=("trustpilot",), languages=("fr",))
    view = period_view(scope, span)
    assert view == "brand=pousse&source=trustpilot&place=Lyon&language=fr&published=2026-W10"
    where = Edition(scope=scope).scope.once
    listed = [each for each in documents("busy") if each.kind == "mention"]
    assert counted(index, view) == sum(
        PERIOD.start <= each.period_at < PERIOD.end
        and (each.brands, each.place, each.source, each.language) == (("pousse",), "Lyon", "trustpilot", "fr")
        for each in listed
    )
    assert where
    hostile = period_view(Scope(brand="pousse", places=("L'Isle & \"d'Abeau\" <b>",)), span)
    assert "'" not in hostile
    assert view_command(hostile).count("'") == 2
    assert parse_view(hostile, today=NOW.date()).chosen("place") == ("L'Isle & \"d'Abeau\" <b>",)
    assert period_view(Scope(brand="pousse", places=("deux  blancs",)), span) == ""
    assert period_view(Scope(brand="pousse"), span, {"theme-side": ("autre:negative",)}) == ""
    assert view_url(BASE, "") is view_url(None, view) is None
    assert view_command("") == ""
    assert DateSpan(first=PERIOD.first_day, last=PERIOD.last_day) == span
