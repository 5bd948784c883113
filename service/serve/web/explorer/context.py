"""What the explorer's pages share: a reading side of the index; a request's words, links and forms."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from ouidire.errors import IndexUnavailable
from ouidire.index import MentionIndex
from ouidire.settings.configuration import Settings
from ouidire.settings.index import IndexSettings
from ouidire.system.person import ANYBODY
from reports.explore.filters import VALUES
from reports.explore.links import MENTIONS
from reports.explore.lowering import ReaderTime
from reports.explore.problem import ViewError
from reports.explore.query_string import PAGE_PARAMETERS, parse_view, write_view
from reports.explore.view import MentionView
from search.cached import CachedReader
from service.pipeline.index_backend import open_index
from service.pipeline.installation import Installation
from service.pipeline.people.themes import list_themes
from service.serve.web.accounts.limited import limited_installation, limited_reader, limited_settings
from service.serve.web.accounts.permissions import Permission
from service.serve.web.accounts.viewer import Viewer, viewer_at
from service.serve.web.context import LARGEST_BODY, WebContext, form_of
from service.serve.web.explorer.names import names_of, sources_of
from service.serve.web.explorer.navigation import NAVIGATION
from service.serve.web.explorer.rendering import render
from service.serve.web.explorer.words import ExplorerWords
from service.serve.web.words import language_of

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""No script at all, ours included: what a review says can run nowhere."""
KEYED = f"{POLICY}; script-src 'self'"
"""That, and our one script, from its own file alone: for the queues, which have keys."""
KEYED_PAGES = frozenset({"answers", "corrections"})


class _Opened(NamedTuple):
    settings: IndexSettings
    reader: CachedReader


class ExplorerContext:
    """The installation, and its index opened for reading alone, beside whoever writes.

    The index is opened again where a new configuration names another one.
    """

    def __init__(self, web: WebContext) -> None:
        self.web = web
        self._opened: _Opened | None = None

    @property
    def installation(self) -> Installation:
        """The installation that is explored."""
        return self.web.installation

    @property
    def reader(self) -> CachedReader:
        """The index, for reading: never created, never written. Raises IndexUnavailable when asked."""
        wanted = self.installation.settings.index
        opened = self._opened
        if opened is None or opened.settings != wanted:
            index = open_index(self.installation.settings, wanted.backend)
            opened = self._opened = _Opened(wanted, CachedReader(index))
        return opened.reader

    def page(self, request: Request) -> "ExplorerPage":
        """Return what one request is answered with."""
        return ExplorerPage(self, request)


class ExplorerPage:
    """One request: its language, its reader's day, its links, and the pages that answer it."""

    def __init__(self, context: ExplorerContext, request: Request) -> None:
        self.context = context
        self.request = request
        self.viewer: Viewer = viewer_at(request)
        whole = context.installation
        self.settings: Settings = limited_settings(whole.settings, self.viewer.limits)
        settings = self.settings
        self.now: datetime = whole.clock()
        self.time = ReaderTime.at(self.now, settings.timezone)
        asked = request.query_params.get("lang")
        self._language = asked if asked in ("fr", "en") else None
        language = language_of(asked, request.headers.get("accept-language", ""), settings.language)
        self.sources = sources_of(settings)
        self._names = names_of(settings, self.sources, list_themes(context.installation))
        self.words = ExplorerWords(language, now=self.now, timezone=settings.timezone, names=self._names)

    @cached_property
    def reader(self) -> MentionIndex:
        """The index, for reading, within the limits of who asks. Raises IndexUnavailable when asked."""
        keys = [each.key for each in self.sources]
        return limited_reader(self.context.reader, self.viewer.limits, source_keys=keys)

    @cached_property
    def installation(self) -> Installation:
        """The installation as who asks sees it: configuration and index are within their limits."""
        return limited_installation(self.context.installation, self.settings, self.reader)

    @property
    def by(self) -> str:
        """The name under which what is done here is recorded: an account, a token, or the operator."""
        return self.viewer.name if self.viewer.is_named else ANYBODY

    def may(self, wanted: Permission) -> bool:
        """Return whether who asks may do this."""
        return self.viewer.may(wanted)

    def names_key(self, key: str) -> bool:
        """Return whether the configuration names a source key."""
        return key in self._names["key"]

    @property
    def themes(self) -> tuple[str, ...]:
        """The themes of the taxonomy."""
        return VALUES["theme"].values

    @property
    def sided_themes(self) -> tuple[str, ...]:
        """The themes of the taxonomy, each with each side."""
        return VALUES["theme-side"].values

    def view(self) -> MentionView:
        """Return the view that the request's query string names. Raises ViewError."""
        return parse_view(self.request.url.query, today=self.time.today, also=PAGE_PARAMETERS)

    def url(self, path: str, query: str = "", **more: str | None) -> str:
        """Return an address of ours, in the language that was asked for; parameters of None are left out."""
        own = {name: value for name, value in more.items() if value}
        if self._language is not None:
            own.setdefault("lang", self._language)
        text = "&".join(part for part in (query, urlencode(own)) if part)
        return f"{path}?{text}" if text else path

    def view_url(self, view: MentionView, path: str = MENTIONS, **more: str | None) -> str:
        """Return the address of a view."""
        return self.url(path, write_view(view), **more)

    def html(self, template: str, code: int = HTTPStatus.OK, **values: object) -> Response:
        """Return a page, with the cookie that its forms go with."""
        web = self.context.web
        secure = web.is_secure(self.request)
        cookie, form = web.auth.csrf_pair(self.request.cookies, secure=secure)
        other = "en" if self.words.language == "fr" else "fr"
        shown = render(
            template,
            w=self.words,
            page=self,
            form=form,
            logged_in=self.viewer.logged_in,
            navigation=[each for each in NAVIGATION if self.may(each.needs)],
            here=self.request.scope["path"],
            other_language=other,
            other_url=_with_language(self.request, other),
            **values,
        )
        response = HTMLResponse(
            shown, code, headers={"Content-Security-Policy": KEYED if template in KEYED_PAGES else POLICY}
        )
        return web.with_form_cookie(response, self.request, cookie)

    def json(self, content: dict[str, object], code: int = HTTPStatus.OK) -> Response:
        """Return a JSON answer."""
        return JSONResponse(content, code)

    def problem(self, message: str, code: int) -> Response:
        """Return the one message that something is wrong: a page, or JSON where JSON was asked for."""
        if self.request.scope["path"].endswith(".json"):
            return self.json({"error": {"status": int(code), "message": message}}, code)
        return self.html("problem", code, message=message)


async def posted_form(
    context: WebContext, request: Request, *, largest: int = LARGEST_BODY
) -> dict[str, str] | None:
    """Return the fields of a form that a page of ours sent; None for any other (answer it with 403)."""
    fields = await form_of(request, largest=largest)
    return fields if context.is_own_form(request, fields) else None


def view_fails(context: ExplorerContext) -> Callable[[Request, Exception], Response]:
    """Return what answers a request whose view cannot be read: 400 and one message in its language."""

    def answer(request: Request, error: Exception) -> Response:
        page = context.page(request)
        assert isinstance(error, ViewError)  # noqa: S101 (registered for it alone)
        return page.problem(error.sentence(page.words.language), HTTPStatus.BAD_REQUEST)

    return answer


def index_fails(context: ExplorerContext) -> Callable[[Request, Exception], Response]:
    """Return what answers a request when the index cannot be read: 503 and what to do."""

    def answer(request: Request, error: Exception) -> Response:
        page = context.page(request)
        assert isinstance(error, IndexUnavailable)  # noqa: S101 (registered for it alone)
        return page.problem(page.words("no_index", reason=str(error)), HTTPStatus.SERVICE_UNAVAILABLE)

    return answer


def _with_language(request: Request, language: str) -> str:
    """Return the request's own address in another language."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.scope['path']}?{urlencode([*pairs, ('lang', language)])}"
