"""One result page as a search snapshot: its frame, its entries in their places, or why it has none.

It cannot see results hidden behind "more results", nor what scripts add after the page was saved.
"""

from collections.abc import Callable, Iterable
from typing import Final

from crawlers.reading.search_results import query_of, ranked, search_entity
from crawlers.sources.google_results.drafts import EntryDraft
from crawlers.sources.google_results.frame import Frame, read_frame, says_nothing
from crawlers.sources.google_results.organic import complete
from crawlers.sources.google_results.parse_state import PageKind
from crawlers.sources.google_results.refusals import refusal
from crawlers.sources.google_results.walk import walk
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.page import Page
from ouidire.serp import Device, SearchPage

BASE: Final = "https://www.google.com/search"
LARGEST: Final = 10_000_000
"""Bytes beyond which a body is no result page: the largest that we saw has 1.5 million."""
TITLES: Final = "a[href] h3, .xpd a[href] [role=heading]"

_WITHOUT_JAVASCRIPT: Final = (
    "boolean(//a[starts-with(@href, '/url?')])"
    " and not(//*[@id='rso' or @id='rcnt' or @id='search' or @id='center_col'])"
)
_RIGHT_COLUMN: Final = "boolean(//*[@id='rcnt' or @id='rhs'])"
_TITLED_LINKS: Final = "boolean(//a[@href]) and boolean(//h3 | //*[@role='heading'])"


def check(page: Page) -> None:
    """Raise Blocked or RateLimited for a page sent instead of results, LayoutChanged for one too large.

    A page that may have results is none: many carry a consent dialogue or a redirect for old browsers.
    """
    if len(page.body) > LARGEST:
        raise LayoutChanged(
            f"a result page of at most {LARGEST // 1_000_000} MB", selector="size of the body"
        )
    if not _may_have_results(page):
        refused = refusal(page, page.selector)
        if refused is not None:
            raise refused


def knows(kind: PageKind) -> Callable[[Page], bool]:
    """Return a function that says whether a page is a result page of one kind."""
    return lambda page: _may_have_results(page) and kind_of(page) == kind


def parse(kind: PageKind) -> Callable[[Page], Parsed]:
    """Return a function that reads result pages of one kind."""
    return lambda page: _read(page, kind)


def kind_of(page: Page) -> PageKind:
    """Return what a result page was made for, by its regions.

    Only pages without JavaScript lead through `/url?q=` and have none of the regions of the others; only
    desktops have a right column.
    """
    root = page.selector.root
    if root.xpath(_WITHOUT_JAVASCRIPT):
        return "nojs"
    return "desktop" if root.xpath(_RIGHT_COLUMN) else "phone"


def _may_have_results(page: Page) -> bool:
    return bool(page.selector.root.xpath(_TITLED_LINKS)) or says_nothing(page.selector)


def _read(page: Page, kind: PageKind) -> Parsed:
    """Read one result page.

    Raises Blocked or RateLimited for a refusal, and LayoutChanged when the page neither has results nor says
    that there are none.
    """
    tree = page.selector
    base = page.url if page.url.startswith(("http://", "https://")) else BASE
    frame = read_frame(tree, url=page.url, head=page.text[:50_000])
    drafts = walk(tree.root, base=base, kind=kind)
    if not any(draft.type == "organic" for draft in drafts) and not frame.says_empty:
        raise refusal(page, tree) or LayoutChanged("organic results", selector=TITLES)
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
    query = query_of(asked.get("query"), frame.query)
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
