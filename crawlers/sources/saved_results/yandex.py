"""Yandex's result pages: `li.serp-item` with the title in `h2 a`; advertisements bear a label."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from parsel import Selector

from crawlers.sources.saved_results.reading import EngineReader, entry, leads_to, related, words
from ouidire.page import Page
from ouidire.serp import SearchEntry

_AD_LABELS: Final = ".AdvLabel, .OrganicAdv, .organic__advLabel, .Label_advertisement, .label_color_yellow"
_AD_HOSTS: Final = ("yabs.yandex.", "an.yandex.")
_BLOCKS: Final = "li.serp-item, li[data-fast], .serp-list > .serp-item, div.serp-item"
_OWN: Final = re.compile(r"(?:www\.)?yandex\.[a-z.]{2,7}/(?:images|video|search|collections)\b")
"""Tabs of Yandex's own, to which carousels among the results lead."""
_SNIPPETS: Final = ".OrganicTextContentSpan, .OrganicText, .organic__text, .TextContainer, .extended-text"
_EMPTY: Final = ".EmptySearchResults, .misspell__message_type_empty, .serp-list__empty, .RequestMeta-Empty"


def knows(page: Page) -> bool:
    """Return whether the page has Yandex's items, or its words for none."""
    text = page.text
    named = "yandex" in page.lowered
    return "serp-item" in text or (named and ("data-fast" in text or "EmptySearchResults" in text))


def entries(page: Page) -> Iterator[SearchEntry | None]:
    """Yield what the page shows, in its order: results and ads, then related searches."""
    base = page.url if page.url.startswith("http") else "https://yandex.com/search/"
    for block in page.selector.css(_BLOCKS):
        if not block.xpath("ancestor::*[contains(concat(' ', @class, ' '), ' serp-item ') or @data-fast]"):
            yield _result(block, base)
    yield from related(page.selector.css(".related__item a, .RelatedTop a, .Related a"))


def says_empty(page: Page) -> bool:
    """Return whether Yandex says that there are no results."""
    return bool(page.selector.css(_EMPTY))


def _result(block: Selector, base: str) -> SearchEntry | None:
    link = block.css("h2 a[href], a.OrganicTitle-Link, a.organic__url, a[href]:has(h2)")[:1]
    if not link:
        return None
    url = leads_to(link.attrib.get("href"), base=base)
    host = urlsplit(url or "").hostname or ""
    if _OWN.match((url or "").partition("://")[2]):
        return None
    is_ad = bool(block.css(_AD_LABELS)) or host.startswith(_AD_HOSTS)
    return entry(
        "ad" if is_ad else "organic",
        words(block.css("h2, .OrganicTitle-LinkText")),
        None if is_ad and "yandex." in host else url,
        snippet=words(block.css(_SNIPPETS)),
        shown_url=words(block.css(".Path, .organic__path, .organic__subtitle")),
        lines=[words(each) for each in block.css("[class*=Rating], [class*=rating]")],
    )


READER: Final = EngineReader(
    "yandex",
    since="2015",
    marks="li.serp-item h2 a",
    knows=knows,
    entries=entries,
    says_empty=says_empty,
    query="input[name=text]::attr(value)",
    total=".serp-adv__found",
)
