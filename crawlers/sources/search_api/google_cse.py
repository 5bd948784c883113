"""The layout `google_cse`: answers of a Google Programmable Search, by its Custom Search JSON API.

They hold organic results only.
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
    read_rating,
    rows,
    whole,
    without_empty,
    words,
)
from ouidire.errors import LayoutChanged
from ouidire.page import Request

BASE: Final = "https://www.googleapis.com/customsearch/v1"
KIND: Final = "customsearch#search"


def build(params: SearchApiParams, page: int) -> Request:
    """Return the request for one page of results; the key is put in by the engine."""
    asked = {
        "cx": params.engine_id,
        "q": params.query,
        "gl": params.gl,
        "hl": params.hl,
        "num": 10,
        "start": 10 * page - 9,
    }
    base = f"{params.base_url or BASE}?key={{secret:{params.key_env}}}&"
    return build_request(params, page, url=base + urlencode(asked))


def is_answer(answer: Answer) -> bool:
    """Return whether an answer of unknown origin is one of Google's Custom Search."""
    return answer.get("kind") == KIND


def read(answer: Answer) -> SearchAnswer:
    """Read an answer. Raises LayoutChanged when it is none, lacks the results that it counts, or counts none.

    Without results it has no `items`, and past the last page neither.
    """
    if not is_answer(answer):
        raise LayoutChanged("an answer of the Custom Search JSON API", selector="kind = customsearch#search")
    queries = mapping(answer.get("queries"))
    asked = next(iter(rows(queries, "request")), {})
    total = whole(mapping(answer.get("searchInformation")).get("totalResults"))
    start = whole(asked.get("startIndex")) or 1
    items = rows(answer, "items")
    if not items and total and start == 1:
        raise LayoutChanged(f"results, of which the answer counts {total}", selector="items")
    if not items and total is None and start == 1:
        raise LayoutChanged("results, or that there are none", selector="searchInformation.totalResults")
    found = []
    for row in items:
        pagemap = mapping(row.get("pagemap"))
        rating = next(
            (
                rated
                for held in rows(pagemap, "aggregaterating")
                if (rated := read_rating(held, "ratingvalue", "bestrating"))
            ),
            None,
        )
        found.append(
            build_entry("organic", row, url="link", shown_url=words(row.get("formattedUrl")), rating=rating)
        )
    return SearchAnswer(
        without_empty(found),
        query=words(asked.get("searchTerms")),
        gl=words(asked.get("gl")),
        hl=words(asked.get("hl")),
        page_number=1 + (start - 1) // 10,
        total=total,
        says_empty=not items,
        last_page=not rows(queries, "nextPage"),
    )


SERVICE: Final = SearchService(
    "google_cse",
    engine="google",
    marks="kind = customsearch#search",
    build=build,
    is_answer=is_answer,
    read=read,
)
