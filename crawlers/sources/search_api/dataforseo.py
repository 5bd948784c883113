"""The layout `dataforseo`: Google's results page as JSON, as answered by DataForSEO's live "advanced" method.

An answer of status 200 may wrap an error, its own or that of its one task: both are looked at first. Its
items stand in the order of the page.
"""

import json
from collections.abc import Iterator
from typing import Final

from crawlers.sources.search_api.params import SearchApiParams, build_request, location_code
from crawlers.sources.search_api.service import SearchService
from crawlers.sources.search_api.values import (
    Answer,
    SearchAnswer,
    build_entry,
    listed,
    mapping,
    read_rating,
    related_searches,
    rows,
    whole,
    without_empty,
    words,
)
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError
from ouidire.page import Page, Request
from ouidire.serp import EntryType, SearchEntry

BASE: Final = "https://api.dataforseo.com/v3/serp/google/organic/live/advanced"
FINE: Final = range(20_000, 20_100)
NO_RESULTS: Final = 40_102
"""The task's status where Google found nothing: an answer, not a failure."""
QUOTA: Final = {40_200, 40_202, 40_203, 40_209, 40_210}
KEY: Final = {*range(40_100, 40_102), 40_103, 40_104, 40_204, 40_207}
OURS: Final = 50_000
"""From here on a status speaks of a fault of the service itself."""
_SINGLE: Final[dict[str, EntryType]] = {
    "organic": "organic",
    "paid": "ad",
    "featured_snippet": "featured_snippet",
    "answer_box": "featured_snippet",
    "local_pack": "local",
    "knowledge_graph": "knowledge_panel",
}
_LISTS: Final[dict[str, EntryType]] = {
    "top_stories": "top_story",
    "video": "video",
    "discussions_and_forums": "discussion",
    "perspectives": "discussion",
}


def build(params: SearchApiParams, page: int) -> Request:
    """Return the request for the results; LOGIN:PASSWORD is put in by the engine."""
    asked = {
        "keyword": params.query,
        "location_code": location_code(params),
        "language_code": params.hl[:2],
        "device": params.device,
        "depth": 10,
        "load_async_ai_overview": True,
    }
    headers = {"Content-Type": "application/json", "Authorization": f"Basic secret:{params.key_env}"}
    body = json.dumps([asked], ensure_ascii=False)
    return build_request(params, page, url=params.base_url or BASE, headers=headers, body=body)


def is_answer(answer: Answer) -> bool:
    """Return whether an answer of unknown origin has DataForSEO's shape."""
    return isinstance(answer.get("tasks"), list) and "status_code" in answer


def refuse(page: Page, answer: Answer) -> None:
    """Raise RateLimited, Blocked or SourceError where the answer, or its task, says that it failed."""
    del page
    for said in (answer, *rows(answer, "tasks")):
        code = whole(said.get("status_code"))
        if code is None or code in FINE or code == NO_RESULTS:
            continue
        shown = f"dataforseo answered {code}: {(words(said.get('status_message')) or '')[:200]}"
        if code in QUOTA:
            raise RateLimited(f"{shown}; the quota or balance is used up: search less often or pay in")
        if code in KEY:
            raise Blocked(f"{shown}; check LOGIN:PASSWORD in the environment variable that key_env names")
        if code >= OURS:
            raise SourceError(f"{shown}; try again later")
        raise Blocked(f"{shown}; nothing was read")


def read(answer: Answer) -> SearchAnswer:
    """Read an answer. Raises LayoutChanged when it has no task, no result or none of the items it counts."""
    task = next(iter(rows(answer, "tasks")), None)
    if task is None:
        raise LayoutChanged("the task that was asked for", selector="tasks[0]")
    asked = mapping(task.get("data"))
    if whole(task.get("status_code")) == NO_RESULTS:
        return SearchAnswer((), query=words(asked.get("keyword")), says_empty=True, last_page=True)
    result = next(iter(rows(task, "result")), None)
    if result is None:
        raise LayoutChanged("a result of the task", selector="tasks[0].result[0]")
    items = rows(result, "items")
    count = whole(result.get("items_count"))
    if not items and count != 0:
        raise LayoutChanged("items, or that there are none", selector="tasks[0].result[0].items")
    found = without_empty([entry for item in items for entry in _entries(item)])
    if items and not found:
        raise LayoutChanged("an item that is known", selector="tasks[0].result[0].items[].type")
    return SearchAnswer(
        found,
        query=words(result.get("keyword")) or words(asked.get("keyword")),
        hl=words(result.get("language_code")),
        total=whole(result.get("se_results_count")),
        says_empty=not items,
    )


def _entries(item: Answer) -> Iterator[SearchEntry | None]:
    """Yield what one item of the page holds, in its order; nothing for kinds that are not kept."""
    kind = str(item.get("type"))
    if kind in _SINGLE:
        yield _single(_SINGLE[kind], item)
    elif kind in _LISTS:
        for row in rows(item, "items"):
            yield build_entry(
                _LISTS[kind], row, snippet="description", date=words(row.get("date") or row.get("timestamp"))
            )
    elif kind == "people_also_ask":
        for row in rows(item, "items"):
            shown = next(iter(rows(row, "expanded_element")), {})
            yield build_entry(
                "question",
                {"title": row.get("title"), "url": shown.get("url")},
                text=shown.get("description"),
            )
    elif kind == "ai_overview":
        yield from _overview(item)
    elif kind == "related_searches":
        yield from related_searches(item.get("items"))


def _single(kind: EntryType, item: Answer) -> SearchEntry | None:
    rating = mapping(item.get("rating"))
    votes = {"ratingCount": rating.get("votes_count")} | dict(rating)
    title = item.get("title") or item.get("featured_title")
    text = item.get("description")
    if kind == "featured_snippet" and not text:
        text = " ".join(word for each in listed(item.get("text")) if (word := words(each)))
    return build_entry(
        kind,
        {**item, "title": title},
        text=text or "",
        shown_url=words(item.get("breadcrumb")),
        date=words(item.get("timestamp")),
        rating=read_rating(votes, "value", "rating_max"),
    )


def _overview(item: Answer) -> Iterator[SearchEntry | None]:
    """Yield the AI overview's words as one entry, then each page that it refers to, each once."""
    parts = rows(item, "items")
    told = [text for part in parts for key in ("title", "text") if (text := words(part.get(key)))]
    text = " ".join(told) or words(item.get("markdown"))
    if not text:
        return
    yield build_entry("ai_overview", {}, text=text)
    cited = [row for holder in (item, *parts) for row in rows(holder, "references")]
    first: dict[str, Answer] = {}
    for row in cited:
        first.setdefault(str(row.get("url")), row)
    for row in first.values():
        yield build_entry("ai_reference", row, snippet="text")


SERVICE: Final = SearchService(
    "dataforseo",
    engine="google",
    marks="tasks, status_code",
    build=build,
    is_answer=is_answer,
    read=read,
    refuse=refuse,
    since="2026-11",
)
