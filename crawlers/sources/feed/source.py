"""feed: articles that name a brand, from the RSS and Atom feeds of the press and of blogs.

A feed's entry and the article it leads to are one mention: both are known by the entry's link, without its
campaign parameters. With `full_text`, entries (whose `extent` is "summary") are followed by their
articles ("full"). It cannot see articles behind a subscription, nor those that have left the feed: nothing is
ever reported as vanished.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.sources.feed import article, listing
from crawlers.sources.feed.listing import feed_name
from ouidire.page import Request


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
    return feed_name(params.url)


def requests(params: FeedParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the feed itself; with `since`, articles of entries dated before it are not fetched."""
    context = {
        "entity": entity(params),
        "full_text": "yes" if params.full_text else "",
        "must_name": json.dumps(params.must_name),
    }
    yield Request(url=params.url, context=context | ({"since": since.isoformat()} if since else {}))


LAYOUTS = (
    Layout("atom", since="2003-12", marks="feed", knows=listing.knows("feed"), parse=listing.parse),
    Layout("rdf", since="2000-12", marks="rdf:RDF", knows=listing.knows("rdf"), parse=listing.parse),
    Layout("rss", since="1999-03", marks="rss", knows=listing.knows("rss", "channel"), parse=listing.parse),
    Layout("article", since="1993", marks="an entry's article", knows=article.knows, parse=article.parse),
)

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
    layouts=LAYOUTS,
    enumerates=False,
    fields=("title", "text", "published", "url"),
)
