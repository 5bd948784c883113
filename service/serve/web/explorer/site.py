"""The explorer's pages put together: routes, style sheet, and the answers when something is wrong."""

from typing import Protocol

from fastapi import FastAPI
from fastapi.responses import Response

from ouidire.errors import IndexUnavailable
from reports.explore.problem import ViewError
from service.serve.web.attempts import PasswordCheck
from service.serve.web.context import WebContext
from service.serve.web.explorer.context import ExplorerContext, index_fails, view_fails
from service.serve.web.explorer.exports import ExportFiles
from service.serve.web.explorer.figures import FigurePages
from service.serve.web.explorer.mention import MentionPage
from service.serve.web.explorer.mentions import MentionPages
from service.serve.web.explorer.notes import NotePages
from service.serve.web.explorer.people.accounts import AccountPages
from service.serve.web.explorer.people.answers import AnswerPages
from service.serve.web.explorer.people.corrections import CorrectionPages
from service.serve.web.explorer.people.own import OwnPage
from service.serve.web.explorer.people.replies import ReplyPages
from service.serve.web.explorer.people.themes import ThemePages
from service.serve.web.explorer.rendering import script, style
from service.serve.web.login import LoginPages

STYLE = "/explorer.css"
SCRIPT = "/explorer.js"


class Pages(Protocol):
    """Some pages of the explorer: a class that is given the context and adds its routes."""

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""


class Explorer:
    """The explorer of one installation. A page more is a class more in `_pages`, and a line of navigation."""

    def __init__(self, web: WebContext, password: PasswordCheck, login: LoginPages) -> None:
        self._context = ExplorerContext(web)
        self._pages: tuple[Pages, ...] = (
            MentionPages(self._context),
            ExportFiles(self._context),
            MentionPage(self._context),
            FigurePages(self._context),
            NotePages(self._context),
            ThemePages(self._context),
            AnswerPages(self._context),
            ReplyPages(self._context),
            CorrectionPages(self._context),
            AccountPages(self._context),
            OwnPage(self._context, password, login),
        )

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of all pages to an application."""
        app.add_exception_handler(ViewError, view_fails(self._context))
        app.add_exception_handler(IndexUnavailable, index_fails(self._context))
        app.add_api_route(STYLE, self.sheet, methods=["GET"])
        app.add_api_route(SCRIPT, self.keys, methods=["GET"])
        for pages in self._pages:
            pages.add_routes(app)

    def sheet(self) -> Response:
        """Return the style sheet."""
        return Response(style(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    def keys(self) -> Response:
        """Return the script of the queues' keys."""
        kept = {"Cache-Control": "max-age=3600"}
        return Response(script(), media_type="text/javascript", headers=kept)
