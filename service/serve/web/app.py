"""The service's web site: how it is, for people and for machines, and the way off a mailing.

`/healthz`, `/readyz` and the links of mails are open to all. The status page and `/metrics` are for who knows
the password or, without one, for this machine alone: then only requests that name it are answered, so that no
page of the web can have a browser ask in its place.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from ouidire.errors import StateError
from ouidire.mailing.unsubscribe import PATH, Subscription, read_token
from ouidire.state.unsubscribed import resubscribe, unsubscribe
from service.pipeline.installation import Installation
from service.serve.scheduler.events import View
from service.serve.web.auth import FORM, LASTING, SESSION, Auth
from service.serve.web.metrics import Metrics
from service.serve.web.pages import page, status_page, style
from service.serve.web.status import is_alive, status_of
from service.serve.web.words import PageWords, language_of

OPEN = ("/healthz", "/readyz", "/style.css", "/connexion", PATH)
LARGEST_BODY = 4096
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_LOCAL = ("localhost", "127.0.0.1", "::1")
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"

Next = Callable[[Request], Awaitable[Response]]


class Web:
    """The pages' answers. Handlers that read the state run in threads."""

    def __init__(
        self, installation: Installation, seen: Callable[[], View], metrics: Metrics, door: Auth
    ) -> None:
        self._house = installation
        self._seen = seen
        self._metrics = metrics
        self._door = door

    def app(self) -> FastAPI:
        """Return the application."""
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, title="Ouï-dire")
        app.middleware("http")(self.guarded)
        app.add_exception_handler(StateError, _state_fails)
        app.add_exception_handler(HTTPStatus.NOT_FOUND, self.nothing)
        app.add_api_route("/healthz", self.health, methods=["GET", "HEAD"])
        app.add_api_route("/readyz", self.ready, methods=["GET", "HEAD"])
        app.add_api_route("/metrics", self.measures, methods=["GET"])
        app.add_api_route("/style.css", self.sheet, methods=["GET"])
        app.add_api_route("/", self.status, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route("/connexion", self.log_in_page, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route("/connexion", self.log_in, methods=["POST"], response_class=HTMLResponse)
        app.add_api_route("/deconnexion", self.log_out, methods=["POST"])
        app.add_api_route(PATH + "{token}", self.ask_to_leave, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(PATH + "{token}", self.leave, methods=["POST"], response_class=HTMLResponse)
        app.add_api_route(PATH + "{token}/retour", self.back, methods=["POST"], response_class=HTMLResponse)
        return app

    async def guarded(self, request: Request, call_next: Next) -> Response:
        """Let through who may come in, and have every answer carry its headers."""
        response = await self._let_in(request, call_next)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    async def _let_in(self, request: Request, call_next: Next) -> Response:
        place = request.url.path
        if place.startswith(OPEN) or self._admitted(request):
            return await call_next(request)
        if not self._door.closed:
            return PlainTextResponse(
                "only from this machine, or with a password: see serve.password_file\n", HTTPStatus.FORBIDDEN
            )
        if place == "/metrics":
            return await self._measured_by_password(request, call_next)
        return RedirectResponse("/connexion", HTTPStatus.SEE_OTHER)

    def _admitted(self, request: Request) -> bool:
        if self._door.closed:
            return self._door.has_session(request.cookies, now=self._house.clock())
        try:
            return request.url.hostname in _LOCAL
        except ValueError:  # no host at all
            return False

    async def _measured_by_password(self, request: Request, call_next: Next) -> Response:
        """Let Prometheus in, by HTTP's own basic authentication; any user, our password."""
        given = _basic(request.headers.get("authorization", ""))
        if given is not None and await self._known(request, given) is None:
            return await call_next(request)
        return PlainTextResponse(
            "a password is needed\n", HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="ouidire"'}
        )

    # --- For machines ---

    def health(self) -> Response:
        """Whether the process does its work: 503 asks for a restart."""
        alive = is_alive(self._seen(), now=self._house.clock())
        return PlainTextResponse(
            "ok\n" if alive else "stuck\n", HTTPStatus.OK if alive else HTTPStatus.SERVICE_UNAVAILABLE
        )

    def ready(self) -> Response:
        """Whether requests can be answered: the state can be read, and the service is not stopping."""
        with self._house.state.read() as connection:
            connection.exec_driver_sql("SELECT 1")
        stopping = self._seen().stopping
        return PlainTextResponse(
            "stopping\n" if stopping else "ready\n",
            HTTPStatus.SERVICE_UNAVAILABLE if stopping else HTTPStatus.OK,
        )

    def measures(self) -> Response:
        """Metrics, as Prometheus reads them."""
        return Response(self._metrics.text(), media_type=_PROMETHEUS)

    def sheet(self) -> Response:
        """The style sheet."""
        return Response(style(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    # --- For those who run it ---

    def status(self, request: Request) -> Response:
        """How the service is."""
        cookie, field = self._door.form(request.cookies)
        shown = status_page(
            status_of(self._house, self._seen()),
            self._words(request),
            form=field,
            logged_in=self._door.closed,
        )
        return self._with_form(HTMLResponse(shown), request, cookie)

    def log_in_page(self, request: Request) -> Response:
        """Where the password is asked for."""
        return self._log_in_page(request)

    async def log_in(self, request: Request) -> Response:
        """Take a password."""
        fields = await _form_of(request)
        words = self._words(request)
        if not self._door.valid_csrf(request.cookies, fields.get("form", "")) or _from_elsewhere(request):
            return self._log_in_page(request, words("stale"), HTTPStatus.FORBIDDEN)
        wait = await self._known(request, fields.get("password", ""))
        if wait is None:
            response = RedirectResponse(f"/?lang={words.language}", HTTPStatus.SEE_OTHER)
            response.set_cookie(
                SESSION,
                self._door.session(now=self._house.clock()),
                max_age=int(LASTING.total_seconds()),
                httponly=True,
                samesite="strict",
                secure=self._secure(request),
            )
            return response
        if wait:
            problem = self._log_in_page(
                request, words("wait", minutes=-(-wait // 60)), HTTPStatus.TOO_MANY_REQUESTS
            )
            problem.headers["Retry-After"] = str(wait)
            return problem
        return self._log_in_page(request, words("wrong"), HTTPStatus.UNAUTHORIZED)

    async def log_out(self, request: Request) -> Response:
        """End a session, as far as this browser is concerned."""
        fields = await _form_of(request)
        response = RedirectResponse("/connexion", HTTPStatus.SEE_OTHER)
        if self._door.valid_csrf(request.cookies, fields.get("form", "")):
            response.delete_cookie(SESSION)
        return response

    async def _known(self, request: Request, password: str) -> int | None:
        """Return None for the right password, else the seconds to wait before another try, 0 for none."""
        who, now = request.client.host if request.client else "", self._house.clock()
        wait = self._door.attempts.wait(who, now=now)
        if wait:
            return max(1, int(wait.total_seconds()))
        self._door.attempts.failed(
            who, now=now
        )  # counted before it is checked: tries made at once are counted all the same
        if not await run_in_threadpool(self._door.verify_password, password):
            return 0
        self._door.attempts.passed(who)
        return None

    def _log_in_page(self, request: Request, problem: str = "", code: int = HTTPStatus.OK) -> Response:
        cookie, field = self._door.form(request.cookies)
        shown = HTMLResponse(page("login", self._words(request), form=field, problem=problem), code)
        return self._with_form(shown, request, cookie)

    # --- For readers ---

    def ask_to_leave(self, request: Request, token: str) -> Response:
        """Ask a reader whether to leave: opening a link, as mail scanners do, changes nothing."""
        subscription = self._subscription(token)
        if subscription is None:
            return self._said(request, "bad_link", HTTPStatus.NOT_FOUND)
        return self._leaving(request, token, subscription, "ask")

    def leave(self, request: Request, token: str) -> Response:
        """Take a reader off a mailing: by the page's button, or by a mail program's one click (RFC 8058), whose body says nothing more."""
        subscription = self._subscription(token)
        if subscription is None:
            return self._said(request, "bad_link", HTTPStatus.NOT_FOUND)
        with self._house.state.begin() as connection:
            unsubscribe(connection, subscription, now=self._house.clock())
        return self._leaving(request, token, subscription, "left")

    def back(self, request: Request, token: str) -> Response:
        """Undo it."""
        subscription = self._subscription(token)
        if subscription is None:
            return self._said(request, "bad_link", HTTPStatus.NOT_FOUND)
        with self._house.state.begin() as connection:
            resubscribe(connection, subscription)
        return self._leaving(request, token, subscription, "back")

    def nothing(self, request: Request, _error: Exception) -> Response:
        """There is no such page."""
        return self._said(request, "not_found", HTTPStatus.NOT_FOUND)

    def _subscription(self, token: str) -> Subscription | None:
        return read_token(token, secret=self._house.secret)

    def _leaving(self, request: Request, token: str, subscription: Subscription, step: str) -> Response:
        return HTMLResponse(
            page("leave", self._words(request), step=step, report=subscription.report, path=PATH + token)
        )

    def _said(self, request: Request, key: str, code: int) -> Response:
        words = self._words(request)
        return HTMLResponse(page("said", words, said=words(key)), code)

    # --- What they share ---

    def _words(self, request: Request) -> PageWords:
        settings = self._house.settings
        wanted = request.query_params.get("lang")
        language = language_of(wanted, request.headers.get("accept-language", ""), settings.language)
        return PageWords(language, now=self._house.clock(), timezone=settings.timezone)

    def _with_form(self, response: Response, request: Request, cookie: str) -> Response:
        if request.cookies.get(FORM) != cookie:
            response.set_cookie(FORM, cookie, httponly=True, samesite="strict", secure=self._secure(request))
        return response

    def _secure(self, request: Request) -> bool:
        return request.url.scheme == "https" or (self._house.settings.serve.url or "").startswith("https:")


def _basic(header: str) -> str | None:
    """Return the password of an HTTP basic authentication."""
    import base64
    import binascii

    kind, _, told = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        return base64.b64decode(told, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None


async def _form_of(request: Request) -> dict[str, str]:
    """Return the fields of a small form; nothing of a large one."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            return {}
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except ValueError:  # more fields than any form of ours has
        return {}
    return {name: values[0] for name, values in fields.items()}


def _from_elsewhere(request: Request) -> bool:
    """Whether a browser says that a form was sent by another site's page."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("origin")
    return origin not in (None, "null") and urlsplit(origin).netloc != request.headers.get("host")


def _state_fails(_request: Request, _error: Any) -> Response:  # noqa: ANN401 (Starlette's signature)
    return PlainTextResponse(
        "the state cannot be read now; the log says why\n", HTTPStatus.SERVICE_UNAVAILABLE
    )
