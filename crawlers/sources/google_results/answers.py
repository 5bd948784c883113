"""Google's own answers: the knowledge panel, the featured snippet and the AI overview.

An answer that arrives by script after the page was saved is not seen; one that names no source keeps its
words only.
"""

import re
from itertools import islice
from typing import Final

from crawlers.reading.search_results import clean
from crawlers.sources.google_results.details import cited, rating_in
from crawlers.sources.google_results.drafts import EntryDraft, outside
from crawlers.sources.google_results.parse_state import ParseState
from crawlers.sources.google_results.tree import (
    CLIMB,
    MOST,
    Element,
    ancestors,
    classes,
    descendants,
    heading_around,
    heading_in,
    is_heading,
    text_of,
)
from crawlers.sources.google_results.words import group_of

_ANSWER_CLASSES: Final = frozenset({"xpdopen", "V3FYCf", "c2xzTb"})
_OVERVIEW_IDS: Final = frozenset({"m-x-content", "eKIzJc"})
_PANEL_RATING: Final = re.compile(r"review|star_score|rating|avis")


def featured_snippet(element: Element, scene: ParseState) -> list[EntryDraft] | None:
    """Read the answer that stands above the results with its source."""
    if (element.tag != "block-component" and not classes(element) & _ANSWER_CLASSES) or not scene.look():
        return None
    inside = list(descendants(element))
    if any(
        "related-question-pair" in classes(found) or found.get("data-attrid") == "title" for found in inside
    ):
        return None
    for link in inside:
        url = outside(link.get("href"), base=scene.base) if link.tag == "a" else None
        heading = heading_in(link) if url else None
        if url and heading is None:
            heading = heading_around(link)
        if url and heading is not None:
            answer = text_of(element, without=frozenset({link, heading}))
            return (
                [
                    EntryDraft(
                        "featured_snippet",
                        element,
                        title=text_of(heading),
                        url=url,
                        snippet=answer,
                        shown_url=cited(element),
                    )
                ]
                if answer
                else None
            )
    return None


def ai_overview(element: Element, scene: ParseState) -> list[EntryDraft] | None:
    """Read the AI overview where its words stand on the page (they often arrive later, by script)."""
    marked = (
        element.get("id") in _OVERVIEW_IDS
        or element.get("data-attrid") == "AIOverview"
        or element.get("data-mcpr") is not None
    )
    named = is_heading(element) and group_of(text_of(element)) == "ai_overview"
    if (not marked and not named) or not scene.look():
        return None
    block = element if marked else _grown(element)
    told = [
        found
        for found in descendants(block, limit=3_000)
        if found.tag in {"p", "li"} or "n6owBd" in classes(found)
    ]
    words = " ".join(text for text in map(text_of, told) if text)
    words = words or text_of(block, without=frozenset({element})) or ""
    return (
        [EntryDraft("ai_overview", block, title=text_of(element) if named else None, snippet=clean(words))]
        if len(words) >= 80
        else None
    )


def _grown(heading: Element) -> Element:
    """Return the nearest block around a heading that says more than the heading."""
    for above in ancestors(heading):
        if len(text_of(above) or "") >= 200:  # noqa: PLR2004
            return above
    return heading


def knowledge_panel(element: Element, scene: ParseState) -> EntryDraft | None:
    """Read the panel about the thing searched for: its name, description, site and shown rating.

    One a page.
    """
    title = text_of(element)
    if scene.panel or not title:
        return None
    scene.panel = True
    top = element
    for above in ancestors(element, limit=2 * CLIMB):
        if (
            above.get("id") in {"rso", "search", "center_col", "rcnt", "cnt", "main", "res"}
            or above.tag == "body"
        ):
            break
        top = above
    inside = list(descendants(top, limit=4_000))
    told = next((found for found in inside if _describes(found)), None)
    if told is None:  # a panel spread over the page: its title above, its description in the right column
        *_, page = element.iterancestors()
        told = next((found for found in islice(page.iterdescendants(), MOST) if _describes(found)), None)
    site = next(
        (found for found in inside if found.tag == "a" and found.get("data-attrid") == "visit_official_site"),
        None,
    )
    button = (
        site
        if site is not None
        else next((found for found in inside if found.tag == "a" and "ab_button" in classes(found)), None)
    )
    stars = next((found for found in inside if _PANEL_RATING.search(found.get("data-attrid") or "")), None)
    headings = (
        frozenset(found for found in descendants(told, limit=40) if is_heading(found))
        if told is not None
        else frozenset()
    )
    return EntryDraft(
        "knowledge_panel",
        element,
        title=title,
        url=outside(button.get("href"), base=scene.base) if button is not None else None,
        snippet=text_of(told, without=headings),
        rating=(rating_in(stars) if stars is not None else None)
        or (rating_in(top) if top.get("id") == "rhs" else None),
    )


def _describes(element: Element) -> bool:
    return element.get("data-attrid") == "description" or "kno-rdesc" in classes(element)
