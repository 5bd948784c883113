"""saved_results: result pages of Bing, DuckDuckGo, Ecosia and Yandex that you saved yourself.

It asks no engine for anything. It cannot see what a script adds after the page was saved, what an engine
shows to somebody else, or the order of blocks beside the results.
"""

import glob
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.refusals import check_refused
from crawlers.reading.search_results import search_entity
from crawlers.sources.saved_results import bing, duckduckgo, ecosia, yandex
from crawlers.sources.saved_results.reading import parse_page
from ouidire.errors import Blocked
from ouidire.page import Page, Request
from ouidire.serp import Device

READERS: Final = (ecosia.READER, yandex.READER, duckduckgo.READER, bing.READER)
"""Newest form first; each knows its engine's pages by marks of the engine's own."""


NAMES: Final = {"bing": "Bing", "duckduckgo": "DuckDuckGo", "ecosia": "Ecosia", "yandex": "Yandex"}
_CHALLENGES: Final = ("CheckboxCaptcha", "SmartCaptcha", "anomaly-modal", "captcha_header", "cf-turnstile")
_RESULTS: Final = ("b_algo", "result__a", "result-title-a", "organic-result", "OrganicTitle", "organic__url")


class SavedResultsParams(Params):
    """One watched search, whose pages are files."""

    path: str = Field(min_length=1, description="The file, or several: `*` and `?` stand for any characters.")
    engine: Literal["bing", "duckduckgo", "ecosia", "yandex"] = Field(description="Whose pages they are.")
    query: str = Field(min_length=1, description="What was searched for.")
    query_kind: Literal["brand", "category"] = Field(
        default="brand",
        description="`brand` names us; `category` is what we sell (« meilleure jardinerie Lyon »).",
    )
    gl: str = Field(default="fr", pattern=r"^[a-z]{2}$", description="The country searched from.")
    hl: str = Field(
        default="fr", pattern=r"^[a-z]{2}(-[A-Za-z]{2,4})?$", description="The language searched in."
    )
    device: Device = Field(default="desktop", description="The kind of device searched on.")


def entity(params: SavedResultsParams) -> str:
    """Return the search's name, like `bing/fr/fr/desktop/pousse et compagnie`."""
    return search_entity(params.engine, params.query, gl=params.gl, hl=params.hl, device=params.device)


def requests(params: SavedResultsParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield one request for each file, in the order of names; a search has no past, whatever `since`."""
    del since
    context = {name: getattr(params, name) for name in ("query", "query_kind", "gl", "hl", "device")}
    wanted = str(Path(params.path).expanduser().absolute())
    # where nothing fits, the pattern itself is asked for, so that the run names what is not there
    for path in sorted(glob.glob(wanted)) or [wanted]:  # noqa: PTH207 (the pattern is a whole path)
        yield Request(url=Path(path).as_uri(), kind="search", context=context)


def check(page: Page) -> None:
    """Raise Blocked for a challenge that was saved in the place of results, and as `check_refused` does."""
    check_refused(page)
    if any(mark in page.text for mark in _CHALLENGES) and not any(mark in page.text for mark in _RESULTS):
        raise Blocked(
            "the page is a challenge of the engine, not its results: save it again once it is solved"
        )


SOURCE: Final = Source(
    slug="saved_results",
    about=FactSheet(
        title="Saved result pages",
        site="your own files",
        kind="search_results",
        access="file",
        official_api="none of Bing (its Web Search API ended in August 2025), DuckDuckGo and Ecosia; Yandex "
        "sells one",
        languages=("all",),
        rating_scale="as shown by each result (usually 5)",
        limits="Pages saved as a browser shows them, at most fetch.max_page_mb each.",
        legal_note="The engines' terms forbid reading their pages by machine: save the pages yourself, in "
        "your own browser, and keep no more than you need. Nothing is fetched by this source.",
    ),
    params=SavedResultsParams,
    entity=entity,
    requests=requests,
    layouts=tuple(
        Layout(
            reader.name,
            since=reader.since,
            marks=reader.marks,
            knows=reader.knows,
            parse=partial(parse_page, reader),
        )
        for reader in READERS
    ),
    check=check,
    enumerates=False,
    service=lambda params: NAMES[params.engine],
    fields=("title", "url", "snippet"),
)
