"""The layout `serpapi`: a search engine's results page as JSON, as answered by SerpApi's `/search.json`.

Its answers do not say where each block was on a page: first the AI overview and the answer box, then ads,
places, results and the rest. An AI overview that Google loads later has a token here, and is had by a second
request, which is counted as a search more.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode, urlsplit

from crawlers.sources.search_api.params import SearchApiParams, build_request, google_domain
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
from ouidire.errors import Blocked, LayoutChanged, RateLimited
from ouidire.page import Page, Request
from ouidire.serp import EntryType, SearchEntry

BASE: Final = "https://serpapi.com/search.json"
NOTHING: Final = ("hasn't returned any results", "has not returned any results", "no results")
"""What SerpApi's `error` says where the engine found nothing: an answer, not a failure."""
QUOTA: Final = ("run out of searches", "out of searches", "exceeded", "limit", "throughput")
_LISTS: Final[tuple[tuple[str, EntryType], ...]] = (
    ("top_stories", "top_story"),
    ("inline_videos", "video"),
    ("video_results", "video"),
    ("discussions_and_forums", "discussion"),
)


def build(params: SearchApiParams, page: int) -> Request:
    """Return the request for one page of results; the key is put in by the engine."""
    asked = {
        "engine": "google",
        "q": params.query,
        "gl": params.gl,
        "hl": params.hl,
        "google_domain": google_domain(params.gl),
        "device": params.device,
        "start": 10 * (page - 1),
    }
    base = f"{params.base_url or BASE}?api_key={{secret:{params.key_env}}}&"
    return build_request(params, page, url=base + urlencode(asked))


def is_answer(answer: Answer) -> bool:
    """Return whether an answer of unknown origin has SerpApi's shape."""
    return "search_metadata" in answer or "organic_results" in answer


def refuse(page: Page, answer: Answer) -> None:
    """Raise RateLimited or Blocked where SerpApi says, in an answer of whatever status, that it failed."""
    error, status = words(answer.get("error")), mapping(answer.get("search_metadata")).get("status")
    if error is None and status in (None, "Success"):
        return
    if error is not None and status in (None, "Success") and page.status < 400 and _found_nothing(answer):  # noqa: PLR2004 (where errors begin)
        return
    shown = f"serpapi answered: {error or f'search {status}'}"[:250]
    if page.status == 429 or any(mark in (error or "").lower() for mark in QUOTA):  # noqa: PLR2004 (Too Many Requests)
        raise RateLimited(f"{shown}; the quota is used up: search less often or raise the plan")
    if page.status in {401, 403} or "api key" in (error or "").lower():
        raise Blocked(f"{shown}; check the key in the environment variable that key_env names")
    raise Blocked(f"{shown}; nothing was read")


def read(answer: Answer) -> SearchAnswer:
    """Read an answer. Raises LayoutChanged when it is none, or has neither results nor says so."""
    asked = mapping(answer.get("search_parameters"))
    if not is_answer(answer):
        raise LayoutChanged(
            "an answer of SerpApi's /search.json", selector="search_metadata, organic_results"
        )
    found = [*_overview(mapping(answer.get("ai_overview"))), *_box(mapping(answer.get("answer_box")))]
    found += [build_entry("ad", row, url="link", text=row.get("description")) for row in rows(answer, "ads")]
    places = answer.get("local_results")
    found += [
        build_entry(
            "local",
            {**row, "website": row.get("website") or mapping(row.get("links")).get("website")},
            url="website",
            text=row.get("address"),
            rating=read_rating(row, "rating", None),
        )
        for row in (rows(places, "places") if isinstance(places, dict) else rows(answer, "local_results"))
    ]
    organic = rows(answer, "organic_results")
    found += [_organic(row) for row in organic]
    for name, kind in _LISTS:
        found += [
            build_entry(kind, row, url="link", date=words(row.get("date"))) for row in rows(answer, name)
        ]
    found += [
        build_entry(
            "question", {"title": row.get("question"), "url": row.get("link")}, text=row.get("snippet")
        )
        for row in rows(answer, "related_questions")
    ]
    panel = mapping(answer.get("knowledge_graph"))
    if panel.get("title"):
        rating = read_rating(panel, "rating", None)
        found.append(
            build_entry("knowledge_panel", panel, url="website", snippet="description", rating=rating)
        )
    found += related_searches([row.get("query") for row in rows(answer, "related_searches")])
    kept = without_empty(found)
    nothing = _found_nothing(answer)
    if not organic and not nothing:
        raise LayoutChanged("results, or that there are none", selector="organic_results")
    start = whole(asked.get("start")) or 0
    return SearchAnswer(
        kept,
        query=words(asked.get("q")),
        gl=words(asked.get("gl")),
        hl=words(asked.get("hl")),
        page_number=1 + start // 10,
        total=whole(mapping(answer.get("search_information")).get("total_results")),
        says_empty=not kept,
    )


def _found_nothing(answer: Answer) -> bool:
    """Return whether an answer says that the engine has nothing for this query as it is written."""
    state = words(mapping(answer.get("search_information")).get("organic_results_state")) or ""
    error = (words(answer.get("error")) or "").lower()
    return state.lower() == "fully empty" or any(mark in error for mark in NOTHING)


def _organic(row: Answer) -> SearchEntry | None:
    rich = mapping(row.get("rich_snippet"))
    shown = [mapping(mapping(rich.get(side)).get("detected_extensions")) for side in ("top", "bottom")]
    rating = next((found for held in (row, *shown) if (found := read_rating(held, "rating", None))), None)
    address = words(row.get("displayed_link"))
    return build_entry(
        "organic", row, url="link", date=words(row.get("date")), shown_url=address, rating=rating
    )


def _box(box: Answer) -> Iterator[SearchEntry | None]:
    if box:
        yield build_entry("featured_snippet", box, url="link", text=box.get("snippet") or box.get("answer"))


def _overview(overview: Answer) -> Iterator[SearchEntry | None]:
    """Yield the AI overview's words as one entry, then each page that it refers to."""
    told = " ".join(_told(overview.get("text_blocks")))
    if told:
        yield build_entry("ai_overview", {}, text=told)
        for row in rows(overview, "references"):
            yield build_entry("ai_reference", row, url="link")


def overview_address(page: Page, answer: Answer) -> str | None:
    """Return the address of an AI overview that is given by a token alone; None where there is none."""
    overview = mapping(answer.get("ai_overview"))
    token = overview.get("page_token")
    name = re.search(r"\{secret:[A-Z][A-Z0-9_]*\}", page.url)
    if not isinstance(token, str) or not token or name is None or any(_told(overview.get("text_blocks"))):
        return None
    parts = urlsplit(page.url)
    asked = urlencode({"engine": "google_ai_overview", "page_token": token})
    return f"{parts.scheme}://{parts.netloc}{parts.path}?api_key={name[0]}&{asked}"


def read_overview(answer: Answer) -> tuple[SearchEntry, ...]:
    """Return the entries of an AI overview that was asked for by its token; none where it has no words."""
    return without_empty(list(_overview(mapping(answer.get("ai_overview")))))


def _told(blocks: object) -> Iterator[str]:
    """Yield the texts of blocks, those of their lists included, at most one level down."""
    for block in listed(blocks):
        for held in (block, *listed(mapping(block).get("list"))):
            text = words(mapping(held).get("snippet")) or words(mapping(held).get("title"))
            if text:
                yield text


SERVICE: Final = SearchService(
    "serpapi",
    engine="google",
    marks="search_metadata, organic_results",
    build=build,
    is_answer=is_answer,
    read=read,
    refuse=refuse,
    later=overview_address,
    read_later=read_overview,
    later_name="the AI overview, by its page token",
    since="2026-11",
)
