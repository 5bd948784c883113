"""Answers that are refusals: a quota used up, a wrong key, an instance that answers no JSON.

It cannot see why a service refuses beyond what it says.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final, Protocol

from crawlers.sources.search_api.values import Answer, mapping, whole, words
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError, SourceGone
from ouidire.page import Page

LARGEST: Final = 20_000_000
CSE_ENDS: Final = date(2027, 1, 1)
"""From this day Google's Custom Search JSON API answers nobody; it takes no new customers already."""
CSE_ADVICE: Final = (
    "Google closes its Custom Search JSON API; choose another provider "
    "(searxng, brave, serper, serpapi, dataforseo or mojeek)"
)
_TOO_MANY: Final = 429
_ERROR: Final = 400
_FAILURE: Final = 500
_QUOTA: Final = (
    "quota",
    "rate limit",
    "rate_limit",
    "ratelimit",
    "too many",
    "not enough credits",
    "dailylimit",
    "resource_exhausted",
)
_KEY: Final = ("api key", "keyinvalid", "unauthorized", "token", "forbidden", "permission", "credential")


class AnswerService(Protocol):
    """One service as a refusal is read: its name, whose answers it knows, and its own words for a refusal."""

    @property
    def name(self) -> str:
        """Its name, as a request's context has it."""

    @property
    def is_answer(self) -> Callable[[Answer], bool]:
        """Whether an answer has its shape."""

    @property
    def refuse(self) -> Callable[[Page, Answer], None] | None:
        """Raises SourceError for a refusal in its own words, whatever the HTTP status."""


def check_answer(page: Page, services: Iterable[AnswerService]) -> None:
    """Raise RateLimited (quota) or Blocked (key refused, JSON switched off) for an answer that is a refusal.

    It is read by the words of the service that was asked, or whose shape it has. Raises LayoutChanged when it
    is too large or no JSON object, SourceGone where the service has ended, SourceError where it has failed.
    """
    answer, asked = read_answer(page), page.context.get("provider")
    service = next((each for each in services if _is_of(each, asked, answer)), None)
    if service is not None and service.refuse is not None:
        service.refuse(page, answer)
        if page.status < _ERROR:
            return
    _refuse(page, answer)


def _is_of(service: AnswerService, asked: str | None, answer: Answer) -> bool:
    return service.name == asked if asked else service.is_answer(answer)


def read_answer(page: Page) -> Answer:
    """Return the answer's object. Raises LayoutChanged when it is none, SourceError for an error page."""
    if len(page.body) > LARGEST:
        raise LayoutChanged(f"an answer of at most {LARGEST // 1_000_000} MB", selector="size of the body")
    try:
        answer = page.json_value()
    except ValueError as error:
        if page.status >= _ERROR:
            _refuse(page, {})
        raise LayoutChanged(
            "JSON", selector=f"body ({page.headers.get('content-type', 'no content type')})"
        ) from error
    if not isinstance(answer, dict):
        raise LayoutChanged("a JSON object", selector="body")
    return answer


def _refuse(page: Page, answer: Answer) -> None:
    """Raise RateLimited or Blocked for an error answer; return when it is none."""
    error = answer.get("error")
    detail = mapping(error)
    code = (
        whole(detail.get("code"))
        or whole(detail.get("status"))
        or whole(answer.get("statusCode"))
        or page.status
    )
    message = words(
        detail.get("message")
        or detail.get("detail")
        or (error if isinstance(error, str) else None)
        or answer.get("message")
    )
    if not error and page.status < _ERROR and not ("message" in answer and "statusCode" in answer):
        return
    name = page.context.get("provider", "the search service")
    if name == "google_cse" and page.fetched_at.date() >= CSE_ENDS:
        raise SourceGone(f"google_cse answered {code}: {CSE_ADVICE}")
    searched = f"{json.dumps(detail, default=str)[:4_000]} {message or ''}".lower()
    shown = f"{name} answered {code}" + (f": {message[:200]}" if message else "")
    if code == _TOO_MANY or any(mark in searched for mark in _QUOTA):
        raise RateLimited(
            f"{shown}; the quota is used up or requests come too fast: search less often or raise the plan"
        )
    if name == "searxng" and page.status == 403:  # noqa: PLR2004
        raise Blocked(
            f"{shown}; let the instance answer JSON (search.formats in its settings.yml) and let this "
            "machine in"
        )
    if code in {401, 403} or any(mark in searched for mark in _KEY):
        raise Blocked(f"{shown}; check the key in the environment variable that key_env names")
    if code >= _FAILURE:
        raise SourceError(f"{shown}; try again later")
    raise Blocked(f"{shown}; nothing was read")
