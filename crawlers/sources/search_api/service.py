"""One search service: whose results it gives, how it is asked, and how its answers are read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crawlers.sources.search_api.params import Provider, SearchApiParams
from crawlers.sources.search_api.values import Answer, SearchAnswer
from ouidire.page import Page, Request
from ouidire.serp import SearchEntry


@dataclass(frozen=True)
class SearchService:
    """One service.

    `engine` is the one whose results it gives. `build(params, page)` returns the request for a page, from 1.
    `is_answer` tells its answers, by their shape, from those of the others: for saved files. `read` raises
    LayoutChanged for an answer that is none of its own. `refuse`, where a service has its own words for it,
    raises SourceError for an answer that is a refusal, whatever its HTTP status. `later(page, answer)`
    returns the address of what an answer leaves for a second request, which `read_later` reads, `later_name`
    being what people call it. `since` is when its form was taken from its documentation.
    """

    name: Provider
    engine: str
    marks: str
    build: Callable[[SearchApiParams, int], Request]
    is_answer: Callable[[Answer], bool]
    read: Callable[[Answer], SearchAnswer]
    refuse: Callable[[Page, Answer], None] | None = None
    later: Callable[[Page, Answer], str | None] | None = None
    read_later: Callable[[Answer], Iterable[SearchEntry]] | None = None
    later_name: str = ""
    since: str = "2024-03"
