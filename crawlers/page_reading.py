"""Reads one page with a source's parser: here, or in a child process that a costly page cannot outlive.

What a page is read by is chosen by its caller; what is raised is the same.
"""

from datetime import datetime
from typing import Any, NamedTuple, Protocol

from crawlers.base import Source
from crawlers.reading.refusals import check_refused
from ouidire.errors import Blocked, SourceGone
from ouidire.items import Item, Parsed
from ouidire.mention import Mention
from ouidire.page import Page, Request

OK = 200


class ParserFailed(Exception):  # noqa: N818 (an outcome)
    """A parser's own fault; the message is its description, without anybody's words."""


class ReadingLimit(ParserFailed):
    """Reading a page costs more than it may; the message names the limit."""


class PageReader(Protocol):
    """Reads the pages of one source."""

    def read(self, page: Page) -> Parsed:
        """Return what a page holds. Raises SourceError, and whatever a faulty parser raises."""
        ...


class DirectReader:
    """Reads pages in this process."""

    def __init__(self, source: Source[Any]) -> None:
        self._source = source

    def read(self, page: Page) -> Parsed:
        """Return what a page holds. Raises SourceError, and whatever a faulty parser raises."""
        return read_page(self._source, page)


def read_page(source: Source[Any], page: Page, *, strict: bool = False) -> Parsed:
    """Parse a page; where its status is not 200, or nothing was found, check whether it is a refusal.

    Looking for refusals on every page would cost more than all else that the engine does (20 % of a 50 kB
    page's time); with `strict` it is done first. A source that reads errors decides on them alone. Raises
    SourceError, and whatever a faulty parser raises.
    """
    may_refuse = source.about.access != "file" or "html" in page.headers.get("content-type", "")
    if source.reads_errors and page.status != OK:
        return source.parse(page)
    if strict or page.status != OK:
        check_refused(page)
    try:
        parsed = source.parse(page)
    except (SourceGone, Blocked):
        raise
    except Exception:
        if may_refuse:
            check_refused(page)
        raise
    if may_refuse and not any(_holds_words(item) for item in parsed.items):
        check_refused(page)
    return parsed


def _holds_words(item: Item) -> bool:
    """Return whether an item holds anybody's words.

    A bare rating or an empty result page could be read on a consent page too.
    """
    return isinstance(item, Mention) or (item.item == "search_page" and bool(item.entries))


class ReadPage(NamedTuple):
    """The requests to make after a page was read, and whether the site refused us."""

    follow: list[Request]
    refused: bool


class ReadItem(NamedTuple):
    """An item as read: under its id, from which stored page, and when that was fetched."""

    item_id: str
    item: Item
    page: str | None
    seen_at: datetime
