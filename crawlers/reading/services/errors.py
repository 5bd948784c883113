"""Errors in services' own words, in JSON: found in an answer, whatever its status, and raised as ours.

The shapes are those of Google, OAuth (RFC 6749, 5.2), Meta's Graph, JSON:API, AT Protocol, Problem Details
(RFC 9457) and their like. It cannot see an error that is neither marked as one nor sent with its status.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from crawlers.reading.json_answer import reset_of
from crawlers.reading.refusals import check_refused
from ouidire.errors import Blocked, RateLimited, SourceError, SourceGone
from ouidire.page import Page

ErrorMeaning = Literal["key", "quota", "gone", "passing", "wrong", "none"]
"""What a service's error means for a run.

"key": the key, the token or its rights; "quota": too much was asked; "gone": what was asked for is no more;
"passing": the service's own trouble; "wrong": the request itself; "none": it is no error to us, and its page
is left to the layouts, such as comments that are switched off.
"""
MEANING_OF: dict[int, ErrorMeaning] = {
    401: "key",
    402: "key",
    403: "key",
    404: "gone",
    410: "gone",
    429: "quota",
}
QUOTA_WORDS = (
    "quota",
    "rate limit",
    "rate_limit",
    "ratelimit",
    "too many",
    "resource_exhausted",
    "dailylimit",
    "throttl",
)
"""Words of an error that a 403 (or a 200) means a quota by."""
LONGEST = 240
"""Characters of a service's own words that are repeated."""
FIRST_ERROR = 400
FAILURES = frozenset({"error", "fail", "failed", "failure"})
"""What an answer's own `status` may say of an answer that is an error, whatever its HTTP status."""
SERVER_ERROR = 500
ADVICE = {
    "quota": "the quota is spent or requests come too fast; run it less often or have the quota raised",
    "gone": "it no longer exists, or this account may not see it; correct the source or remove it",
    "passing": "try again later",
    "wrong": "the request was not understood; check its parameters",
}
"""What is to be done about an error, but for one of the key, which each source knows."""


class ErrorRule(NamedTuple):
    """What an error with one of these words (lower case) or codes means at a service, and what is to be done.

    Without advice, the usual one for its meaning is given. `only_here` is true where other pages may still be
    asked for.
    """

    meaning: ErrorMeaning
    marks: tuple[str, ...] = ()
    advice: str = ""
    codes: tuple[int, ...] = ()
    only_here: bool = False

    def applies(self, stated: "StatedError") -> bool:
        """Return whether an error has one of the words or codes."""
        return stated.code in self.codes or any(mark in stated.searched for mark in self.marks)


class StatedError(NamedTuple):
    """A service's error: its code (0 where it has none), its words for machines, and its words for people."""

    code: int
    reason: str
    message: str

    @property
    def searched(self) -> str:
        """All of its words, in lower case."""
        return f"{self.code} {self.reason} {self.message}".lower()


def check_answer(page: Page, *, service: str, key_advice: str, rules: Sequence[ErrorRule] = ()) -> None:
    """Raise what a service's error means; return for an answer to be read.

    `rules` are looked through first, then the status decides. Raises Blocked, RateLimited, SourceGone or
    SourceError.
    """
    stated = stated_error(page)
    if stated is None:
        if page.status < FIRST_ERROR:
            return
        if not _is_data(page):
            check_refused(page)  # a challenge or an error page of something in between
        stated = StatedError(0, "", "")
    rule = next((each for each in rules if each.applies(stated)), None)
    meaning = rule.meaning if rule else _meaning(page, stated)
    if meaning == "none":
        return
    said = _short(": ".join(filter(None, (stated.reason, stated.message))))
    code = page.status if page.status >= FIRST_ERROR else stated.code or page.status
    usual = key_advice if meaning == "key" else ADVICE[meaning]
    shown = f"{service} answered {code}{f' ({said})' if said else ''}: {(rule and rule.advice) or usual}"
    if meaning == "key":
        raise Blocked(shown, retry_after=reset_of(page), only_here=rule is not None and rule.only_here)
    if meaning == "quota":
        raise RateLimited(shown, retry_after=reset_of(page))
    if meaning == "gone":
        raise SourceGone(shown)
    raise SourceError(shown)


def stated_error(page: Page) -> StatedError | None:
    """Return the error that an answer states, or None where it states none."""
    if not _is_data(page):
        return None
    try:
        found = page.json_value()
    except ValueError:
        return None
    held = found[0] if isinstance(found, list) and found else found
    if not isinstance(held, dict):
        return None
    stated = held.get("error") or held.get("errors") or held.get("fault")
    if stated:
        return _stated(held, stated)
    if page.status < FIRST_ERROR and not (held is found and _says_failure(held)):
        return None
    return _stated(held, held)


def _says_failure(answer: Mapping[str, Any]) -> bool:
    """Return whether an answer states a failure of its own: `"success": false`, `"status": "error"`."""
    if any(answer.get(name) is False for name in ("success", "ok")):
        return True
    return isinstance(answer.get("status"), str) and answer["status"].lower() in FAILURES


def _meaning(page: Page, stated: StatedError) -> ErrorMeaning:
    """Return what an error means by its words for a quota, else by its code or the answer's status."""
    if any(word in stated.searched for word in QUOTA_WORDS):
        return "quota"
    code = page.status if page.status >= FIRST_ERROR else stated.code
    if code in MEANING_OF:
        return MEANING_OF[code]
    return "passing" if code >= SERVER_ERROR or code < FIRST_ERROR else "wrong"


def _stated(held: Mapping[str, Any], error: object) -> StatedError:
    """Return an error's words, whatever its shape: text, object, or a list of either."""
    first = error[0] if isinstance(error, list) and error else error
    if not isinstance(first, dict):
        first = {"error": first, **{name: held[name] for name in held if name not in ("error", "errors")}}
    if isinstance(first.get("meta"), dict) and len(first) == 1:
        first = first["meta"]
    code = next((each for name in ("code", "status", "statusCode") if (each := _code(first.get(name)))), 0)
    listed = _list(first.get("errors")) + _list(first.get("details"))
    inner = [each for each in listed if isinstance(each, dict)]
    names = ("error", "status", "type", "reason", "errorCode", "code", "title", "error_subcode")
    reasons = [_word(first.get(name)) for name in names] + [_word(each.get("reason")) for each in inner]
    reasons += [
        f"{name}={_word(value)}"
        for each in inner
        if isinstance(each.get("metadata"), dict)
        for name, value in sorted(each["metadata"].items())
        if name.startswith("quota_limit")
    ]
    messages = ("message", "msg", "error_description", "detail", "description", "details", "faultstring")
    message = next((text for name in messages if (text := _word(first.get(name)))), "")
    told = dict.fromkeys(each for each in reasons if each and each not in (str(code), message))
    return StatedError(code, " ".join(told), message)


def _list(value: object) -> list[Any]:
    return value[:20] if isinstance(value, list) else []


def _word(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return " ".join(str(value)[:1_000].split())


def _code(value: object) -> int:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"


def _is_data(page: Page) -> bool:
    return page.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}
