"""Ecosia's result pages: `data-test-id` on every part since 2022, `result` and `result-title` before."""

from collections.abc import Iterator
from typing import Final

from parsel import Selector

from crawlers.sources.saved_results.reading import EngineReader, entry, leads_to, related, words
from ouidire.page import Page
from ouidire.serp import SearchEntry

_BLOCKS: Final = (
    "[data-test-id='organic-result'], [data-test-id='mainline-result-ad'], [data-test-id='entity-wrapper'], "
    ".result.js-result, .card-ad .result, [data-test-id='related-queries-text'], "
    "a[data-test-id^='related-queries-link']"
)
_TITLES: Final = "[data-test-id='result-title'], .result-title, h2"
_SNIPPETS: Final = (
    "[data-test-id='web-result-description'], [data-test-id='result-description'], .result-snippet"
)
_EMPTY: Final = "[data-test-id*='no-results'], [data-test-id*='empty-result'], .no-results, .empty-result"


def knows(page: Page) -> bool:
    """Return whether the page names Ecosia and has its marks of results."""
    text = page.lowered
    return "ecosia" in text and ("data-test-id" in text or "js-result" in text or "no-results" in text)


def entries(page: Page) -> Iterator[SearchEntry | None]:
    """Yield what the page shows, in its order: results, ads, the panel, related searches."""
    for block in page.selector.css(_BLOCKS):
        kind = block.attrib.get("data-test-id") or block.attrib.get("class") or ""
        if kind == "entity-wrapper":
            yield entry(
                "knowledge_panel",
                words(block.css("[data-test-id='entity-titles'] h2, [data-test-id='title'], h2")),
                None,
                snippet=words(block.css("[data-test-id='entity-description']")),
            )
        elif kind.startswith("related-queries-link"):
            yield from related(block.css("a"))
        elif kind != "related-queries-text":
            yield _result(block, is_ad="ad" in kind.replace("-", " ").split())


def says_empty(page: Page) -> bool:
    """Return whether Ecosia says that there are no results."""
    return bool(page.selector.css(_EMPTY))


def _result(block: Selector, *, is_ad: bool) -> SearchEntry | None:
    link = block.css("a[data-test-id='result-link'], a.result-title, a[href]:has(h2), h2 a, a.result-url")[:1]
    url = leads_to(link.attrib.get("href"), base="https://www.ecosia.org/") if link else None
    return entry(
        "ad" if is_ad else "organic",
        words(block.css(_TITLES)),
        url,
        snippet=words(block.css(_SNIPPETS)),
        shown_url=words(block.css("[data-test-id='result-source'], .result-url")),
        lines=[words(each) for each in block.css("[class*=rating], [data-test-id*=rating]")],
    )


READER: Final = EngineReader(
    "ecosia",
    since="2016",
    marks="[data-test-id=organic-result], .result.js-result",
    knows=knows,
    entries=entries,
    says_empty=says_empty,
    query="input[name=q]::attr(value)",
)
