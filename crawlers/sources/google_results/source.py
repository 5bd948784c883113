"""google_results: entries of Google's own result pages, on desktops, phones and without JavaScript.

It reads saved pages, or pages rendered by a browser once the operator has accepted the legal note. It cannot
see what Google shows to somebody else (results vary with place, time and person), what arrives only by script
after the page was saved, or results hidden behind "more results".
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlencode

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.search_results import search_entity
from crawlers.sources.google_results.frame import RESULTS_PER_PAGE
from crawlers.sources.google_results.result_page import BASE, check, knows, parse
from ouidire.errors import ConfigError
from ouidire.page import Request
from ouidire.serp import Device

LEGAL_NOTE: Final = (
    "Google's terms of service forbid automated access to its result pages without permission and its "
    "robots.txt disallows /search. Reading them directly is your decision and your responsibility; "
    "prefer the search_api source (an official API or a licensed provider), or files that you saved "
    "yourself. To go on, set accept_legal_note = true for this source."
)


class GoogleParams(Params):
    """One watched search. `pages` are requested at once, ten results each."""

    query: str = Field(min_length=1, description="What people search for.")
    query_kind: Literal["brand", "category"] = Field(
        default="brand",
        description="`brand` names us; `category` is what we sell (« meilleure jardinerie Lyon »).",
    )
    gl: str = Field(default="fr", pattern=r"^[a-z]{2}$", description="The country searched from.")
    hl: str = Field(
        default="fr", pattern=r"^[a-z]{2}(-[A-Za-z]{2,4})?$", description="The language searched in."
    )
    device: Device = Field(default="desktop", description="The kind of device searched on.")
    pages: int = Field(default=1, ge=1, le=10, description="Pages of ten results.")
    base_url: str = Field(default=BASE, pattern=r"^https?://", description="Where searches are asked.")
    render: bool = Field(default=True, description="Let Chromium render the page.")
    accept_legal_note: bool = Field(
        default=False, description="You have read the legal note, and may fetch these pages."
    )


def entity(params: GoogleParams) -> str:
    """Return the search's name, like `google/fr/fr/desktop/pousse et compagnie`."""
    return search_entity("google", params.query, gl=params.gl, hl=params.hl, device=params.device)


def requests(params: GoogleParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield one request a page; a search has no past, so `since` changes nothing.

    Raises ConfigError until the legal note is accepted.
    """
    del since
    if not params.accept_legal_note:
        raise ConfigError([f"google_results.accept_legal_note: {LEGAL_NOTE}"])
    context = {
        "query": params.query,
        "query_kind": params.query_kind,
        "gl": params.gl,
        "hl": params.hl,
        "device": params.device,
    }
    return (_request(params, page, context) for page in range(params.pages))


def _request(params: GoogleParams, page: int, context: dict[str, str]) -> Request:
    asked = {"q": params.query, "gl": params.gl, "hl": params.hl, "pws": "0"} | (
        {"start": str(RESULTS_PER_PAGE * page)} if page else {}
    )
    return Request(
        url=f"{params.base_url}?{urlencode(asked)}",
        headers={"Accept-Language": params.hl},
        render=params.render,
        kind="search",
        context=context,
    )


LAYOUTS: Final = (
    Layout("nojs", since="2019", marks="a[href^='/url?'] h3", knows=knows("nojs"), parse=parse("nojs")),
    Layout("phone", since="2019", marks=".xpd [role=heading]", knows=knows("phone"), parse=parse("phone")),
    Layout("desktop", since="2018", marks="#rcnt a[href] h3", knows=knows("desktop"), parse=parse("desktop")),
)
"""Read by what their markup means, so that one function reads all years.

Desktops: `.rc > h3.r > a` in 2018, the h3 inside the link in 2019, `.tF2Cxc > .yuRUbf` in 2021, `.MjjYud` in
2023, video results outside (`.WVV5ke`) in 2026. Phones: `.xpd` in 2019, `a[role=presentation]` in 2023.
Without JavaScript: `.kCrYT`.
"""

SOURCE: Final = Source(
    slug="google_results",
    about=FactSheet(
        title="Google result pages",
        site="google.com",
        kind="search_results",
        access="web",
        official_api="none that is open to new customers: see search_api for providers and other indexes",
        terms_url="https://policies.google.com/terms",
        renders=True,
        opt_in=True,
        languages=("fr", "en", "de", "es", "it", "nl", "pt"),
        rating_scale="as shown by each result (usually 5; 10, 20 and 100 occur)",
        limits="About ten organic results a page; blocks that load by script after the page are seen "
        "only when rendered.",
        legal_note=LEGAL_NOTE,
    ),
    params=GoogleParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    check=check,
    enumerates=False,
    fields=("title", "url", "snippet"),
)
