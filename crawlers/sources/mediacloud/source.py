"""mediacloud: articles of the press that name a brand, by Media Cloud's search.

A title and an address. It cannot see articles whose words alone name the brand, and serves research: feeds
come first.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import NAMES_HELP, asking, query_name
from crawlers.sources.mediacloud import stories
from ouidire.page import Request

BASE = "https://search.mediacloud.org"
FIRST = "2008-01-01"
LAST = "2099-12-31"


class MediaCloudParams(Params):
    """One query in one collection of media."""

    query: str = Field(min_length=1, description="What is searched for; quotation marks keep words together.")
    collection: int = Field(
        ge=1, description="The number of a collection of media, as its page on Media Cloud shows it."
    )
    must_name: tuple[str, ...] = Field(default=(), description=NAMES_HELP)
    start: str = Field(
        default=FIRST,
        pattern=r"^\d{4}-\d{2}-\d{2}$",
        description="The first day that the first run asks for, like `2026-09-01`.",
    )
    key_env: str = Field(
        pattern=r"^[A-Z][A-Z0-9_]*$",
        description="Environment variable that holds the key (or, as NAME_FILE, its file).",
    )
    base_url: str = Field(default=BASE, pattern=r"^https?://[^/]+$", description="Where the API answers.")


def entity(params: MediaCloudParams) -> str:
    """Return the collection with the query in small letters."""
    return f"{params.collection}/{query_name(params.query)}"


def requests(params: MediaCloudParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the first page of stories; with `since`, of those published from its day on."""
    asked = {
        "q": params.query,
        "start": f"{since:%Y-%m-%d}" if since else params.start,
        "end": LAST,
        "cs": str(params.collection),
        "platform": "onlinenews-mediacloud",
        "page_size": "1000",
    }
    context = asking(entity(params), names=params.must_name, since=since, key_env=params.key_env)
    yield stories.story_request(f"{params.base_url}/api/search/story-list", asked, context)


SOURCE = Source(
    slug="mediacloud",
    about=FactSheet(
        title="Media Cloud: the press, for research",
        site="mediacloud.org",
        kind="press",
        access="api",
        official_api="https://www.mediacloud.org/documentation/search-api-guide (key required)",
        terms_url="https://www.mediacloud.org/legal/terms-of-use",
        needs_key=True,
        languages=("all",),
        limits="10 requests a minute and a weekly quota; titles alone.",
        legal_note="Media Cloud is offered for research: ask its makers before a commercial use. It gives "
        "titles and addresses; articles themselves are their publishers' (art. L. 218-1 CPI).",
    ),
    params=MediaCloudParams,
    entity=entity,
    requests=requests,
    layouts=(
        Layout("stories", since="2023", marks="JSON: stories", knows=stories.knows, parse=stories.parse),
    ),
    check=stories.check,
    reads_errors=True,
    pace=6.0,
    enumerates=False,
    fields=("title", "published", "url"),
)
