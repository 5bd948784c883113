"""The text of an article page, without menus, teasers and comments, as trafilatura reads it offline.

It cannot see what a subscription hides, and takes the publisher's word for author and date.
"""

import re
from datetime import datetime
from typing import NamedTuple

from crawlers.reading.extract import clean, element_text, one_line, stated_date, title_of
from crawlers.reading.schema.blocks import tolerant_json
from crawlers.reading.schema.values import values, words
from ouidire.clock import StatedDate
from ouidire.errors import LayoutChanged
from ouidire.page import Page

LARGEST = 10_000_000
"""Bytes of an article page; the heaviest press pages have 2 million."""
SHORTEST = 25
"""Characters: less is a button, not an article."""
QUOTED = 60
"""Characters of the page's description that a paragraph must begin with to be its standfirst."""


class Article(NamedTuple):
    """One article. `bad_date` is the date that the page states and that cannot be right."""

    title: str | None
    text: str
    author: str | None
    language: str | None
    published: StatedDate | None
    bad_date: str | None = None


def read_article(page: Page) -> Article:
    """Return the page's article. Raises LayoutChanged when none can be made out."""
    import trafilatura

    if len(page.body) > LARGEST:
        raise LayoutChanged(
            f"an article page of at most {LARGEST // 1_000_000} MB", selector="the body's size"
        )
    _ = page.selector  # a page that would take minutes to read is refused here
    try:
        text = trafilatura.extract(page.text, url=page.url, include_comments=False, include_tables=False)
    except (ValueError, TypeError, AttributeError, RecursionError, AssertionError) as error:
        raise LayoutChanged("an article", selector="trafilatura") from error
    text = _with_standfirst(clean(text or ""), page)
    if len(text) < SHORTEST:
        raise LayoutChanged("an article", selector="trafilatura")
    title = _meta(page, "og:title") or title_of(page) or None
    first, _, rest = text.partition("\n")
    text = (
        rest.strip() if title and rest and first.strip() and title.startswith(first.strip()) else text
    )  # the headline, repeated
    stated = _stated(page, page.fetched_at)
    return Article(
        title=title,
        text=text,
        author=_meta(page, "author") or _meta(page, "article:author"),
        language=_language(page),
        published=stated[0],
        bad_date=stated[1],
    )


def _with_standfirst(text: str, page: Page) -> str:
    """Return the text with its standfirst, the paragraph that the page's description quotes."""
    description = " ".join((_meta(page, "og:description") or _meta(page, "description") or "").split())
    opening = description[:QUOTED]
    if len(opening) < QUOTED or opening in " ".join(text.split()):
        return text
    for element in page.selector.xpath("//body//p | //body//h2")[:200]:
        paragraph = " ".join(element_text(element.root).split())
        if paragraph.startswith(opening):
            return f"{paragraph}\n\n{text}"
    return text


def _meta(page: Page, name: str) -> str | None:
    value = one_line(page.selector.xpath("//meta[@property=$name or @name=$name]/@content", name=name).get())
    return None if value and re.match(r"https?://", value) else value


def _language(page: Page) -> str | None:
    match = re.match(r"[a-zA-Z]{2,3}(?![a-zA-Z])", page.selector.xpath("/html/@lang").get() or "")
    return match[0].lower() if match else None


def _stated(page: Page, fetched_at: datetime) -> tuple[StatedDate | None, str | None]:
    """Return (date of publication, else the stated text that is none), from meta, JSON-LD, then `<time>`."""
    candidates = [
        _meta(page, name)
        for name in (
            "article:published_time",
            "datePublished",
            "date",
            "DC.date.issued",
            "og:article:published_time",
        )
    ]
    candidates.append(_from_json_ld(page))
    candidates.append(page.selector.xpath("//article//time/@datetime | //time[@pubdate]/@datetime").get())
    stated = [one for one in candidates if one]
    for one in stated:
        date = stated_date(one, fetched_at=fetched_at)
        if date is not None:
            return date, None
    return None, stated[0][:120] if stated else None


def _from_json_ld(page: Page) -> str | None:
    for script in page.selector.xpath('//script[@type="application/ld+json"]/text()').getall()[:20]:
        if "datePublished" not in script:
            continue
        try:
            value = tolerant_json(script)
        except ValueError:
            continue
        nodes = value.get("@graph", [value]) if isinstance(value, dict) else value
        for node in nodes if isinstance(nodes, list) else []:
            if isinstance(node, dict) and (found := words(values(node, "datePublished"))):
                return found
    return None
