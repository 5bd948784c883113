"""The demo's web server: six made-up sites behind one loopback port, as they stood at the crawl of a week.

`DemoSite` is a plain HTTP forward proxy for the `.example` hosts it serves (absolute-URI request line, or a
Host header); any other host is answered 502, CONNECT and everything but GET and HEAD 405. For a person with a
browser, the same hosts answer under `http://<host>.localhost:<port>/`, and the bare address lists them. It
tells no time of its own: the Date header is the week's crawl, so that two runs are alike to the byte. It sees
no TLS and sends nothing on.
"""

import threading
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

from service.demo import crawl_time
from service.demo.site.pages import HOSTS, ServedPage, get_page, index_page, last_modified

_IDLE_SECONDS: Final = 30
_LOOPBACK: Final = frozenset({"", "127.0.0.1", "localhost"})


class Logged(NamedTuple):
    """One request as the server answered it; `path` has the query string."""

    method: str
    host: str
    path: str
    status: int


class DemoSite:
    """The server: `with DemoSite(week=3) as site: ... site.url`; `week` may be set while it runs.

    Raises ValueError for a week outside 1 to `WEEKS`, OSError when the port is taken.
    """

    def __init__(self, week: int = 1, host: str = "127.0.0.1", port: int = 0) -> None:
        """Bind the port (0: any free one); nothing is answered before `start`."""
        self.week = week
        self.requests: list[Logged] = []
        self._thread: threading.Thread | None = None
        self._server = _Server((host, port), _Handler)
        self._server.site = self

    @property
    def week(self) -> int:
        """Return the week whose crawl is simulated."""
        return self._week

    @week.setter
    def week(self, week: int) -> None:
        crawl_time(week)  # the calendar refuses a week that is not in the demo
        self._week = week

    @property
    def url(self) -> str:
        """Return the address to give as HTTP proxy, without a final slash."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> Self:
        """Answer from a daemon thread until `stop`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
            self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering and free the port; a second call does nothing."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # idle keep-alive connections must not hold `stop`
    site: DemoSite


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_GET  # noqa: N815 - name set by http.server

    def do_CONNECT(self) -> None:
        self._refuse(
            HTTPStatus.METHOD_NOT_ALLOWED, self.path, "/", "The demo site speaks plain HTTP: no tunnel.\n"
        )

    def do_POST(self) -> None:
        host, path, _ = self._target()
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, host, path, "The demo site answers GET and HEAD only.\n")

    do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_POST  # noqa: N815 - names set by http.server

    def log_message(self, *_: object) -> None:
        """Stay silent: `DemoSite.requests` is the log."""

    def version_string(self) -> str:
        return "ouidire-demo"

    def date_time_string(self, timestamp: float | None = None) -> str:
        del timestamp  # the wall clock is never told
        return format_datetime(crawl_time(self.server.site.week), usegmt=True)

    def _target(self) -> tuple[str, str, str]:
        """Return the host (no port, empty when it cannot be read), the path and the query string."""
        url = f"http://{self.headers.get('Host', '')}{self.path}" if self.path.startswith("/") else self.path
        try:
            parts = urlsplit(url)
        except ValueError:  # an IPv6 address left open, for instance
            return "", self.path, ""
        return (parts.hostname or "").removesuffix(".localhost"), parts.path or "/", parts.query

    def _answer(self) -> None:
        week = self.server.site.week
        host, path, query = self._target()
        local = (self.headers.get("Host") or "").partition(":")[0].endswith(".localhost")
        if host in _LOOPBACK and path == "/":
            self._send(index_page(int(self.server.server_address[1])), host, path)
            return
        page = get_page(week, host, path, query)
        if page is None:
            text = f"The demo site does not know the host {host!r}. It serves: {', '.join(HOSTS)}.\n"
            self._refuse(HTTPStatus.BAD_GATEWAY, host, path, text)
            return
        shown = f"{path}?{query}" if query else path
        if local and page.content_type.startswith("text/html"):
            self._send(self._localised(page), host, shown)
            return
        self._send(page, host, shown, changed=last_modified(week, host, path, query))

    def _localised(self, page: ServedPage) -> ServedPage:
        """Return the page with its links to other hosts leading to their `.localhost` names."""
        body = page.body
        for host in HOSTS:
            ours = f"http://{host}.localhost:{self.server.server_address[1]}/"
            body = body.replace(f'href="http://{host}/'.encode(), f'href="{ours}'.encode())
        return ServedPage(body, page.content_type, page.status)

    def _refuse(self, status: HTTPStatus, host: str, path: str, text: str) -> None:
        self.close_connection = True  # a refused request may have a body that nobody reads
        self._send(ServedPage(text.encode(), "text/plain; charset=utf-8", status), host, path)

    def _send(self, page: ServedPage, host: str, path: str, *, changed: datetime | None = None) -> None:
        validators = changed is not None and page.status == HTTPStatus.OK
        fresh = validators and changed is not None and self._is_fresh(page, changed)
        status = HTTPStatus.NOT_MODIFIED if fresh else page.status
        self.server.site.requests.append(Logged(self.command, host, path, int(status)))
        self.send_response(status)
        if validators and changed is not None:
            self.send_header("ETag", page.etag)
            self.send_header("Last-Modified", format_datetime(changed, usegmt=True))
        if self.close_connection:
            self.send_header("Connection", "close")
        if not fresh:
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        if not fresh and self.command != "HEAD":
            self.wfile.write(page.body)

    def _is_fresh(self, page: ServedPage, changed: datetime) -> bool:
        """Return whether the client's copy is still good (RFC 9110 §13.2.2: If-None-Match goes first)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or page.etag in {
                tag.strip().removeprefix("W/") for tag in tags.split(",")
            }
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            moment = parsedate_to_datetime(since)
        except ValueError:
            return False
        return changed <= moment.replace(tzinfo=moment.tzinfo or UTC)
