"""Search results as Google, Brave and Serper gave them (2018-2026), against what was read by eye."""

import json
from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache

import pytest

from crawlers.sources.google_results.source import SOURCE as GOOGLE_RESULTS
from crawlers.sources.search_api.source import SOURCE as SEARCH_API
from ouidire.errors import Blocked
from ouidire.page import Page
from tests.support.paths import SHARED

FIXTURES = SHARED / "fixtures"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FIXTURES.is_dir(), reason="the saved real pages are absent (set OUIDIRE_SHARED)"),
]


@lru_cache(maxsize=1)
def expected():
    path = FIXTURES / "expected.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def cases(prefix, wanted=""):
    return [
        name
        for name in expected()
        if name.startswith(prefix) and (not wanted or expected()[name].get(wanted))
    ]


@lru_cache(maxsize=40)
def parsed(name):
    page = Page(
        url="https://www.google.com/search",
        body=(FIXTURES / name).read_bytes(),
        fetched_at=datetime(2026, 9, 1, tzinfo=UTC),
    )
    return (GOOGLE_RESULTS if name.startswith("serp_html") else SEARCH_API).parse(page)


def entries(name, kind):
    return [entry for entry in parsed(name).items[0].entries if entry.type == kind]


@pytest.mark.parametrize("name", cases("serp_html/google", "organic_urls"))
def test_organic_results_are_exact_and_in_order(name):
    assert [entry.url for entry in entries(name, "organic")] == expected()[name]["organic_urls"]
    assert entries(name, "organic")[0].title == expected()[name]["first_title"]


@pytest.mark.parametrize("name", cases("serp_html/google", "organic_titles"))
def test_a_page_whose_links_were_replaced_is_read_by_its_titles(name):
    titles = [entry.title for entry in entries(name, "organic")]
    assert titles == expected()[name]["all_h3_link_titles"]
    assert [title for title in titles if title in expected()[name]["organic_titles"]] == expected()[name][
        "organic_titles"
    ]


@pytest.mark.parametrize("name", cases("serp_html/google", "no_results"))
def test_pages_without_results_are_empty(name):
    assert parsed(name).says_empty
    assert entries(name, "organic") == []


@pytest.mark.parametrize("name", cases("serp_html/google"))
def test_the_frame_is_read(name):
    truth, found = expected()[name], parsed(name).items[0]
    assert found.query == truth.get("query", found.query)
    assert found.query.startswith(truth.get("query_starts", ""))
    if truth.get("device") in {"desktop", "mobile"}:
        assert found.device == truth["device"]
    if "lang" in truth:
        assert (found.hl, found.gl) == (truth["lang"], "fr")
    if "total_results_text" in truth:
        assert str(found.total_stated) in truth["total_results_text"].split("(")[0].replace(",", "").replace(
            "\u00a0", ""
        ).replace(" ", "")


@pytest.mark.parametrize("name", cases("serp_html/google"))
def test_blocks_are_told_apart(name):
    truth = expected()[name]
    if truth.get("paa_questions"):
        assert [entry.title for entry in entries(name, "question")] == [
            text.removesuffix("More results") for text in truth["paa_questions"]
        ]
    flags = {
        "knowledge_panel": "knowledge_panel",
        "top_stories": "top_story",
        "featured_snippet": "featured_snippet",
        "local_pack": "local",
    }
    assert {key: bool(entries(name, kind)) for key, kind in flags.items() if key in truth} == {
        key: truth[key] for key in flags if key in truth
    }
    if truth.get("knowledge_panel_title"):
        assert [entry.title for entry in entries(name, "knowledge_panel")] == [truth["knowledge_panel_title"]]
    assert len(entries(name, "ad")) >= truth.get("ads_min", 0)
    assert (len(entries(name, "ad")) == 0) == (truth.get("ads_min", len(entries(name, "ad"))) == 0)
    if "videos" in truth:
        assert len(entries(name, "video")) == truth["videos"]


@pytest.mark.parametrize("name", cases("serp_html/google", "local_pack"))
def test_local_places_and_their_stars(name):
    truth, places = expected()[name], entries(name, "local")
    if "local_pack_titles" in truth:
        assert [place.title for place in places] == truth["local_pack_titles"]
    items = truth.get("local_pack_items", [])
    assert len(places) == (truth.get("local_pack_count") or len(items))
    for place, item in zip(places, items, strict=False):
        assert place.title.startswith(item.get("title") or item["title_starts"])
        assert (place.rating.value, place.rating.count) == (item["stars"], item["reviews"])


@pytest.mark.parametrize("name", cases("serp_html/google", "rich_ratings"))
def test_ratings_shown_in_results(name):
    shown = [
        {"url": entry.url, "text": entry.rating.text} for entry in entries(name, "organic") if entry.rating
    ]
    assert shown == expected()[name]["rich_ratings"]


@pytest.mark.parametrize("name", cases("awkward/google", "blocked") + cases("awkward/cloudflare", "blocked"))
@pytest.mark.parametrize("status", [200, 429, 503])
def test_block_pages_are_blocked(name, status):
    page = Page(
        url="https://www.google.com/search?q=x",
        body=(FIXTURES / name).read_bytes(),
        fetched_at=datetime(2026, 9, 1, tzinfo=UTC),
        status=status,
    )
    with pytest.raises(Blocked):
        GOOGLE_RESULTS.parse(page)


@pytest.mark.parametrize("name", cases("serp_api/brave"))
def test_brave_answers_are_exact(name):
    raw = json.loads((FIXTURES / name).read_text(encoding="utf-8"))
    assert [(entry.url, entry.date) for entry in entries(name, "organic")] == [
        (row["url"], row.get("age")) for row in raw["web"]["results"]
    ]
    assert [entry.url for entry in entries(name, "video")] == [row["url"] for row in raw["videos"]["results"]]
    assert len(entries(name, "organic")) == expected()[name]["web_results"]
    assert len(entries(name, "video")) == expected()[name]["videos"]
    assert parsed(name).items[0].query == expected()[name]["query"]
    assert parsed(name).last_page is not expected()[name]["more_results"]
    assert [entry.type for entry in parsed(name).items[0].entries[:4]] == [
        "organic",
        "organic",
        "video",
        "video",
    ]


@pytest.mark.parametrize("name", cases("serp_api/serper"))
def test_serper_answers_are_exact(name):
    raw, truth = json.loads((FIXTURES / name).read_text(encoding="utf-8")), expected()[name]
    rows = [(row["title"], row["link"], row.get("date")) for row in raw["organic"]]
    assert [(entry.title, entry.url, entry.date) for entry in entries(name, "organic")] == rows
    assert [entry.rank for entry in entries(name, "organic")] == truth["positions"]
    assert [entry.title for entry in entries(name, "question")] == truth["people_also_ask"]
    assert len(entries(name, "related_search")) == truth["related_searches"]
    assert Counter(entry.type for entry in parsed(name).items[0].entries)["organic"] == truth["organic"]
