"""google_results: entries of Google's own result pages, on desktops, phones and without JavaScript.

It reads saved pages, or pages rendered by a browser once the operator has accepted the legal note. It cannot
see what Google shows to somebody else (results vary with place, time and person), what arrives only by script
after the page was saved, or results hidden behind "more results".
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlencode

from pydantic import Field

from crawlers.base import FactSheet, Params, Source
from crawlers.reading.search_results import ranked, search_entity
from crawlers.sources.google_results.drafts import EntryDraft
from crawlers.sources.google_results.frame import RESULTS_PER_PAGE, Frame, read_frame
from crawlers.sources.google_results.organic import complete
from crawlers.sources.google_results.refusals import refusal
from crawlers.sources.google_results.walk import walk
from ouidire.errors import ConfigError, LayoutChanged
from ouidire.items import Parsed
from ouidire.page import Page, Request
from ouidire.serp import Device, SearchPage

BASE: Final = "https://www.google.com/search"
LARGEST: Final = 10_000_000
"""Bytes beyond which a body is no result page: the largest that we saw has 1.5 million."""
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


def parse(page: Page) -> Parsed:
    """Read one result page.

    Raises Blocked (captcha, consent, "enable JavaScript", refusal) and LayoutChanged when a page neither has
    results nor says that there are none.
    """
    if len(page.body) > LARGEST:
        raise LayoutChanged(
            f"a result page of at most {LARGEST // 1_000_000} MB", selector="size of the body"
        )
    tree = page.selector
    base = page.url if page.url.startswith(("http://", "https://")) else BASE
    frame = read_frame(tree, url=page.url, head=page.text[:50_000])
    drafts = walk(tree.root, base=base)
    if not any(draft.type == "organic" for draft in drafts) and not frame.says_empty:
        raise refusal(page, tree) or LayoutChanged(
            "organic results", selector="a[href] h3, .xpd a[href] [role=heading]"
        )
    complete(drafts)
    found = _snapshot(page, frame, drafts)
    empty = frame.says_empty and not any(entry.type == "organic" for entry in found.entries)
    ends = True if empty else None
    return Parsed(
        items=(found,),
        declared_total=frame.total,
        says_empty=empty,
        last_page=False if frame.goes_on else ends,
    )


def _snapshot(page: Page, frame: Frame, drafts: Iterable[EntryDraft]) -> SearchPage:
    """Return the page with its entries in their places.

    What was asked for names the search; the page itself does where nothing was asked.
    """
    asked = page.context
    query = asked.get("query") or frame.query
    if not query:
        raise LayoutChanged(
            "the words searched for", selector="q in the address, textarea[name=q], input[name=q], title"
        )
    gl, hl = asked.get("gl") or frame.gl, asked.get("hl") or frame.hl
    device: Device = "mobile" if (asked.get("device") or frame.device) == "mobile" else "desktop"
    return SearchPage(
        entity=search_entity("google", query, gl=gl, hl=hl, device=device),
        engine="google",
        query=query,
        gl=gl,
        hl=hl,
        device=device,
        page_number=frame.page_number,
        url=page.url,
        captured_at=page.fetched_at,
        total_stated=frame.total,
        entries=ranked(draft.entry() for draft in drafts),
    )


SOURCE: Final = Source(
    slug="google_results",
    about=FactSheet(
        title="Google result pages",
        site="google.com",
        kind="search_results",
        access="web",
        official_api="Programmable Search JSON API (see search_api); none returns the page as people see it",
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
    parse=parse,
    enumerates=False,
    versions=(
        "2026 .MjjYud with .tF2Cxc and video results outside (.WVV5ke)",
        "2023 .MjjYud, phones .xpd with a[role=presentation]",
        "2021 .tF2Cxc > .yuRUbf",
        "2019 .rc with the h3 inside the link, phones .xpd, no-JavaScript .kCrYT",
        "2018 .rc > h3.r > a",
    ),
    fields=("title", "url", "snippet"),
)
