"""reddit: posts and comments that name a brand, under an application of yours that Reddit has approved.

No other way is built: Reddit refuses requests without a token. It cannot see what was removed, nor comments
that Reddit folds away.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from pydantic import Field

from crawlers.access import BEARER, ENV_PATTERN, AccessGrant, client_credentials
from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import DAYS_HELP, NAMES_HELP, asking, query_name
from crawlers.reading.services.minimised import dropping
from crawlers.sources.reddit import listings
from crawlers.upkeep import AGAIN, KnownMention, Upkeep, asking_again
from ouidire.batches import batched
from ouidire.errors import ConfigError
from ouidire.page import Request

BASE = "https://oauth.reddit.com"
TOKEN_URL = "https://www.reddit.com/api/v1/access_token"  # noqa: S105 (an address)
LEGAL_NOTE = (
    "Reddit approves each application, and free use is not for business: monitoring brands for a company is "
    "a commercial use, which needs an agreement with Reddit. What is deleted there must be deleted here "
    "within two days: known posts are asked for again every day, whatever `every` says, and those that could "
    "not be asked for in two days are removed. Posts are their authors' personal data (GDPR). To go on, set "
    "accept_legal_note = true."
)


class RedditParams(Params):
    """One search, on all of Reddit or in one subreddit, by an approved application."""

    query: str = Field(min_length=1, description="What is searched for; quotation marks keep words together.")
    subreddit: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_]{2,30}$",
        description="A subreddit (`france`); all by default.",
    )
    comments: bool = Field(default=True, description="Read the comments of posts found, too.")
    must_name: tuple[str, ...] = Field(default=(), description=NAMES_HELP)
    days: int = Field(default=30, ge=1, le=365, description=DAYS_HELP)
    client_id_env: str = Field(
        pattern=ENV_PATTERN, description="Environment variable that holds the application's id."
    )
    client_secret_env: str = Field(
        pattern=ENV_PATTERN, description="Environment variable that holds the application's secret."
    )
    accept_legal_note: bool = Field(
        default=False, description="You have read the legal note, and Reddit has approved your application."
    )
    base_url: str = Field(default=BASE, pattern=r"^https?://[^/]+$", description="Where the API answers.")
    token_url: str = Field(
        default=TOKEN_URL, pattern=r"^https?://[^/]+/", description="Where the access token is had."
    )


def entity(params: RedditParams) -> str:
    """Return the query in small letters, with the subreddit where it is set."""
    name = query_name(params.query)
    return f"r/{params.subreddit.lower()}/{name}" if params.subreddit else name


def requests(params: RedditParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the first page of posts, newest first; `since` ends the paging early.

    Raises ConfigError until the legal note is accepted.
    """
    if not params.accept_legal_note:
        raise ConfigError([f"reddit.accept_legal_note: {LEGAL_NOTE}"])
    asked = {"q": params.query, "sort": "new", "type": "link", "limit": "100", "raw_json": "1"}
    asked |= {"restrict_sr": "1"} if params.subreddit else {}
    place = f"/r/{params.subreddit}" if params.subreddit else ""
    context = asking(
        entity(params),
        names=params.must_name,
        since=since,
        days=params.days,
        comments="yes" if params.comments else "",
    )
    yield Request(url=f"{params.base_url}{place}/search?{urlencode(asked)}", headers=BEARER, context=context)


def again(params: RedditParams, known: Sequence[KnownMention]) -> Iterator[Request]:
    """Yield the requests for known posts and comments, a hundred at a time."""
    for listed in batched(known, 100):
        names = ",".join(each.native_id for each in listed)
        yield Request(
            url=f"{params.base_url}/api/info?{urlencode({'id': names, 'raw_json': '1'}, safe=',')}",
            headers=BEARER,
            kind=AGAIN,
            context=asking_again(entity(params), listed),
        )


def grant(params: RedditParams) -> AccessGrant:
    """Return how the access token is had: by the application's id and secret."""
    return client_credentials(
        params.token_url,
        client=(f"secret:{params.client_id_env}", f"secret:{params.client_secret_env}"),
        advice="Reddit gives tokens to approved applications only: check the id and the secret",
    )


SOURCE = Source(
    slug="reddit",
    about=FactSheet(
        title="Reddit",
        site="reddit.com",
        kind="forum",
        access="api",
        official_api="https://www.reddit.com/dev/api (an application that Reddit has approved)",
        terms_url="https://redditinc.com/policies/data-api-terms",
        needs_key=True,
        opt_in=True,
        languages=("all",),
        limits="100 requests a minute; the latest 1,000 posts of a search.",
        legal_note=LEGAL_NOTE,
    ),
    params=RedditParams,
    entity=entity,
    requests=requests,
    layouts=(
        Layout(
            "listing",
            since="2012",
            marks="JSON: kind = Listing",
            knows=listings.knows_listing,
            parse=listings.parse_listing,
        ),
        Layout(
            "thread",
            since="2012",
            marks="JSON: two listings",
            knows=listings.knows_thread,
            parse=listings.parse_thread,
        ),
    ),
    check=listings.check,
    reads_errors=True,
    grant=grant,
    minimised=dropping("author_fullname", "icon_img", "snoovatar_img"),
    enumerates=False,
    upkeep=Upkeep(
        every=timedelta(hours=20),
        within=timedelta(hours=48),
        kept=timedelta(hours=48),
        most=5_000,
        requests=again,
    ),
    erases=True,
    fields=("text", "published", "author", "url"),
)
