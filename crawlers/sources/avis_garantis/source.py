"""avis_garantis: reviews of a shop, or of one of its products, collected by the Société des Avis Garantis.

One public answer without a key that is secret. It cannot see more than the latest 1,000 reviews; order
numbers, which the answer holds, are not read.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import asking
from crawlers.reading.services.minimised import dropping
from crawlers.sources.avis_garantis import reviews
from ouidire.page import Request

BASE = "https://api.guaranteed-reviews.com"


class AvisGarantisParams(Params):
    """One shop, by the public key of its widget; `scope` is the whole shop or one of its products."""

    public_key: str = Field(
        pattern=r"^[A-Za-z0-9_.:-]+$",
        description="The shop's public API key, in its space: settings, public API.",
    )
    scope: str = Field(
        default="site",
        pattern=r"^[A-Za-z0-9_.:-]+$",
        description="`site` for reviews of the shop, or the id of a product for its reviews.",
    )
    base_url: str = Field(
        default=BASE, pattern=r"^https?://[^/]+$", description="Where the reviews are served."
    )


def entity(params: AvisGarantisParams) -> str:
    """Return the shop's public key and what of it is read, like `a1b2c3/site`."""
    return f"{params.public_key}/{params.scope}"


def requests(params: AvisGarantisParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the one request: the answer holds everything, so that `since` changes nothing."""
    del since
    yield Request(
        url=f"{params.base_url}/public/v3/reviews/{params.public_key}/{params.scope}",
        headers={"Accept": "application/json"},
        context=asking(entity(params)),
    )


LAYOUTS = (
    Layout(
        "reviews",
        since="2023",
        marks="JSON: reviews, ratings",
        knows=reviews.knows,
        parse=reviews.parse,
    ),
)

SOURCE = Source(
    slug="avis_garantis",
    about=FactSheet(
        title="Société des Avis Garantis (guaranteed-reviews.com)",
        site="guaranteed-reviews.com",
        kind="reviews",
        access="api",
        official_api="https://www.guaranteed-reviews.com (public API of each shop, without a secret)",
        languages=("all",),
        rating_scale="1–5 stars",
        limits="The latest 1,000 reviews in one answer; dates without a timezone are read as Paris time.",
        legal_note="The service publishes this address for shops to show their own reviews. Reviews are "
        "their authors' personal data (GDPR): first names are kept as keyed hashes, order numbers are not "
        "read. Reviews are collected from buyers by invitation: say so where you publish figures.",
    ),
    params=AvisGarantisParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    check=reviews.check,
    reads_errors=True,
    minimised=dropping("o"),
)
