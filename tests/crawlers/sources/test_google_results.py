import gzip
import json
from datetime import UTC, datetime

import pytest

from crawlers.sources.google_results.result_page import LARGEST
from crawlers.sources.google_results.source import SOURCE, GoogleParams, entity, requests
from ouidire.errors import Blocked, ConfigError, LayoutChanged, RateLimited, SourceError
from ouidire.page import Page
from tests.support.paths import PAGES as ALL_PAGES

parse = SOURCE.parse
PAGES = ALL_PAGES / "google_results"
AT = datetime(2026, 3, 2, tzinfo=UTC)
RESULT = (
    '<div class="g"><div class="yuRUbf"><a href="https://a.example/"><h3>Titre</h3></a></div>'
    '<div class="VwiC3b">Un texte assez long, ici.</div></div>'
)

ENABLE_JAVASCRIPT = (
    '<noscript><meta http-equiv="refresh" content="0;url=/httpservice/retry/enablejs?sei=x"></noscript>'
    '<div id="main"></div>'
)


def page(body, url="https://www.google.com/search?q=x&gl=fr&hl=fr", status=200, **context):
    return Page(
        url=url,
        body=body.encode() if isinstance(body, str) else body,
        fetched_at=AT,
        status=status,
        context=context,
    )


def read(case):
    meta = json.loads((PAGES / case / "meta.json").read_text(encoding="utf-8"))
    body = gzip.decompress((PAGES / case / "page.html.gz").read_bytes())
    return parse(Page(body=body, **meta))


def entries(case, kind):
    return [entry for entry in read(case).items[0].entries if entry.type == kind]


@pytest.mark.parametrize(
    ("case", "urls"),
    [
        (
            "2018-03-desktop-local-pack",
            [
                "https://www.pousse-et-compagnie.example/",
                "https://avis-jardin.example/pousse-et-compagnie",
                "http://carnet-vert.example/lyon?page=1&tri=note",
            ],
        ),
        (
            "2023-05-desktop-brand",
            [
                "https://www.pousse-et-compagnie.example/",
                "https://avis-jardin.example/a",
                "https://avis-jardin.example/b",
            ],
        ),
        (
            "2026-05-desktop-overview",
            ["https://carnet-vert.example/lyon", "https://www.youtube.com/watch?v=zz"],
        ),
        (
            "2023-05-phone-category",
            ["https://www.gazette.example/jardineries/amp", "https://www.pousse-et-compagnie.example/lyon"],
        ),
        (
            "2023-05-nojs-brand",
            ["https://www.pousse-et-compagnie.example/?a=1", "https://avis-jardin.example/pousse"],
        ),
    ],
)
def test_organic_results_in_order_without_sitelinks_cards_or_ads(case, urls):
    assert [entry.url for entry in entries(case, "organic")] == urls
    assert [entry.rank for entry in entries(case, "organic")] == list(range(1, len(urls) + 1))


def test_every_kind_of_block_is_told_apart():
    found = read("2023-05-desktop-brand").items[0]
    kinds = [entry.type for entry in found.entries]
    assert kinds == [
        "ad",
        "featured_snippet",
        "organic",
        "question",
        "question",
        "organic",
        "organic",
        "video",
        "related_search",
        "knowledge_panel",
    ]
    assert [entry.position for entry in found.entries] == list(range(1, len(kinds) + 1))
    assert found.page_number == 2
    assert found.total_stated == 9430
    panel = found.entries[-1]
    assert (panel.title, panel.rating.value, panel.rating.count) == ("Pousse & Compagnie", 3.8, 1204)
    opened = entries("2023-05-desktop-brand", "question")[1]
    assert (opened.url, opened.snippet) == (
        "https://carnet-vert.example/adresses",
        "À Lyon, à Nantes et à Lille, près des gares.",
    )


def test_local_places_overview_discussions_and_phone_ads():
    places = entries("2018-03-desktop-local-pack", "local")
    assert [(place.title, place.rating and (place.rating.value, place.rating.count)) for place in places] == [
        ("Pousse & Compagnie Confluence", (4.1, 212)),
        ("Terre Folle", None),
    ]
    assert entries("2026-05-desktop-overview", "ai_overview")[0].snippet.startswith(
        "Les jardineries les mieux notées"
    )
    assert [entry.url for entry in entries("2026-05-desktop-overview", "discussion")] == [
        "https://www.reddit.com/r/Lyon/comments/1"
    ]
    assert [entry.url for entry in entries("2023-05-phone-category", "ad")] == [
        "https://www.terrefolle.example/lyon"
    ]
    assert read("2023-05-phone-category").items[0].device == "mobile"


@pytest.mark.parametrize("case", ["2026-07-nothing-fr", "2026-07-nothing-fi"])
def test_a_page_that_says_there_is_nothing_is_empty(case):
    parsed = read(case)
    assert parsed.says_empty
    assert parsed.items[0].entries == ()
    assert parsed.items[0].query == "pousssse 42"


def test_a_page_of_zero_results_in_a_language_we_do_not_know_is_empty():
    assert parse(
        page('<html lang="xx"><div id="result-stats">0 zzz (0,2)</div><div id="search"></div></html>')
    ).says_empty


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<form id="captcha-form" action="index"><div class="g-recaptcha"></div></form>', "captcha"),
        (
            '<h1>Avant de continuer</h1><form action="https://consent.google.com/save" method="POST"></form>',
            "consent",
        ),
        (ENABLE_JAVASCRIPT, "JavaScript"),
        ("<title>Just a moment...</title>", "challenge"),
    ],
)
def test_walls_are_blocked(body, words):
    with pytest.raises(Blocked, match=words):
        parse(page(f"<html><body>{body}</body></html>"))


def test_statuses_of_refusal():
    with pytest.raises(RateLimited):
        parse(page("<html></html>", status=429))
    with pytest.raises(Blocked, match="403"):
        parse(page("<html></html>", status=403))
    with pytest.raises(Blocked, match="sorry"):
        parse(page("<html></html>", url="https://www.google.com/sorry/index?continue=x"))


def test_walls_that_stand_over_results_do_not_block():
    walls = '<noscript><a href="/httpservice/retry/enablejs">x</a></noscript><a href="https://consent.google.com/d">x</a>'
    body = f'{walls}<div id="rso">{RESULT}</div>'
    assert [entry.url for entry in parse(page(body)).items[0].entries] == ["https://a.example/"]


@pytest.mark.parametrize(
    "body",
    ["", "<html></html>", "<p>Bonjour</p>", '<div id="rso"><div>Rien de connu</div></div>', "\x00\x01", "{}"],
)
def test_a_page_that_is_neither_results_nor_empty_has_changed(body):
    with pytest.raises(LayoutChanged):
        parse(page(body))


def test_what_was_asked_names_the_search():
    asked = {
        "query": "Pousse et Compagnie",
        "query_kind": "brand",
        "gl": "fr",
        "hl": "fr",
        "device": "mobile",
    }
    found = parse(
        page(RESULT, url="https://www.google.com/search?q=pousse++ET+compagnie&gl=us", **asked)
    ).items[0]
    assert (
        found.entity
        == entity(GoogleParams(query="pousse  et compagnie", device="mobile"))
        == "google/fr/fr/mobile/pousse et compagnie"
    )


def test_a_page_of_another_search_is_refused():
    with pytest.raises(SourceError, match="another search"):
        parse(page(RESULT, url="https://www.google.com/search?q=autre", query="Pousse et Compagnie"))


def test_a_saved_page_names_itself():
    saved = f'<html lang="de-AT"><title>foo bar - Google Suche</title><div id="rso">{RESULT}</div></html>'
    assert (
        parse(page(saved, url="http://127.0.0.1:8000/page.html")).items[0].entity
        == "google/at/de/desktop/foo bar"
    )


def test_requests_need_the_legal_note_accepted():
    with pytest.raises(ConfigError, match="accept_legal_note"):
        list(requests(GoogleParams(query="x")))
    assert SOURCE.about.opt_in
    first, second = requests(GoogleParams(query="a b", pages=2, accept_legal_note=True))
    assert first.url == "https://www.google.com/search?q=a+b&gl=fr&hl=fr&pws=0"
    assert second.url.endswith("&start=10")
    assert first.render
    assert first.context == {
        "query": "a b",
        "query_kind": "brand",
        "gl": "fr",
        "hl": "fr",
        "device": "desktop",
    }
    local = GoogleParams(
        query="x", base_url="http://127.0.0.1:1/search", render=False, accept_legal_note=True
    )
    assert next(iter(requests(local))).render is False


def test_script_in_every_field_stays_text():
    nasty = "&lt;script&gt;alert(1)&lt;/script&gt;"
    title = f'<a href="https://a.example/"><h3>{nasty}<script>x()</script></h3></a>'
    body = f'<div class="g">{title}<div class="VwiC3b">{nasty} et encore du texte</div></div>'
    (entry,) = parse(page(body)).items[0].entries
    assert entry.title == "<script>alert(1)</script>"
    assert entry.snippet == "<script>alert(1)</script> et encore du texte"


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 60_000 + RESULT,
        '<div class="xpdopen">' * 3_000 + RESULT,
        '<div class="uMdZh"><div class="related-question-pair">' * 2_000 + RESULT,
        RESULT * 3_000,
        '<div class="xpd"><a href="https://a.example/"><div role="heading">x</div></a>' * 3_000,
        "<g-card>" * 2_000 + RESULT,
        '<a href="' + "https://a.example/" * 50_000 + '"><h3>x</h3></a>' + RESULT,
        "<ul><li>" * 20_000,
        "&#x0;&bogus;&#99999999;" * 20_000 + RESULT,
    ],
    ids=["deep", "answers", "nested blocks", "many", "phones", "cards", "long link", "lists", "entities"],
)
def test_hostile_markup_ends_in_a_clear_outcome(body):
    try:
        found = parse(page(body)).items[0]
    except LayoutChanged:
        return
    assert len(found.entries) <= 1_000


def test_a_huge_body_is_refused_before_it_is_read():
    with pytest.raises(LayoutChanged, match="10 MB"):
        parse(page(b" " * (LARGEST + 1)))


def result_at(address, *, cite="https://support.google.com › answer", inside=False):
    shown = f"<cite>{cite}</cite>" if cite else ""
    titled = f'<a href="{address}"><h3>Un titre</h3>{shown if inside else ""}</a>{"" if inside else shown}'
    text = '<div class="VwiC3b">Un texte assez long, ici.</div>'
    return f'<div class="g"><div class="yuRUbf">{titled}</div>{text}</div>'


@pytest.mark.parametrize(
    "address",
    [
        "https://support.google.com/websearch/answer/9?hl=fr",
        "https://support.google.com/maps",
        "https://play.google.com/store/apps/details?id=fr.pousse",
        "https://www.google.com/maps/place/Pousse+Lyon",
        "https://maps.google.fr/maps?q=pousse",
        "https://www.google.com/travel/hotels/lyon",
        "/url?q=https://support.google.com/websearch/answer/9&sa=U",
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_the_engines_own_pages_are_results_like_others(address, inside):
    body = f'<div id="rcnt"><div id="rso">{result_at(address, inside=inside)}{RESULT}</div></div>'
    found = [entry.url for entry in parse(page(body)).items[0].entries if entry.type == "organic"]
    wanted = "https://support.google.com/websearch/answer/9" if address.startswith("/url") else address
    assert found == [wanted, "https://a.example/"]


@pytest.mark.parametrize(
    "part",
    [
        result_at("/maps/place/Pousse", cite="https://pousse.example"),
        result_at("/search?q=pousse&tbm=isch"),
        result_at("https://www.google.com/search?q=pousse+avis"),
        result_at("https://www.google.com/preferences?hl=fr"),
        result_at("https://www.google.com/maps/place/Pousse", cite=None),
    ],
)
def test_parts_of_the_results_page_are_none(part):
    body = f'<div id="rcnt"><div id="rso">{part}{RESULT}</div></div>'
    found = [entry.url for entry in parse(page(body)).items[0].entries if entry.type == "organic"]
    assert found == ["https://a.example/"]
