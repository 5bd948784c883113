"""The layouts `atom`, `rdf` and `rss`: a feed's entries as mentions, and the articles to follow.

It cannot see articles that have left the feed.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from crawlers.reading.extract import registrable_host
from crawlers.sources.feed.entries import FeedEntry, named, read_entries
from ouidire.errors import LayoutChanged
from ouidire.ids import canonical_url
from ouidire.items import Parsed
from ouidire.mention import Mention
from ouidire.page import Page, Request

_ROOT = re.compile(r"<(?:\w+:)?(rss|rdf|feed|channel)\b", re.IGNORECASE)
FEWEST = 3
"""Entries from which where they lie says whose feed it is."""
NEARLY_ALL = 0.8
"""Share of a feed's entries that lie on its own site; others may be advertisements."""
BEGINNING = 20_000
"""Characters of a page in which a feed begins, after comments and style sheets."""


def knows(*roots: str) -> Callable[[Page], bool]:
    """Return a function that says whether a page is a feed with one of these root elements."""

    def is_known(page: Page) -> bool:
        root = _ROOT.search(page.text[:BEGINNING])
        return page.kind != "article" and root is not None and root[1].lower() in roots

    return is_known


def parse(page: Page) -> Parsed:
    """Read a feed's entries, and with `full_text` the requests for their articles.

    Empty when the feed has no entry, or none that names what `must_name` asks for. Raises LayoutChanged when
    the page is no feed that can be read.
    """
    feed = read_entries(page)
    entries, rejected = feed.entries, feed.rejected
    name, wanted = page.context.get("entity") or feed_name(page.url), asked_names(page)
    kept = [entry for entry in entries if named(wanted, entry.title, entry.text)]
    if not entries and any(one.reason != "incomplete" for one in rejected):
        raise LayoutChanged(f"entries that can be read ({rejected[0].detail})", selector="item | entry")
    full = page.context.get("full_text") == "yes"
    places = {entry.where for entry in entries} - {
        entry.where for entry in kept
    }  # what is wrong with them concerns nobody
    return Parsed(
        items=tuple(_mention(entry, name, full=full) for entry in kept),
        follow=tuple(_follow(entries, name, page)) if full else (),
        rejected=tuple(
            one
            for one in rejected
            if one.reason == "incomplete"
            or (one.where not in places and (not wanted or kept or named(wanted, one.detail)))
        ),
        says_empty=not kept,
        subject=feed.title,
        site=main_site([entry.url for entry in entries if entry.url]),
        last_page=False,  # older articles have left the feed: nothing missing has vanished
    )


def feed_name(url: str) -> str:
    """Return a feed's address without scheme and login, like `www.lemonde.fr/rss/une.xml`."""
    parts = urlsplit(canonical_url(url))
    return parts.netloc.rpartition("@")[2] + parts.path + (f"?{parts.query}" if parts.query else "")


def main_site(urls: list[str]) -> str | None:
    """Return the registered domain that nearly all addresses lie on; None for a press review, say."""
    if len(urls) < FEWEST:
        return None
    ((site, count),) = Counter(map(registrable_host, urls)).most_common(1)
    return site if count >= NEARLY_ALL * len(urls) else None


def asked_names(page: Page) -> list[str]:
    """Return the names of which a page's articles must have one; none asks for all."""
    return [str(name) for name in json.loads(page.context.get("must_name") or "[]")]


def _mention(entry: FeedEntry, name: str, *, full: bool) -> Mention:
    return Mention(
        kind="article",
        entity=name,
        native_id=entry.native_id,
        url=entry.url,
        title=entry.title,
        text=entry.text,
        language=entry.language,
        author=entry.author,
        published=entry.published,
        updated=entry.updated,
        extent="summary" if full else None,
    )


def _follow(entries: list[FeedEntry], name: str, page: Page) -> Iterator[Request]:
    since = page.context.get("since")
    for entry in entries:
        old = since and entry.published and entry.published.at < datetime.fromisoformat(since)
        if entry.url is None or old:
            continue
        known = {
            "entity": name,
            "native_id": entry.native_id,
            "url": entry.url,
            "title": entry.title or "",
            "author": entry.author or "",
            "published": entry.published.model_dump_json() if entry.published else "",
            "updated": entry.updated.model_dump_json() if entry.updated else "",
            "language": entry.language or "",
            "must_name": page.context.get("must_name", ""),
        }
        yield Request(
            url=entry.url, kind="article", context={key: value for key, value in known.items() if value}
        )
