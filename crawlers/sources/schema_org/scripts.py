"""Whether a page shows next to nothing to whoever runs no scripts.

It cannot see what its scripts would show.
"""

from typing import Final

from ouidire.errors import LayoutChanged
from ouidire.page import Page

BARE: Final = 400
"""Characters of visible text below which a page with scripts shows nothing without them."""


_RUN: Final = "//script[not(@type) or @type='module' or contains(@type, 'javascript')]"
"""Scripts that a browser runs: others hold data."""


def shows_nothing(page: Page) -> bool:
    """Return whether a page of scripts has next to no visible text."""
    if "<script" not in page.lowered:
        return False
    try:
        if not page.selector.xpath(_RUN):
            return False
        shown = page.selector.xpath("//body//text()[not(ancestor::script or ancestor::style)]").getall()
    except LayoutChanged:
        return False
    return len(" ".join(" ".join(shown).split())) < BARE
