"""feed: articles that name a brand, from the RSS and Atom feeds of the press and of blogs.

A feed's entry and the article it leads to are one mention: both are known by the entry's link, without its
campaign parameters. With `full_text`, entries (whose `extent` is "summary") are followed by their
articles ("full"). It cannot see articles behind a subscription, nor those that have left the feed: nothing is
ever reported as vanished.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from pydantic import Field

from crawlers.base import FactSheet, Params, Source
from crawlers.reading.extract import canonical_link, registrable_host
from crawlers.reading.refusals import check_refused
from crawlers.sources.feed.articles import read_article
from crawlers.sources.feed.entries import FeedEntry, named, read_entries
from ouidire.clock import StatedDate
from ouidire.errors import LayoutChanged
from ouidire.ids import canonical_url
from ouidire.items import Parsed, Rejected
from ouidire.mention import Mention
from ouidire.page import Page, Request


class FeedParams(Params):
    """One feed.

    `must_name` keeps the articles that contain one of these names (in the entry, or in the full text).
    """

    url: str = Field(pattern=r"^https?://[^/\s]+", description="The feed's address (RSS or Atom).")
    full_text: bool = Field(
        default=False, description="Read each article's own page too, where robots.txt allows."
    )
    must_name: tuple[str, ...] = Field(default=(), description="Keep only articles with one of these names.")


def entity(params: FeedParams) -> str:
    """Return the feed's address without scheme, like `www.lemonde.fr/rss/une.xml`."""
    return _name(params.url)


def requests(params: FeedParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the feed itself; with `since`, articles of entries dated before it are not fetched."""
    context = {
        "entity": entity(params),
        "full_text": "yes" if params.full_text else "",
        "must_name": json.dumps(params.must_name),
    }
    yield Request(url=params.url, context=context | ({"since": since.isoformat()} if since else {}))


def parse(page: Page) -> Parsed:
    """Read a feed, or (`page.kind` "article") the article of one entry.

    Empty when the feed has no entry, or none that names what `must_name` asks for. Raises Blocked,
    SourceGone, or LayoutChanged when the page is no feed or has no article.
    """
    check_refused(page)
    return _article(page) if page.kind == "article" else _feed(page)


def _name(url: str) -> str:
    parts = urlsplit(canonical_url(url))
    return parts.netloc.rpartition("@")[2] + parts.path + (f"?{parts.query}" if parts.query else "")


def _names(page: Page) -> list[str]:
    return [str(name) for name in json.loads(page.context.get("must_name") or "[]")]


def _feed(page: Page) -> Parsed:
    entries, rejected = read_entries(page)
    name, wanted = page.context.get("entity") or _name(page.url), _names(page)
    kept = [entry for entry in entries if named(wanted, entry.title, entry.text)]
    if not entries and rejected:
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
            if one.where not in places and (not wanted or kept or named(wanted, one.detail))
        ),
        says_empty=not kept,
        last_page=False,  # older articles have left the feed: nothing missing has vanished
    )


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


def _article(page: Page) -> Parsed:
    article = read_article(page)
    context = page.context
    title = context.get("title") or article.title
    if not named(_names(page), title, article.text):
        return Parsed(says_empty=True)
    url = context.get("url") or canonical_link(page) or canonical_url(page.url)
    mention = Mention(
        kind="article",
        entity=context.get("entity") or registrable_host(page.url),
        native_id=context.get("native_id") or canonical_url(url),
        url=url,
        title=title,
        text=article.text,
        language=context.get("language") or article.language,
        author=context.get("author") or article.author,
        published=_stored(context, "published") or article.published,
        updated=_stored(context, "updated"),
        extent="full",
    )
    rejected = (
        (Rejected(reason="bad_date", where="article", detail=article.bad_date),) if article.bad_date else ()
    )
    return Parsed(items=(mention,), rejected=rejected)


def _stored(context: dict[str, str], name: str) -> StatedDate | None:
    return StatedDate.model_validate_json(context[name]) if name in context else None


SOURCE = Source(
    slug="feed",
    about=FactSheet(
        title="Press and blogs by RSS or Atom",
        site="any",
        kind="press",
        access="web",
        official_api="the feed itself, which the site publishes to be read by programs",
        languages=(),
        limits="What the feed holds, usually its latest 20–50 entries; a summary unless full_text is on "
        "and the article is free to read.",
        legal_note="A feed's entries may be read and cited; fetching full articles (full_text) falls "
        "under each site's terms, its robots.txt and the press publishers' neighbouring right "
        "(art. L. 218-1 CPI): keep what analysis needs, do not republish.",
    ),
    params=FeedParams,
    entity=entity,
    requests=requests,
    parse=parse,
    enumerates=False,
    versions=("RSS 0.9–2.0, RDF, Atom 0.3 and 1.0",),
    fields=("title", "text", "published", "url"),
)
