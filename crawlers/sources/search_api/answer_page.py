"""One answer of a service as a search snapshot: what was asked, and its entries in their places.

It cannot see what the service leaves out: ads and the AI overview mostly.
"""

from collections.abc import Iterator
from functools import partial
from typing import get_args

from crawlers.base import Layout
from crawlers.reading.search_results import query_of, ranked, search_entity
from crawlers.sources.search_api.later import LATER, parse_later, second_request
from crawlers.sources.search_api.params import Provider
from crawlers.sources.search_api.refusals import check_answer, read_answer
from crawlers.sources.search_api.service import SearchService
from crawlers.sources.search_api.values import Answer, listed, whole, words
from ouidire.errors import Blocked, LayoutChanged, SourceError
from ouidire.items import Parsed
from ouidire.page import Page
from ouidire.serp import Device, SearchPage


def layout_of(service: SearchService) -> Layout:
    """Return a service's answers as a layout."""
    return Layout(
        service.name,
        since=service.since,
        marks=service.marks,
        knows=partial(_knows, service),
        parse=partial(_parse, service),
    )


def _knows(service: SearchService, page: Page) -> bool:
    """Return whether a page answers for a service: as it was asked, else by its shape."""
    asked = page.context.get("provider")
    if asked in get_args(Provider):
        return asked == service.name
    try:
        return service.is_answer(read_answer(page))
    except SourceError:
        return False


def _parse(service: SearchService, page: Page) -> Parsed:
    """Read one answer.

    Raises Blocked when no engine of SearXNG answered, LayoutChanged when the answer's shape is not known.
    """
    if page.kind == LATER and service.read_later is not None:
        return parse_later(
            page, service.read_later, what=service.later_name, refusal=_refusal_of(service, page)
        )
    answer = read_answer(page)
    reading = service.read(answer)
    silent = dict(_unanswered(answer)) if service.name == "searxng" else {}
    if reading.says_empty and silent:
        raise Blocked(
            f"searxng: none of its engines answered ({', '.join(list(silent)[:8])}); choose other engines in "
            "its settings or wait"
        )
    asked = page.context
    query = query_of(asked.get("query"), reading.query)
    if not query:
        raise LayoutChanged("the words searched for", selector="query")
    gl, hl = asked.get("gl") or reading.gl, asked.get("hl") or reading.hl
    device: Device = "mobile" if asked.get("device") == "mobile" else "desktop"
    asked_page = whole(asked.get("page"))
    found = SearchPage(
        entity=search_entity(service.name, query, gl=gl, hl=hl, device=device),
        engine=service.engine,
        query=query,
        gl=gl,
        hl=hl,
        device=device,
        page_number=reading.page_number or asked_page or 1,
        url=page.url,
        captured_at=page.fetched_at,
        total_stated=reading.total,
        entries=ranked(reading.entries),
    )
    address = service.later(page, answer) if service.later is not None else None
    if address is not None:
        return Parsed(follow=(second_request(page, address, found),), last_page=False, taken=2)
    ends = True if reading.says_empty else reading.last_page
    return Parsed(
        items=(found,),
        declared_total=reading.total,
        says_empty=reading.says_empty,
        last_page=ends,
        silent=silent,
        taken=1 if service.later is not None else None,
    )


def _refusal_of(service: SearchService, page: Page) -> str | None:
    """Return why the second answer of a search is a failure, or None."""
    try:
        check_answer(page, (service,))
    except SourceError as error:
        return str(error)
    return None


def _unanswered(answer: Answer) -> Iterator[tuple[str, str]]:
    """Yield each engine that a metasearch asked in vain, with its reason as far as one is given."""
    for row in listed(answer.get("unresponsive_engines")):
        named = row if isinstance(row, list) else [row]
        name, reason = (*(words(each) or "" for each in named[:2]), "", "")[:2]
        if name:
            yield name[:60], reason[:80]
