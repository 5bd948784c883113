"""The JSON of a document as an index keeps it, absent fields left out; None for what no index can hold."""

from functools import cache
from typing import Any

from pydantic_core import from_json

from ouidire.documents import Document, Kind
from search.fields import specs

LARGEST = 2**63
"""Integers are kept in 64 bits, sign included."""


@cache
def integers(kind: Kind) -> tuple[str, ...]:
    """Return the names of a kind's integer fields."""
    return tuple(spec.name for spec in specs(kind).values() if spec.type == "integer")


def body_of(document: Document) -> bytes | None:
    """Return a document's JSON; None for a number without end: NaN, infinity, an integer beyond 64 bits."""
    held = document.__dict__
    for name in integers(document.kind):
        if held[name] is not None and not -LARGEST <= held[name] < LARGEST:
            return None
    body = document.__pydantic_serializer__.to_json(document, exclude_none=True)
    return None if b":null" in body and _holds_null(from_json(body)) else body


def _holds_null(value: Any) -> bool:  # noqa: ANN401 (JSON)
    """Whether JSON written without absent fields holds a null: so pydantic writes NaN and infinities."""
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    return any(map(_holds_null, value)) if isinstance(value, list) else value is None
