"""The layout `mojeek`: answers of Mojeek's Search API, whose index is its own (small in French).

They hold web results only.
"""

from typing import Final
from urllib.parse import urlencode

from crawlers.sources.search_api.params import SearchApiParams, build_request
from crawlers.sources.search_api.service import SearchService
from crawlers.sources.search_api.values import (
    Answer,
    SearchAnswer,
    build_entry,
    mapping,
    rows,
    whole,
    without_empty,
    words,
)
from ouidire.errors import Blocked, LayoutChanged, RateLimited
from ouidire.page import Page, Request

BASE: Final = "https://api.mojeek.com/search"
RESULTS: Final = 10


def build(params: SearchApiParams, page: int) -> Request:
    """Return the request for one page of results; the key is put in by the engine."""
    asked = {
        "q": params.query,
        "fmt": "json",
        "t": RESULTS,
        "s": RESULTS * (page - 1) + 1,
        "lb": params.hl[:2],
        "lbb": 100,
        "rb": params.gl.upper(),
        "rbb": 10,
    }
    base = f"{params.base_url or BASE}?api_key={{secret:{params.key_env}}}&"
    return build_request(params, page, url=base + urlencode(asked))


def is_answer(answer: Answer) -> bool:
    """Return whether an answer of unknown origin has Mojeek's shape."""
    return "status" in mapping(answer.get("response"))


def refuse(page: Page, answer: Answer) -> None:
    """Raise RateLimited or Blocked where Mojeek says in a good answer that it did not search."""
    del page
    status = words(mapping(answer.get("response")).get("status"))
    if status is None or status.upper() == "OK":
        return
    if any(mark in status.lower() for mark in ("limit", "quota", "credit")):
        raise RateLimited(f"mojeek answered: {status[:200]}; search less often or raise the plan")
    raise Blocked(f"mojeek answered: {status[:200]}; check the key in the variable that key_env names")


def read(answer: Answer) -> SearchAnswer:
    """Read an answer. Raises LayoutChanged when it has no list of results, or lacks those that it counts."""
    response = mapping(answer.get("response"))
    head = mapping(response.get("head"))
    results = rows(response, "results", required=True)
    total, start = whole(head.get("results")), whole(head.get("start")) or 1
    if not results and total and start == 1:
        raise LayoutChanged(f"results, of which the answer counts {total}", selector="response.results")
    found = [build_entry("organic", row, snippet="desc", date=words(row.get("date"))) for row in results]
    return SearchAnswer(
        without_empty(found),
        query=words(head.get("query")),
        page_number=1 + (start - 1) // RESULTS,
        total=total,
        says_empty=not results,
        last_page=len(results) < RESULTS,
    )


SERVICE: Final = SearchService(
    "mojeek",
    engine="mojeek",
    marks="response.status, response.results",
    build=build,
    is_answer=is_answer,
    read=read,
    refuse=refuse,
    since="2026-11",
)
