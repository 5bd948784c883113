"""Sends one reply to a platform, with the token that its source reads with, and says what became of it.

The review is looked at first, since most calls would replace a reply that is there. What was certainly not
taken is `ReplyRefused`; what may have been is `ReplyInDoubt`, and never sent again by itself. Proxies are not
used. It cannot see what a platform does later with a reply that it took.
"""

import asyncio
import http.client
import json
import ssl
from time import monotonic
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from crawlers.access import AccessGrant
from crawlers.engine.access.tokens import (
    TokenAnswer,
    TokenKeeper,
    TokenPost,
    TokenRefused,
    TokenUnavailable,
)
from crawlers.engine.secrets import Secrets
from crawlers.replies import PlatformAnswer, ReplyCall, ReplyWay
from ouidire.errors import ConfigError, OuidireError
from ouidire.system.connections import NotConnected, open_connection
from ouidire.system.guard import Guard
from ouidire.text.json_text import read_json

P = TypeVar("P", bound=BaseModel)
MOST_READ = 1_000_000
"""Bytes of an answer that are read."""
LONGEST = 300
"""Characters of a platform's own words that are repeated."""
UNCERTAIN = frozenset({408})
"""Refusals by which a call may have been taken all the same (Request Timeout)."""
_REFUSED = range(400, 500)
_SUCCESS = range(200, 300)


class ReplyRefused(OuidireError):  # noqa: N818 (an outcome, as Blocked is)
    """The reply was certainly not taken: the message says why and what to do."""


class ReplyInDoubt(OuidireError):  # noqa: N818 (an outcome, as Blocked is)
    """The reply was sent, and no answer says that it was taken: it may have been."""


class ReplySender(Generic[P]):
    """Looks at reviews of one source and replies to them; `timeout` is in seconds, for each step."""

    def __init__(
        self,
        way: ReplyWay[P],
        params: P,
        grant: AccessGrant | None,
        *,
        guard: Guard,
        timeout: float = 20.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._way, self._params, self._guard = way, params, guard
        self._timeout, self._context = timeout, context
        self._secrets = Secrets()
        self._keeper = TokenKeeper(grant, self._secrets)

    def shown(self, native_id: str) -> str:
        """Return the owner's reply that the platform shows under a review, "" where there is none.

        Raises ReplyRefused where the platform does not say.
        """
        service = self._way.service
        try:
            status, body = self._asked(self._way.look(self._params, native_id))
        except ReplyInDoubt as error:
            raise ReplyRefused(f"{service} did not show the review; nothing was sent: {error}") from error
        answer = _object(body)
        if status not in _SUCCESS:
            raise ReplyRefused(
                f"{service} does not show the review ({self._reason(status, answer)}); nothing was sent"
            )
        found = None if answer is None else self._way.shown(answer)
        if found is None:
            raise ReplyRefused(f"{service} answered with something that is no review; nothing was sent")
        return found.strip()

    def give_first(self, native_id: str, text: str) -> None:
        """Reply to a review that has no reply yet. Raises ReplyRefused or ReplyInDoubt."""
        service = self._way.service
        if self.shown(native_id):
            raise ReplyRefused(
                f"{service} shows a reply to this review already, which would be replaced; read it there: "
                "it arrives here with the next collection"
            )
        self.give(native_id, text)

    def give(self, native_id: str, text: str) -> None:
        """Reply to a review. Raises ReplyRefused or ReplyInDoubt."""
        service = self._way.service
        status, body = self._asked(self._way.give(self._params, native_id, text))
        answer = _object(body)
        if status in _SUCCESS and (answer is not None or not body.strip()) and self._way.taken(answer):
            return
        if status in _REFUSED and status not in UNCERTAIN:
            raise ReplyRefused(f"{service} refused the reply ({self._reason(status, answer)})")
        raise ReplyInDoubt(f"{service} did not say that it took the reply (HTTP {status})")

    def _asked(self, call: ReplyCall) -> tuple[int, bytes]:
        """Make a call with a token that is good; a token that is refused is renewed once."""
        for is_last in (False, True):
            generation = self._token()
            headers = {
                "Accept": "application/json",
                **self._keeper.headers({"Authorization": "token:Bearer"}),
            }
            content = None
            if call.body is not None:
                content = json.dumps(call.body, ensure_ascii=False).encode()
                headers["Content-Type"] = "application/json; charset=utf-8"
            status, body = self._sent(call.method, call.url, headers, content)
            if is_last or not self._keeper.is_expiry(status, body):
                break
            self._keeper.discard(generation)
        return status, body

    def _token(self) -> int:
        async def post(asked: TokenPost) -> TokenAnswer:
            try:
                return TokenAnswer(*self._sent("POST", asked.url, asked.headers, asked.body.encode()))
            except ReplyInDoubt as error:
                raise ReplyRefused(f"no access token could be had; nothing was sent: {error}") from error

        try:
            return asyncio.run(self._keeper.ensure(post))
        except (TokenRefused, TokenUnavailable, ConfigError) as error:
            raise ReplyRefused(f"nothing was sent: {error}") from error

    def _sent(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> tuple[int, bytes]:
        """Return the status and the body of an answer.

        Raises ReplyRefused where nothing left, and ReplyInDoubt where no answer came back.
        """
        service = self._way.service
        try:
            line, target = open_connection(
                url, named=service, guard=self._guard, timeout=self._timeout, context=self._context
            )
        except NotConnected as error:
            raise ReplyRefused(f"nothing was sent: {error}") from error
        try:
            try:
                line.request(method, target, body=body, headers={**headers, "User-Agent": "Ouidire"})
                with line.getresponse() as answer:
                    return answer.status, _read(answer, until=monotonic() + self._timeout)
            except (OSError, http.client.HTTPException) as error:
                said = str(error) or type(error).__name__
                raise ReplyInDoubt(f"{service}: the line broke ({said[:LONGEST]})") from error
        finally:
            line.close()

    def _reason(self, status: int, answer: PlatformAnswer | None) -> str:
        words = " ".join(self._secrets.redact(_own_words(answer or {})).split())[:LONGEST]
        return f"HTTP {status}: {words}" if words else f"HTTP {status}"


def _read(answer: http.client.HTTPResponse, *, until: float) -> bytes:
    """Return the body of an answer; one that is too long or too slow counts as broken off."""
    body = b""
    while part := answer.read1(65_536):
        body += part
        if len(body) > MOST_READ or monotonic() > until:
            raise OSError("an answer without end")
    return body


def _object(body: bytes) -> PlatformAnswer | None:
    """Return the JSON object that a body is, None for anything else."""
    try:
        found: Any = read_json(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _own_words(answer: PlatformAnswer) -> str:
    """Return the reason that a platform gives for a refusal, in the forms of Google, Apple and Trustpilot."""
    held: Any = answer.get("error")
    if isinstance(held, dict):
        return str(held.get("message") or held.get("status") or "")
    errors = answer.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    for each in (first.get("detail"), first.get("title"), answer.get("message"), answer.get("details"), held):
        if isinstance(each, str) and each:
            return each
    return ""
