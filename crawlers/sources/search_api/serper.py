"""The layout `serper`: Google's results as JSON, as answered by Serper's `/search`.

Its answers do not say where each block was on a page: first the answer box, then ads, places, results and
the rest.
"""

import json
from typing import Final

from crawlers.sources.search_api.params import SearchApiParams, build_request
from crawlers.sources.search_api.service import SearchService
from crawlers.sources.search_api.values import (
    Answer,
    SearchAnswer,
    build_entry,
    mapping,
    read_rating,
    related_searches,
    rows,
    whole,
    without_empty,
    words,
)
from ouidire.errors import LayoutChanged
from ouidire.page import Request

BASE: Final = "https://google.serper.dev/search"


def build(params: SearchApiParams, page: int) -> Request:
    """Return the request for one page of results."""
    asked = {"q": params.query, "gl": params.gl, "hl": params.hl, "num": 10, "page": page}
    headers = {"Content-Type": "application/json", "X-API-KEY": f"secret:{params.key_env}"}
    body = json.dumps(asked, ensure_ascii=False)
    return build_request(params, page, url=params.base_url or BASE, headers=headers, body=body)


def is_answer(answer: Answer) -> bool:
    """Return whether an answer of unknown origin has Serper's shape."""
    return "searchParameters" in answer or isinstance(answer.get("organic"), list)


def read(answer: Answer) -> SearchAnswer:
    """Read an answer. Raises LayoutChanged when it is none, or has no list of results at all."""
    asked = mapping(answer.get("searchParameters"))
    if not asked and "organic" not in answer:
        raise LayoutChanged("an answer of Serper's /search", selector="searchParameters, organic")
    box = mapping(answer.get("answerBox"))
    found = (
        [build_entry("featured_snippet", box, url="link", text=box.get("snippet") or box.get("answer"))]
        if box
        else []
    )
    found += [build_entry("ad", row, url="link") for row in rows(answer, "ads")]
    found += [
        build_entry(
            "local", row, url="website", text=row.get("address"), rating=read_rating(row, "rating", None)
        )
        for row in rows(answer, "places")
    ]
    organic = rows(answer, "organic")
    found += [
        build_entry(
            "organic",
            row,
            url="link",
            date=words(row.get("date")),
            rating=read_rating(row, "rating", "ratingMax"),
        )
        for row in organic
    ]
    found += [
        build_entry("top_story", row, url="link", date=words(row.get("date")))
        for row in rows(answer, "topStories")
    ]
    found += [
        build_entry("video", row, url="link", date=words(row.get("date"))) for row in rows(answer, "videos")
    ]
    for row in rows(answer, "peopleAlsoAsk"):
        found.append(
            build_entry(
                "question", {"title": row.get("question"), "url": row.get("link")}, text=row.get("snippet")
            )
        )
    panel = mapping(answer.get("knowledgeGraph"))
    if panel:
        found.append(
            build_entry(
                "knowledge_panel",
                panel,
                url="website",
                snippet="description",
                rating=read_rating(panel, "rating", None),
            )
        )
    found += related_searches([row.get("query") for row in rows(answer, "relatedSearches")])
    kept = without_empty(found)
    if not kept and not isinstance(answer.get("organic"), list):
        raise LayoutChanged("results, or an empty list of them", selector="organic")
    page = whole(asked.get("page"))
    return SearchAnswer(
        kept,
        query=words(asked.get("q")),
        gl=words(asked.get("gl")),
        hl=words(asked.get("hl")),
        page_number=page,
        says_empty=not kept,
    )


SERVICE: Final = SearchService(
    "serper", engine="google", marks="searchParameters, organic", build=build, is_answer=is_answer, read=read
)
