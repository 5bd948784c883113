"""Calls of the YouTube Data API: their addresses, in which the key is only named.

It cannot see what a call costs: that is the fact sheet's.
"""

from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from crawlers.reading.json_answer import JsonObject, name_of
from ouidire.page import Page, Request

BASE: Final = "https://www.googleapis.com"
PATH: Final = "/youtube/v3/"


def call(base: str, what: str, asked: dict[str, str], *, kind: str, context: dict[str, str]) -> Request:
    """Return a call at the host of `base`; the key is the one that the context's `key_env` names."""
    parts = urlsplit(base)
    key = f"&key={{secret:{context['key_env']}}}"
    url = f"{parts.scheme}://{parts.netloc}{PATH}{what}?{urlencode(asked, quote_via=quote)}{key}"
    return Request(url=url, kind=kind, context=context)


def following(page: Page, answer: JsonObject) -> tuple[Request, ...]:
    """Return the call for the next page, where there is one and the key is known by name."""
    token = name_of(answer.get("nextPageToken"), limit=2_000)
    if token is None or "key_env" not in page.context:
        return ()
    parts = urlsplit(page.url)
    asked = {name: value for name, value in parse_qsl(parts.query) if name not in {"key", "pageToken"}}
    what = parts.path.rpartition("/")[2]
    return (call(page.url, what, asked | {"pageToken": token}, kind=page.kind, context=page.context),)
