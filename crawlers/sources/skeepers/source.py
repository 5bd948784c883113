"""skeepers: reviews of a brand, its shops or its products, collected by Skeepers (Avis Vérifiés).

Buyers are invited to write them. It cannot see reviews that wait for moderation, and no order number.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import Field

from crawlers.access import ENV_PATTERN, AccessGrant, client_credentials
from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import asking
from crawlers.reading.services.minimised import dropping
from crawlers.sources.skeepers import reviews
from ouidire.page import Request

TOKEN_URL = "https://auth.skeepers.io/realms/skeepers/protocol/openid-connect/token"  # noqa: S105 (an address)


class SkeepersParams(Params):
    """The reviews of one account: of the brand and its shops, or of products."""

    website: str = Field(
        pattern=r"^[\w.\-]+$",
        description="The site that the account collects reviews for, as Skeepers names it.",
    )
    of: Literal["brands", "products"] = Field(
        default="brands", description="`brands` for reviews of the brand and its shops, or `products`."
    )
    product: str | None = Field(
        default=None, min_length=1, description="One product (`product_variation_id`) instead of all."
    )
    client_id_env: str = Field(
        default="SKEEPERS_CLIENT_ID",
        pattern=ENV_PATTERN,
        description="Environment variable that holds the client's id (or, as NAME_FILE, its file).",
    )
    client_secret_env: str = Field(
        default="SKEEPERS_CLIENT_SECRET",
        pattern=ENV_PATTERN,
        description="Environment variable that holds the client's secret.",
    )
    base_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+$",
        description="Where the API and its tokens are served instead of Skeepers, for tests.",
    )


def entity(params: SkeepersParams) -> str:
    """Return whose reviews are read, and of what, like `pousse.example/brands`."""
    product = f"/{params.product}" if params.product else ""
    return f"{params.website.lower()}/{params.of}{product}"


def requests(params: SkeepersParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the request for the first page; with `since`, for what was published from then on."""
    yield reviews.reviews_request(
        asking(entity(params), since=since, base=params.base_url, of=params.of, product=params.product)
    )


def grant(params: SkeepersParams) -> AccessGrant:
    """Return how the access token is had: by the client's credentials."""
    return client_credentials(
        f"{params.base_url}/token" if params.base_url else TOKEN_URL,
        client=(f"secret:{params.client_id_env}", f"secret:{params.client_secret_env}"),
        more={"audience": "verified-reviews"},
        advice="check the client's id and secret in your Skeepers account (Account management, API access)",
    )


SOURCE = Source(
    slug="skeepers",
    about=FactSheet(
        title="Skeepers, Avis Vérifiés",
        site="skeepers.io",
        kind="reviews",
        access="api",
        official_api="https://apidocs.skeepers.io/published (Published API, with the account's own client)",
        needs_key=True,
        languages=("all",),
        rating_scale="1–5 stars",
        limits="200 reviews an answer; 5 requests a second, 100 a minute.",
        legal_note="The official way, by your contract with Skeepers. Reviews are their authors' personal "
        "data (GDPR): names are kept as keyed hashes; order numbers are dropped before anything is stored. "
        "Reviews are collected from buyers by invitation: say so where you publish figures.",
    ),
    params=SkeepersParams,
    entity=entity,
    requests=requests,
    layouts=(
        Layout(
            "published", since="2025", marks="JSON: [].review_rate", knows=reviews.knows, parse=reviews.parse
        ),
    ),
    check=reviews.check,
    reads_errors=True,
    pace=0.6,
    grant=grant,
    minimised=dropping("order_id", "order_reference", "author_email", "email"),
)
