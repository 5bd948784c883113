"""Organic results: a title inside a link that leads out of the engine, and what stands around it.

Desktop pages title a result with an h3: around the link until 2018 (`h3.r > a`), inside it since. Phones use
an element with `role=heading` in an `.xpd` block. Sitelinks, cards and thumbnails have no such title of their
own, or stand in tables and carousels. What a style sheet hides is read as shown.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from crawlers.reading.search_results import clean, shown_rating, shows_rating
from crawlers.sources.google_results.details import cited, rating_in
from crawlers.sources.google_results.drafts import EntryDraft, outside, own_page
from crawlers.sources.google_results.parse_state import ParseState
from crawlers.sources.google_results.tree import (
    CLIMB,
    Element,
    ancestors,
    classes,
    descendants,
    heading_around,
    heading_in,
    is_heading,
    text_of,
)

_SNIPPETS: Final = frozenset(
    {"st", "VwiC3b", "IsZvec", "ITZIwc", "s3v9rd", "yDYNvb", "hgKElc", "FrIlee", "lEBKkf", "MUxGbd"}
)
"""Classes that snippets have had, 2018–2026; without any of them the longest text of the result is taken."""
_SITELINK_BLOCKS: Final = frozenset(
    {"table", "g-inner-card", "g-scrolling-carousel", "g-card", "g-section-with-header"}
)
_BLOCKS: Final = frozenset({"div", "p", "ul", "ol", "table", "li", "td", "tr", "section", "h3"})
_DATED: Final = re.compile(r"(?P<date>[^—–·]{4,32}?)(?:\s?[—–]\s?|\s[-·]\s)(?P<rest>.*)")
_DATE_ALONE: Final = re.compile(
    r"(?:\S{1,12} ){0,2}\S{0,8}(?:19|20)\d\d(?: ?[г年]\.?)?|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
    r"|\d{1,2} \S{2,12} (?:ago|geleden|fa)|(?:il y a|vor|hace|há) \d{1,2} \S{2,12}",
    re.IGNORECASE,
)
"""A date standing alone: with a year, or so many days ago."""
LONGEST_RATING: Final = 80
"""Characters of the longest line that is the rating's own (price and stock beside it) and no snippet."""
SHORT_LINE: Final = 80
"""Characters of the longest line in which a rating is looked for."""
SHORT: Final = 25
"""A text below this many characters is a label before it is a snippet."""


def result(link: Element, state: ParseState) -> EntryDraft | None:
    """Return the organic result whose title this link carries, or None."""
    url = outside(link.get("href"), base=state.base)
    if url is None and _shows_address(link):
        url = own_page(link.get("href"), base=state.base)
    if url is None:
        return None
    heading = heading_in(link)
    if heading is not None and heading.tag == "h3":
        return None if _in_cards(link) else EntryDraft("organic", link, title=text_of(heading), url=url)
    around = heading_around(link)
    if around is not None:
        # Since 2019 a link *inside* an h3 is a sitelink; before, sitelinks were known by class and
        # table.
        own = (
            "l" not in classes(link)
            and not _in_cards(link)
            and not any(above.tag == "ul" for above in ancestors(link, limit=6))
        )
        return (
            EntryDraft("organic", link, title=text_of(around), url=url)
            if own and text_of(link) == text_of(around)
            else None
        )
    if heading is not None and state.kind != "desktop" and state.look() and _in_phone_result(link):
        return EntryDraft("organic", link, title=text_of(heading), url=url)
    return None


def _shows_address(link: Element) -> bool:
    """Return whether a link has a title and its address is shown beside it, as a result's is."""
    if heading_in(link) is None and heading_around(link) is None:
        return False
    return any(cited(above) is not None for above in (link, *ancestors(link, limit=3)))


def _in_cards(link: Element) -> bool:
    return any(above.tag in _SITELINK_BLOCKS for above in ancestors(link))


def _in_phone_result(link: Element) -> bool:
    """Return whether the link is the first titled one of an `.xpd` block, or its block has no own heading."""
    for above in ancestors(link):
        if above.tag in _SITELINK_BLOCKS:
            return False
        if "xpd" in classes(above):
            first = next(
                (found for found in descendants(above) if found.tag == "a" and heading_in(found) is not None),
                None,
            )
            return first is link
        if "MjjYud" in classes(above):
            return not any(
                is_heading(found) and not any(up.tag == "a" for up in ancestors(found, limit=6))
                for found in descendants(above)
            )
    return False


def complete(drafts: Sequence[EntryDraft]) -> None:
    """Fill in what stands around each organic result: shown address, snippet, date, rating.

    A result's block is its highest ancestor that holds no other entry, at most CLIMB levels up.
    """
    held: Counter[Element] = Counter()
    for draft in drafts:
        held.update(ancestors(draft.element, limit=2 * CLIMB))
    for draft in drafts:
        if draft.type != "organic":
            continue
        block = draft.element
        for above in ancestors(draft.element, limit=CLIMB):
            if (
                held[above] > 1
                or above.tag == "body"
                or above.get("id") in {"rso", "search", "main", "center_col", "rcnt"}
            ):
                break
            block = above
        _describe(draft, block)


def _describe(draft: EntryDraft, block: Element) -> None:
    inside = list(descendants(block))
    draft.shown_url = cited(block)
    draft.rating = rating_in(block)
    if draft.rating is None:
        texts = (clean(found.text) for found in inside)
        line = next((text for text in texts if text and shows_rating(text) and len(text) <= SHORT_LINE), None)
        draft.rating = shown_rating(line) if line else None
    for text in _snippets(draft, inside):
        if text == draft.shown_url or (
            draft.rating and (draft.rating.text or "-") in text and len(text) < LONGEST_RATING
        ):
            continue
        date, rest = _date(text)
        draft.date = draft.date or date
        if rest:
            draft.snippet = rest
            return


def _snippets(draft: EntryDraft, inside: list[Element]) -> list[str]:
    """Return the texts that may be the snippet, the likeliest first."""
    title_link = draft.element
    marked = [
        found
        for found in inside
        if (
            classes(found) & _SNIPPETS
            or found.get("data-sncf") == "1"
            or found.get("data-content-feature") == "1"
        )
        and not _within(found, "a", title_link)
        and found.get("role") != "heading"
    ]
    innermost = [
        found
        for found in marked
        if not any(below is not found and below in marked for below in descendants(found, limit=60))
    ]
    texts = [text for found in innermost if (text := text_of(found))]
    around = set(ancestors(title_link))
    leaves = [
        text
        for found in inside
        if found.tag in {"div", "p", "td", "span"}
        and found not in around
        and not any(child.tag in _BLOCKS for child in found.iterchildren())
        and not _within(found, "a", title_link)
        and (text := text_of(found))
    ]
    likely = [text for text in texts if len(text) >= SHORT]
    return [*likely, *sorted((text for text in leaves if len(text) >= SHORT), key=len, reverse=True), *texts]


def _within(element: Element, tag: str, title_link: Element) -> bool:
    """Return whether an element is part of a link, a button or the shown address."""
    for above in (element, *ancestors(element, limit=8)):
        if above.tag in {tag, "cite", "button", "h3"} or above.get("role") == "button" or above is title_link:
            return True
    return False


def _date(text: str) -> tuple[str | None, str | None]:
    """Split a snippet that begins with its date: "12 mars 2019 - Le magasin …"."""
    match = _DATED.match(text)
    if match and _DATE_ALONE.fullmatch(match["date"].strip()):
        return match["date"].strip(), clean(match["rest"])
    alone = text.rstrip(" —–-·")
    return (alone, None) if _DATE_ALONE.fullmatch(alone) else (None, text)
