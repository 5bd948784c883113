"""Values of a search service's answer: objects, lists, texts, numbers, ratings and entries.

It cannot see which service answered.
"""

import html
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crawlers.reading.search_results import clean
from ouidire.errors import LayoutChanged
from ouidire.serp import EntryType, SearchEntry, ShownRating

Answer = Mapping[str, Any]
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


def read_rating(holder: Answer, value_key: str, best_key: str | None) -> ShownRating | None:
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


def build_entry(
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


def related_searches(queries: object) -> list[SearchEntry | None]:
    """Return an entry for each query of a list."""
    return [build_entry("related_search", {"title": query}) for query in listed(queries) if words(query)]


def without_empty(found: list[SearchEntry | None]) -> tuple[SearchEntry, ...]:
    """Return the entries that hold something."""
    return tuple(entry for entry in found if entry is not None)
