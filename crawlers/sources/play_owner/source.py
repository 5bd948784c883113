"""play_owner: the reviews of one's own app on Google Play, with replies, by the Developer API.

Only reviews of the last week, and only those with words. It cannot see older ones: `review_file` reads the
monthly files of the Play Console.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from crawlers.access import ENV_PATTERN, AccessGrant, ServiceAccount
from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import asking
from crawlers.reading.services.minimised import dropping
from crawlers.sources.play_owner import reviews
from crawlers.sources.play_owner.replies import REPLIES
from ouidire.page import Request

SCOPE = "https://www.googleapis.com/auth/androidpublisher"


class PlayOwnerParams(Params):
    """One app, by its package name."""

    package: str = Field(
        pattern=r"^[A-Za-z]\w*(\.[A-Za-z]\w*)+$",
        description="The app's package name, after `id=` in its Google Play address.",
    )
    account_env: str = Field(
        default="GOOGLE_PLAY_ACCOUNT",
        pattern=ENV_PATTERN,
        description="Environment variable with the service account's JSON key (or, as NAME_FILE, its file).",
    )
    base_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+$",
        description="Where the API and its tokens are served instead of Google, for tests.",
    )


def entity(params: PlayOwnerParams) -> str:
    """Return the app's package name."""
    return params.package


def requests(params: PlayOwnerParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the request for the first page: it is the last week anyway, so that `since` changes nothing."""
    del since
    yield reviews.reviews_request(asking(entity(params), base=params.base_url))


def grant(params: PlayOwnerParams) -> AccessGrant:
    """Return how the access token is had: by the service account's key."""
    return ServiceAccount(
        file=params.account_env,
        scope=SCOPE,
        url=f"{params.base_url}/token" if params.base_url else None,
        advice="make a new key of the service account in the Google Cloud console, and put its JSON file in "
        f"{params.account_env}",
    )


SOURCE = Source(
    slug="play_owner",
    about=FactSheet(
        title="Google Play reviews of your own app",
        site="play.google.com",
        kind="app_store",
        access="api",
        official_api="https://developers.google.com/android-publisher/reply-to-reviews",
        terms_url="https://play.google.com/about/developer-distribution-agreement.html",
        needs_key=True,
        languages=("all",),
        rating_scale="1–5 stars",
        limits="Reviews of the last week that have words, 100 an answer: read it daily.",
        legal_note="The official way for owners, by your own Play Console. Reviews are their authors' "
        "personal data (GDPR): names are kept as keyed hashes, devices are not kept.",
    ),
    params=PlayOwnerParams,
    entity=entity,
    requests=requests,
    layouts=(
        Layout(
            "reviews",
            since="2015",
            marks="JSON: reviews[].comments[].userComment",
            knows=reviews.knows,
            parse=reviews.parse,
        ),
    ),
    check=reviews.check,
    reads_errors=True,
    enumerates=False,
    grant=grant,
    replies=REPLIES,
    minimised=dropping("device", "deviceMetadata"),
)
