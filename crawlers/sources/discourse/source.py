"""discourse: posts that name a brand on a forum that runs Discourse, by the forum's own search.

Many forums forbid their search in robots.txt: their feeds (`/posts.rss`, `/latest.rss`) are read by `feed`
then. It cannot see what a forum shows to its members only.
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.extract import registrable_host
from crawlers.reading.mentions import DAYS_HELP, NAMES_HELP, asking, query_name
from crawlers.reading.services.minimised import dropping
from crawlers.sources.discourse import posts
from ouidire.page import Request


class DiscourseParams(Params):
    """One search on one forum."""

    url: str = Field(
        pattern=r"^https?://[^/\s]+(?:/[^\s?#]*[^\s?#/])?$",
        description="The forum's address, without a slash at its end.",
    )
    query: str = Field(min_length=1, description="What is searched for.")
    must_name: tuple[str, ...] = Field(default=(), description=NAMES_HELP)
    full_text: bool = Field(default=True, description="Read each post found as a whole, too.")
    days: int = Field(default=365, ge=1, le=3650, description=DAYS_HELP)


def entity(params: DiscourseParams) -> str:
    """Return the forum's host with the query in small letters."""
    host = params.url.partition("://")[2].partition("/")[0].lower() or registrable_host(params.url)
    return f"{host}/{query_name(params.query)}"


def requests(params: DiscourseParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the first page of what the search finds, newest first; with `since`, of what is younger."""
    after = f" after:{since:%Y-%m-%d}" if since else ""
    asked = {"q": f"{params.query}{after} order:latest", "page": "1"}
    context = asking(
        entity(params),
        names=params.must_name,
        since=since,
        days=params.days,
        base=params.url,
        full_text="yes" if params.full_text else "",
    )
    yield Request(url=f"{params.url}/search.json?{urlencode(asked)}", context=context)


LAYOUTS = (
    Layout(
        "search",
        since="2018",
        marks=f"JSON: {posts.GROUPED}",
        knows=posts.knows_search,
        parse=posts.parse_search,
    ),
    Layout(
        "topic", since="2014", marks="JSON: post_stream", knows=posts.knows_topic, parse=posts.parse_topic
    ),
    Layout(
        "post", since="2014", marks="JSON: topic_id, cooked", knows=posts.knows_post, parse=posts.parse_post
    ),
)

SOURCE = Source(
    slug="discourse",
    about=FactSheet(
        title="Discourse forums",
        site="the forum chosen",
        kind="forum",
        access="api",
        official_api="https://docs.discourse.org (each forum's own, without a key for public topics)",
        languages=("all",),
        limits="About 50 posts a page of search, extracts only; one request more for each whole post. Where "
        "robots.txt forbids the search, read the forum's feeds by `feed`.",
        legal_note="Read the forum's rules first: its administrators may forbid it, and are easily asked. "
        "Posts are their authors' personal data (GDPR) and works of theirs: names are kept as keyed hashes.",
    ),
    params=DiscourseParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    check=posts.check,
    reads_errors=True,
    minimised=dropping("avatar_template"),
    enumerates=False,
    fields=("text", "published", "author", "url"),
)
