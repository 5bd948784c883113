"""The pages of login and logout, and whether a request has a session."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ouidire.state.sessions import end_session, has_ended
from service.serve.web.attempts import PasswordCheck
from service.serve.web.auth import LASTING, SESSION, Session
from service.serve.web.context import WebContext, form_of
from service.serve.web.pages import page

LOGIN, LOGOUT = "/connexion", "/deconnexion"


class LoginPages:
    """Opens and ends sessions."""

    def __init__(self, context: WebContext, password: PasswordCheck) -> None:
        self._context = context
        self._password = password

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""
        app.add_api_route(LOGIN, self.log_in_page, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(LOGIN, self.log_in, methods=["POST"], response_class=HTMLResponse)
        app.add_api_route(LOGOUT, self.log_out, methods=["POST"])

    async def has_session(self, request: Request) -> bool:
        """Return whether a request has a session that has not ended.

        Raises StateError when the state cannot be read.
        """
        session = self._session(request)
        return session is not None and not await run_in_threadpool(self._has_ended, session)

    def log_in_page(self, request: Request) -> Response:
        """Show the form that asks for the password."""
        return self._page(request)

    async def log_in(self, request: Request) -> Response:
        """Take a password, and open a session."""
        fields = await form_of(request)
        words = self._context.words(request)
        if not self._context.is_own_form(request, fields):
            return self._page(request, words("stale"), HTTPStatus.FORBIDDEN)
        checked = await self._password.check(fields.get("password", ""), client_of(request))
        if checked.right:
            response = RedirectResponse(f"/?lang={words.language}", HTTPStatus.SEE_OTHER)
            value = self._context.auth.new_session(now=self._context.installation.clock())
            lasting = int(LASTING.total_seconds())
            self._context.set_cookie(response, request, SESSION, value, max_age=lasting)
            return response
        if checked.wait:
            problem = words("wait", minutes=-(-checked.wait // 60))
            page_of_problem = self._page(request, problem, HTTPStatus.TOO_MANY_REQUESTS)
            page_of_problem.headers["Retry-After"] = str(checked.wait)
            return page_of_problem
        return self._page(request, words("wrong"), HTTPStatus.UNAUTHORIZED)

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

    def _session(self, request: Request) -> Session | None:
        now, secure = self._context.installation.clock(), self._context.is_secure(request)
        return self._context.auth.session_of(request.cookies, now=now, secure=secure)

    def _has_ended(self, session: Session) -> bool:
        with self._context.installation.state.read() as connection:
            return has_ended(connection, session.id)

    def _end(self, session: Session) -> None:
        installation = self._context.installation
        with installation.state.begin() as connection:
            end_session(connection, session.id, until=session.until, now=installation.clock())

    def _page(self, request: Request, problem: str = "", code: int = HTTPStatus.OK) -> Response:
        secure = self._context.is_secure(request)
        cookie, field = self._context.auth.csrf_pair(request.cookies, secure=secure)
        shown = page("login", self._context.words(request), form=field, problem=problem)
        return self._context.with_form_cookie(HTMLResponse(shown, code), request, cookie)


def client_of(request: Request) -> str:
    """Return the address that a request came from, as the proxy on this machine says where there is one."""
    return request.client.host if request.client else ""
