"""Entries of a result page other than organic: ads, questions, local places, cards, related searches.

Blocks are known by what Google's markup calls them (ids of regions, `data-text-ad`, `data-q`, `data-cid`,
`data-attrid`, its own `g-…` elements) and only then by their headings. A block without such a mark is not
seen.
"""

import re
from typing import Final

from crawlers.reading.search_results import clean
from crawlers.sources.google_results.details import cited, longest, rating_in
from crawlers.sources.google_results.drafts import EntryDraft, is_video, outside, searched
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
from crawlers.sources.google_results.words import Group, group_of
from ouidire.serp import EntryType

_AD_REGIONS: Final = frozenset({"tads", "tadsb", "bottomads", "tadsto", "mbEnd", "taw_ads"})
_AD_CLASSES: Final = frozenset(
    {
        "ads-ad",
        "ads-fr",
        "uEierd",
        "commercial-unit-desktop-top",
        "commercial-unit-desktop-rhs",
        "commercial-unit-mobile-top",
        "cu-container",
    }
)
_PLACE_CLASSES: Final = frozenset({"rl-qs-crs-t", "uMdZh", "VkpGBb", "rllt__link", "rllt__tile-content"})
_CARDS: Final = frozenset(
    {
        "g-section-with-header",
        "g-card",
        "g-inner-card",
        "g-scrolling-carousel",
        "g-tray-header",
        "video-voyager",
        "inline-video",
    }
)
_RELATED: Final = frozenset({"bres", "brs", "botstuff"})
SHORTEST_ANSWER: Final = 20
"""Fewer characters inside a question are its controls, not an answer."""
_DURATION: Final = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)")


def advertisements(element: Element, state: ParseState) -> list[EntryDraft] | None:
    """Read a region of ads, or a single ad: every titled link that was paid for, sitelinks included."""
    if (
        element.get("id") not in _AD_REGIONS
        and not element.get("data-text-ad")
        and not classes(element) & _AD_CLASSES
    ) or not state.look():
        return None
    found: list[EntryDraft] = []
    done: set[Element] = set()
    for link in descendants(element, limit=6_000):
        if link.tag != "a" or not link.get("href"):
            continue
        unit = _ad_unit(link, element)
        heading = heading_in(link)
        if heading is None:
            heading = heading_around(link)
        card = unit.tag == "g-inner-card" or "pla-unit" in classes(unit)
        place = heading if heading is not None else unit
        title = text_of(heading) if heading is not None else longest(link)
        if place in done or title is None or (heading is None and not card):
            continue
        done |= {place, unit} if card else {place}
        url = outside(link.get("href"), base=state.base) or outside(link.get("data-pcu"), base=state.base)
        found.append(
            EntryDraft("ad", unit, title=title, url=url, shown_url=cited(unit), rating=rating_in(unit))
        )
    return found


def _ad_unit(link: Element, region: Element) -> Element:
    """Return the ad a link belongs to: the outermost marked block inside the region, else the link itself."""
    unit = link
    for above in ancestors(link, limit=2 * CLIMB):
        if (
            above.get("data-text-ad")
            or classes(above) & {"ads-ad", "ads-fr", "pla-unit"}
            or above.tag == "g-inner-card"
        ):
            unit = above
        if above is region:
            break
    return unit


def question(element: Element, state: ParseState) -> list[EntryDraft] | None:
    """Read one question of "People also ask", with its answer where it is open."""
    if (
        "related-question-pair" not in classes(element)
        and not (element.get("data-q") and element.tag == "div")
    ) or not state.look():
        return None
    folded = next(
        (
            found
            for found in descendants(element, limit=60)
            if found.get("aria-expanded") or found.get("role") == "button"
        ),
        None,
    )
    if folded is None and "related-question-pair" not in classes(element):
        return None
    asked = element.get("data-q") or next(
        (found.get("data-q") for found in descendants(element, limit=10) if found.get("data-q")), None
    )
    title = clean(asked) or text_of(folded) or text_of(element)
    if title is None or (
        folded is not None and asked and (clean(asked) or "") not in (text_of(folded) or asked)
    ):
        return None
    link = next(
        (found for found in descendants(element) if found.tag == "a" and heading_in(found) is not None), None
    )
    url = outside(link.get("href"), base=state.base) if link is not None else None
    apart = {found for found in descendants(element) if found.tag == "a"} | (
        {folded} if folded is not None else set()
    )
    answer = text_of(element, without=frozenset(apart)) if folded is not None else None
    snippet = answer if answer and len(answer) >= SHORTEST_ANSWER and answer != title else None
    return [EntryDraft("question", element, title=title, url=url, snippet=snippet)]


def local_place(element: Element, state: ParseState) -> list[EntryDraft] | None:
    """Read one place of the local results, with its stars and, where linked, its site."""
    if (
        not classes(element) & _PLACE_CLASSES
        and not (element.get("data-cid") and element.get("role") == "link")
    ) or not state.look():
        return None
    inside = list(descendants(element))
    heading = next((found for found in inside if is_heading(found)), None)
    if heading is None:
        return None
    site = next(
        (
            outside(found.get("href"), base=state.base)
            for found in inside
            if found.tag == "a" and outside(found.get("href"), base=state.base)
        ),
        None,
    )
    described = next((found for found in inside if "rllt__details" in classes(found)), element)
    details = text_of(described, without=frozenset({heading}))
    return [
        EntryDraft(
            "local", element, title=text_of(heading), url=site, snippet=details, rating=rating_in(element)
        )
    ]


def cards(element: Element, state: ParseState) -> list[EntryDraft] | None:
    """Read the news, videos and discussions of a carousel or headed section; other cards are not results."""
    if element.tag not in _CARDS or element.get("id") in _RELATED or not state.look():
        return None
    inside = list(descendants(element, limit=3_000))
    heading = next((found for found in inside if is_heading(found) and not _linked(found, element)), None)
    named = group_of(text_of(heading)) if heading is not None else "other"
    if named == "related_search" or any(found.get("id") == "brs" for found in ancestors(element, limit=2)):
        return [draft for found in inside if found.tag == "a" and (draft := _related(found, state))]
    group = named if named != "other" or heading is not None else state.group
    return [draft for link in inside if link.tag == "a" and (draft := _card(link, state, group))]


def linked(element: Element, state: ParseState) -> EntryDraft | None:
    """Read a link that is no organic result: a card of its group, or a related search."""
    if searched(element.get("href"), base=state.base):
        return _related(element, state) if state.group == "related_search" or _in_related(element) else None
    return _card(element, state, state.group) if heading_in(element) is not None else None


def _card(link: Element, state: ParseState, group: Group) -> EntryDraft | None:
    url = outside(link.get("href"), base=state.base)
    title_at = heading_in(link) if url else None
    if url is None:
        return None
    kind: EntryType
    if group == "top_story":
        kind = "top_story"
    elif group == "discussion":
        kind = "discussion"
    elif group == "video" or (is_video(url) and _DURATION.search(text_of(link) or "")):
        kind = "video"
    else:
        return None
    title = longest(title_at if title_at is not None else link)
    return EntryDraft(kind, link, title=title, url=url, shown_url=cited(link)) if title else None


def _in_related(link: Element) -> bool:
    return any(
        above.get("id") in _RELATED or "oIk2Cb" in classes(above)
        for above in ancestors(link, limit=2 * CLIMB)
    )


def _related(link: Element, state: ParseState) -> EntryDraft | None:
    query = searched(link.get("href"), base=state.base)
    return (
        EntryDraft("related_search", link, title=clean(query))
        if query and text_of(link) and link.get("role") != "button"
        else None
    )


def _linked(element: Element, block: Element) -> bool:
    for above in ancestors(element):
        if above.tag == "a":
            return True
        if above is block:
            return False
    return False
