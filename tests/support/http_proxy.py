"""A proxy before one HTTP server, which loses answers after the deed, or refuses, as a test asks."""

import http.client
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

from tests.support.local_server import LocalServer, QuietHandler

Fate = Literal["pass", "lose", "refuse", "busy"]
"""`lose`: the request is done and its answer is lost; `refuse`: the line is closed before; `busy`: 503."""


class _Handler(QuietHandler):
    owner: "FaultyProxy"
    protocol_version = "HTTP/1.1"

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.owner.seen.append((self.command, self.path))
        fate = self.owner.fate(self.command, self.path)
        if fate == "refuse":
            self._drop()
            return
        if fate == "busy":
            self._reply(
                503, {"Content-Type": "application/json", "X-elastic-product": "Elasticsearch"}, b"{}"
            )
            return
        line = http.client.HTTPConnection(urlsplit(self.owner.target).netloc, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        line.request(self.command, self.path, body, headers)
        answer = line.getresponse()
        content = answer.read()
        line.close()
        if fate == "lose":
            self._drop()
            return
        kept = {
            name: value
            for name, value in answer.getheaders()
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}
        }
        self._reply(answer.status, kept, content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _forward  # noqa: N815 (names of http.server)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _reply(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


class FaultyProxy(LocalServer):
    """Stands before the server at `target`; `fate` decides of each request by its method and path."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.fate: Callable[[str, str], Fate] = lambda _method, _path: "pass"
        self.seen: list[tuple[str, str]] = []

    def handler_class(self) -> type[QuietHandler]:
        """Return the class of its handlers."""
        return _Handler
