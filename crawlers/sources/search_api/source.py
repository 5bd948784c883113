"""search_api: search results from SearXNG, Brave Search, Serper, SerpApi, DataForSEO or Mojeek.

A key never enters a request, a page or a context: it is written `secret:NAME` (in a header) or
`{secret:NAME}` (in an address), and only the fetch engine puts it in. This source cannot see what the service
leaves out: ads and the AI overview mostly, and the order of blocks on the page. Google Programmable Search
(`google_cse`) is read for those who have it, until its end on 2027-01-01.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from crawlers.access import Budget
from crawlers.base import Ending, FactSheet, Source
from crawlers.reading.search_results import search_entity
from crawlers.sources.search_api import brave, dataforseo, google_cse, mojeek, searxng, serpapi, serper
from crawlers.sources.search_api.answer_page import layout_of
from crawlers.sources.search_api.later import LATER
from crawlers.sources.search_api.params import SearchApiParams
from crawlers.sources.search_api.refusals import CSE_ADVICE, CSE_ENDS, check_answer
from ouidire.page import Page, Request

SERVICES: Final = {
    service.name: service
    for service in (
        dataforseo.SERVICE,
        serpapi.SERVICE,
        mojeek.SERVICE,
        google_cse.SERVICE,
        serper.SERVICE,
        brave.SERVICE,
        searxng.SERVICE,
    )
}
"""By name; an answer in a saved file is known by the first whose shape it has."""


NAMES: Final = {
    "searxng": "SearXNG",
    "brave": "Brave Search",
    "serper": "Google (Serper)",
    "serpapi": "Google (SerpApi)",
    "dataforseo": "Google (DataForSEO)",
    "mojeek": "Mojeek",
    "google_cse": "Google",
}
"""What people call whose results each service gives."""


def entity(params: SearchApiParams) -> str:
    """Return the search's name, like `serper/fr/fr/desktop/pousse et compagnie`."""
    return search_entity(params.provider, params.query, gl=params.gl, hl=params.hl, device=params.device)


def requests(params: SearchApiParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield one request a page; a search has no past, so `since` changes nothing."""
    del since
    for page in range(1, params.pages + 1):
        yield SERVICES[params.provider].build(params, page)


def check(page: Page) -> None:
    """Raise SourceError for an answer that is a refusal, in the words of whichever service it is of."""
    if page.kind != LATER:  # a second answer that fails leaves the first one as it is
        check_answer(page, SERVICES.values())


def budgets(params: SearchApiParams) -> tuple[Budget, ...]:
    """Return how many searches the key may spend in a day, where that is set.

    A search of SerpApi is planned as two, since its AI overview may need a second request, which must not be
    refused once the first one is spent; its answer tells how many it is.
    """
    if params.searches_a_day is None or params.key_env is None:
        return ()
    planned = 2 if SERVICES[params.provider].later is not None else 1
    return (
        Budget(key=params.key_env, what="searches", limit=params.searches_a_day, costs={"search": planned}),
    )


def ending(params: SearchApiParams) -> Ending | None:
    """Return the announced end of Google's Custom Search JSON API; None for every other service."""
    return Ending(CSE_ENDS, CSE_ADVICE) if params.provider == "google_cse" else None


SOURCE: Final = Source(
    slug="search_api",
    about=FactSheet(
        title="Search services",
        site="the service chosen",
        kind="search_results",
        access="api",
        official_api="The APIs of Brave and Mojeek are official, on indexes of their own; SearXNG is your "
        "instance; Serper, SerpApi and DataForSEO are providers that read Google for you",
        needs_key=True,
        languages=("all",),
        rating_scale="as the service gives it (5 unless it says otherwise)",
        limits="Quotas of the plan; 10 results a page (Brave 20); AI overviews by SerpApi and DataForSEO "
        "only; a SearXNG some of whose engines do not answer is read as partial.",
        legal_note="Use follows your contract with the service: Brave's Search plan grants storage of "
        "results, its free use does not; Google has sued SerpApi (2025), so keep a second index. "
        "Results hold public addresses, titles and extracts; no account is read.",
    ),
    params=SearchApiParams,
    entity=entity,
    requests=requests,
    layouts=tuple(layout_of(service) for service in SERVICES.values()),
    check=check,
    enumerates=False,
    reads_errors=True,
    ending=ending,
    budgets=budgets,
    service=lambda params: NAMES[params.provider],
    fields=("title", "url", "snippet"),
)
