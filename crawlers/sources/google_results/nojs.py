"""Result pages for browsers without JavaScript: links through `/url?q=`, `.xpd` blocks under `#main`.

These pages mark little: what is a panel or a question shows only by where its titles and links are. Ads and
local results of this variant have no markup of their own and are read only as far as they have a title in a
link.
"""

from typing import Final

from crawlers.reading.search_results import clean
from crawlers.sources.google_results.drafts import EntryDraft, outside
from crawlers.sources.google_results.parse_state import ParseState
from crawlers.sources.google_results.tree import Element, ancestors, classes, descendants, text_of
from crawlers.sources.google_results.words import group_of

SHORTEST_DESCRIPTION: Final = 80
"""Characters: fewer are a panel's labels, not its description."""
SHORTEST_NAME: Final = 5
"""Characters of the shortest name of a block that we know."""


def panel(element: Element, state: ParseState) -> EntryDraft | None:
    """Read the knowledge panel: the first block whose title is an h3 without link, beside a subtitle."""
    if state.panel or element.tag != "h3" or any(above.tag == "a" for above in ancestors(element)):
        return None
    block = next((above for above in ancestors(element, limit=6) if "xpd" in classes(above)), None)
    title = text_of(element)
    if block is None or not title or group_of(title) != "other":
        return None
    state.panel = True
    texts = (clean(found.text) for found in descendants(block) if found.tag == "div")
    description = next((text for text in texts if text and len(text) >= SHORTEST_DESCRIPTION), None)
    return EntryDraft("knowledge_panel", element, title=title, snippet=description)


def question(element: Element, state: ParseState) -> list[EntryDraft] | None:
    """Read one question: a line, then its answer (an `.xpd` in the questions' `.xpd`) with its source."""
    if state.kind != "nojs" or state.group != "question" or element.tag != "div":
        return None
    parts = [child for child in element.iterchildren() if isinstance(child.tag, str)]
    if len(parts) != 2 or parts[0].tag != "span" or parts[1].tag != "div":  # noqa: PLR2004
        return None
    title = text_of(parts[0])
    source = next(
        (
            found
            for found in descendants(parts[1], limit=120)
            if found.tag == "a" and outside(found.get("href"), base=state.base)
        ),
        None,
    )
    if not title or source is None:
        return None
    without = frozenset(found for found in descendants(parts[1], limit=200) if found.tag == "a")
    return [
        EntryDraft(
            "question",
            element,
            title=title,
            url=outside(source.get("href"), base=state.base),
            snippet=text_of(parts[1], without=without),
        ),
    ]


def is_block_name(element: Element, state: ParseState) -> bool:
    """Return whether a line names the next block ("People also ask"): these pages have no headings for it."""
    return (
        state.kind == "nojs"
        and element.tag == "span"
        and len(element.text or "") >= SHORTEST_NAME
        and group_of(clean(element.text)) != "other"
    )
