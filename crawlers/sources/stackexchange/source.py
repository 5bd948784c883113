"""stackexchange: questions and answers that name a brand, on one site of the Stack Exchange network.

It cannot see more of an answer than the extract that the search gives. Little is said of consumer brands
there, in French least of all.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import DAYS_HELP, NAMES_HELP, asking, query_name
from crawlers.reading.services.minimised import dropping
from crawlers.sources.stackexchange import posts
from ouidire.page import Request

BASE = "https://api.stackexchange.com"


class StackExchangeParams(Params):
    """One search on one site."""

    query: str = Field(min_length=1, description="What is searched for.")
    site: str = Field(
        default="french",
        pattern=r"^[a-z0-9.-]+$",
        description="The site, as the API names it: `stackoverflow`, `french`, `diy`, `fr.stackoverflow`.",
    )
    must_name: tuple[str, ...] = Field(default=(), description=NAMES_HELP)
    days: int = Field(default=365, ge=1, le=3650, description=DAYS_HELP)
    key_env: str | None = Field(
        default=None,
        pattern=r"^[A-Z][A-Z0-9_]*$",
        description="Environment variable that holds a key, for 10,000 requests a day in place of 300.",
    )
    base_url: str = Field(default=BASE, pattern=r"^https?://[^/]+$", description="Where the API answers.")


def entity(params: StackExchangeParams) -> str:
    """Return the site with the query in small letters."""
    return f"{params.site}/{query_name(params.query)}"


def requests(params: StackExchangeParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the first page of extracts, newest first; with `since`, of those written after it."""
    asked = {
        "q": params.query,
        "site": params.site,
        "pagesize": "100",
        "page": "1",
        "order": "desc",
        "sort": "creation",
    } | ({"fromdate": str(int(since.timestamp()))} if since else {})
    context = asking(
        entity(params),
        names=params.must_name,
        since=since,
        days=params.days,
        site=params.site,
        key_env=params.key_env,
    )
    url = posts.search_url(f"{params.base_url}/2.3/search/excerpts", asked, params.key_env)
    yield Request(url=url, context=context)


SOURCE = Source(
    slug="stackexchange",
    about=FactSheet(
        title="Stack Exchange sites",
        site="stackexchange.com",
        kind="forum",
        access="api",
        official_api="https://api.stackexchange.com/docs (no key for 300 requests a day)",
        terms_url="https://stackoverflow.com/legal/api-terms-of-use",
        languages=("all",),
        limits="100 a page, extracts only; 300 requests a day without a key, and the pauses that answers ask "
        "for, which are obeyed.",
        legal_note="Contributions are under CC BY-SA: whoever shows them must name author and site, which "
        "our keyed hashes of names do not allow; show the link. Authors' names are personal data (GDPR).",
    ),
    params=StackExchangeParams,
    entity=entity,
    requests=requests,
    layouts=(
        Layout("posts", since="2018", marks="JSON: items, has_more", knows=posts.knows, parse=posts.parse),
    ),
    check=posts.check,
    reads_errors=True,
    minimised=dropping("profile_image"),
    wait=posts.wait,
    enumerates=False,
    fields=("text", "published", "url"),
)
