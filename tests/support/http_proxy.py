"""A proxy before one HTTP server, which loses answers after the deed, or refuses, as a test asks."""

import http.client
import json
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

from tests.support.local_server import LocalServer, QuietHandler

Fate = Literal[
    "pass",
    "lose",
    "refuse",
    "busy",
    "too_many",
    "unknown",
    "page",
    "cut",
    "cut_unsaid",
    "empty",
    "partial",
    "timed_out",
]
"""`lose`: the request is done and its answer is lost; `refuse`: the line is closed before; `busy`: 503,
`too_many`: 429, `unknown`: 401; `page`: a page of HTML in the place of an answer; `cut`: half of an answer,
`cut_unsaid`: the same, declared as a whole; `empty`: an object without a member; `partial`: half of what a
search found, of which a shard failed; `timed_out`: the same, out of time."""
REFUSALS: dict[str, int] = {"busy": 503, "too_many": 429, "unknown": 401}
JSON = {"Content-Type": "application/json", "X-elastic-product": "Elasticsearch"}


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
        if fate in REFUSALS:
            self._reply(REFUSALS[fate], JSON, b"{}")
            return
        if fate == "page":
            self._reply(200, {"Content-Type": "text/html"}, b"<html><h1>Connexion</h1></html>")
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
        if fate == "cut":
            self._reply(answer.status, kept, content[: len(content) // 2], declared=len(content))
        else:
            self._reply(answer.status, kept, changed(content, fate))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _forward  # noqa: N815 (names of http.server)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _reply(
        self, status: int, headers: dict[str, str], content: bytes, *, declared: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if declared is None else declared))
        self.close_connection = declared is not None
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def changed(content: bytes, fate: Fate) -> bytes:
    """Return an answer as its fate leaves it."""
    if fate == "cut_unsaid":
        return content[: len(content) // 2]
    if fate == "empty":
        return b"{}"
    if fate not in {"partial", "timed_out"}:
        return content
    answer = json.loads(content)
    if "count" in answer:
        answer["count"] //= 2
    hits = answer.get("hits", {})
    if hits.get("hits"):
        hits["hits"] = hits["hits"][::2]
    if fate == "timed_out":
        answer["timed_out"] = True
    else:
        answer["_shards"] = {"total": 2, "successful": 1, "skipped": 0, "failed": 1}
    return json.dumps(answer).encode()


class FaultyProxy(LocalServer):
    """Stands before the server at `target`; `fate` decides of each request by its method and path."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.fate: Callable[[str, str], Fate] = lambda _method, _path: "pass"
        self.seen: list[tuple[str, str]] = []

    def handler_class(self) -> type[QuietHandler]:
        """Return the class of its handlers."""
        return _Handler
