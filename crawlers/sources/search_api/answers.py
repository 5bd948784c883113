"""Answers of SearXNG, Brave Search, Serper and Google Programmable Search, read into the same entries.

The shapes are those of their published documentation (SearXNG "Search API"; Brave "Web Search API response
objects"; Serper's playground; "Custom Search JSON API, REST resource Search"). An answer has what it lists,
not where each block was on a page: only Brave gives an order across kinds, the others are put answer box,
places, results, news, videos, questions, panel, related.
"""

import html
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crawlers.reading.search_results import clean
from ouidire.errors import LayoutChanged
from ouidire.serp import EntryType, SearchEntry, ShownRating

Answer = Mapping[str, Any]
_BRAVE_SECTIONS: Final[dict[str, EntryType]] = {
    "web": "organic",
    "videos": "video",
    "news": "top_story",
    "discussions": "discussion",
    "faq": "question",
    "locations": "local",
    "infobox": "knowledge_panel",
}
_TAGS: Final = re.compile(r"</?(?:strong|b|em|mark|br)\s?/?>", re.IGNORECASE)


@dataclass(frozen=True)
class SearchAnswer:
    """One answer: its entries in order, the query it answers, and how it ends."""

    entries: tuple[SearchEntry, ...]
    query: str | None = None
    gl: str | None = None
    hl: str | None = None
    page_number: int | None = None
    total: int | None = None
    says_empty: bool = False
    last_page: bool | None = None


def searxng(answer: Answer) -> SearchAnswer:
    """Read SearXNG's `format=json`.

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
        if row.get("category") in {"images", "files", "music"} and row.get("template") != "default.html":
            continue
        date = words(row.get("publishedDate"))
        found.append(
            _entry(
                kinds.get(str(row.get("category")), "organic"),
                row,
                snippet="content",
                date=date,
                shown_url=words(row.get("pretty_url")),
            )
        )
    for row in rows(answer, "infoboxes"):
        site = next((words(link.get("url")) for link in rows(row, "urls")), None)
        found.append(
            _entry(
                "knowledge_panel",
                {"title": row.get("infobox"), "url": site or row.get("id")},
                text=row.get("content"),
            )
        )
    found += _related(answer.get("suggestions"))
    total = whole(answer.get("number_of_results"))
    return SearchAnswer(
        _kept(found), query=words(answer.get("query")), total=total or None, says_empty=not results
    )


def _answers(answer: Answer) -> Iterator[Answer]:
    """Yield direct answers: plain strings in SearXNG of before 2025, objects since."""
    for item in listed(answer.get("answers")):
        yield item if isinstance(item, dict) else {"answer": item}


def _answered(row: Answer) -> SearchEntry | None:
    return _entry(
        "featured_snippet",
        {"url": row.get("url"), "title": row.get("title")},
        text=row.get("answer") or row.get("content"),
    )


def brave(answer: Answer) -> SearchAnswer:
    """Read Brave's web search. `mixed.main` holds the order of kinds and results on its own page."""
    asked = mapping(answer.get("query"))
    if answer.get("type") != "search" or not asked:
        raise LayoutChanged("an answer of Brave's web search", selector="type = search, query.original")
    sections = {
        name: (kind, rows(mapping(answer.get(name)), "results")) for name, kind in _BRAVE_SECTIONS.items()
    }
    if not sections["infobox"][1] and (panel := mapping(answer.get("infobox"))).get("title"):
        sections["infobox"] = ("knowledge_panel", [panel])
    found = [_of_brave(*sections[name], index) for name, index in _brave_order(answer, sections)]
    more = asked.get("more_results_available")
    return SearchAnswer(
        _kept(found),
        query=words(asked.get("original")),
        gl=words(asked.get("country")),
        says_empty=not any(items for _, items in sections.values()),
        last_page=not more if isinstance(more, bool) else None,
    )


def _brave_order(
    answer: Answer, sections: Mapping[str, tuple[EntryType, list[Answer]]]
) -> Iterator[tuple[str, int]]:
    """Yield (section, index) as `mixed` orders them, then what it does not name; each once."""
    mixed = mapping(answer.get("mixed"))
    named = [place for part in ("top", "main", "side") for place in rows(mixed, part)]
    order: list[tuple[str, int]] = []
    for place in named:
        name, index = str(place.get("type")), place.get("index")
        items = sections[name][1] if name in sections else []
        if place.get("all"):
            order += [(name, at) for at in range(len(items))]
        elif isinstance(index, int) and 0 <= index < len(items):
            order.append((name, index))
    order += [(name, at) for name, (_, items) in sections.items() for at in range(len(items))]
    yield from dict.fromkeys(order)


def _of_brave(kind: EntryType, items: list[Answer], index: int) -> SearchEntry | None:
    row = items[index]
    if kind == "question":
        return _entry(kind, {"title": row.get("question"), "url": row.get("url")}, text=row.get("answer"))
    address = mapping(row.get("meta_url"))
    shown = words(f"{address.get('hostname') or ''} {address.get('path') or ''}") if address else None
    holders = [
        row,
        *(
            mapping(row.get(key))
            for key in ("product", "review", "recipe", "movie", "book", "software", "location")
        ),
    ]
    rating = next(
        (
            found
            for holder in holders
            if (found := _rated(mapping(holder.get("rating")), "ratingValue", "bestRating"))
        ),
        None,
    )
    text = row.get("description") or row.get("long_desc") or row.get("answer")
    return _entry(kind, row, text=text, shown_url=shown, date=words(row.get("age")), rating=rating)


def serper(answer: Answer) -> SearchAnswer:
    """Read Serper's `/search`: Google's results as JSON."""
    asked = mapping(answer.get("searchParameters"))
    if not asked and "organic" not in answer:
        raise LayoutChanged("an answer of Serper's /search", selector="searchParameters, organic")
    box = mapping(answer.get("answerBox"))
    found = (
        [_entry("featured_snippet", box, url="link", text=box.get("snippet") or box.get("answer"))]
        if box
        else []
    )
    found += [_entry("ad", row, url="link") for row in rows(answer, "ads")]
    found += [
        _entry("local", row, url="website", text=row.get("address"), rating=_rated(row, "rating", None))
        for row in rows(answer, "places")
    ]
    organic = rows(answer, "organic")
    found += [
        _entry(
            "organic", row, url="link", date=words(row.get("date")), rating=_rated(row, "rating", "ratingMax")
        )
        for row in organic
    ]
    found += [
        _entry("top_story", row, url="link", date=words(row.get("date")))
        for row in rows(answer, "topStories")
    ]
    found += [_entry("video", row, url="link", date=words(row.get("date"))) for row in rows(answer, "videos")]
    for row in rows(answer, "peopleAlsoAsk"):
        found.append(
            _entry(
                "question", {"title": row.get("question"), "url": row.get("link")}, text=row.get("snippet")
            )
        )
    panel = mapping(answer.get("knowledgeGraph"))
    if panel:
        found.append(
            _entry(
                "knowledge_panel",
                panel,
                url="website",
                snippet="description",
                rating=_rated(panel, "rating", None),
            )
        )
    found += _related([row.get("query") for row in rows(answer, "relatedSearches")])
    kept = _kept(found)
    page = whole(asked.get("page"))
    return SearchAnswer(
        kept,
        query=words(asked.get("q")),
        gl=words(asked.get("gl")),
        hl=words(asked.get("hl")),
        page_number=page,
        says_empty=not kept,
    )


def google_cse(answer: Answer) -> SearchAnswer:
    """Read Google's Custom Search JSON API. Without results it has no `items`; past the last page neither."""
    if answer.get("kind") != "customsearch#search":
        raise LayoutChanged("an answer of the Custom Search JSON API", selector="kind = customsearch#search")
    queries = mapping(answer.get("queries"))
    asked = next(iter(rows(queries, "request")), {})
    total = whole(mapping(answer.get("searchInformation")).get("totalResults"))
    start = whole(asked.get("startIndex")) or 1
    items = rows(answer, "items")
    if not items and total and start == 1:
        raise LayoutChanged(f"results, of which the answer counts {total}", selector="items")
    found = []
    for row in items:
        pagemap = mapping(row.get("pagemap"))
        rating = next(
            (
                rated
                for held in rows(pagemap, "aggregaterating")
                if (rated := _rated(held, "ratingvalue", "bestrating"))
            ),
            None,
        )
        found.append(
            _entry("organic", row, url="link", shown_url=words(row.get("formattedUrl")), rating=rating)
        )
    return SearchAnswer(
        _kept(found),
        query=words(asked.get("searchTerms")),
        gl=words(asked.get("gl")),
        hl=words(asked.get("hl")),
        page_number=1 + (start - 1) // 10,
        total=total,
        says_empty=not items,
        last_page=not rows(queries, "nextPage"),
    )


def mapping(value: object) -> Answer:
    """Return an object of the answer, empty where there is none."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """Return a list of the answer, empty where there is none; at most 1,000 items."""
    return value[:1_000] if isinstance(value, list) else []


def rows(holder: Answer, key: str, *, required: bool = False) -> list[Answer]:
    """Return the objects of a list. Raises LayoutChanged when a required list is missing."""
    if required and not isinstance(holder.get(key), list):
        raise LayoutChanged(f"a list of {key}", selector=key)
    return [item for item in listed(holder.get(key)) if isinstance(item, dict)]


def words(value: object) -> str | None:
    """Return a text without the services' highlighting and entities; None for anything that is no text."""
    return clean(html.unescape(_TAGS.sub("", value[:20_000]))) if isinstance(value, str) else None


def number(value: object) -> float | None:
    """Return a finite number, given as one or as text (decimal commas too)."""
    stated = value.strip().replace(",", ".") if isinstance(value, str) else value
    if not isinstance(stated, str | int | float):
        return None
    try:
        found = float(stated)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value: object) -> int | None:
    """Return a whole number that is not negative, given as one or as text."""
    found = number(value)
    return int(found) if found is not None and 0 <= found < 1e15 else None  # noqa: PLR2004 (no count is that large)


def _rated(holder: Answer, value_key: str, best_key: str | None) -> ShownRating | None:
    """Read a rating given in parts; its best is 5 where not given, its count the votes, else the reviews."""
    value = number(holder.get(value_key))
    best = (number(holder.get(best_key)) if best_key else None) or 5.0
    if value is None or not 0 <= value <= best:
        return None
    keys = ("ratingCount", "ratingcount", "reviewCount", "reviewcount", "reviews")
    return ShownRating(
        value=value,
        best=best,
        count=next((count for key in keys if (count := whole(holder.get(key))) is not None), None),
    )


def _entry(
    kind: EntryType,
    row: Answer,
    *,
    url: str = "url",
    snippet: str = "snippet",
    text: object = None,
    shown_url: str | None = None,
    date: str | None = None,
    rating: ShownRating | None = None,
) -> SearchEntry | None:
    """Build an entry from an object; None when it has neither a title nor an address."""
    title = words(row.get("title"))
    address = row.get(url)
    link = (
        address.strip()
        if isinstance(address, str) and address.strip().startswith(("http://", "https://"))
        else None
    )
    shown = words(text) if text is not None else words(row.get(snippet))
    if not (title or link or shown):
        return None
    return SearchEntry(
        type=kind,
        position=1,
        rank=1,
        title=title,
        url=link,
        snippet=shown,
        shown_url=shown_url,
        rating=rating,
        date=date,
    )


def _related(queries: object) -> list[SearchEntry | None]:
    return [_entry("related_search", {"title": query}) for query in listed(queries) if words(query)]


def _kept(found: list[SearchEntry | None]) -> tuple[SearchEntry, ...]:
    return tuple(entry for entry in found if entry is not None)
