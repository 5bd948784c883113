"""The layout `searxng`: answers of one's own SearXNG instance, as its "Search API" documents `format=json`.

Its answers do not say where each block was on a page: answers come first, then results, panels, suggestions.
"""

from collections.abc import Iterator
from typing import Final

from crawlers.sources.search_api.params import SearchApiParams, build_request, query_string
from crawlers.sources.search_api.service import SearchService
from crawlers.sources.search_api.values import (
    Answer,
    SearchAnswer,
    build_entry,
    listed,
    related_searches,
    rows,
    whole,
    without_empty,
    words,
)
from ouidire.page import Request
from ouidire.serp import EntryType, SearchEntry


def build(params: SearchApiParams, page: int) -> Request:
    """Return the request for one page of results."""
    asked = {
        "q": params.query,
        "format": "json",
        "language": _locale(params),
        "pageno": page,
        "categories": "general",
    }
    return build_request(params, page, url=query_string(params.base_url or "", asked))


def is_answer(answer: Answer) -> bool:
    """Return whether an answer of unknown origin has SearXNG's shape."""
    return isinstance(answer.get("results"), list) and isinstance(answer.get("query"), str)


def read(answer: Answer) -> SearchAnswer:
    """Read an answer. Raises LayoutChanged when it has no list of results.

    `number_of_results` is 0 where its engines give no estimate, so 0 is not kept.
    """
    results = rows(answer, "results", required=True)
    kinds: dict[str, EntryType] = {
        "videos": "video",
        "news": "top_story",
        "map": "local",
        "social media": "discussion",
    }
    found = [_answered(row) for row in _answers(answer)]
    for row in results:
        category = str(row.get("category"))
        if category in {"images", "files", "music"} and row.get("template") != "default.html":
            continue
        date = words(row.get("publishedDate"))
        found.append(
            build_entry(
                kinds.get(category, "organic"),
                row,
                snippet="content",
                date=date,
                shown_url=words(row.get("pretty_url")),
            )
        )
    for row in rows(answer, "infoboxes"):
        site = next((words(link.get("url")) for link in rows(row, "urls")), None)
        found.append(
            build_entry(
                "knowledge_panel",
                {"title": row.get("infobox"), "url": site or row.get("id")},
                text=row.get("content"),
            )
        )
    found += related_searches(answer.get("suggestions"))
    total = whole(answer.get("number_of_results"))
    return SearchAnswer(
        without_empty(found), query=words(answer.get("query")), total=total or None, says_empty=not results
    )


def _answers(answer: Answer) -> Iterator[Answer]:
    """Yield direct answers: plain strings in SearXNG of before 2025, objects since."""
    for item in listed(answer.get("answers")):
        yield item if isinstance(item, dict) else {"answer": item}


def _answered(row: Answer) -> SearchEntry | None:
    return build_entry(
        "featured_snippet",
        {"url": row.get("url"), "title": row.get("title")},
        text=row.get("answer") or row.get("content"),
    )


def _locale(params: SearchApiParams) -> str:
    return params.hl if "-" in params.hl else f"{params.hl}-{params.gl.upper()}"


SERVICE: Final = SearchService(
    "searxng", engine="searxng", marks="results, query (text)", build=build, is_answer=is_answer, read=read
)
