"""DuckDuckGo's result pages: by script until 2022 and since, and two without scripts (html, lite)."""

from collections.abc import Iterator
from typing import Final

from parsel import Selector

from crawlers.sources.saved_results.reading import EngineReader, entry, leads_to, related, words
from ouidire.page import Page
from ouidire.serp import SearchEntry

_MARKS: Final = ("result__a", 'data-testid="result', 'data-layout="organic"', "no-results")
"""Marks of its results, and of there being none, beside which a page names DuckDuckGo."""
_BLOCKS: Final = (
    ".result, [data-testid='result'], [data-testid='ad'], li[data-layout]:not(:has([data-testid='result'])), "
    "tr:has(a.result-link), [data-testid='about'], .module--about, .module--related, "
    "[data-testid='related-searches']"
)
_TITLES: Final = "a.result__a, a[data-testid='result-title-a'], a.result-link, h2 a[href]"
_SNIPPETS: Final = ".result__snippet, [data-result='snippet'], .result-snippet"
_ADDRESSES: Final = ".result__url, [data-testid='result-extras-url-link'], .link-text"
_EMPTY: Final = (
    ".result--no-result, [class*='no-results'], [data-testid^='no-results'], [data-result='no-results']"
)
_AD: Final = "[data-testid='ad-badge'], .ad-badge, .badge--ad"


def knows(page: Page) -> bool:
    """Return whether the page has DuckDuckGo's titles of results, or says that it is one of its own."""
    named = "duckduckgo" in page.lowered
    return "result__a" in page.text or (named and any(mark in page.text for mark in (*_MARKS, "result-link")))


def entries(page: Page) -> Iterator[SearchEntry | None]:
    """Yield what the page shows, in its order: results, ads, the panel, related searches."""
    for block in page.selector.css(_BLOCKS):
        kinds = f"{block.attrib.get('class') or ''} {block.attrib.get('data-testid') or ''}"
        if "about" in kinds:
            yield entry("knowledge_panel", words(block.css("h2, .module__title")), None)
        elif "related" in kinds:
            yield from related(block.css("a"))
        else:
            yield _result(block, is_ad=_is_ad(block, kinds))


def _is_ad(block: Selector, kinds: str) -> bool:
    is_marked = "result--ad" in kinds or "ad" in kinds.split() or block.attrib.get("data-layout") == "ad"
    return is_marked or bool(block.css(_AD))


def says_empty(page: Page) -> bool:
    """Return whether DuckDuckGo says that there are no results."""
    return bool(page.selector.css(_EMPTY))


def _result(block: Selector, *, is_ad: bool) -> SearchEntry | None:
    link = block.css(_TITLES)[:1]
    if not link:
        return None
    base = "https://duckduckgo.com/"
    around = block if block.root.tag != "tr" else block.xpath("self::*|following-sibling::tr[position()<4]")
    url = leads_to(link.attrib.get("href"), base=base)
    snippet = around.css(_SNIPPETS)[:1]
    date = words(snippet.css(".result__date")) or words(around.css(".timestamp"))
    text = words(snippet)
    if date and text:
        text = text.removeprefix(date).lstrip(" -—·") or None
    ad = is_ad or (url or "").startswith("https://duckduckgo.com/y.js")
    return entry(
        "ad" if ad else "organic",
        words(link),
        None if ad and (url or "").startswith(base) else url,
        snippet=text,
        shown_url=words(around.css(_ADDRESSES)),
        date=date,
        lines=[words(each) for each in around.css("[class*=rating], [class*=star]")],
    )


READER: Final = EngineReader(
    "duckduckgo",
    since="2014",
    marks="a.result__a, a[data-testid=result-title-a], a.result-link",
    knows=knows,
    entries=entries,
    says_empty=says_empty,
    query="input[name=q]::attr(value)",
)
