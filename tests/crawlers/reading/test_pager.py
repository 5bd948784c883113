"""The next page of a listing: followed within it, never to another."""

from datetime import UTC, datetime

import pytest

from crawlers.reading.pager import following_page
from ouidire.page import Page

SITE = "https://avis.example"


@pytest.mark.parametrize(
    ("at", "link", "followed"),
    [
        ("/fleurs", "/fleurs?page=2", True),
        ("/fleurs?ref=1", "/fleurs?page=2", True),
        ("/fleurs?ref=1", "/fleurs?ref=1&page=2", True),
        ("/fleurs", "/fleurs?page=2&source=suite", True),
        ("/fleurs?id=7", "/fleurs?id=7&page=2", True),
        ("/fleurs?id=7", "/fleurs?page=2", False),
        ("/fleurs?ref=1", "/plomberie?page=2", False),
        ("/fleurs", "https://plomberie.example/fleurs?page=2", False),
    ],
)
def test_the_next_page_is_one_of_the_same_listing(at, link, followed):
    body = f'<!doctype html><a rel="next" href="{link.replace("&", "&amp;")}">suite</a>'.encode()
    page = Page(url=SITE + at, body=body, fetched_at=datetime(2026, 3, 9, tzinfo=UTC))
    assert (following_page(page, number=1) is not None) is followed
