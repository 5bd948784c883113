"""schema_org: reviews and ratings that any page publishes as JSON-LD, microdata or RDFa, page after page.

The entity is the listing's address: registrable host and path, without page number, sorting or campaign, so
that every page of a pager names the same one. It cannot see reviews that a page shows without marking them
up, and a product that simply has no review looks the same as one whose markup is gone: only a page that says
"none" ends as empty.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.pager import listing_name
from crawlers.reading.refusals import check_refused
from crawlers.reading.schema import marks
from crawlers.reading.schema.empty import says_none
from crawlers.sources.schema_org.reviews_page import parse
from crawlers.sources.schema_org.scripts import shows_nothing
from ouidire.errors import ScriptsNeeded
from ouidire.page import Page, Request

Expect = Literal["reviews", "rating", "any"]


class SchemaParams(Params):
    """One page, or the first page of a listing.

    `expect` is what the page must state for a run to be called ok.
    """

    url: str = Field(pattern=r"^https?://[^/\s]+", description="The page, or the first page of a listing.")
    expect: Expect = Field(default="any", description="What the page must state for a run to be called ok.")
    render: bool = Field(
        default=False, description="Let Chromium render the page: only where its source lacks the reviews."
    )


def entity(params: SchemaParams) -> str:
    """Return the listing's name, like `exemple.fr/avis/lyon`."""
    return listing_name(params.url)


def requests(params: SchemaParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the first page; listings of unknown order have no use for `since`."""
    del since
    context = {"entity": entity(params), "expect": params.expect, "page": "1"} | (
        {"render": "yes"} if params.render else {}
    )
    yield Request(url=params.url, render=params.render, context=context)


LAYOUTS = (
    Layout("json-ld", since="2014", marks="JSON-LD Review", knows=marks.in_json_ld, parse=parse),
    Layout("rdfa", since="2012", marks="RDFa Review", knows=marks.in_rdfa, parse=parse),
    Layout("microdata", since="2011", marks="microdata Review", knows=marks.in_microdata, parse=parse),
    Layout("data-vocabulary", since="2009", marks=marks.ELDER, knows=marks.in_data_vocabulary, parse=parse),
    Layout("none-yet", since="2009", marks="« aucun avis »", knows=says_none, parse=parse),
)
"""All read by one function: a page states the same reviews in several syntaxes, and they are merged.

A page that says that it has none is a form of its own.
"""


def check(page: Page) -> None:
    """Raise for a refusal, and for a page that no layout knows since it shows nothing without scripts."""
    check_refused(page)
    rendered = page.context.get("render") == "yes"
    if not rendered and not any(each.knows(page) for each in LAYOUTS) and shows_nothing(page):
        raise ScriptsNeeded


SOURCE = Source(
    slug="schema_org",
    about=FactSheet(
        title="Any page with schema.org reviews",
        site="any",
        kind="reviews",
        access="web",
        official_api="none: the markup is what sites publish for search engines to read",
        terms_url="https://schema.org/docs/terms.html",
        languages=(),
        rating_scale="the page's own (bestRating), 1–5 when it states none",
        limits="Only what is marked up, often the latest ten reviews. A review without an id is known by "
        "its author and date.",
        legal_note="Each site's own terms and robots.txt apply: check them before adding a page. Reviews "
        "are their authors' personal data (GDPR) and may be protected by the site's database "
        "right: keep what you need, for as long as you need it.",
    ),
    params=SchemaParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    check=check,
)
