"""What people keep in the explorer: views under a name, and notes on the time line."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from ouidire.state.people.audit import record_action
from ouidire.state.people.chart_notes import ChartNote, delete_note, list_notes, load_note, save_note
from ouidire.state.people.saved_views import SavedView, delete_view, list_views, load_view, save_view
from reports.explore.date_span import DateSpan
from reports.explore.date_words import parse_dates
from reports.explore.links import MENTIONS
from reports.explore.problem import ViewError
from reports.explore.query_string import PAGE_PARAMETERS, parse_view, write_view
from reports.explore.view import clean
from service.serve.web.explorer.context import ExplorerContext, ExplorerPage, posted_form
from service.serve.web.explorer.navigation import FIGURES

VIEWS, NOTES = "/vues", "/reperes"
LONGEST_NAME = 120
"""Characters of a name or of a note."""


class NotePages:
    """Keeps views and notes, and gives them up again; a kept view has a short address of its own."""

    def __init__(self, context: ExplorerContext) -> None:
        self._context = context

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""
        app.add_api_route(VIEWS, self.keep_view, methods=["POST"])
        app.add_api_route(VIEWS + "/{view_id}", self.open_view, methods=["GET"])
        app.add_api_route(VIEWS + "/{view_id}/retirer", self.drop_view, methods=["POST"])
        app.add_api_route(NOTES, self.keep_note, methods=["POST"])
        app.add_api_route(NOTES + "/{note_id}/retirer", self.drop_note, methods=["POST"])

    def open_view(self, request: Request, view_id: str) -> Response:
        """Lead to a view that is kept."""
        page = self._context.page(request)
        with self._context.installation.state.read() as connection:
            found = load_view(connection, view_id)
        if found is None or not _is_own(page, found):
            return page.problem(page.words("no_view"), HTTPStatus.NOT_FOUND)
        return RedirectResponse(page.url(MENTIONS, found.query), HTTPStatus.SEE_OTHER)

    async def keep_view(self, request: Request) -> Response:
        """Keep a view under a name."""
        page, fields = await self._sent(request)
        if fields is None:
            return page.problem(page.words("stale_form"), HTTPStatus.FORBIDDEN)
        view = parse_view(fields.get("query", ""), today=page.time.today, also=PAGE_PARAMETERS)
        name = _named(fields.get("name", ""))
        query = write_view(view)
        await run_in_threadpool(self._save_view, page, name, query)
        return RedirectResponse(page.url(MENTIONS, query), HTTPStatus.SEE_OTHER)

    async def drop_view(self, request: Request, view_id: str) -> Response:
        """Keep a view no longer."""
        page, fields = await self._sent(request)
        if fields is None:
            return page.problem(page.words("stale_form"), HTTPStatus.FORBIDDEN)
        await run_in_threadpool(self._drop, page, "view", view_id)
        return RedirectResponse(page.url(MENTIONS, "published=28d"), HTTPStatus.SEE_OTHER)

    async def keep_note(self, request: Request) -> Response:
        """Write a note on a day of the time line."""
        page, fields = await self._sent(request)
        if fields is None:
            return page.problem(page.words("stale_form"), HTTPStatus.FORBIDDEN)
        span = parse_dates(fields.get("day", ""), today=page.time.today)
        await run_in_threadpool(self._save_note, page, span, _named(fields.get("label", "")))
        return RedirectResponse(_figures(page, fields), HTTPStatus.SEE_OTHER)

    async def drop_note(self, request: Request, note_id: str) -> Response:
        """Take a note off the time line."""
        page, fields = await self._sent(request)
        if fields is None:
            return page.problem(page.words("stale_form"), HTTPStatus.FORBIDDEN)
        await run_in_threadpool(self._drop, page, "note", note_id)
        return RedirectResponse(_figures(page, fields), HTTPStatus.SEE_OTHER)

    async def _sent(self, request: Request) -> tuple[ExplorerPage, dict[str, str] | None]:
        return self._context.page(request), await posted_form(self._context.web, request)

    def _save_view(self, page: ExplorerPage, name: str, query: str) -> None:
        with self._context.installation.state.begin() as connection:
            kept = save_view(connection, name, query, by=page.by, at=page.now, apart=_is_apart(page))
            record_action(connection, "keep_view", by=page.by, at=page.now, subject=kept.id)

    def _save_note(self, page: ExplorerPage, span: DateSpan, label: str) -> None:
        day = span.bounds(page.time.today).first
        if day is None:
            raise ViewError("date", value=str(span))
        with self._context.installation.state.begin() as connection:
            kept = save_note(connection, day, label, by=page.by, at=page.now, apart=_is_apart(page))
            record_action(connection, "write_note", by=page.by, at=page.now, subject=kept.id)

    def _drop(self, page: ExplorerPage, kind: str, each: str) -> None:
        with self._context.installation.state.begin() as connection:
            found = load_view(connection, each) if kind == "view" else load_note(connection, each)
            if found is None or not _is_own(page, found):
                return
            (delete_view if kind == "view" else delete_note)(connection, each)
            record_action(connection, f"drop_{kind}", by=page.by, at=page.now, subject=each)


def views_of(page: ExplorerPage) -> tuple[SavedView, ...]:
    """Return the views that are kept; to whoever is limited their own alone, for names may say anything."""
    with page.context.installation.state.read() as connection:
        return tuple(each for each in list_views(connection) if _is_own(page, each))


def notes_of(page: ExplorerPage, span: DateSpan) -> tuple[ChartNote, ...]:
    """Return the notes of some days, none where the span is open; to whoever is limited their own alone."""
    first, last = span.bounds(page.time.today)
    if first is None or last is None:
        return ()
    with page.context.installation.state.read() as connection:
        return tuple(each for each in list_notes(connection, first, last) if _is_own(page, each))


def _is_apart(page: ExplorerPage) -> bool:
    """Return whether who asks sees but a part, so that what they keep is kept apart from the others'."""
    return page.viewer.limits.limited


def _is_own(page: ExplorerPage, kept: SavedView | ChartNote) -> bool:
    """Return whether who asks may see a view or a note: all, or those of their own alone."""
    return not _is_apart(page) or kept.by == page.by


def _named(text: str) -> str:
    """Return a name or note as it is kept. Raises ViewError for an empty or a long one."""
    name = clean(text)
    if not name or len(name) > LONGEST_NAME:
        raise ViewError("name", most=str(LONGEST_NAME))
    return name


def _figures(page: ExplorerPage, fields: dict[str, str]) -> str:
    return page.url(FIGURES, brand=fields.get("brand"), period=fields.get("period"))
