"""Models of one page of search results, a snapshot of ranked entries, and of one list of suggestions.

It cannot see who owns a result or what it means for a brand: that is `service.pipeline.index.ownership` and
enrichment.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from ouidire.frozen import Frozen

EntryType = Literal[
    "organic",
    "featured_snippet",
    "question",
    "local",
    "knowledge_panel",
    "ad",
    "top_story",
    "video",
    "discussion",
    "ai_overview",
    "ai_reference",
    "related_search",
    "autocomplete",
]
Device = Literal["desktop", "mobile"]


class ShownRating(Frozen):
    """A star rating shown inside a result.

    `value` is on its own scale, whose top is `best`; `count` is the number of votes, `text` the words shown.
    """

    value: float | None = None
    best: float = 5
    count: int | None = None
    text: str | None = None


class SearchEntry(Frozen):
    """One entry of a results page.

    `position` counts all entries from the top (1…); `rank` counts within the entry's own type, so organic
    rank 1 is the first organic result. A question has its words as `title` and its answer, where shown, as
    `snippet`; an AI overview has its words as `snippet`, and each page that it refers to is an
    "ai_reference" after it.
    """

    type: EntryType
    position: int = Field(ge=1)
    rank: int = Field(ge=1)
    title: str | None = None
    url: str | None = None
    snippet: str | None = None
    shown_url: str | None = None
    rating: ShownRating | None = None
    date: str | None = None


class SearchPage(Frozen):
    """One engine's page of results for one query at one moment.

    Each is known by query × `gl` × `hl` × device × page × time.
    """

    item: Literal["search_page"] = "search_page"
    entity: str
    engine: str
    query: str
    gl: str | None = None
    hl: str | None = None
    device: Device = "desktop"
    page_number: int = 1
    url: str | None = None
    captured_at: AwareDatetime
    total_stated: int | None = None
    entries: tuple[SearchEntry, ...] = ()


class SuggestionList(Frozen):
    """The completions that an engine offers for one beginning of a search, in its order.

    `stem` is the beginning as configured ("{name} arnaque"), `query` as it was asked. An empty list is what
    an engine shows that has none; a request that failed gives no list.
    """

    item: Literal["suggestions"] = "suggestions"
    entity: str
    engine: str
    stem: str
    query: str
    gl: str | None = None
    hl: str | None = None
    captured_at: AwareDatetime
    suggestions: tuple[str, ...] = ()
