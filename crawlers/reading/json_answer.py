"""The JSON answer of an API: its object, lists and texts, and the refusals that every API has in common.

A refusal of an API's own form is for its source to read. It cannot see what a service leaves out.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from crawlers.reading.extract import clean, element_text, html_to_text, one_line, read_json, stated_date
from crawlers.reading.quotes import drop_quotes
from crawlers.reading.refusals import refusal
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError, SourceGone
from ouidire.page import Page
from ouidire.text.markup import absurd_tag

JsonObject = Mapping[str, Any]
LARGEST: Final = 20_000_000
"""Bytes of an answer; the longest that we know of, a thousand reviews, has 1 million."""
MOST_ROWS: Final = 10_000
TOO_MANY: Final = 429
ERROR: Final = 400
LONGEST_RESET: Final = 86_400 * 366


def read_value(page: Page) -> Any:  # noqa: ANN401 (a raw payload)
    """Return an answer's JSON value. Raises LayoutChanged when it is too large or no JSON."""
    if len(page.body) > LARGEST:
        raise LayoutChanged(f"an answer of at most {LARGEST // 1_000_000} MB", selector="size of the body")
    try:
        return read_json(page.text.strip().lstrip("\ufeff"))
    except ValueError as error:
        shown = one_line(page.text[:200], limit=80) or "nothing"
        raise LayoutChanged(f"JSON (the answer begins: {shown})", selector="body") from error


def read_object(page: Page) -> JsonObject:
    """Return an answer's JSON object. Raises LayoutChanged when it is none."""
    value = read_value(page)
    if not isinstance(value, dict):
        raise LayoutChanged("a JSON object", selector="body")
    return value


def known_object(page: Page) -> JsonObject:
    """Return an answer's JSON object, empty where it is none: for a layout's `knows`, which never fails."""
    if page.text.lstrip("\ufeff \t\r\n")[:1] != "{":
        return {}
    try:
        return read_object(page)
    except LayoutChanged:
        return {}


def mapping(value: object) -> JsonObject:
    """Return an object of the answer, empty where there is none."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[JsonObject]:
    """Return the objects of a list, at most 10,000; nothing where there is none."""
    return [each for each in value[:MOST_ROWS] if isinstance(each, dict)] if isinstance(value, list) else []


def name_of(value: object, *, limit: int = 500) -> str | None:
    """Return an id, a name or a code as one line; None for what is neither text nor a number."""
    return one_line(value, limit=limit)


def plain_text(value: object) -> str:
    """Return a text as it is written, without control characters; empty for what is no text."""
    return clean(value[:200_000])[:50_000] if isinstance(value, str) else ""


def markup_text(value: object) -> str:
    """Return the visible text of what an API gives as HTML; empty for what is no text."""
    return html_to_text(value[:200_000])[:50_000] if isinstance(value, str) else ""


def own_words(value: object) -> str:
    """Return the visible text of a post given as HTML without what it quotes of others."""
    if not isinstance(value, str) or "quote" not in value:
        return markup_text(value)
    from lxml import html
    from lxml.etree import LxmlError

    try:
        if absurd_tag(value) is not None:
            return markup_text(value)
        root = html.fragment_fromstring(clean(value[:200_000]), create_parent="div")
    except (LxmlError, ValueError):
        return markup_text(value)
    drop_quotes(root)
    return element_text(root)


def check_status(page: Page, said: object = None, *, advice: str = "") -> None:
    """Raise for an answer with an error status, in the service's own words where it has any.

    RateLimited for 429, Blocked for the other refusals and for a page that is a challenge, SourceGone for 404
    and 410, SourceError from 400 on. `advice` is what the operator can do about a refusal.
    """
    if page.status < ERROR:
        return
    words = one_line(said, limit=200)
    host = service_of(page)
    shown = f"{host} answered HTTP {page.status}" + (f": {words}" if words else "")
    if page.status == TOO_MANY:
        raise RateLimited(f"{shown}; ask less often", retry_after=reset_of(page))
    if refusal(page) is not None:
        raise Blocked(f"{shown}{advice and f'; {advice}'}", retry_after=reset_of(page))
    if page.status in {404, 410}:
        raise SourceGone(f"{shown}: correct what the source asks for, or remove it")
    raise SourceError(shown)


def service_of(page: Page) -> str:
    """Return the host that answered, as messages name it."""
    match = re.match(r"https?://(?:[^/@]*@)?([^/:?#]+)", page.url)
    return match[1] if match else "the service"


def reset_of(page: Page) -> datetime | None:
    """Return when a service lets us come back, by Retry-After or X-RateLimit-Reset; None where it is silent.

    The latter is written as a date, as seconds since 1970, or as seconds from now.
    """
    for name in ("retry-after", "x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset"):
        value = page.headers.get(name, "").strip()
        if re.fullmatch(r"\d{1,8}(?:\.\d{1,6})?", value):
            return page.fetched_at + timedelta(seconds=min(float(value), LONGEST_RESET))
        later = page.fetched_at + timedelta(seconds=LONGEST_RESET)
        stated = stated_date(value, fetched_at=later) if value else None
        if stated is not None and stated.precision == "second":
            return stated.at
    return None
