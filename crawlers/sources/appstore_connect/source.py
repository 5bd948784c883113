"""appstore_connect: the reviews of one's own app on Apple's App Store, with answers, by App Store Connect.

All countries at once, or one. It cannot see stars without words.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from crawlers.access import ENV_PATTERN, AccessGrant, SignedToken
from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import asking
from crawlers.sources.appstore_connect import reviews
from crawlers.sources.appstore_connect.replies import REPLIES
from ouidire.page import Request


class AppStoreConnectParams(Params):
    """One app, and the API key by which it is read."""

    app_id: str = Field(pattern=r"^\d{5,12}$", description="The number in the app's address, after `id`.")
    territory: str | None = Field(
        default=None,
        pattern=r"^[A-Z]{3}$",
        description="One country by its three letters (`FRA`); without it, all.",
    )
    key_id: str = Field(pattern=r"^[A-Z0-9]{6,20}$", description="The key's id, in its file's name.")
    issuer_id: str = Field(
        pattern=r"^[0-9a-fA-F-]{36}$", description="The account's issuer id, above the list of keys."
    )
    key_env: str = Field(
        default="APPSTORE_KEY",
        pattern=ENV_PATTERN,
        description="Environment variable that holds the private key (or, as NAME_FILE, its .p8 file).",
    )
    base_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+$",
        description="Where the API is served instead of Apple, for tests.",
    )


def entity(params: AppStoreConnectParams) -> str:
    """Return the app's number, with the country where only one is read."""
    return f"{params.app_id}/{params.territory}" if params.territory else params.app_id


def requests(params: AppStoreConnectParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the request for the first page, newest first; `since` ends the paging early."""
    yield reviews.reviews_request(
        asking(
            entity(params), since=since, base=params.base_url, app=params.app_id, territory=params.territory
        )
    )


def grant(params: AppStoreConnectParams) -> AccessGrant:
    """Return how the access token is had: it is signed with the private key."""
    return SignedToken(
        algorithm="ES256",
        key=params.key_env,
        header={"kid": params.key_id},
        claims={"iss": params.issuer_id, "aud": "appstoreconnect-v1"},
        seconds=900,
        advice=reviews.KEY_ADVICE,
    )


SOURCE = Source(
    slug="appstore_connect",
    about=FactSheet(
        title="App Store reviews of your own app",
        site="appstoreconnect.apple.com",
        kind="app_store",
        access="api",
        official_api="https://developer.apple.com/documentation/appstoreconnectapi/customer-reviews",
        terms_url="https://developer.apple.com/support/terms/",
        needs_key=True,
        languages=("all",),
        rating_scale="1–5 stars",
        limits="All reviews with words, 200 an answer; about 3,500 requests an hour.",
        legal_note="The official way for owners, by your own App Store Connect. Reviews are their authors' "
        "personal data (GDPR): nicknames are kept as keyed hashes.",
    ),
    params=AppStoreConnectParams,
    entity=entity,
    requests=requests,
    layouts=(
        Layout(
            "reviews",
            since="2022-07",
            marks="JSON:API: data[].type customerReviews",
            knows=reviews.knows,
            parse=reviews.parse,
        ),
    ),
    check=reviews.check,
    reads_errors=True,
    grant=grant,
    replies=REPLIES,
)
