"""gdelt: articles of the press that name a brand, as GDELT sees them, in the last three months.

A title and an address; with `full_text`, the article's own page too, where its site allows it. It cannot see
articles whose words alone name the brand, unless their page is read.
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote, urlencode

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import DAYS_HELP, NAMES_HELP, asking, query_name
from crawlers.sources.feed import article
from crawlers.sources.gdelt import articles
from ouidire.page import Request

BASE = "https://api.gdeltproject.org"


class GdeltParams(Params):
    """One query, in one language or in all."""

    query: str = Field(min_length=3, description="What is searched for; quotation marks keep words together.")
    language: str | None = Field(
        default="french", pattern=r"^[a-z]+$", description="The articles' language in English; all if null."
    )
    country: str | None = Field(
        default=None, pattern=r"^[A-Za-z]+$", description="The country of the press, in English: `france`."
    )
    must_name: tuple[str, ...] = Field(default=(), description=NAMES_HELP)
    full_text: bool = Field(
        default=False, description="Read each article's own page too, where robots.txt allows."
    )
    days: int = Field(default=30, ge=1, le=90, description=DAYS_HELP)
    base_url: str = Field(default=BASE, pattern=r"^https?://[^/]+$", description="Where the API answers.")


def entity(params: GdeltParams) -> str:
    """Return the query in small letters, with the language and the country where they are set."""
    where = [each.lower() for each in (params.language, params.country) if each]
    return "/".join([query_name(params.query), *where])


def requests(params: GdeltParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the newest articles; with `since`, of those seen after it."""
    words = [
        params.query,
        f"sourcelang:{params.language}" if params.language else "",
        f"sourcecountry:{params.country.lower()}" if params.country else "",
    ]
    asked = {
        "query": " ".join(each for each in words if each),
        "mode": "artlist",
        "format": "json",
        "maxrecords": str(articles.MOST),
        "sort": "datedesc",
    }
    window = {"startdatetime": since.strftime(articles.STAMP)} if since else {"timespan": f"{params.days}d"}
    context = asking(
        entity(params),
        names=params.must_name,
        since=since,
        days=params.days,
        full_text="yes" if params.full_text else "",
    )
    url = f"{params.base_url}/api/v2/doc/doc?{urlencode(asked | window, quote_via=quote)}"
    yield Request(url=url, context=context)


LAYOUTS = (
    Layout("articles", since="2017", marks="JSON: articles", knows=articles.knows, parse=articles.parse),
    Layout("article", since="1993", marks="an article's page", knows=article.knows, parse=article.parse),
)

SOURCE = Source(
    slug="gdelt",
    about=FactSheet(
        title="GDELT: the world's press",
        site="gdeltproject.org",
        kind="press",
        access="api",
        official_api="https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/ (no key)",
        terms_url="https://www.gdeltproject.org/about.html",
        languages=("all",),
        limits="250 articles an answer, one request in 5 seconds, the last three months; titles alone, "
        "unless full_text is on.",
        legal_note="GDELT's lists may be used by anyone who names it as the source. Fetching full articles "
        "(full_text) falls under each site's terms, its robots.txt and the press publishers' neighbouring "
        "right (art. L. 218-1 CPI): keep what analysis needs, do not republish.",
    ),
    params=GdeltParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    check=articles.check,
    reads_errors=True,
    pace=articles.PACE,
    enumerates=False,
    fields=("title", "published", "url"),
)
