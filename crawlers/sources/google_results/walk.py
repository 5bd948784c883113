"""One pass over a result page, in reading order: each element is offered once to those who may know it.

A block that is recognised takes its whole subtree, so nothing inside it is read as something else, and no
part of a page is visited more than a fixed number of times. What no one recognises is left out: this module
guesses nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from crawlers.sources.google_results import answers, blocks, nojs, organic
from crawlers.sources.google_results.drafts import EntryDraft
from crawlers.sources.google_results.parse_state import PageKind, ParseState
from crawlers.sources.google_results.tree import MOST, SILENT, Element, classes, is_heading, text_of
from crawlers.sources.google_results.words import Group, group_of

MOST_ENTRIES: Final = 1_000
"""Where it stops as well: real pages have some 60 entries."""
_OUTSIDE: Final = frozenset(
    {
        "top_nav",
        "hdtb",
        "searchform",
        "tsf",
        "sfooter",
        "footcnt",
        "foot",
        "navd",
        "appbar",
        "gb",
        "fbar",
        "ftcntr",
        "cnso",
    }
)
_OUTSIDE_ROLES: Final = frozenset({"dialog", "contentinfo", "search", "menu"})
_OUTSIDE_TAGS: Final = frozenset({"g-dialog", "header", "footer", "g-snackbar", "g-menu", "form"})
_SIDE: Final = frozenset({"rhs", "rhscol"})

Recogniser = Callable[[Element, ParseState], list[EntryDraft] | None]
RECOGNISERS: Final[tuple[Recogniser, ...]] = (
    blocks.advertisements,
    blocks.question,
    blocks.local_place,
    answers.ai_overview,
    answers.featured_snippet,
    blocks.cards,
    nojs.question,
)
"""Asked in this order. Each returns what it found in the element's subtree (which is then done), or None."""


@dataclass(frozen=True)
class _Place:
    """Where the walk is: whether in the side column."""

    side: bool = False


def walk(root: Element, *, base: str, kind: PageKind) -> list[EntryDraft]:
    """Return every entry of a page in reading order; at most MOST elements are visited."""
    found: list[EntryDraft] = []
    state = ParseState(base=base, kind=kind)
    todo: list[tuple[Element, _Place]] = [(root, _Place())]
    for _ in range(MOST):
        if not todo or len(found) >= MOST_ENTRIES:
            break
        element, place = todo.pop()
        if _is_outside(element):
            continue
        if element.get("id") in _SIDE or element.get("role") == "complementary":
            place = _Place(side=True)
        drafts = _recognised(element, state)
        if drafts is not None:
            found.extend(drafts)
            continue
        draft = _single(element, state, side=place.side)
        if draft is not None:
            found.append(draft)
            if draft.type != "knowledge_panel":
                continue
        todo.extend((child, place) for child in element.iterchildren(reversed=True))
    return found


def _is_outside(element: Element) -> bool:
    return (
        not isinstance(element.tag, str)
        or element.tag in SILENT
        or element.tag in _OUTSIDE_TAGS
        or element.get("id") in _OUTSIDE
        or element.get("role") in _OUTSIDE_ROLES
    )


def _recognised(element: Element, state: ParseState) -> list[EntryDraft] | None:
    for recogniser in RECOGNISERS:
        drafts = recogniser(element, state)
        if drafts is not None:
            return drafts
    return None


def _single(element: Element, state: ParseState, *, side: bool) -> EntryDraft | None:
    """Read a single element: a panel's title, a link, or the heading that names the next cards."""
    if element.get("data-attrid") == "title" or "kno-ecr-pt" in classes(element):
        return answers.knowledge_panel(element, state)
    if element.tag == "a":
        draft = None if side else organic.result(element, state)
        if draft is not None:
            state.group = "other"
            return draft
        return blocks.linked(element, state)
    if state.kind == "nojs" and (panel := nojs.panel(element, state)):
        return panel
    if is_heading(element) or element.tag in {"h2", "h4"} or nojs.is_block_name(element, state):
        state.group = _renamed(state.group, element)
    return None


def _renamed(group: Group, element: Element) -> Group:
    """Return the group after a heading; an unknown h2 ("Web results", for screen readers) changes nothing."""
    named = group_of(text_of(element))
    return group if named == "other" and element.tag == "h2" else named
