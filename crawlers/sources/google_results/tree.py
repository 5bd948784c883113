"""Text, links, headings and ancestors of elements of an HTML tree, each in bounded time whatever the page.

It reads elements only, never computed styles: what a style sheet hides is text here, except where `style`
hides it.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, Protocol

from crawlers.reading.search_results import MAX_TEXT, clean


class Element(Protocol):
    """What is used of an lxml element (the library ships no types). `tag` is no string for comments."""

    tag: Any
    text: str | None
    tail: str | None

    def get(self, key: str) -> str | None:
        """Return an attribute."""

    def getparent(self) -> "Element | None":
        """Return the parent."""

    def iterancestors(self) -> "Iterator[Element]":
        """Yield the ancestors, the nearest first."""

    def iterdescendants(self) -> "Iterator[Element]":
        """Yield the descendants in document order."""

    def iterchildren(self, *, reversed: bool = False) -> "Iterator[Element]":  # noqa: A002 (lxml's name)
        """Yield the children."""


SILENT: Final = frozenset(
    {"script", "style", "noscript", "template", "svg", "textarea", "select", "head", "iframe"}
)
"""Elements whose text nobody reads on the page."""
NEAR: Final = 600
"""How many descendants of one block are looked at: the largest real block has some 300."""
CLIMB: Final = 14
"""Ancestors looked at: on the pages of 2018–2026, results are at most nine levels above their link."""

MOST: Final = 60_000
"""How many elements of a page are looked through at all: the largest of our real pages has 2,600."""


def classes(element: Element) -> set[str]:
    """Return the class tokens of an element."""
    return set((element.get("class") or "").split())


def descendants(element: Element, *, limit: int = NEAR) -> Iterator[Element]:
    """Yield the first `limit` descendant elements in document order, without those inside SILENT elements."""
    silent: Element | None = None
    for found in islice(element.iterdescendants(), limit):
        if not isinstance(found.tag, str):
            continue
        if silent is not None and silent in islice(found.iterancestors(), CLIMB):
            continue
        silent = None
        if found.tag in SILENT:
            silent = found
            continue
        yield found


def ancestors(element: Element, *, limit: int = CLIMB) -> Iterator[Element]:
    """Yield the nearest `limit` ancestors, the nearest first."""
    return islice(element.iterancestors(), limit)


def text_of(element: Element | None, *, without: frozenset[Element] = frozenset()) -> str | None:
    """Return an element's text as read on the page, blocks separated by blanks; None when there is none.

    `without` names elements whose subtrees are left out. Reads at most MAX_TEXT characters.
    """
    if element is None:
        return None
    pieces: list[str] = []
    length = 0
    todo: list[tuple[Element | None, str]] = [(element, "")]
    steps = 0
    while todo and length < MAX_TEXT and steps < 4 * NEAR:
        node, tail = todo.pop()
        if node is None:
            pieces.append(tail)
            length += len(tail)
            continue
        steps += 1
        if not isinstance(node.tag, str) or node.tag in SILENT or node in without or hidden(node):
            continue
        block = node.tag in BLOCK
        pieces.append((" " if block else "") + (node.text or ""))
        length += len(node.text or "")
        todo.append((None, " " if block else ""))
        for child in islice(node.iterchildren(reversed=True), 2 * NEAR):
            todo.append((None, child.tail or ""))
            todo.append((child, ""))
    return clean("".join(pieces))


BLOCK: Final = frozenset(
    {"div", "p", "li", "ul", "ol", "td", "tr", "table", "br", "h1", "h2", "h3", "h4", "section", "cite"}
)
"""Tags that begin a line of their own; others run on inside a sentence."""


def hidden(element: Element) -> bool:
    """Return whether the element's own style hides it."""
    return "display:none" in (element.get("style") or "").replace(" ", "")


def is_heading(element: Element) -> bool:
    """Return whether an element is a title of rank 3, by its tag or by its role."""
    return element.tag == "h3" or element.get("role") == "heading"


def heading_in(link: Element) -> Element | None:
    """Return the first heading inside a link: an h3 before anything that only has the role."""
    first: Element | None = None
    for found in descendants(link, limit=80):
        if found.tag == "h3":
            return found
        if first is None and found.get("role") == "heading":
            first = found
    return first


def heading_around(link: Element) -> Element | None:
    """Return the h3 around a link (the layouts of 2018 and before), at most three levels up."""
    return next((found for found in ancestors(link, limit=3) if found.tag == "h3"), None)
