"""Serves one saved page at its own address: a plain HTTP forward proxy on a loopback port, for one crawl.

It knows the addresses it is given and answers 404 to everything else at any host, robots.txt included (which
allows everything, RFC 9309, 2.3.1.3): what these pages' sites forbid today is no matter of a copy on one's
own disk. Only the robots.txt that was saved of a site is told, where it is what is looked at. It sees no TLS
and sends nothing on.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Self
from urllib.parse import urlsplit


class Saved(NamedTuple):
    """One answer. Its type names no charset, so that the reader finds the encoding in the bytes alone."""

    body: bytes
    content_type: str = "text/html"


class SavedSite:
    """The server of one crawl: `with SavedSite({"http://host/path": Saved(...)}) as site: … site.url`.

    A key without a query answers for every query; `any_path` answers for whatever has no key.
    """

    def __init__(self, answers, *, any_path=None):
        self.answers = answers
        self.any_path = any_path
        self.asked = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.site = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self):
        """The address to give as HTTP proxy."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def find(self, url):
        """The answer for an address, or None."""
        whole = self.answers.get(url) or self.answers.get(
            urlsplit(url)._replace(query="", fragment="").geturl()
        )
        return whole or (None if urlsplit(url).path == "/robots.txt" else self.any_path)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    site: SavedSite


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self):
        site = self.server.site
        url = (
            self.path
            if not self.path.startswith("/")
            else f"http://{self.headers.get('Host', '')}{self.path}"
        )
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        site.asked.append(url)
        found = site.find(url)
        body, kind = found or Saved(b"not among the saved pages\n", "text/plain")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 (name set by http.server)

    def log_message(self, *_):
        """Stay silent."""
