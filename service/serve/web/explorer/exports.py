"""A view as a file, exactly: CSV, XLSX or NDJSON, written whole before its first byte leaves."""

import shutil
import tempfile
from http import HTTPStatus
from pathlib import Path

from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import FileResponse, Response

from ouidire.errors import UsageError
from ouidire.state.people.audit import record_action
from reports.explore.links import MENTIONS
from reports.explore.lowering import query_of
from service.pipeline.keep.export import export_from
from service.pipeline.meaning import listed_by_likeness
from service.serve.web.explorer.context import ExplorerContext
from service.serve.web.explorer.mentions import LIKE_LISTED

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ndjson": "application/x-ndjson",
}
_SUFFIX = {"ndjson": "jsonl"}


class ExportFiles:
    """Gives a view's mentions as files; formulas of strangers are neutralised as everywhere."""

    def __init__(self, context: ExplorerContext) -> None:
        self._context = context

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these files to an application."""
        app.add_api_route(MENTIONS + ".csv", self.csv, methods=["GET"])
        app.add_api_route(MENTIONS + ".xlsx", self.xlsx, methods=["GET"])
        app.add_api_route(MENTIONS + ".ndjson", self.ndjson, methods=["GET"])

    def csv(self, request: Request) -> Response:
        """Return a view as CSV."""
        return self._file(request, "csv")

    def xlsx(self, request: Request) -> Response:
        """Return a view as a sheet."""
        return self._file(request, "xlsx")

    def ndjson(self, request: Request) -> Response:
        """Return a view as JSON, one mention a line."""
        return self._file(request, "ndjson")

    def _file(self, request: Request, kind: str) -> Response:
        page = self._context.page(request)
        view = page.view()
        query = query_of(view, page.reader, time=page.time).model_copy(update={"sort": ()})
        if view.by_likeness:
            query = listed_by_likeness(
                self._context.installation.settings, page.reader, query, view, size=LIKE_LISTED
            )
        folder = Path(tempfile.mkdtemp(prefix="ouidire-export-"))
        try:
            path = folder / f"mentions.{_SUFFIX.get(kind, kind)}"
            count = export_from(page.reader, query, path)
            installation = self._context.installation
            by = page.by if page.viewer.is_named else installation.person
            told = {"by": by, "subject": f"mentions.{kind}", "detail": f"{count} mentions"}
            with installation.state.begin() as connection:
                record_action(connection, "export", at=installation.clock(), **told)
        except UsageError as error:  # more mentions than a sheet has rows
            shutil.rmtree(folder, ignore_errors=True)
            return page.problem(str(error), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        after = BackgroundTasks()
        after.add_task(shutil.rmtree, folder, ignore_errors=True)
        return FileResponse(
            path,
            media_type=MEDIA[kind],
            filename=f"mentions-{page.time.today}.{kind}",
            background=after,
        )
