"""What blocks show beside their title: a rating, an address, and the title itself when nothing marks it.

A rating is read beside stars or a word for "rating"; prices and counts alone are not taken for one.
"""

import re
from typing import Final

from crawlers.reading.search_results import clean, shown_rating, shows_rating
from crawlers.sources.google_results.tree import Element, ancestors, classes, descendants, text_of
from ouidire.serp import ShownRating

_STARS: Final = re.compile(r"\d(?:[.,]\d+)?")
_SHOWN_ADDRESS: Final = frozenset({"qzEoUe", "UPmit", "ob9lvb"})
_ADDRESS: Final = re.compile(r"(?:https?://)?[^\W_][\w-]{0,62}(?:\.[\w-]{1,62}){1,6}(?:[/\s›]|$)")


def rating_in(block: Element, *, without: frozenset[Element] = frozenset()) -> ShownRating | None:
    """Return the rating a block shows, beside its stars or after a word for "rating", or None."""
    for found in descendants(block):
        label = found.get("aria-label") or ""
        if found in without or not (
            found.tag == "g-review-stars"
            or (label and _STARS.search(label) and found.get("role") in {"img", None})
        ):
            continue
        if found.tag != "g-review-stars" and not shows_rating(label):
            continue
        for around in (found, *ancestors(found, limit=4)):
            text = text_of(around)
            if text and (rating := shown_rating(text)) and (rating.count is not None or shows_rating(text)):
                return rating
            if around is block:
                break
        return shown_rating(label)
    return None


def cited(block: Element) -> str | None:
    """Return the address that a block shows for its link, or None (a channel or views are none)."""
    for found in descendants(block):
        if found.tag == "cite" or classes(found) & _SHOWN_ADDRESS:
            text = text_of(found)
            if text and _ADDRESS.match(text):
                return text
    return None


def longest(element: Element) -> str | None:
    """Return the longest text of a card: its title, since sources, dates and durations are shorter."""
    texts = [
        text
        for found in descendants(element, limit=80)
        if (text := clean(found.text)) and not any(True for _ in found.iterchildren())
    ]
    texts += [own] if (own := clean(element.text)) else []
    return max(texts, key=len) if texts else text_of(element)
