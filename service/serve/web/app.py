"""The web application of the service: its routes, who may use them, and the headers of every answer.

`/healthz`, `/readyz`, the links of mails and the addresses for services' messages are open to all. The status
page and `/metrics` are for who knows the password or, without one, for this machine alone; where `serve.url`
says that others reach the service and there is no password, for nobody.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from ouidire.errors import StateError
from service.pipeline.installation import Installation
from service.serve.scheduler.events import View
from service.serve.web.access import is_from_this_machine, is_open
from service.serve.web.attempts import PasswordCheck
from service.serve.web.auth import Auth
from service.serve.web.context import WebContext
from service.serve.web.explorer.site import Explorer
from service.serve.web.login import LOGIN, LoginPages, client_of
from service.serve.web.messages import MessageReceiver
from service.serve.web.metrics import Metrics
from service.serve.web.pages import status_page, style
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
        self._login = LoginPages(self._context, self._password)
        self._explorer = Explorer(self._context)

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
        UnsubscribePages(self._context).add_routes(app)
        self._explorer.add_routes(app)
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
        if is_open(path) or await self._is_admitted(request):
            return await call_next(request)
        if not self._auth.requires_password:
            return PlainTextResponse(
                "only from this machine, or with a password: see serve.password_file\n", HTTPStatus.FORBIDDEN
            )
        if path == METRICS:
            return await self._metrics_by_password(request, call_next)
        return RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER)

    async def _is_admitted(self, request: Request) -> bool:
        if self._auth.requires_password:
            return await self._login.has_session(request)
        return self._installation.settings.serve.url is None and is_from_this_machine(request)

    async def _metrics_by_password(self, request: Request, call_next: Next) -> Response:
        """Let Prometheus in, by HTTP's own basic authentication; any user, our password."""
        given = _basic_password(request.headers.get("authorization", ""))
        if given is not None:
            checked = await self._password.check(given, client_of(request), patient=True)
            if checked.right:
                return await call_next(request)
        return PlainTextResponse(
            "a password is needed\n", HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="ouidire"'}
        )

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
            logged_in=self._auth.requires_password,
        )
        return self._context.with_form_cookie(HTMLResponse(shown), request, cookie)

    def not_found(self, request: Request, _error: Exception) -> Response:
        """Say that there is no such page."""
        return self._context.sentence_page(request, "not_found", HTTPStatus.NOT_FOUND)


def _basic_password(header: str) -> str | None:
    """Return the password of an HTTP basic authentication."""
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None


def _state_fails(_request: Request, _error: Any) -> Response:  # noqa: ANN401 (Starlette's signature)
    return PlainTextResponse(
        "the state cannot be read now; the log says why\n", HTTPStatus.SERVICE_UNAVAILABLE
    )
