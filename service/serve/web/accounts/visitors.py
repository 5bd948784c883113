"""Recognises who makes a request: a token, a session, or somebody at this machine; anybody else is nobody.

Accounts, tokens and ended sessions are looked up in the state at every request: what is removed, revoked or
limited there holds from the next one on. Wrong tokens are slowed down, address by address; a right one never
is.
"""

from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from ouidire.state.people.accounts import Account, any_account, load_account
from ouidire.state.people.tokens import USED_EVERY, AccessToken, find_token, mark_used
from ouidire.state.sessions import has_ended
from ouidire.system.person import ANYBODY
from service.serve.web.access import is_from_this_machine
from service.serve.web.accounts.viewer import Viewer, operator_at, viewer_of_account, viewer_of_token
from service.serve.web.attempts import Attempts
from service.serve.web.auth import Session
from service.serve.web.context import WebContext

BEARER = "bearer"


class Recognised(NamedTuple):
    """Who asks, if anybody; `refusal` answers a token that opens nothing."""

    viewer: Viewer | None
    refusal: Response | None = None


class Visitors:
    """Recognises who makes a request; `kept` is the configured password's hash, if any."""

    def __init__(self, context: WebContext, kept: str | None) -> None:
        self._context = context
        self._kept = kept
        self._wrong_tokens = Attempts()

    async def recognise(self, request: Request) -> Recognised:
        """Return who makes a request. Raises StateError when the state cannot be read."""
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == BEARER:
            return await self._by_token(request, given.strip())
        session = self._session(request)
        if session is not None:
            return Recognised(await run_in_threadpool(self._of_session, session))
        if self._context.installation.settings.serve.url is None and is_from_this_machine(request):
            needed = await run_in_threadpool(self.requires_login)
            return Recognised(None if needed else operator_at("machine"))
        return Recognised(None)

    def requires_login(self) -> bool:
        """Return whether anybody can log in; then sitting at this machine is not enough."""
        signing = self._context.installation.settings.serve.oidc is not None
        return self._kept is not None or signing or self.has_accounts()

    def has_accounts(self) -> bool:
        """Return whether there is any account."""
        with self._context.installation.state.read() as connection:
            return any_account(connection)

    def account(self, name: str) -> Account | None:
        """Return the account of a name; None where there is none."""
        with self._context.installation.state.read() as connection:
            return load_account(connection, name)

    async def _by_token(self, request: Request, text: str) -> Recognised:
        host = request.client.host if request.client else ""
        now = self._context.installation.clock()
        token = await run_in_threadpool(self._token, text, now)
        if token is not None:
            return Recognised(viewer_of_token(token))
        wait = self._wrong_tokens.wait(host, now=now)
        if wait:
            return Recognised(
                None, _refused(HTTPStatus.TOO_MANY_REQUESTS, max(1, round(wait.total_seconds())))
            )
        self._wrong_tokens.failed(host, now=now)
        return Recognised(None, _refused(HTTPStatus.UNAUTHORIZED))

    def _token(self, text: str, now: datetime) -> AccessToken | None:
        state = self._context.installation.state
        with state.read() as connection:
            token = find_token(connection, text, now=now)
        if token is not None and (token.used_at is None or now - token.used_at >= USED_EVERY):
            with state.begin() as connection:
                mark_used(connection, token.id, at=now)
        return token

    def _session(self, request: Request) -> Session | None:
        now, secure = self._context.installation.clock(), self._context.is_secure(request)
        return self._context.auth.session_of(request.cookies, now=now, secure=secure)

    def _of_session(self, session: Session) -> Viewer | None:
        with self._context.installation.state.read() as connection:
            if has_ended(connection, session.id):
                return None
            if session.name == ANYBODY:
                return operator_at("password") if self._kept is not None else None
            account = load_account(connection, session.name)
        return viewer_of_account(account) if account and account.stamp == session.stamp else None


def _refused(code: HTTPStatus, wait: int = 0) -> Response:
    message = "the token opens nothing: it is wrong, has ended or was revoked"
    headers = {"Retry-After": str(wait)} if wait else {"WWW-Authenticate": 'Bearer realm="ouidire"'}
    if wait:
        message = f"too many wrong tokens; try again in {wait} s"
    return JSONResponse({"error": {"status": int(code), "message": message}}, code, headers=headers)
