"""hackernews: stories and comments of Hacker News that name a brand, by the search that Algolia runs for it.

It cannot see what was deleted; a comment counts by its own words, not by its story's title.
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import DAYS_HELP, NAMES_HELP, asking, query_name
from crawlers.sources.hackernews import hits
from ouidire.page import Request

BASE = "https://hn.algolia.com"


class HackerNewsParams(Params):
    """One search. Quotation marks in `query` keep words together."""

    query: str = Field(min_length=1, description='What is searched for, like `"Pousse & Compagnie"`.')
    must_name: tuple[str, ...] = Field(default=(), description=NAMES_HELP)
    days: int = Field(default=90, ge=1, le=3650, description=DAYS_HELP)
    base_url: str = Field(default=BASE, pattern=r"^https?://[^/]+$", description="Where the search answers.")


def entity(params: HackerNewsParams) -> str:
    """Return the query in small letters."""
    return query_name(params.query)


def requests(params: HackerNewsParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the first page of hits, newest first; with `since`, of those written after it."""
    asked = {
        "query": params.query,
        "tags": "(story,comment)",
        "hitsPerPage": hits.PER_PAGE,
        "page": 0,
    } | ({"numericFilters": f"created_at_i>{int(since.timestamp())}"} if since else {})
    yield Request(
        url=f"{params.base_url}/api/v1/search_by_date?{urlencode(asked)}",
        context=asking(entity(params), names=params.must_name, since=since, days=params.days),
    )


SOURCE = Source(
    slug="hackernews",
    about=FactSheet(
        title="Hacker News",
        site="news.ycombinator.com",
        kind="social",
        access="api",
        official_api="https://hn.algolia.com/api (by Algolia, for Hacker News; no key)",
        terms_url="https://www.ycombinator.com/legal/",
        languages=("en",),
        limits="Stories and comments, newest first, 100 a page; mostly in English, mostly of technology.",
        legal_note="A public search without a key. Comments are their authors' personal data (GDPR): names "
        "are kept as keyed hashes only; what its author deletes there is to be erased here on request.",
    ),
    params=HackerNewsParams,
    entity=entity,
    requests=requests,
    layouts=(Layout("hits", since="2014", marks="JSON: hits", knows=hits.knows, parse=hits.parse),),
    check=hits.check,
    reads_errors=True,
    enumerates=False,
    fields=("text", "published", "author", "url"),
)
