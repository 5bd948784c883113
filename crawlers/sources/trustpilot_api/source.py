"""trustpilot_api: a company's reviews by Trustpilot's own API, with replies.

With the key alone, what the public sees; with the key's secret, the company's own view. It cannot see reviews
that were removed: those are missed by a complete run.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Self
from urllib.parse import urlencode

from pydantic import Field, model_validator

from crawlers.access import ENV_PATTERN, AccessGrant, client_credentials, password_grant
from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import asking
from crawlers.reading.services.minimised import dropping
from crawlers.sources.trustpilot_api import answers
from crawlers.sources.trustpilot_api.answers import BASE, UNIT, key_header
from crawlers.sources.trustpilot_api.replies import REPLIES
from ouidire.page import Request

TOKEN_PATH = "/v1/oauth/oauth-business-users-for-applications/accesstoken"  # noqa: S105 (a path)


class TrustpilotApiParams(Params):
    """One company, by its domain or by its id at Trustpilot (`business_unit`)."""

    domain: str | None = Field(
        default=None, pattern=r"^[\w.\-]+$", description="The company's domain, as in its Trustpilot address."
    )
    business_unit: str | None = Field(
        default=None, pattern=rf"^{UNIT.pattern}$", description="Its id at Trustpilot, instead of the domain."
    )
    language: str | None = Field(
        default=None, pattern=r"^[a-z]{2}$", description="Reviews in one language; without it, in all."
    )
    key_env: str = Field(
        default="TRUSTPILOT_API_KEY",
        pattern=ENV_PATTERN,
        description="Environment variable that holds the API key (or, as NAME_FILE, its file).",
    )
    secret_env: str | None = Field(
        default=None,
        pattern=ENV_PATTERN,
        description="Environment variable that holds the key's secret: reads the company's own view.",
    )
    user_env: str | None = Field(
        default=None,
        pattern=ENV_PATTERN,
        description="Environment variable with a business user's e-mail address, where the key's secret is "
        "not enough.",
    )
    password_env: str | None = Field(
        default=None, pattern=ENV_PATTERN, description="Environment variable with that user's password."
    )
    reply_as: str | None = Field(
        default=None,
        pattern=rf"^{UNIT.pattern}$",
        description="Id of the business user in whose name replies are given (`reply = true`).",
    )
    base_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+$",
        description="Where the API is served instead of Trustpilot, for tests.",
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.domain is None) == (self.business_unit is None):
            raise ValueError("give domain or business_unit, one of the two")
        if (self.user_env is None) != (self.password_env is None) or (self.user_env and not self.secret_env):
            raise ValueError("user_env, password_env and secret_env belong together")
        return self


def entity(params: TrustpilotApiParams) -> str:
    """Return the company's name there: its domain, else its id; in one language, with that."""
    company = (params.domain or params.business_unit or "").lower()
    return f"{company}/{params.language}" if params.language else company


def requests(params: TrustpilotApiParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the request for the company, whose answer leads to its reviews; `since` ends their paging."""
    context = asking(
        entity(params),
        since=since,
        base=params.base_url or "",
        key=params.key_env,
        language=params.language,
        private="yes" if params.secret_env else "",
    )
    found = f"find?{urlencode({'name': params.domain})}" if params.domain else params.business_unit
    yield Request(
        url=f"{params.base_url or BASE}/v1/business-units/{found}",
        headers={"Accept": "application/json", **key_header(params.key_env)},
        kind="unit",
        context=context,
    )


def grant(params: TrustpilotApiParams) -> AccessGrant | None:
    """Return how the token of the company's own view is had; None where the key alone is used."""
    if params.secret_env is None:
        return None
    url = f"{params.base_url or BASE}{TOKEN_PATH}"
    client = (f"secret:{params.key_env}", f"secret:{params.secret_env}")
    advice = "check the key and its secret, and that the application may use the private API"
    if params.user_env and params.password_env:
        user = (f"secret:{params.user_env}", f"secret:{params.password_env}")
        return password_grant(url, user=user, client=client, advice=f"{advice}; check the user's password")
    return client_credentials(url, client=client, advice=advice)


SOURCE = Source(
    slug="trustpilot_api",
    about=FactSheet(
        title="Trustpilot by its API",
        site="trustpilot.com",
        kind="reviews",
        access="api",
        official_api="https://developers.trustpilot.com/ (the paid Connect module)",
        terms_url="https://legal.trustpilot.com/for-everyone/website-terms-of-use",
        needs_key=True,
        languages=("all",),
        rating_scale="1–5 stars; TrustScore 1–5",
        limits="100 reviews an answer, newest first; edits of older reviews are found by the next full run.",
        legal_note="The official way, by your contract with Trustpilot. Reviews are their authors' personal "
        "data (GDPR): names are kept as keyed hashes; e-mail addresses and order references, which the "
        "company's own view holds, are dropped before anything is stored.",
    ),
    params=TrustpilotApiParams,
    entity=entity,
    requests=requests,
    layouts=(
        Layout(
            "reviews",
            since="2014-06",
            marks="JSON: reviews[]",
            knows=answers.knows_reviews,
            parse=answers.parse_reviews,
        ),
        Layout(
            "unit",
            since="2014",
            marks="JSON: id, displayName, score",
            knows=answers.knows_unit,
            parse=answers.parse_unit,
        ),
    ),
    check=answers.check,
    reads_errors=True,
    grant=grant,
    replies=REPLIES,
    read_message=answers.read_message,
    minimised=dropping("email", "referenceId", "reference_id", "profileUrl", "imageUrl"),
)
