"""autocomplete: what a search engine suggests to those who begin to type a brand's name (« marque arnaque »).

The same beginnings are asked each time and each list is kept whole, so that what enters and what leaves is
seen. It cannot see how many people search for a suggestion, nor why an engine shows it.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Final, get_args

from crawlers.base import FactSheet, Layout, Source
from crawlers.reading.search_results import normal_query, query_of
from crawlers.sources.autocomplete.params import AutocompleteParams, SuggestProvider
from crawlers.sources.autocomplete.services import SERVICES, SuggestService
from crawlers.sources.search_api.refusals import check_answer, read_answer
from ouidire.errors import LayoutChanged, SourceError
from ouidire.items import Parsed
from ouidire.page import Page, Request
from ouidire.serp import SuggestionList


def entity(params: AutocompleteParams) -> str:
    """Return the name of the watched lists, like `serper/fr/fr/pousse et compagnie`."""
    return _entity(params.provider, params.gl, params.hl, params.name)


def requests(params: AutocompleteParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield one request a beginning; suggestions have no past, so `since` changes nothing."""
    del since
    for stem, query in params.beginnings:
        yield SERVICES[params.provider].build(params, stem, query)


def check(page: Page) -> None:
    """Raise SourceError for an answer that is a refusal, in the words of whichever service it is of."""
    check_answer(page, SERVICES.values())


def _knows(service: SuggestService, page: Page) -> bool:
    """Return whether a page answers for a service: as it was asked, else by its shape."""
    asked = page.context.get("provider")
    if asked in get_args(SuggestProvider):
        return asked == service.name
    try:
        return service.is_answer(read_answer(page))
    except SourceError:
        return False


def _parse(service: SuggestService, page: Page) -> Parsed:
    """Read one list. Raises LayoutChanged when the answer has none, or names no query."""
    found, repeated = service.read(read_answer(page))
    asked = page.context
    query = query_of(asked.get("query"), repeated)
    if not query:
        raise LayoutChanged("the beginning of a search", selector="q")
    gl, hl = asked.get("gl"), asked.get("hl")
    listed = SuggestionList(
        entity=_entity(service.name, gl, hl, asked.get("name") or query),
        engine=service.engine,
        stem=asked.get("stem") or query,
        query=query,
        gl=gl,
        hl=hl,
        captured_at=page.fetched_at,
        suggestions=found,
    )
    return Parsed(items=(listed,), says_empty=not found, last_page=True)


def _entity(provider: str, gl: str | None, hl: str | None, name: str) -> str:
    return "/".join([provider, (gl or "-").lower(), (hl or "-").lower(), normal_query(name)])


SOURCE: Final = Source(
    slug="autocomplete",
    about=FactSheet(
        title="Search suggestions",
        site="the service chosen",
        kind="search_results",
        access="api",
        official_api="Brave Suggest is official; Serper, SerpApi and DataForSEO read Google's for you",
        needs_key=True,
        languages=("all",),
        limits="One request a beginning (six by default); about ten suggestions each.",
        legal_note="Use follows your contract with the service. Suggestions are what an engine shows to "
        "anybody who types the name; no account is read and no person is named by us.",
    ),
    params=AutocompleteParams,
    entity=entity,
    requests=requests,
    layouts=tuple(
        Layout(
            service.name,
            since="2026-11",
            marks=service.marks,
            knows=partial(_knows, service),
            parse=partial(_parse, service),
        )
        for service in SERVICES.values()
    ),
    check=check,
    enumerates=False,
    reads_errors=True,
    fields=("suggestions",),
)
