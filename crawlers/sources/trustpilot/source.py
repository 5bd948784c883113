"""trustpilot: what people write of a company on its Trustpilot page.

Reads saved pages, and pages fetched where the site permits it: its robots.txt turns general agents away. It
cannot see reviews behind the site's filters (by default, those in other languages), nor who removed what.
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.sources.trustpilot import cards, data, json_ld
from crawlers.sources.trustpilot import cards_2018 as old
from ouidire.page import Request


class TrustpilotParams(Params):
    """One company, named by the domain in its Trustpilot address. `languages` is a code or "all"."""

    company: str = Field(pattern=r"^[\w.\-]+$", description="The domain in the company's address there.")
    languages: str = Field(
        default="all", pattern=r"^(all|[a-z]{2,3})$", description="Reviews in one language, or `all`."
    )
    base_url: str = Field(
        default="https://www.trustpilot.com",
        pattern=r"^https?://[^/]+$",
        description="Where the pages are served.",
    )


def entity(params: TrustpilotParams) -> str:
    """Return the company's name there, like `airtransat.com`."""
    return params.company.lower()


def requests(params: TrustpilotParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the first page, newest first; with `since`, paging stops at the first older page."""
    query = urlencode({"languages": params.languages, "sort": "recency"})
    context = {"since": since.isoformat()} if since else {}
    yield Request(url=f"{params.base_url}/review/{params.company}?{query}", context=context)


LAYOUTS = (
    Layout("data", since="2021", marks="script#__NEXT_DATA__", knows=data.knows, parse=data.parse),
    Layout("cards", since="2021", marks=cards.MARKS, knows=cards.knows, parse=cards.parse),
    Layout("cards-2018", since="2018", marks=old.MARKS, knows=old.knows, parse=old.parse),
    Layout("json-ld", since="2018", marks="JSON-LD Review", knows=json_ld.knows, parse=json_ld.parse),
)


SOURCE = Source(
    slug="trustpilot",
    about=FactSheet(
        title="Trustpilot company pages",
        site="trustpilot.com",
        kind="reviews",
        access="web",
        official_api="https://developers.trustpilot.com/ (Business Units API, key required)",
        terms_url="https://legal.trustpilot.com/for-everyone/website-terms-of-use",
        languages=("fr", "en", "de", "es", "it", "nl", "pt", "da", "sv", "nb", "fi", "pl", "ja"),
        rating_scale="1–5 stars; TrustScore 1–5",
        limits="20 reviews a page. The declared total is the pagination's: what the page's filters "
        "select, which is what paging can reach. The company's own total counts every language "
        "and rating.",
        legal_note="Trustpilot's terms forbid scraping without permission and its robots.txt turns "
        "general agents away: use its API, an export of your own reviews, or pages that you "
        "saved. Reviews are personal data of their authors (GDPR).",
    ),
    params=TrustpilotParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
)
