"""The web application of the service: its routes, who may use them, and the headers of every answer.

`/healthz`, `/readyz`, the links of mails and the addresses for services' messages are open to all. All else
is for accounts, tokens and who knows the password, as `accounts/permissions.py` says of each route; where
there is none of these, for this machine alone; and where `serve.url` then says that others reach the service,
for nobody.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from ouidire.errors import StateError
from reports.explore.links import MENTIONS
from service.pipeline.installation import Installation
from service.serve.scheduler.events import View
from service.serve.web.access import is_open
from service.serve.web.accounts.permissions import permission_of
from service.serve.web.accounts.viewer import Viewer, operator_at, viewer_at, viewer_of_account
from service.serve.web.accounts.visitors import Visitors
from service.serve.web.agents.endpoint import AgentEndpoint
from service.serve.web.attempts import PasswordCheck
from service.serve.web.auth import Auth
from service.serve.web.context import WebContext
from service.serve.web.explorer.site import Explorer
from service.serve.web.login import LOGIN, LoginPages, client_of, kept_of
from service.serve.web.messages import MessageReceiver
from service.serve.web.metrics import Metrics
from service.serve.web.pages import status_page, style
from service.serve.web.sign_on.pages import SignOnPages
from service.serve.web.status import is_alive, status_of
from service.serve.web.unsubscribe import UnsubscribePages

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
METRICS = "/metrics"
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"

Next = Callable[[Request], Awaitable[Response]]


class Web:
    """The answers of one installation; `kept` is the password's hash, if any.

    Handlers that read the state run in threads.
    """

    def __init__(
        self, installation: Installation, view: Callable[[], View], metrics: Metrics, kept: str | None
    ) -> None:
        self._installation = installation
        self._view = view
        self._metrics = metrics
        self._auth = Auth(installation.secret, kept)
        self._password = PasswordCheck(kept, installation.clock)
        self._context = WebContext(installation, self._auth)
        self._visitors = Visitors(self._context, kept)
        self._login = LoginPages(self._context, self._password, self._visitors)
        self._explorer = Explorer(self._context, self._password, self._login)

    def app(self) -> FastAPI:
        """Return the application."""
        app = FastAPI(
            docs_url=None, redoc_url=None, openapi_url=None, title="Ouï-dire", redirect_slashes=False
        )
        app.middleware("http")(self.guard)
        app.add_exception_handler(StateError, _state_fails)
        app.add_exception_handler(HTTPStatus.NOT_FOUND, self.not_found)
        app.add_api_route("/healthz", self.health, methods=["GET", "HEAD"])
        app.add_api_route("/readyz", self.ready, methods=["GET", "HEAD"])
        app.add_api_route(METRICS, self.metrics, methods=["GET"])
        app.add_api_route("/style.css", self.sheet, methods=["GET"])
        app.add_api_route("/", self.status, methods=["GET"], response_class=HTMLResponse)
        self._login.add_routes(app)
        SignOnPages(self._context, self._login).add_routes(app)
        UnsubscribePages(self._context).add_routes(app)
        self._explorer.add_routes(app)
        AgentEndpoint(self._context).add_routes(app)
        MessageReceiver(self._context).add_routes(app)
        return app

    # --- Who may use what ---

    async def guard(self, request: Request, call_next: Next) -> Response:
        """Let through who may, and have every answer carry its headers."""
        try:
            response = await self._answer(request, call_next)
        except StateError as error:
            response = _state_fails(request, error)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    async def _answer(self, request: Request, call_next: Next) -> Response:
        path = request.scope["path"]
        if is_open(path):
            return await call_next(request)
        viewer, refusal = await self._visitors.recognise(request)
        if refusal is not None:
            return refusal
        if viewer is None and path == METRICS:
            viewer = await self._by_basic(request)
        if viewer is None:
            return await self._nobody(path)
        request.state.viewer = viewer
        wanted = permission_of(request.app.router.routes, request.scope)
        if wanted == "none" or (wanted != "nobody" and viewer.may(wanted)):
            return await call_next(request)
        return self._refused(request, viewer)

    async def _nobody(self, path: str) -> Response:
        """Return the answer to somebody of whom nothing is known."""
        if not await run_in_threadpool(self._visitors.requires_login):
            return PlainTextResponse(
                "only from this machine, or with a password: see serve.password_file\n", HTTPStatus.FORBIDDEN
            )
        if path == METRICS:
            return PlainTextResponse(
                "a password is needed\n",
                HTTPStatus.UNAUTHORIZED,
                {"WWW-Authenticate": 'Basic realm="ouidire"'},
            )
        return RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER)

    def _refused(self, request: Request, viewer: Viewer) -> Response:
        """Return the answer to somebody who may not do this; the first page leads to the mentions."""
        path = request.scope["path"]
        if path == "/" and viewer.may("look") and viewer.kind != "token":
            return RedirectResponse(MENTIONS, HTTPStatus.SEE_OTHER)
        words = self._context.words(request)
        if viewer.kind == "token" or path.endswith(".json"):
            error = {"status": int(HTTPStatus.FORBIDDEN), "message": words("forbidden")}
            return JSONResponse({"error": error}, HTTPStatus.FORBIDDEN)
        return self._context.sentence_page(request, "forbidden", HTTPStatus.FORBIDDEN)

    async def _by_basic(self, request: Request) -> Viewer | None:
        """Let Prometheus in, by HTTP's own basic authentication: an operator's account, or our password."""
        given = _basic(request.headers.get("authorization", ""))
        if given is None:
            return None
        account = await run_in_threadpool(self._visitors.account, given[0])
        kept = None if account is None else kept_of(account.name, account)
        checked = await self._password.check(given[1], client_of(request), patient=True, kept=kept)
        if not checked.right:
            return None
        return operator_at("password") if account is None else viewer_of_account(account)

    # --- For machines ---

    async def health(self) -> Response:
        """Say whether the process does its work: 503 asks for a restart. It waits for no thread."""
        if is_alive(self._view(), now=self._installation.clock()):
            return PlainTextResponse("ok\n")
        return PlainTextResponse("stuck\n", HTTPStatus.SERVICE_UNAVAILABLE)

    def ready(self) -> Response:
        """Say whether requests can be answered: the state can be read, and the service is not stopping."""
        with self._installation.state.read() as connection:
            connection.exec_driver_sql("SELECT 1")
        if self._view().stopping:
            return PlainTextResponse("stopping\n", HTTPStatus.SERVICE_UNAVAILABLE)
        return PlainTextResponse("ready\n")

    def metrics(self) -> Response:
        """Return the metrics, as Prometheus reads them."""
        return Response(self._metrics.text(), media_type=_PROMETHEUS)

    def sheet(self) -> Response:
        """Return the style sheet."""
        return Response(style(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    # --- For people ---

    def status(self, request: Request) -> Response:
        """Show how the service is."""
        secure = self._context.is_secure(request)
        cookie, field = self._auth.csrf_pair(request.cookies, secure=secure)
        shown = status_page(
            status_of(self._installation, self._view()),
            self._context.words(request),
            form=field,
            logged_in=viewer_at(request).logged_in,
        )
        return self._context.with_form_cookie(HTMLResponse(shown), request, cookie)

    def not_found(self, request: Request, _error: Exception) -> Response:
        """Say that there is no such page."""
        return self._context.sentence_page(request, "not_found", HTTPStatus.NOT_FOUND)


def _basic(header: str) -> tuple[str, str] | None:
    """Return the name and the password of an HTTP basic authentication."""
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, password


def _state_fails(_request: Request, _error: Any) -> Response:  # noqa: ANN401 (Starlette's signature)
    return PlainTextResponse(
        "the state cannot be read now; the log says why\n", HTTPStatus.SERVICE_UNAVAILABLE
    )
