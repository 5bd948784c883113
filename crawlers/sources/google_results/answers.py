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
SHORTEST_OVERVIEW: Final = 80
"""Characters: fewer are the controls of an overview that has not arrived."""
_PANEL_RATING: Final = re.compile(r"review|star_score|rating|avis")


def featured_snippet(element: Element, state: ParseState) -> list[EntryDraft] | None:
    """Read the answer above the results, with its source."""
    if (element.tag != "block-component" and not classes(element) & _ANSWER_CLASSES) or not state.look():
        return None
    inside = list(descendants(element))
    if any(
        "related-question-pair" in classes(found) or found.get("data-attrid") == "title" for found in inside
    ):
        return None
    for link in inside:
        url = outside(link.get("href"), base=state.base) if link.tag == "a" else None
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


def ai_overview(element: Element, state: ParseState) -> list[EntryDraft] | None:
    """Read the AI overview where its words are on the page (they often arrive later, by script)."""
    marked = (
        element.get("id") in _OVERVIEW_IDS
        or element.get("data-attrid") == "AIOverview"
        or element.get("data-mcpr") is not None
    )
    named = is_heading(element) and group_of(text_of(element)) == "ai_overview"
    if (not marked and not named) or not state.look():
        return None
    block = element if marked else _grown(element)
    paragraphs = [
        found
        for found in descendants(block, limit=3_000)
        if found.tag in {"p", "li"} or "n6owBd" in classes(found)
    ]
    words = " ".join(text for text in map(text_of, paragraphs) if text)
    words = words or text_of(block, without=frozenset({element})) or ""
    if len(words) < SHORTEST_OVERVIEW:
        return None
    title = text_of(element) if named else None
    return [EntryDraft("ai_overview", block, title=title, snippet=clean(words))]


def _grown(heading: Element) -> Element:
    """Return the nearest block around a heading that holds more text than the heading."""
    for above in ancestors(heading):
        if len(text_of(above) or "") >= 200:  # noqa: PLR2004
            return above
    return heading


def knowledge_panel(element: Element, state: ParseState) -> EntryDraft | None:
    """Read the panel about the thing searched for: its name, description, site and shown rating.

    One a page.
    """
    title = text_of(element)
    if state.panel or not title:
        return None
    state.panel = True
    top = element
    for above in ancestors(element, limit=2 * CLIMB):
        if (
            above.get("id") in {"rso", "search", "center_col", "rcnt", "cnt", "main", "res"}
            or above.tag == "body"
        ):
            break
        top = above
    inside = list(descendants(top, limit=4_000))
    description = next((found for found in inside if _describes(found)), None)
    if description is None:  # a panel spread over the page: title above, description in the right column
        *_, page = element.iterancestors()
        everything = islice(page.iterdescendants(), MOST)
        description = next((found for found in everything if _describes(found)), None)
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
        frozenset(found for found in descendants(description, limit=40) if is_heading(found))
        if description is not None
        else frozenset()
    )
    return EntryDraft(
        "knowledge_panel",
        element,
        title=title,
        url=outside(button.get("href"), base=state.base) if button is not None else None,
        snippet=text_of(description, without=headings),
        rating=(rating_in(stars) if stars is not None else None)
        or (rating_in(top) if top.get("id") == "rhs" else None),
    )


def _describes(element: Element) -> bool:
    return element.get("data-attrid") == "description" or "kno-rdesc" in classes(element)
