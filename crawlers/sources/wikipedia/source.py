"""wikipedia: the article on a brand, which stands on the first page of a search: its opening, views, changes.

The opening is one mention, whose changes are told as edits; its `reach` is how often it was read in the last
30 days, which is attention and no opinion. Single edits are counted and not read as mentions: they say what
was done to an article, not what their authors think of a brand. It cannot see who reads or writes it.
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import asking
from crawlers.reading.services.minimised import dropping
from crawlers.sources.wikipedia import article
from ouidire.page import Request

VIEWS = "https://wikimedia.org"


class WikipediaParams(Params):
    """One article of one language's Wikipedia."""

    title: str = Field(max_length=255, pattern=r"^[^|#<>\[\]{}]+$", description="The article's title.")
    language: str = Field(
        default="fr",
        pattern=r"^[a-z]{2,12}(-[a-z]+)*$",
        description="The language, as in its address.",
    )
    base_url: str | None = Field(
        default=None, pattern=r"^https?://[^/]+$", description="Where the wiki answers, if elsewhere."
    )
    views_url: str = Field(
        default=VIEWS, pattern=r"^https?://[^/]+$", description="Where the counts of views are served."
    )


def entity(params: WikipediaParams) -> str:
    """Return the wiki's host with the title, like `fr.wikipedia.org/Jardiland`."""
    return f"{params.language}.wikipedia.org/{' '.join(params.title.replace('_', ' ').split())}"


def requests(params: WikipediaParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the request for the article and its latest 50 changes; `since` changes nothing."""
    del since
    base = params.base_url or f"https://{params.language}.wikipedia.org"
    asked = {
        "action": "query",
        "prop": "extracts|info|pageprops|revisions",
        "titles": params.title,
        "redirects": "1",
        "exintro": "1",
        "explaintext": "1",
        "inprop": "url",
        "ppprop": "disambiguation",
        "rvprop": "ids|timestamp|flags|tags",
        "rvlimit": "50",
        "format": "json",
        "formatversion": "2",
        "maxlag": "5",
    }
    context = asking(
        entity(params),
        language=params.language.split("-")[0],
        project=f"{params.language}.wikipedia.org",
        views=params.views_url,
    )
    yield Request(url=f"{base}/w/api.php?{urlencode(asked)}", context=context)


LAYOUTS = (
    Layout(
        "article",
        since="2018",
        marks="JSON: query.pages",
        knows=article.knows_article,
        parse=article.parse_article,
    ),
    Layout(
        "views",
        since="2015-10",
        marks="JSON: items[].views",
        knows=article.knows_views,
        parse=article.parse_views,
    ),
)

SOURCE = Source(
    slug="wikipedia",
    about=FactSheet(
        title="The brand's article in Wikipedia",
        site="wikipedia.org",
        kind="press",
        access="api",
        official_api="https://www.mediawiki.org/wiki/API and https://wikimedia.org/api/rest_v1/ (no key)",
        terms_url="https://foundation.wikimedia.org/wiki/Policy:Terms_of_Use",
        languages=("all",),
        limits="Two requests a run. Views are those of people, by day, and a day late; changes are counted, "
        "not read. Set fetch.contact: the operators ask for an address in the user agent.",
        legal_note="Articles are under CC BY-SA: name Wikipedia and link to the article where you show its "
        "words. Names of editors are not read. Whoever edits the article on their own company must say so "
        "there. robots.txt keeps crawlers from /w/, where the API is: the API has rules of its own (its "
        "etiquette: few requests, one after another, a name in the user agent), and those are kept.",
    ),
    params=WikipediaParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    check=article.check,
    reads_errors=True,
    asks_robots=False,
    minimised=dropping("user", "userid", "comment", "parsedcomment"),
    fields=("text", "url", "reach"),
)
