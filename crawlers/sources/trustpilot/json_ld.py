"""The layout `json-ld`: what Trustpilot's pages of any year state for search engines, and nothing else.

It cannot see countries, likes, dates of experience, and ids where the publisher left them out.
"""

from crawlers.reading.schema.marks import in_any
from crawlers.sources.trustpilot.listing import read_listing
from ouidire.items import Parsed
from ouidire.page import Page


def knows(page: Page) -> bool:
    """Return whether the page has structured data that may state reviews or ratings."""
    return in_any(page)


def parse(page: Page) -> Parsed:
    """Read a company's stated reviews and score. Raises LayoutChanged without a review or a company."""
    return read_listing(page)
