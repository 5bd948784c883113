"""bluesky: posts that name a brand, by Bluesky's search, under an account of yours.

Its makers ask that the search serve people's questions and not the copying of the network: few queries, few
pages. It cannot see deleted posts.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from pydantic import Field

from crawlers.access import BEARER, ENV_PATTERN, AccessGrant, session_login
from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import DAYS_HELP, NAMES_HELP, asking, query_name
from crawlers.reading.services.minimised import dropping
from crawlers.sources.bluesky import posts
from crawlers.upkeep import AGAIN, KnownMention, Upkeep, asking_again
from ouidire.batches import batched
from ouidire.page import Request

BASE = "https://bsky.social"


class BlueskyParams(Params):
    """One search, under one account."""

    query: str = Field(min_length=1, description="What is searched for; quotation marks keep words together.")
    must_name: tuple[str, ...] = Field(default=(), description=NAMES_HELP)
    language: str | None = Field(
        default=None, pattern=r"^[a-z]{2}$", description="The language that posts state; any by default."
    )
    days: int = Field(default=30, ge=1, le=365, description=DAYS_HELP)
    identifier: str = Field(
        pattern=r"^[A-Za-z0-9.:_-]+$", description="Your account's handle, like `name.bsky.social`."
    )
    password_env: str = Field(
        pattern=ENV_PATTERN,
        description="Environment variable that holds an app password (or, as NAME_FILE, its file).",
    )
    base_url: str = Field(
        default=BASE, pattern=r"^https?://[^/]+$", description="Your account's server (PDS)."
    )


def entity(params: BlueskyParams) -> str:
    """Return the query in small letters, with the language where it is set."""
    name = query_name(params.query)
    return f"{name}/{params.language}" if params.language else name


def requests(params: BlueskyParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the first page of posts, newest first; with `since`, of those written after it."""
    asked = {"q": params.query, "sort": "latest", "limit": "100"}
    asked |= {"lang": params.language} if params.language else {}
    asked |= {"since": f"{since:%Y-%m-%dT%H:%M:%S}Z"} if since else {}
    yield Request(
        url=f"{params.base_url}/xrpc/app.bsky.feed.searchPosts?{urlencode(asked)}",
        headers=BEARER,
        context=asking(entity(params), names=params.must_name, since=since, days=params.days),
    )


def again(params: BlueskyParams, known: Sequence[KnownMention]) -> Iterator[Request]:
    """Yield the requests for known posts, twenty-five at a time, as many as one call takes."""
    for listed in batched(known, 25):
        query = urlencode([("uris", each.native_id) for each in listed])
        yield Request(
            url=f"{params.base_url}/xrpc/app.bsky.feed.getPosts?{query}",
            headers=BEARER,
            kind=AGAIN,
            context=asking_again(entity(params), listed),
        )


def grant(params: BlueskyParams) -> AccessGrant:
    """Return how the session is had: by a login with an app password."""
    return session_login(
        f"{params.base_url}/xrpc/com.atproto.server.createSession",
        fields={"identifier": params.identifier, "password": f"secret:{params.password_env}"},
        value_key="accessJwt",
        expired=("ExpiredToken",),
        advice="make an app password in Bluesky's settings (Privacy and security), put it in "
        f"{params.password_env}, and check identifier",
    )


SOURCE = Source(
    slug="bluesky",
    about=FactSheet(
        title="Bluesky",
        site="bsky.app",
        kind="social",
        access="api",
        official_api="https://docs.bsky.app/docs/api/app-bsky-feed-search-posts (with an account)",
        terms_url="https://bsky.social/about/support/tos",
        needs_key=True,
        languages=("all",),
        limits="100 posts a page; 3,000 requests in 5 minutes, and a request of its makers to use the search "
        "sparingly.",
        legal_note="Posts are their authors' personal data (GDPR), often of opinions: names are kept as "
        "keyed hashes. Some authors ask not to be shown to people without an account: show nobody's posts in "
        "public. What is deleted there is erased here: known posts are asked for again every other day.",
    ),
    params=BlueskyParams,
    entity=entity,
    requests=requests,
    layouts=(Layout("posts", since="2023", marks="JSON: posts", knows=posts.knows, parse=posts.parse),),
    check=posts.check,
    reads_errors=True,
    grant=grant,
    minimised=dropping("avatar"),
    enumerates=False,
    upkeep=Upkeep(
        every=timedelta(days=2),
        within=timedelta(days=7),
        kept=timedelta(days=30),
        most=1_000,
        requests=again,
    ),
    erases=True,
    fields=("text", "published", "author", "url"),
)
