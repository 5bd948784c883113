"""Yandex's result pages: `li.serp-item` with the title in `h2 a`; advertisements bear a label."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from parsel import Selector

from crawlers.sources.saved_results.reading import EngineReader, entry, leads_to, related, words
from ouidire.page import Page
from ouidire.serp import SearchEntry

_AD_LABELS: Final = ".AdvLabel, .OrganicAdv, .organic__advLabel, .Label_advertisement, .label_color_yellow"
_AD_HOSTS: Final = ("yabs.yandex.", "an.yandex.")
_SNIPPETS: Final = ".OrganicTextContentSpan, .OrganicText, .organic__text, .TextContainer, .extended-text"
_EMPTY: Final = ".EmptySearchResults, .misspell__message_type_empty, .serp-list__empty, .RequestMeta-Empty"


def knows(page: Page) -> bool:
    """Return whether the page has Yandex's items, or its words for none."""
    text = page.text
    return "serp-item" in text or ("yandex" in page.lowered and "EmptySearchResults" in text)


def entries(page: Page) -> Iterator[SearchEntry | None]:
    """Yield what the page shows, in its order: results and ads, then related searches."""
    base = page.url if page.url.startswith("http") else "https://yandex.com/search/"
    for block in page.selector.css("li.serp-item, .serp-list > .serp-item"):
        yield _result(block, base)
    yield from related(page.selector.css(".related__item a, .RelatedTop a, .Related a"))


def says_empty(page: Page) -> bool:
    """Return whether Yandex says that there are no results."""
    return bool(page.selector.css(_EMPTY))


def _result(block: Selector, base: str) -> SearchEntry | None:
    link = block.css("h2 a[href], a.OrganicTitle-Link, a.organic__url, a.Link.OrganicTitle-Link")[:1]
    if not link:
        return None
    url = leads_to(link.attrib.get("href"), base=base)
    host = urlsplit(url or "").hostname or ""
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
