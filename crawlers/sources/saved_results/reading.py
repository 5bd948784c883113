"""What the readers of all engines share: texts, addresses out of redirects, entries, and a page of them.

It cannot see which engine a page is of.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urljoin, urlsplit

from parsel import Selector, SelectorList

from crawlers.reading.search_results import (
    clean,
    query_of,
    ranked,
    search_entity,
    shown_rating,
    shows_rating,
    whole_number,
)
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.page import Page
from ouidire.serp import Device, EntryType, SearchEntry, SearchPage

_TARGETS: Final = ("uddg", "u", "url", "q", "ru", "adurl")
"""Parameters in which engines hide the address that a link leads to."""
_REDIRECTS: Final = re.compile(r"/(?:ck/a|l/|y\.js|aclick|aclk|clck/|link|url|redirect|count/)")
SHORT: Final = 120
"""Characters of the longest line in which a rating is looked for."""


@dataclass(frozen=True)
class EngineReader:
    """One engine's pages.

    `knows` tells them by a mark of the engine's own; `entries` reads them in the page's order; `says_empty`
    finds the engine's own words for no result; `query` is where the searched words stand.
    """

    name: str
    since: str
    marks: str
    knows: Callable[[Page], bool]
    entries: Callable[[Page], Iterable[SearchEntry | None]]
    says_empty: Callable[[Page], bool]
    query: str
    total: str = ""
    number: str = ""


def words(found: Selector | SelectorList[Selector]) -> str | None:
    """Return the text of an element, or of the first of several, on one line; None where there is none."""
    parts = (found[:1] if isinstance(found, SelectorList) else found).css("::text").getall()
    return clean("".join(parts[:2_000]))


def leads_to(href: str | None, *, base: str) -> str | None:
    """Return the absolute address that a link leads to, out of the engine's redirects; None for none.

    Bing writes the address in Base64 (`u=a1aHR0cHM6…`), others as it is.
    """
    if not href or len(href) > 4_000:  # noqa: PLR2004 (no address is that long)
        return None
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
        query = parse_qs(parts.query, max_num_fields=100) if _REDIRECTS.match(parts.path) else {}
    except ValueError:
        return None
    for name in _TARGETS if query else ():
        target = _decoded((query.get(name) or [""])[0])
        if target.startswith(("http://", "https://")):
            return target
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def _decoded(value: str) -> str:
    if not value.startswith("a1"):
        return value
    try:
        return base64.urlsafe_b64decode(value[2:] + "=" * (-len(value[2:]) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return value


def entry(
    kind: EntryType,
    title: str | None,
    url: str | None,
    *,
    snippet: str | None = None,
    shown_url: str | None = None,
    date: str | None = None,
    lines: Iterable[str | None] = (),
) -> SearchEntry | None:
    """Return an entry, or None without a title; a rating is taken from the first line that shows one."""
    if not title:
        return None
    line = next((text for text in lines if text and len(text) <= SHORT and shows_rating(text)), None)
    return SearchEntry(
        type=kind,
        position=1,
        rank=1,
        title=title,
        url=url,
        snippet=snippet,
        shown_url=shown_url,
        date=date,
        rating=shown_rating(line) if line else None,
    )


def parse_page(reader: EngineReader, page: Page) -> Parsed:
    """Read one saved page.

    Raises LayoutChanged when it shows neither a result nor the engine's words for none: a page that was saved
    before its script had run has none either.
    """
    found = [each for each in reader.entries(page) if each is not None]
    organic = any(each.type == "organic" for each in found)
    empty = not organic and reader.says_empty(page)
    if not organic and not empty:
        raise LayoutChanged(
            f"a result of {reader.name}, or that there is none (was it saved as complete page?)",
            selector=reader.marks,
        )
    asked = page.context
    query = query_of(asked.get("query"), clean(page.selector.css(reader.query).get()))
    if not query:
        raise LayoutChanged("the words searched for", selector=reader.query)
    gl, hl = asked.get("gl"), asked.get("hl") or _language(page)
    device: Device = "mobile" if asked.get("device") == "mobile" else "desktop"
    total = words(page.selector.css(reader.total)) if reader.total else None
    number = words(page.selector.css(reader.number)) if reader.number else None
    shown = SearchPage(
        entity=search_entity(reader.name, query, gl=gl, hl=hl, device=device),
        engine=reader.name,
        query=query,
        gl=gl,
        hl=hl,
        device=device,
        page_number=int(number) if number and re.fullmatch(r"[1-9]\d?", number) else 1,
        url=page.url if page.url.startswith("http") else None,
        captured_at=page.fetched_at,
        total_stated=whole_number(total) if total else None,
        entries=ranked(found),
    )
    return Parsed(
        items=(shown,), declared_total=shown.total_stated, says_empty=empty, last_page=empty or None
    )


def _language(page: Page) -> str | None:
    stated = page.selector.css("html::attr(lang)").get() or ""
    match = re.match(r"[a-zA-Z]{2}(?![a-zA-Z])", stated)
    return match[0].lower() if match else None


def related(links: SelectorList[Selector]) -> Iterator[SearchEntry | None]:
    """Yield an entry for each link to another search."""
    for link in links[:30]:
        yield entry("related_search", words(link), None)
