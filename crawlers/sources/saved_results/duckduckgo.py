"""DuckDuckGo's result pages: by script until 2022 and since, and two without scripts (html, lite)."""

from collections.abc import Iterator
from typing import Final

from parsel import Selector

from crawlers.sources.saved_results.reading import EngineReader, entry, leads_to, related, words
from ouidire.page import Page
from ouidire.serp import SearchEntry

_MARKS: Final = ("result__a", 'data-testid="result-title-a"', "result-link", "duckduckgo.com")
_BLOCKS: Final = (
    ".result, article[data-testid='result'], article[data-testid='ad'], "
    "tr:has(a.result-link), [data-testid='about'], .module--about, .module--related, "
    "[data-testid='related-searches']"
)
_TITLES: Final = "a.result__a, a[data-testid='result-title-a'], a.result-link"
_SNIPPETS: Final = ".result__snippet, [data-result='snippet'], .result-snippet"
_ADDRESSES: Final = ".result__url, [data-testid='result-extras-url-link'], .link-text"
_EMPTY: Final = ".no-results, .result--no-result, .no-results-message, [data-testid='no-results-message']"


def knows(page: Page) -> bool:
    """Return whether the page has DuckDuckGo's titles of results, or says that it is one of its own."""
    return any(mark in page.text for mark in _MARKS[:2]) or (
        _MARKS[3] in page.text and ("result-link" in page.text or "no-results" in page.text)
    )


def entries(page: Page) -> Iterator[SearchEntry | None]:
    """Yield what the page shows, in its order: results, ads, the panel, related searches."""
    for block in page.selector.css(_BLOCKS):
        kinds = f"{block.attrib.get('class') or ''} {block.attrib.get('data-testid') or ''}"
        if "about" in kinds:
            yield entry("knowledge_panel", words(block.css("h2, .module__title")), None)
        elif "related" in kinds:
            yield from related(block.css("a"))
        else:
            yield _result(block, is_ad="result--ad" in kinds or kinds.split()[-1:] == ["ad"])


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
