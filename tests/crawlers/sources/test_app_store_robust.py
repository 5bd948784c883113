"""app_store: feeds saved under another address, and feeds that say nothing of pages."""

import json
from datetime import UTC, datetime

from crawlers.sources.app_store.source import SOURCE
from ouidire.page import Page

parse = SOURCE.parse
SELF = "https://itunes.apple.com/fr/rss/customerreviews/id=990001/sortBy=mostRecent/page=1/json"
ENTRY = {
    "id": {"label": "77"},
    "title": {"label": "Pratique"},
    "content": {"label": "Ça marche."},
    "im:rating": {"label": "4"},
    "author": {"name": {"label": "zoe"}},
}


def read(url, **pages):
    links = [
        {"attributes": {"rel": rel, "href": SELF.replace("page=1", f"page={number}")}}
        for rel, number in pages.items()
    ]
    body = json.dumps({"feed": {"id": {"label": SELF}, "link": links, "entry": [ENTRY]}}).encode()
    return parse(Page(url=url, body=body, fetched_at=datetime(2026, 3, 9, tzinfo=UTC)))


def test_the_next_page_is_asked_of_the_feeds_own_host():
    for url in ("https://apps.apple.com/fr/app/pousse/id990001", "file:///pages/avis.json"):
        (follow,) = read(url, self=1, next=2, last=3).follow
        assert (
            follow.url
            == "https://itunes.apple.com/fr/rss/customerreviews/page=2/id=990001/sortby=mostrecent/json"
        )


def test_a_mirror_keeps_its_own_host():
    (follow,) = read(
        "http://miroir.example/fr/rss/customerreviews/page=1/id=990001/sortby=mostrecent/json", next=2, last=3
    ).follow
    assert follow.url.startswith("http://miroir.example/fr/rss/")


def test_a_feed_that_says_nothing_of_pages_is_not_called_whole():
    assert read(SELF.replace("/id=", "/page=1/id=")).last_page is None
    assert read(SELF.replace("/id=", "/page=1/id="), self=1, next=1, last=1).last_page is True
