"""The entries of an RSS, RDF or Atom feed as plain values, by feedparser; nothing is fetched.

It refuses XML that defines entities (billion laughs, files read through external entities) before anything
parses it. It cannot see which of several links of an entry is meant when none is marked: it takes the first.
"""

import io
import re
from calendar import timegm
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from crawlers.reading.extract import absolute_url, clean, fold, html_to_text, one_line, stated_date
from ouidire.clock import StatedDate
from ouidire.errors import LayoutChanged
from ouidire.ids import canonical_url, digest
from ouidire.items import Rejected
from ouidire.page import Page
from ouidire.text.names import is_named

LARGEST = 20_000_000
"""Bytes: the largest feed that we have seen has 5 million; a longer one is an attack or an archive."""

MOST = 10_000
"""Entries: podcasts have some thousand; feedparser takes a millisecond for each."""


BEGINNING = 20_000
"""Characters in which a feed opens its root element, after comments and style sheets."""
END = 5_000
"""Characters in which a feed closes its root element; comments may follow."""
_ROOT = re.compile(r"<(?:\w+:)?(rss|rdf|feed|channel)\b", re.IGNORECASE)
_CLOSED = {
    "rss": re.compile(r"</(?:\w+:)?(?:rss|channel)\s*>", re.IGNORECASE),
    "channel": re.compile(r"</(?:\w+:)?channel\s*>", re.IGNORECASE),
    "rdf": re.compile(r"</(?:\w+:)?rdf\s*>", re.IGNORECASE),
    "feed": re.compile(r"</(?:\w+:)?feed\s*>", re.IGNORECASE),
}
"""By root element: what closes it. RDF's entries stand after its channel, RSS's within it."""
_ENTRY = re.compile(r"<(/?)(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)


class FeedEntry(NamedTuple):
    """One entry of a feed.

    `native_id` is its canonical link; where that is missing or shared, its own id, or the link with its
    title.
    """

    native_id: str
    url: str | None
    title: str | None
    text: str
    author: str | None
    language: str | None
    published: StatedDate | None
    updated: StatedDate | None
    where: str


class ReadFeed(NamedTuple):
    """A feed's title, its entries in its order, and what could not be read."""

    title: str | None
    entries: list[FeedEntry]
    rejected: list[Rejected]


def read_entries(page: Page) -> ReadFeed:
    """Return what a feed holds.

    Raises LayoutChanged when the page is no feed.
    """
    feed = _parsed(page)
    language = one_line(feed.feed.get("language"), limit=20)
    cut = _is_cut(page.text)
    if cut and _is_cut_within_an_entry(page.text):
        feed.entries = feed.entries[:-1]
    raw = [(_link(entry, page), one_line(entry.get("id"), limit=1000), entry) for entry in feed.entries]
    titles: dict[str, set[str]] = {}
    for link, name, entry in raw:
        if link:
            titles.setdefault(canonical_url(link), set()).add(
                f"{_heading(entry)}\n{name if name != link else ''}"
            )
    entries: dict[str, FeedEntry] = {}
    rejected: list[Rejected] = []
    if cut:
        rejected.append(Rejected(reason="incomplete", where=f"a feed that breaks off after entry {len(raw)}"))
    for number, (link, name, entry) in enumerate(raw, 1):
        where = f"entry {number}"
        native = canonical_url(link) if link else name
        if link and native and len(titles[native]) > 1:
            native = _own_id(native, name if name != link else None, entry)
        if native is None:
            rejected.append(
                Rejected(
                    reason="bad_url",
                    where=where,
                    detail=one_line(entry.get("title"), limit=100) or "no link and no id",
                )
            )
            continue
        if native in entries:
            rejected.append(Rejected(reason="duplicate_in_page", where=where, detail=native[:120]))
            continue
        entries[native] = _entry(entry, native, link, language, page, where, rejected)
    return ReadFeed(one_line(feed.feed.get("title"), limit=200), list(entries.values()), rejected)


def _is_cut(text: str) -> bool:
    """Return whether a feed's root element is not closed: it broke off."""
    root = _ROOT.search(text[:BEGINNING])
    return root is not None and _CLOSED[root[1].lower()].search(text[-END:]) is None


def _is_cut_within_an_entry(text: str) -> bool:
    closing = "/"
    for tag in _ENTRY.finditer(text):
        closing = tag[1]
    return closing == ""


def _own_id(link: str, name: str | None, entry: Any) -> str:  # noqa: ANN401
    """Return the id of an entry that shares its link with others: its own, else the link with its title.

    There are feeds whose every entry leads to the front page.
    """
    heading = _heading(entry)
    return name or (f"{link}#{digest('entry', heading, size=8)}" if heading else link)


def _heading(entry: Any) -> str:  # noqa: ANN401
    return fold(one_line(entry.get("title")) or one_line(entry.get("summary"), limit=200) or "")


def named(names: list[str], *texts: str | None) -> bool:
    """Return whether a text has one of the names (`ouidire.text.names`); true without names."""
    return not names or is_named(" \n ".join(text for text in texts if text), names)


def _parsed(page: Page) -> Any:  # noqa: ANN401 (feedparser's dictionary)
    import feedparser

    if len(page.body) > LARGEST:
        raise LayoutChanged(f"a feed of at most {LARGEST // 1_000_000} MB", selector="the body's size")
    text = page.text.lstrip("\ufeff \t\r\n")
    if re.search(r"<!ENTITY", text, re.IGNORECASE) or not re.search(
        r"<(?:\w+:)?(?:rss|rdf|feed|channel)\b", text[:20_000], re.IGNORECASE
    ):
        raise LayoutChanged("a feed without entity definitions", selector="rss | rdf:RDF | feed")
    if text.count("<item") + text.count("<entry") > MOST:
        raise LayoutChanged(f"a feed of at most {MOST:,} entries", selector="item | entry")
    undeclared = re.sub(r"^<\?xml[^>]{0,300}\?>", '<?xml version="1.0" encoding="utf-8"?>', text)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": page.url}
    try:
        feed = feedparser.parse(io.BytesIO(undeclared.encode("utf-8", "replace")), response_headers=headers)
    except (RecursionError, ValueError, AttributeError, LookupError, AssertionError) as error:
        raise LayoutChanged("a feed that can be read", selector="rss | rdf:RDF | feed") from error
    if not feed.entries and (feed.bozo or not feed.get("version")):
        raise LayoutChanged("a feed", selector="rss | rdf:RDF | feed")
    return feed


def _link(entry: Any, page: Page) -> str | None:  # noqa: ANN401
    for value in (entry.get("feedburner_origlink"), entry.get("link"), entry.get("id")):
        if isinstance(value, str) and (value is not entry.get("id") or re.match(r"https?://", value.strip())):
            link = absolute_url(page.url, value)
            if link is not None:
                return _behind_redirect(link)
    return None


def _behind_redirect(link: str) -> str:
    """Return the address that a link of Google Alerts leads to; any other link as it is."""
    parts = urlsplit(link)
    if parts.path == "/url" and re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", parts.hostname or ""):
        asked = parse_qs(parts.query)
        target = next(
            (absolute_url(link, each) for name in ("url", "q") for each in asked.get(name, [])), None
        )
        return target or link
    return link


def _entry(
    entry: Any,  # noqa: ANN401
    native: str,
    link: str | None,
    language: str | None,
    page: Page,
    where: str,
    rejected: list[Rejected],
) -> FeedEntry:
    bodies = [content.get("value", "") for content in entry.get("content", []) if isinstance(content, dict)]
    texts = [html_to_text(text) for text in [*bodies, entry.get("summary") or ""] if isinstance(text, str)]
    stated = one_line(entry.get("language"), limit=20) or language
    return FeedEntry(
        native_id=clean(native)[:2000],
        url=link,
        title=one_line(entry.get("title")),
        text=max(texts, key=len, default=""),
        author=one_line(entry.get("author")),
        language=stated.split("-")[0].lower() if stated else None,
        published=_date(entry, ("published", "created", "updated"), page, where, rejected),
        updated=_date(entry, ("updated",), page, where, []) if entry.get("published") else None,
        where=where,
    )


def _date(
    entry: Any,  # noqa: ANN401
    names: tuple[str, ...],
    page: Page,
    where: str,
    rejected: list[Rejected],
) -> StatedDate | None:
    for name in names:
        # feedparser answers "updated" with "published" when asked nicely; only what the entry itself states
        # counts
        stated = dict.get(entry, name)
        if not isinstance(stated, str) or not stated.strip():
            continue
        date = stated_date(stated, fetched_at=page.fetched_at)
        parts = dict.get(entry, f"{name}_parsed")
        if date is None and parts:  # a form that only feedparser knows; always UTC
            date = _from_parts(parts, page)
        if date is not None:
            return date
        rejected.append(Rejected(reason="bad_date", where=where, detail=f"{name}: {clean(stated)[:80]}"))
    return None


def _from_parts(parts: Any, page: Page) -> StatedDate | None:  # noqa: ANN401 (a struct_time)
    try:
        seconds = float(timegm(parts))
    except (ValueError, OverflowError):  # feedparser makes a year -1 of "0000-00-00"
        return None
    return stated_date(seconds, fetched_at=page.fetched_at)
