"""A page of JSON without what must not be kept of people: e-mail addresses, order numbers, photographs.

What goes is named by its key, wherever it stands. It cannot see such things within texts: the analysers mask
those.
"""

import json
from collections.abc import Callable
from typing import Any

from ouidire.page import Page


def dropping(*keys: str) -> Callable[[Page], Page]:
    """Return a function that returns a page without the values of these keys (any case)."""
    dropped = frozenset(key.lower() for key in keys)
    marks = tuple(f'"{key.lower()}"'.encode() for key in keys)

    def minimised(page: Page) -> Page:
        if not any(mark in page.body.lower() for mark in marks):
            return page
        try:
            value = page.json_value()
            body = json.dumps(_without(value, dropped)).encode()  # ASCII, whatever charset is declared
        except (ValueError, RecursionError):
            return page
        return page.model_copy(update={"body": body})

    return minimised


def _without(value: Any, dropped: frozenset[str]) -> Any:  # noqa: ANN401 (a raw payload)
    if isinstance(value, dict):
        return {key: _without(each, dropped) for key, each in value.items() if key.lower() not in dropped}
    return [_without(each, dropped) for each in value] if isinstance(value, list) else value
