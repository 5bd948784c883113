"""A page of JSON without what must not be kept of people: e-mail addresses, order numbers, photographs.

What goes is named by its key, wherever it stands, or is an e-mail address and nothing else. It cannot see
such things within texts: the analysers mask those.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from ouidire.page import Page

_ALONE = re.compile(
    rb"""(?<![^,;\t|"\r\n])[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}(?![^,;\t|"\r\n])"""
)
"""An e-mail address that is all of a cell of CSV, or of a text of JSON."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ZIP = b"PK"


def without_addresses(page: Page) -> Page:
    """Return a table of text or a JSON answer without the values that are e-mail addresses."""
    if page.body.startswith(_ZIP):
        return page
    if not page.body.startswith(_UTF16):
        body = _ALONE.sub(b"", page.body) if b"@" in page.body else page.body
    else:
        try:
            text = page.body.decode("utf-16")
        except UnicodeDecodeError:
            return page
        body = _ALONE.sub(b"", text.encode("utf-8", "surrogatepass")).decode("utf-8").encode("utf-16")
    return page if body == page.body else page.with_body(body)


def dropping(*keys: str) -> Callable[[Page], Page]:
    """Return a function that returns a page without the values of these keys (any case)."""
    dropped = frozenset(key.lower() for key in keys)
    marks = tuple(f'"{key.lower()}"'.encode() for key in keys)

    def minimised(page: Page) -> Page:
        if not any(mark in page.body.lower() for mark in marks):
            return page
        try:
            value = page.json_value()
        except ValueError:
            return _unread(page)
        body = json.dumps(_without(value, dropped)).encode()  # ASCII, whatever charset is declared
        return page.with_body(body)

    return minimised


def _unread(page: Page) -> Page:
    """Return a page that is no JSON: without its body, where that is a broken answer that may name people."""
    if page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in {b"{", b"["}:
        return page
    shown = f"(an answer of {len(page.body)} bytes that is no whole JSON, and was not kept)"
    return page.with_body(shown.encode())


def _without(value: Any, dropped: frozenset[str]) -> Any:  # noqa: ANN401 (a raw payload)
    if isinstance(value, dict):
        return {key: _without(each, dropped) for key, each in value.items() if key.lower() not in dropped}
    return [_without(each, dropped) for each in value] if isinstance(value, list) else value
