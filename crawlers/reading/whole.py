"""Whether a page of HTML came whole, by whether it closes the root element that it opens.

It cannot see a cut in a page that never closes it: HTML allows that (13.1.2.4 of the standard), so that only
a page which usually does so has been cut.
"""

import re

from ouidire.page import Page

BEGINNING = 5_000
"""Characters in which a page opens its root element, after a byte-order mark, comments and a doctype."""
_OPENED = re.compile(r"<(?:html|body)[\s>]")


def is_unclosed(page: Page) -> bool:
    """Return whether a page opens `html` or `body` and closes neither."""
    lowered = page.lowered
    if _OPENED.search(lowered[:BEGINNING]) is None:
        return False
    return "</html" not in lowered and "</body" not in lowered
