"""search_api: search results from SearXNG, Brave Search, Serper or Google Programmable Search.

A key never enters a request, a page or a context: it is written `secret:NAME` (in a header) or
`{secret:NAME}` (in an address), and only the fetch engine puts it in. This source cannot see what the service
leaves out: ads and the AI overview mostly, and the order of blocks on the page.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from crawlers.base import FactSheet, Source
from crawlers.reading.search_results import search_entity
from crawlers.sources.search_api import brave, google_cse, searxng, serper
from crawlers.sources.search_api.answer_page import layout_of
from crawlers.sources.search_api.params import SearchApiParams
from crawlers.sources.search_api.refusals import check
from ouidire.page import Request

SERVICES: Final = {
    service.name: service for service in (google_cse.SERVICE, serper.SERVICE, brave.SERVICE, searxng.SERVICE)
}
"""By name; an answer in a saved file is known by the first whose shape it has."""


def entity(params: SearchApiParams) -> str:
    """Return the search's name, like `serper/fr/fr/desktop/pousse et compagnie`."""
    return search_entity(params.provider, params.query, gl=params.gl, hl=params.hl, device=params.device)


def requests(params: SearchApiParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield one request a page; a search has no past, so `since` changes nothing."""
    del since
    for page in range(1, params.pages + 1):
        yield SERVICES[params.provider].build(params, page)


SOURCE: Final = Source(
    slug="search_api",
    about=FactSheet(
        title="Search services (SearXNG, Brave Search, Serper, Google Programmable Search)",
        site="the service chosen",
        kind="search_results",
        access="api",
        official_api="Brave Search API and Custom Search JSON API are official; SearXNG is your "
        "instance; Serper is a provider",
        needs_key=True,
        languages=("all",),
        rating_scale="as the service gives it (5 unless it says otherwise)",
        limits="Quotas of the plan; 10 results a page (Brave 20); ads and AI overviews are mostly not given.",
        legal_note="Use follows your contract with the service. Results hold public addresses, titles "
        "and extracts; no account is read.",
    ),
    params=SearchApiParams,
    entity=entity,
    requests=requests,
    layouts=tuple(layout_of(service) for service in SERVICES.values()),
    check=check,
    enumerates=False,
    fields=("title", "url", "snippet"),
)
