"""The pages of login and logout."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ouidire.state.people.accounts import Account
from ouidire.state.people.audit import record_action
from ouidire.state.sessions import end_session
from ouidire.system.person import ANYBODY
from service.serve.web.accounts.visitors import Visitors
from service.serve.web.attempts import PasswordCheck
from service.serve.web.auth import LASTING, SESSION, Session
from service.serve.web.context import WebContext, form_of
from service.serve.web.pages import page
from service.serve.web.passwords import nobodys_hash

LOGIN, LOGOUT = "/connexion", "/deconnexion"


class LoginPages:
    """Opens and ends sessions."""

    def __init__(self, context: WebContext, password: PasswordCheck, visitors: Visitors) -> None:
        self._context = context
        self._password = password
        self._visitors = visitors

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""
        app.add_api_route(LOGIN, self.log_in_page, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(LOGIN, self.log_in, methods=["POST"], response_class=HTMLResponse)
        app.add_api_route(LOGOUT, self.log_out, methods=["POST"])

    async def log_in_page(self, request: Request) -> Response:
        """Show the form that asks for a name, where there are accounts, and the password."""
        return await self._page(request)

    async def log_in(self, request: Request) -> Response:
        """Take a password, and open a session."""
        fields = await form_of(request)
        words = self._context.words(request)
        if not self._context.is_own_form(request, fields):
            return await self._page(request, words("stale"), HTTPStatus.FORBIDDEN)
        name = fields.get("name", "").strip().lower()
        account = await run_in_threadpool(self._account, name)
        checked = await self._password.check(
            fields.get("password", ""), client_of(request), kept=kept_of(name, account)
        )
        if checked.right:
            return await self.opened(request, account, way="password")
        if checked.wait:
            problem = words("wait", minutes=-(-checked.wait // 60))
            page_of_problem = await self._page(request, problem, HTTPStatus.TOO_MANY_REQUESTS, name=name)
            page_of_problem.headers["Retry-After"] = str(checked.wait)
            return page_of_problem
        return await self._page(request, words("wrong"), HTTPStatus.UNAUTHORIZED, name=name)

    async def log_out(self, request: Request) -> Response:
        """End a session, here and in the state: a copy of its cookie opens nothing any more."""
        fields = await form_of(request)
        response = RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER)
        if self._context.is_own_form(request, fields):
            session = self._session(request)
            if session is not None:
                await run_in_threadpool(self._end, session)
            self._context.drop_cookie(response, request, SESSION)
        return response

    async def opened(self, request: Request, account: Account | None, *, way: str) -> Response:
        """Return the answer that opens a session: of an account, or of who knows the configured password."""
        name = ANYBODY if account is None else account.name
        await run_in_threadpool(self._record, name, way)
        home = "/" if account is None or account.role == "operator" else "/mentions"
        language = self._context.words(request).language
        response = RedirectResponse(f"{home}?lang={language}", HTTPStatus.SEE_OTHER)
        self.set_session(response, request, account)
        return response

    def set_session(self, response: Response, request: Request, account: Account | None) -> None:
        """Put a new session's cookie on an answer."""
        now = self._context.installation.clock()
        whose = {} if account is None else {"name": account.name, "stamp": account.stamp}
        value = self._context.auth.new_session(now=now, **whose)
        lasting = int(LASTING.total_seconds())
        self._context.set_cookie(response, request, SESSION, value, max_age=lasting)

    def _account(self, name: str) -> Account | None:
        return None if name in ("", ANYBODY) else self._visitors.account(name)

    def _record(self, name: str, way: str) -> None:
        installation = self._context.installation
        with installation.state.begin() as connection:
            record_action(connection, "log_in", by=name, at=installation.clock(), detail=way)

    def _session(self, request: Request) -> Session | None:
        now, secure = self._context.installation.clock(), self._context.is_secure(request)
        return self._context.auth.session_of(request.cookies, now=now, secure=secure)

    def _end(self, session: Session) -> None:
        installation = self._context.installation
        now = installation.clock()
        with installation.state.begin() as connection:
            end_session(connection, session.id, until=session.until, now=now)
            record_action(connection, "log_out", by=session.name, at=now)

    async def _page(
        self, request: Request, problem: str = "", code: int = HTTPStatus.OK, *, name: str = ""
    ) -> Response:
        named = await run_in_threadpool(self._visitors.has_accounts)
        secure = self._context.is_secure(request)
        cookie, field = self._context.auth.csrf_pair(request.cookies, secure=secure)
        words = self._context.words(request)
        issuer = self._context.installation.settings.serve.oidc is not None
        shown = page("login", words, form=field, problem=problem, named=named, given=name[:64], issuer=issuer)
        return self._context.with_form_cookie(HTMLResponse(shown, code), request, cookie)


def kept_of(name: str, account: Account | None) -> str | None:
    """Return the hash that a try under a name is checked against; None for the configured password's."""
    if name in ("", ANYBODY):
        return None
    return (account.password if account is not None else "") or nobodys_hash()


def client_of(request: Request) -> str:
    """Return the address that a request came from, as the proxy on this machine says where there is one."""
    return request.client.host if request.client else ""
