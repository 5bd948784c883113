"""A preview server: a local page that loads itself again when a template or a sentence changes.

For work on the digest's looks. It listens on this machine alone, answers two paths, and reads templates and
sentences anew; code in modules is not: start it again for that.
"""

import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ouidire.text.catalogue import FOLDER, catalogue

FOLDERS = (Path(__file__).parents[1] / "templates", FOLDER)
HOST = "127.0.0.1"
_SCRIPT = """<script>
(function () {
  var known = null;
  setInterval(function () {
    fetch("/version").then(function (answer) { return answer.text(); }).then(function (version) {
      if (known !== null && known !== version) { location.reload(); }
      known = version;
    }).catch(function () {});
  }, 500);
})();
</script>"""


def version(folders: tuple[Path, ...] = FOLDERS) -> str:
    """Return a name of the present state of the templates and sentences."""
    return str(
        max(
            (path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*") if path.is_file()),
            default=0,
        )
    )


class Live:
    """The server of a page; `page` returns its HTML, anew for each request."""

    def __init__(
        self, page: Callable[[], str], *, folders: tuple[Path, ...] = FOLDERS, port: int = 0
    ) -> None:
        self._page = page
        self._folders = folders
        self._lock = threading.Lock()
        live = self

        class Handler(BaseHTTPRequestHandler):
            """Two paths: the page, and its version."""

            def do_GET(self) -> None:
                """Answer."""
                if self.path == "/version":
                    self._answer(HTTPStatus.OK, "text/plain", version(live._folders))
                elif self.path == "/":
                    self._answer(HTTPStatus.OK, "text/html", live.html())
                else:
                    self._answer(HTTPStatus.NOT_FOUND, "text/plain", "there is only /")

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (the library's name)
                """Stay silent."""

            def _answer(self, status: HTTPStatus, kind: str, text: str) -> None:
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)

        self.server = ThreadingHTTPServer((HOST, port), Handler)

    @property
    def url(self) -> str:
        """Where to look."""
        return f"http://{HOST}:{self.server.server_port}/"

    def html(self) -> str:
        """Return the page as the templates stand now; a template that is broken is shown as such."""
        with self._lock:
            catalogue.cache_clear()
            try:
                html = self._page()
            except Exception as error:  # noqa: BLE001 (whatever a half-written template raises is shown, and the next save tried)
                shown = _escaped(f"{type(error).__name__}: {error}")
                html = f"<!doctype html><title>Ouï-dire</title><pre>{shown}</pre></body>"
        return html.replace("</body>", _SCRIPT + "</body>", 1)

    def serve(self) -> None:
        """Serve until interrupted."""
        try:
            self.server.serve_forever(poll_interval=0.2)
        finally:
            self.server.server_close()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
