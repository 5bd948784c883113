"""The requests of an endpoint: the first, and the one that a page leads to.

What a page leads to elsewhere is not asked for: a key must not travel to another host. It cannot see whether
a service ends its pages: a token that repeats is seen by the engine.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from crawlers.reading.extract import absolute_url
from crawlers.sources.json_api.expressions import find
from crawlers.sources.json_api.params import JsonApiParams, Paging
from ouidire.errors import LayoutChanged, SourceError
from ouidire.page import Page, Request

LONGEST_TOKEN = 4_000
_NEXT = re.compile(r'<([^<>]*)>[^,<]*;\s*rel="?next\b', re.IGNORECASE)


def first_request(params: JsonApiParams, *, since: datetime | None) -> Request:
    """Return the request of the first page; `since` is asked for where a parameter is configured for it."""
    query = dict(params.query)
    if params.since_parameter and since is not None:
        query[params.since_parameter] = _moment(since, params.since_format)
    url = with_query(params.url, query)
    body = dict(params.body) if params.body is not None else None
    paging = params.paging
    if paging is not None:
        asked: dict[str, Any] = {}
        if paging.size_parameter and paging.size:
            asked[paging.size_parameter] = paging.size
        if paging.kind in {"page", "offset"} and paging.parameter:
            asked[paging.parameter] = (
                paging.start if paging.kind == "page" else paging.start * bool(_offset(paging))
            )
        if paging.place == "body":
            body = {**(body or {}), **asked}
        else:
            url = with_query(url, {name: str(value) for name, value in asked.items()})
    return _request(params, url, body)


def next_request(params: JsonApiParams, page: Page, answer: Any, *, read: int) -> Request | None:  # noqa: ANN401 (raw)
    """Return the request of the page after this one, which had so many records; None after the last.

    Raises SourceError when the answer leads to another host.
    """
    paging = params.paging
    if paging is None or (paging.more is not None and not find(paging.more, answer)):
        return None
    if paging.kind == "link":
        return _linked(params, page, answer)
    if paging.kind in {"page", "offset"}:
        is_last = not read or (paging.size is not None and paging.more is None and read < paging.size)
        return None if is_last else _counted(params, paging, page, read)
    return _told(params, paging, page, answer) if read else None


def _told(params: JsonApiParams, paging: Paging, page: Page, answer: Any) -> Request | None:  # noqa: ANN401 (raw)
    """Return the request of the page that a token, a cursor or a last id of the answer leads to."""
    value = find(paging.next or "", answer)
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        return None
    token = str(value)
    if len(token) > LONGEST_TOKEN:
        raise SourceError(f"the answer's {paging.kind} has {len(token)} characters: it is none")
    if token.startswith(("http://", "https://")) and paging.kind in {"token", "cursor"}:
        return _at(params, page, token)
    return _with_value(params, paging, page, token)


def with_query(url: str, values: dict[str, str]) -> str:
    """Return an address with parameters set; `secret:NAME` becomes the placeholder that the engine fills."""
    head, _, query = url.partition("?")
    query = query.partition("#")[0]
    kept = [each for each in query.split("&") if each and each.partition("=")[0] not in values]
    added = []
    for name, value in values.items():
        if value.startswith("secret:"):
            added.append(f"{quote(name)}={{{value}}}")
        else:
            added.append(urlencode({name: value}))
    joined = "&".join([*kept, *added])
    return f"{head}?{joined}" if joined else head


def _offset(paging: Paging) -> bool:
    """Return whether an offset was given a beginning of its own: offsets begin at 0 unless it was."""
    return "start" in paging.model_fields_set


def _counted(params: JsonApiParams, paging: Paging, page: Page, read: int) -> Request:
    name = paging.parameter or ""
    begins = paging.start if paging.kind == "page" else paging.start * _offset(paging)
    stated = (
        _sent(page).get(name)
        if paging.place == "body"
        else dict(parse_qsl(urlsplit(page.url).query)).get(name)
    )
    current = int(str(stated)) if str(stated or "").isdigit() else begins
    return _with_value(params, paging, page, str(current + (1 if paging.kind == "page" else read)))


def _with_value(params: JsonApiParams, paging: Paging, page: Page, value: str) -> Request:
    name = paging.parameter or ""
    asked = page.context.get("asked", params.url)
    body = _sent(page) or None
    if paging.place == "body":
        body = {
            **(body or {}),
            name: int(value) if value.isdigit() and paging.kind in {"page", "offset"} else value,
        }
        return _request(params, asked, body)
    return _request(params, with_query(asked, {name: value}), body)


def _sent(page: Page) -> dict[str, Any]:
    sent = page.context.get("sent")
    return json.loads(sent) if sent else {}


def _linked(params: JsonApiParams, page: Page, answer: Any) -> Request | None:  # noqa: ANN401 (a raw payload)
    wanted = params.paging.next if params.paging is not None else None
    header = _NEXT.search(page.headers.get("link", "")[:4000])
    stated = find(wanted, answer) if wanted else (header and header[1])
    return _at(params, page, stated) if isinstance(stated, str) and stated else None


def _at(params: JsonApiParams, page: Page, link: str) -> Request:
    """Return the request of an address that the answer gives, on the endpoint's own host."""
    url = absolute_url(page.url, link)
    if url is None:
        raise LayoutChanged(f"the address of the next page ({link[:80]!r} is none)", selector="paging.next")
    wanted, there = urlsplit(params.url), urlsplit(url)
    if (there.scheme, there.netloc) != (wanted.scheme, wanted.netloc):
        raise SourceError(f"the answer leads to another host ({there.hostname}): it is not asked")
    secrets = {name: value for name, value in params.query.items() if value.startswith("secret:")}
    return _request(params, with_query(url, secrets), _sent(page) or None)


def _request(params: JsonApiParams, url: str, body: dict[str, Any] | None) -> Request:
    context = {
        "entity": params.listing,
        "params": params.model_dump_json(exclude_defaults=True),
        "asked": url,
    }
    headers = {"Accept": "application/json, text/csv;q=0.9, */*;q=0.1", **params.headers}
    if params.token is not None:
        headers.setdefault("Authorization", "token:Bearer")
    if body is not None:
        headers.setdefault("Content-Type", "application/json")
        context["sent"] = json.dumps(body, ensure_ascii=False)
    return Request(
        url=url,
        method=params.method,
        headers=headers,
        body=json.dumps(body, ensure_ascii=False) if body is not None else None,
        context=context,
    )


def _moment(at: datetime, form: str) -> str:
    at = at.astimezone(UTC)
    if form == "date":
        return at.date().isoformat()
    if form in {"seconds", "milliseconds"}:
        return str(int(at.timestamp() * (1 if form == "seconds" else 1000)))
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
