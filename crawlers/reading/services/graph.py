"""Meta's Graph API, as Facebook pages and Instagram accounts share it: requests, paging, errors, usage.

The token is sent in a header, never in an address. It cannot see what the token's permissions leave out.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from crawlers.reading.json_answer import JsonObject, mapping, name_of, objects, read_object
from crawlers.reading.services.errors import ErrorRule, check_answer
from ouidire.errors import LayoutChanged
from ouidire.page import Page, Request
from ouidire.text.json_text import read_json

BASE = "https://graph.facebook.com"
VERSION = r"^v\d{1,3}\.\d{1,2}$"
OBJECT = re.compile(r"[A-Za-z0-9_.\-]{1,120}")
"""What the id of an object looks like, that an address may hold."""
RULES = (
    ErrorRule(
        "key",
        ("session has expired", "error validating access token"),
        "make a new long-lived page token, and put it into the variable that token_env names",
        codes=(190, 102),
    ),
    ErrorRule(
        "key",
        ("missing permission", "requires permission", "permissions error"),
        "the token lacks a permission: see the steps in docs/owners.md",
        codes=(10, *range(200, 300)),
    ),
    ErrorRule("quota", codes=(4, 17, 32, 613, *range(80_000, 80_015))),
    ErrorRule("gone", ("does not exist", "unsupported get request"), codes=(803,)),
    ErrorRule("passing", codes=(1, 2)),
)
KEY_ADVICE = "check the token in the variable that token_env names, and that it is the page's"
USAGE_HEADERS = ("x-business-use-case-usage", "x-app-usage", "x-page-usage")
MOST_USED = 95
"""Percent of a quota from which the next request waits."""
PAUSE = 60.0
"""Seconds that are left where the service says that a quota is nearly spent, and not for how long."""


def graph_request(
    path: str, asked: Mapping[str, str], context: Mapping[str, str], *, kind: str, after: str | None = None
) -> Request:
    """Return the request for an object's list; `context` has `version`, `token` (a name) and maybe `base`."""
    query = urlencode({**asked, **({"after": after} if after else {})})
    return Request(
        url=f"{context.get('base') or BASE}/{context['version']}/{path}?{query}",
        headers={"Accept": "application/json", "Authorization": f"Bearer secret:{context['token']}"},
        kind=kind,
        context=dict(context),
    )


def check_graph(page: Page) -> None:
    """Raise for an answer that is an error, in Meta's words with what to do."""
    check_answer(page, service="Meta", key_advice=KEY_ADVICE, rules=RULES)


def listed(page: Page) -> tuple[JsonObject, list[Any]]:
    """Return an answer and its list. Raises LayoutChanged where there is none."""
    answer = read_object(page)
    rows = answer.get("data")
    if not isinstance(rows, list):
        raise LayoutChanged("a list", selector="data")
    return answer, rows


def cursor_after(answer: JsonObject) -> str | None:
    """Return the cursor of the next page; None where there is none: the last page has a cursor too."""
    paging = mapping(answer.get("paging"))
    if not paging.get("next"):
        return None
    return name_of(mapping(paging.get("cursors")).get("after"), limit=2_000)


def graph_wait(page: Page) -> float:
    """Return the seconds to leave before the next request, by the headers that say how much is used."""
    seconds = 0.0
    for name in USAGE_HEADERS:
        for usage in _usages(page.headers.get(name, "")):
            minutes = usage.get("estimated_time_to_regain_access")
            if isinstance(minutes, int) and not isinstance(minutes, bool) and minutes > 0:
                seconds = max(seconds, 60.0 * minutes)
            elif any(_is_spent(usage.get(each)) for each in ("call_count", "total_time", "total_cputime")):
                seconds = max(seconds, PAUSE)
    return seconds


def _usages(header: str) -> Iterator[JsonObject]:
    try:
        value = read_json(header) if header else {}
    except ValueError:
        return
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from objects(each)


def _is_spent(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= MOST_USED
