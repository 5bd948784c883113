"""A part of a results page that its service gives by a second request: Google's AI overview.

The page that was read first waits in the second request's context, so that each search is one snapshot; where
the second answer is a failure, the page is kept without the part, and that is said. It cannot be asked for
twice: a token is good for about a minute.
"""

from collections.abc import Callable, Iterable
from typing import Final

from pydantic import ValidationError

from crawlers.reading.search_results import ranked
from crawlers.sources.search_api.values import Answer
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed, Rejected
from ouidire.page import Page, Request
from ouidire.serp import SearchEntry, SearchPage

LATER: Final = "later"
"""The kind of the second request."""
_HELD: Final = "held"


def second_request(page: Page, url: str, held: SearchPage) -> Request:
    """Return the request for what an answer left for later; the page that was read waits in its context."""
    context = {**page.context, _HELD: held.model_dump_json(exclude_defaults=True)}
    return Request(url=url, headers={"Accept": "application/json"}, kind=LATER, context=context)


def parse_later(
    page: Page, read: Callable[[Answer], Iterable[SearchEntry]], *, what: str, refusal: str | None
) -> Parsed:
    """Return the page that waited, with the entries of the second answer in front.

    Without them where there is a `refusal`, or the answer has none: `what` is then said to be missing. Raises
    LayoutChanged when no page waited.
    """
    try:
        held = SearchPage.model_validate_json(page.context.get(_HELD, ""))
    except ValidationError as error:
        raise LayoutChanged("the results that this belongs to", selector="context") from error
    found: tuple[SearchEntry, ...] = ()
    if refusal is None:
        value = page.json_value()
        found = tuple(read(value if isinstance(value, dict) else {}))
    missing = Rejected(reason="incomplete", where=f"{what}: {refusal or 'the second answer has none'}")
    whole = held.model_copy(update={"entries": ranked((*found, *held.entries))})
    return Parsed(
        items=(whole,),
        rejected=() if found else (missing,),
        declared_total=held.total_stated,
        says_empty=not whole.entries,
        last_page=None,
    )
