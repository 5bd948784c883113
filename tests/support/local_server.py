"""A server on loopback that serves from threads of this process, from `with` to its end."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class QuietHandler(BaseHTTPRequestHandler):
    """A handler that logs nothing; `owner` is the server's object, which decides what is answered."""

    owner: "LocalServer"

    def log_message(self, *_: object) -> None:
        """Print nothing."""


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that went away."""


class LocalServer:
    """Answers by handlers of `handler_class`; `url` is its address."""

    def handler_class(self) -> type[QuietHandler]:
        """Return the class of its handlers."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        made = type("Handler", (self.handler_class(),), {"owner": self})
        self.server = _QuietServer(("127.0.0.1", 0), made)
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
