"""google_business: the reviews of one's own places on Google, by the Business Profile API, with replies.

Every location that the account manages is read, edits and removals included. It cannot see reviews of others'
places, nor those that Google has hidden.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from crawlers.access import ENV_PATTERN, AccessGrant, refresh_token
from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import asking
from crawlers.reading.services.minimised import dropping
from crawlers.sources.google_business import answers
from crawlers.sources.google_business.asked import TOKEN_URL, accounts_request, locations_request
from crawlers.sources.google_business.replies import REPLIES
from ouidire.page import Request


class GoogleBusinessParams(Params):
    """The places of an account, or of all accounts that the consent sees."""

    account: str | None = Field(
        default=None,
        pattern=r"^accounts/[A-Za-z0-9_-]+$",
        description="One account, like `accounts/123`; without it, all that the consent sees. Needed where "
        "the file has two consents.",
    )
    locations: tuple[str, ...] = Field(
        default=(),
        description="Ids of the only locations to read, for an account that manages several brands.",
    )
    client_id_env: str = Field(
        default="GOOGLE_CLIENT_ID",
        pattern=ENV_PATTERN,
        description="Environment variable that holds the OAuth client's id (or, as NAME_FILE, its file).",
    )
    client_secret_env: str = Field(
        default="GOOGLE_CLIENT_SECRET",
        pattern=ENV_PATTERN,
        description="Environment variable that holds the OAuth client's secret.",
    )
    refresh_token_env: str = Field(
        default="GOOGLE_REFRESH_TOKEN",
        pattern=ENV_PATTERN,
        description="Environment variable that holds the refresh token of the owner's consent.",
    )
    base_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+$",
        description="Where the API and its tokens are served instead of Google, for tests.",
    )


def entity(params: GoogleBusinessParams) -> str:
    """Return what is read, in Google's words: `accounts/-` for all accounts, `accounts/1/locations/2+3`."""
    account = params.account or "accounts/-"
    return f"{account}/locations/{'+'.join(sorted(params.locations))}" if params.locations else account


def requests(params: GoogleBusinessParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the request for accounts, or for the locations of one; `since` ends each location's paging early.

    Reviews come last changed first, so that an edited one is found among the new.
    """
    context = asking(
        entity(params), since=since, base=params.base_url or "", locations="+".join(sorted(params.locations))
    )
    yield locations_request(params.account, context) if params.account else accounts_request(context)


def grant(params: GoogleBusinessParams) -> AccessGrant:
    """Return how the access token is had: from the owner's consent, by its refresh token."""
    return refresh_token(
        f"{params.base_url}/token" if params.base_url else TOKEN_URL,
        refresh=f"secret:{params.refresh_token_env}",
        client=(f"secret:{params.client_id_env}", f"secret:{params.client_secret_env}"),
        advice="the consent was withdrawn or has expired (after 7 days where the OAuth app is in testing), "
        "or the client's secret is another's; give the consent again and put its refresh token in "
        f"{params.refresh_token_env}",
    )


SOURCE = Source(
    slug="google_business",
    about=FactSheet(
        title="Google reviews of your own places (Business Profile)",
        site="business.google.com",
        kind="reviews",
        access="api",
        official_api="https://developers.google.com/my-business/content/review-data (free; the project must "
        "be approved, the profile verified)",
        terms_url="https://developers.google.com/my-business/content/policies",
        needs_key=True,
        languages=("all",),
        rating_scale="1–5 stars; many reviews have stars and no words",
        limits="All reviews of every location, 50 an answer; 300 requests a minute once Google has approved "
        "the project (none before).",
        legal_note="The official way for owners: their own reviews, by their own consent. Google's terms "
        "forbid to collect reviews by scraping beside it. Reviews are their authors' personal data (GDPR): "
        "names are kept as keyed hashes, photographs are not kept.",
    ),
    params=GoogleBusinessParams,
    entity=entity,
    requests=requests,
    layouts=(
        Layout(
            "json",
            since="2021",
            marks="JSON: accounts, locations, reviews[].starRating",
            knows=answers.knows,
            parse=answers.parse,
        ),
    ),
    check=answers.check,
    reads_errors=True,
    grant=grant,
    replies=REPLIES,
    minimised=dropping("profilePhotoUrl", "email"),
)
