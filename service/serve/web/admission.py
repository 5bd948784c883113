"""Admits requests to the application: whole small bodies only, and so many at the same time.

`/healthz` is always admitted, so that whoever watches the service is answered however busy it is.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

AsgiMessage = MutableMapping[str, Any]
"""What ASGI passes between a server and an application."""
Receive = Callable[[], Awaitable[AsgiMessage]]
Send = Callable[[AsgiMessage], Awaitable[None]]
Application = Callable[[AsgiMessage, Receive, Send], Awaitable[None]]

AT_ONCE = 64
"""Requests answered at the same time; more are told to come back."""
LARGEST = 64 * 1024
"""Bytes of a body: our largest form has some hundreds."""
ALIVE = "/healthz"


class Admission:
    """Passes whole requests on to an application, at most `at_once` of them at the same time."""

    def __init__(self, app: Application, *, at_once: int = AT_ONCE) -> None:
        self._app = app
        self._at_once = at_once
        self._running = 0

    async def __call__(self, scope: AsgiMessage, receive: Receive, send: Send) -> None:
        """Answer one request, 413 for a body that is too large, 503 when too many are being answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _whole_body(receive)
        if body is None:
            return
        if len(body) > LARGEST:
            await _refuse(send, 413, b"the request is too large\n")
        elif scope["path"] == ALIVE:
            await self._app(scope, _Replay(body, receive).receive, send)
        elif self._running >= self._at_once:
            await _refuse(send, 503, b"too many requests at the same time; try again\n")
        else:
            self._running += 1
            try:
                await self._app(scope, _Replay(body, receive).receive, send)
            finally:
                self._running -= 1


class _Replay:
    """Gives an application a body that was read already, then what the connection says."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def receive(self) -> AsgiMessage:
        """Return the body, once; then wait for the connection's end."""
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


async def _whole_body(receive: Receive) -> bytes | None:
    """Return a request's body, cut once it is too large; None when its sender is gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > LARGEST or not message.get("more_body", False):
            return bytes(body)


async def _refuse(send: Send, status: int, sentence: bytes) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(sentence)).encode()),
        (b"connection", b"close"),
        (b"retry-after", b"5"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence})
