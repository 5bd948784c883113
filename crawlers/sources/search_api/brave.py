"""The layout `brave`: answers of Brave Search, as its "Web Search API response objects" are documented.

Only this service gives an order across kinds.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from crawlers.sources.search_api.params import SearchApiParams, build_request, query_string
from crawlers.sources.search_api.service import SearchService
from crawlers.sources.search_api.values import (
    Answer,
    SearchAnswer,
    build_entry,
    mapping,
    read_rating,
    rows,
    without_empty,
    words,
)
from ouidire.errors import LayoutChanged
from ouidire.page import Request
from ouidire.serp import EntryType, SearchEntry

BASE: Final = "https://api.search.brave.com/res/v1/web/search"
_SECTIONS: Final[dict[str, EntryType]] = {
    "web": "organic",
    "videos": "video",
    "news": "top_story",
    "discussions": "discussion",
    "faq": "question",
    "locations": "local",
    "infobox": "knowledge_panel",
}


def build(params: SearchApiParams, page: int) -> Request:
    """Return the request for one page of results."""
    asked = {
        "q": params.query,
        "country": params.gl.upper(),
        "search_lang": params.hl[:2],
        "count": 20,
        "offset": page - 1,
        "text_decorations": "false",
    }
    url = query_string(params.base_url or BASE, asked)
    return build_request(params, page, url=url, headers={"X-Subscription-Token": f"secret:{params.key_env}"})


def is_answer(answer: Answer) -> bool:
    """Return whether an answer of unknown origin has Brave's shape."""
    return answer.get("type") == "search" and isinstance(answer.get("query"), dict)


def read(answer: Answer) -> SearchAnswer:
    """Read an answer; `mixed` holds the order of its results. Raises LayoutChanged when it is none."""
    asked = mapping(answer.get("query"))
    if answer.get("type") != "search" or not asked:
        raise LayoutChanged("an answer of Brave's web search", selector="type = search, query.original")
    sections = {name: (kind, rows(mapping(answer.get(name)), "results")) for name, kind in _SECTIONS.items()}
    if not sections["infobox"][1] and (panel := mapping(answer.get("infobox"))).get("title"):
        sections["infobox"] = ("knowledge_panel", [panel])
    found = [_of_section(*sections[name], index) for name, index in _order(answer, sections)]
    more = asked.get("more_results_available")
    if not found and more is True:
        raise LayoutChanged("results, of which there are more", selector="web.results")
    return SearchAnswer(
        without_empty(found),
        query=words(asked.get("original")),
        gl=words(asked.get("country")),
        says_empty=not any(items for _, items in sections.values()),
        last_page=not more if isinstance(more, bool) else None,
    )


def _order(
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


def _of_section(kind: EntryType, items: list[Answer], index: int) -> SearchEntry | None:
    row = items[index]
    if kind == "question":
        return build_entry(
            kind, {"title": row.get("question"), "url": row.get("url")}, text=row.get("answer")
        )
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
            if (found := read_rating(mapping(holder.get("rating")), "ratingValue", "bestRating"))
        ),
        None,
    )
    text = row.get("description") or row.get("long_desc") or row.get("answer")
    return build_entry(kind, row, text=text, shown_url=shown, date=words(row.get("age")), rating=rating)


SERVICE: Final = SearchService(
    "brave",
    engine="brave",
    marks="type = search, query.original",
    build=build,
    is_answer=is_answer,
    read=read,
)
