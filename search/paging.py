"""Where a page ends, as a text that a reader hands back to go on: opaque, and of no use to another query."""

import base64
import binascii
import json
from typing import Any, NamedTuple

from ouidire.ids import digest
from ouidire.index import Query


class PagePosition(NamedTuple):
    """Where a page ends: the exact total, the last hit's score or sort values, and its id."""

    total: int
    last: list[Any]
    last_id: str


def encode_position(place: PagePosition, query: Query) -> str:
    """Return the text that continues a query after a place."""
    return base64.urlsafe_b64encode(
        json.dumps([_mark(query), *place], separators=(",", ":")).encode()
    ).decode()


def decode_position(after: str, query: Query) -> PagePosition:
    """Read what `encode_position` made. Raises ValueError when it is damaged or belongs to another query."""
    try:
        mark, total, last, last_id = json.loads(base64.urlsafe_b64decode(after.encode()))
    except (ValueError, TypeError, binascii.Error) as error:
        message = "this continuation cannot be read; ask for the first page again"
        raise ValueError(message) from error
    if mark != _mark(query):
        message = "this continuation belongs to another query; ask for the first page again"
        raise ValueError(message)
    return PagePosition(total, last, last_id)


def check_size(size: int) -> None:
    """Raise ValueError for a page of a negative size."""
    if size < 0:
        message = f"a page cannot hold {size} hits"
        raise ValueError(message)


def _mark(query: Query) -> str:
    return digest(query.model_dump_json(), size=6)
