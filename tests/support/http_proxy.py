"""A proxy before one HTTP server, which loses answers after the deed, or refuses, as a test asks."""

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, Self
from urllib.parse import urlsplit

Fate = Literal["pass", "lose", "refuse", "busy"]
"""`lose`: the request is done and its answer is lost; `refuse`: the line is closed before; `busy`: 503."""


class FaultyProxy:
    """Stands before the server at `target`; `fate` decides of each request by its method and path."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.fate: Callable[[str, str], Fate] = lambda _method, _path: "pass"
        self.seen: list[tuple[str, str]] = []

    def __enter__(self) -> Self:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": self}))
        self.server.daemon_threads = True
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    proxy: FaultyProxy
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.proxy.seen.append((self.command, self.path))
        fate = self.proxy.fate(self.command, self.path)
        if fate == "refuse":
            self._drop()
            return
        if fate == "busy":
            self._reply(
                503, {"Content-Type": "application/json", "X-elastic-product": "Elasticsearch"}, b"{}"
            )
            return
        line = http.client.HTTPConnection(urlsplit(self.proxy.target).netloc, timeout=60)
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
