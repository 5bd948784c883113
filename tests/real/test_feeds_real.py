"""Feeds and articles against real saved files: every entry, and the sentences to keep or to leave."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

import pytest

from crawlers import load_source
from ouidire.ids import canonical_url
from ouidire.page import Page

pytestmark = pytest.mark.real
FEEDS = ["rss_large_miniflux", "rss_lemonde_sciences_fr_2018-06", "rss_lemonde_une_fr_2018-06"]
ARTICLES = [
    "gala_article_fr_2019",
    "lemonde_article_fr_2015",
    "lemonde_article_fr_2023-08",
    "lesechos_livefeed_fr_2024-07",
    "sciencesetavenir_article_fr_2020",
]
KNOWN_UNWANTED = {"Crédits photos : Bestimage"}
"""trafilatura keeps this caption, with every setting."""


@pytest.fixture
def real(shared):
    stated = json.loads((shared / "fixtures" / "expected.json").read_text(encoding="utf-8"))
    folder = shared / "fixtures" / "news_blogs_forums"
    return lambda name: (stated[f"news_blogs_forums/{name}"], (folder / name).read_bytes())


def parsed(body, url, kind="list"):
    return load_source("feed").parse(
        Page(url=url, body=body, fetched_at=datetime(2026, 1, 1, tzinfo=UTC), kind=kind)
    )


@pytest.mark.parametrize("name", FEEDS)
def test_every_entry(real, name):
    expected, body = real(f"{name}.xml")
    found = parsed(body, "https://www.example.org/rss.xml")
    independent = ET.fromstring(body).findall(".//item")  # noqa: S314 (files of our own folder, read a second way)
    assert len(found.items) == expected["entries"] == len(independent)
    assert found.rejected == ()
    for one, item in zip(found.items, independent, strict=True):
        assert one.kind == "article"
        assert one.title == " ".join(item.findtext("title").split())
        assert one.url == item.findtext("link").strip()
        assert one.native_id == canonical_url(one.url)
        assert one.published.at == parsedate_to_datetime(item.findtext("pubDate"))
        assert "<" not in one.text or "<" in (item.findtext("description") or "")
    for one, stated in ((found.items[0], expected["first"]), (found.items[-1], expected["last"])):
        assert (one.title, one.url, one.published.at) == (
            stated["title"],
            stated["link"],
            parsedate_to_datetime(stated["date"]),
        )


@pytest.mark.parametrize("name", ARTICLES)
def test_articles(real, name):
    expected, body = real(f"{name}.html")
    (one,) = parsed(body, expected.get("url", "https://www.example.org/a"), "article").items
    text = " ".join(one.text.split())
    assert [words for words in expected.get("must_contain", []) if " ".join(words.split()) not in text] == []
    assert {words for words in expected.get("must_not_contain", []) if words in text} <= KNOWN_UNWANTED
    if expected.get("title"):
        assert one.title.replace("\u00a0", " ") == expected["title"].replace("\u00a0", " ")
    if expected.get("published"):
        assert one.published.at == datetime.fromisoformat(expected["published"])
    if expected.get("lang"):
        assert one.language == expected["lang"]
