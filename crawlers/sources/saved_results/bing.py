"""Bing's result pages: `li.b_algo` in `#b_results` since 2012, ads in `li.b_ad`, answers in `li.b_ans`."""

import re
from collections.abc import Iterator
from typing import Final

from parsel import Selector

from crawlers.reading.search_results import clean
from crawlers.sources.saved_results.reading import EngineReader, entry, leads_to, related, words
from ouidire.page import Page
from ouidire.serp import SearchEntry

_SNIPPETS: Final = (
    ".b_caption p, p.b_algoSlug, p[class*=b_lineclamp], .b_paractl, .b_imgcap_altitle p, .b_snippet"
)
_LABELS: Final = "self::*[contains(@class,'algoSlug_icon') or contains(@class,'news_dt')]"
_RATINGS: Final = ".b_factrow, .csrc, .b_ratstars, [aria-label*='Rating'], [class*=rating]"


def knows(page: Page) -> bool:
    """Return whether the page has Bing's list of results."""
    return 'id="b_results"' in page.text or "id='b_results'" in page.text or "id=b_results" in page.text


def entries(page: Page) -> Iterator[SearchEntry | None]:
    """Yield what the page shows, in its order; the panel beside the results last."""
    tree, base = page.selector, _base(page)
    for block in tree.css("#b_results > *, #b_topw > li, #b_pole li.b_ans"):
        kinds = (block.attrib.get("class") or "").split()
        if "b_algo" in kinds:
            yield _organic(block, base)
        elif "b_ad" in kinds:
            yield from _ads(block)
        elif "b_ans" in kinds:
            yield from _answer(block, base)
        else:
            for inner in block.css("li.b_algo"):
                yield _organic(inner, base)
    for panel in tree.css("#b_context .b_entityTitle, #b_context .b_entityTP h2")[:1]:
        yield entry("knowledge_panel", words(panel), None, snippet=words(tree.css("#b_context .b_lBottom")))
    yield from related(tree.css(".b_rs li a, #b_context .b_ans .b_vList a[href*='/search?']"))


def says_empty(page: Page) -> bool:
    """Return whether Bing says that there are no results."""
    return bool(page.selector.css("#b_results > li.b_no"))


def _base(page: Page) -> str:
    return page.url if page.url.startswith("http") else "https://www.bing.com/search"


def _organic(block: Selector, base: str) -> SearchEntry | None:
    link = block.css("h2 a[href]")[:1]
    if not link:
        return None
    snippet = block.css(_SNIPPETS)[:1]
    text = None
    if snippet:
        parts = snippet.xpath(f".//text()[not(ancestor::*[{_LABELS}])]").getall()
        text = clean("".join(parts))
    return entry(
        "organic",
        words(link) or link.attrib.get("aria-label") or words(block.css("h2")),
        leads_to(link.attrib.get("href"), base=base),
        snippet=re.sub(r"^[·\s]+", "", text) if text else None,
        shown_url=words(block.css("cite")),
        date=words(block.css(".news_dt")),
        lines=[words(each) or each.attrib.get("aria-label") for each in block.css(_RATINGS)],
    )


def _ads(block: Selector) -> Iterator[SearchEntry | None]:
    """Yield each advertisement; its link leads through Bing, so that the address shown is what is known."""
    for link in block.css("h2 a[href]"):
        around = link.xpath("ancestor::li[1]")
        yield entry(
            "ad", words(link), None, snippet=words(around.css("p")), shown_url=words(around.css("cite"))
        )


def _answer(block: Selector, base: str) -> Iterator[SearchEntry | None]:
    """Yield what one answer block holds: questions, news, videos."""
    for question in block.css(".df_qntext, [data-tag*='RelatedQnA'] .b_1linetrunc")[:10]:
        yield entry("question", words(question), None)
    for link in block.css(".news-card a.title, .na_t a.na_tl, a.itm_spt_news"):
        yield entry("top_story", words(link), leads_to(link.attrib.get("href"), base=base))
    for link in block.css(".mc_vtvc a[aria-label][href*='://']"):
        yield entry("video", link.attrib.get("aria-label"), leads_to(link.attrib.get("href"), base=base))


READER: Final = EngineReader(
    "bing",
    since="2012",
    marks="#b_results > li.b_algo",
    knows=knows,
    entries=entries,
    says_empty=says_empty,
    query="#sb_form_q::attr(value), input[name=q]::attr(value), textarea[name=q]::text",
    total=".sb_count",
    number=".sb_pagS",
)
