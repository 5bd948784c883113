"""Limits what a connection to the service may cost: time for each part of a request, and how many wait.

A connection waits while its request or the reading of its answer is unfinished. Beyond a number of waiting
connections, from one network or in all, the one that has waited longest is closed, so that a new one is
always taken. It cannot tell apart what a proxy passes on: there, limits of the proxy's own come first.
"""

import asyncio
from typing import Any, Literal

from pydantic import Field
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from ouidire.frozen import Frozen
from service.serve.web.attempts import network_of

Phase = Literal["head", "body", "work", "answer"]
"""What a connection waits for: the rest of a head or a body, our own work, or the reading of an answer."""
_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class ConnectionLimits(Frozen):
    """Seconds for a whole head, a whole body and the reading of an answer, and how many connections may wait.

    `each` is for one IPv4 address or one /64 of IPv6, `total` for all.
    """

    head: float = Field(default=10.0, gt=0)
    body: float = Field(default=20.0, gt=0)
    answer: float = Field(default=30.0, gt=0)
    each: int = Field(default=32, ge=1)
    total: int = Field(default=256, ge=1)


class ConnectionTable:
    """The open connections of one server, and its limits. Its methods belong to one event loop."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._open: dict[LimitedProtocol, None] = {}

    def protocol(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> "LimitedProtocol":
        """Return the protocol of one connection: what uvicorn takes for a protocol's class."""
        return LimitedProtocol(self, config, server_state, app_state, _loop)

    def add(self, new: "LimitedProtocol") -> None:
        """Add a connection, and close the one that has waited longest where too many do."""
        self._open[new] = None
        waiting = [each for each in self._open if each is not new and each.phase != "work"]
        neighbours = [each for each in waiting if each.network == new.network]
        if len(neighbours) >= self.limits.each:
            _oldest(neighbours).cut()
        elif len(waiting) >= self.limits.total:
            _oldest(_largest_network(waiting)).cut()

    def remove(self, gone: "LimitedProtocol") -> None:
        """Remove a connection that has ended."""
        self._open.pop(gone, None)


class LimitedProtocol(H11Protocol):
    """uvicorn's protocol of one connection, with a limit of time for each phase."""

    def __init__(
        self,
        table: ConnectionTable,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._table = table
        self._timer: asyncio.TimerHandle | None = None
        self._seen: tuple[Phase, object] = ("head", None)
        self.network = ""
        self.since = 0.0
        """When the present phase began, by the loop's clock."""

    @property
    def phase(self) -> Phase:
        """What this connection waits for now."""
        if self.transport is not None and self.transport.get_write_buffer_size():
            return "answer"
        if self.cycle is None or self.cycle.response_complete:
            return "head"
        return "body" if self.cycle.more_body else "work"

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count the time of the first head."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self.network = network_of(str(peer[0])) if isinstance(peer, tuple) and peer else ""
        self._begin()
        self._table.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting."""
        self._stop_timer()
        self._table.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request; the time of a head or a body does not begin anew with each."""
        if not self.transport.is_closing():
            super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Begin to count the time of the next head, or of the reading of this answer."""
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """Begin to count how long an answer lies unread."""
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        """Go on with the answer."""
        super().resume_writing()
        self._look()

    def cut(self) -> None:
        """Close the connection at once."""
        self._stop_timer()
        self._table.remove(self)
        self.transport.abort()

    def _look(self) -> None:
        """Begin to count anew where the phase, or the request, is another one."""
        if (self.phase, self.cycle) != self._seen:
            self._begin()

    def _begin(self) -> None:
        self._stop_timer()
        self._seen = (self.phase, self.cycle)
        self.since = self.loop.time()
        limits = self._table.limits
        seconds = {"head": limits.head, "body": limits.body, "answer": limits.answer}.get(self._seen[0])
        if seconds is not None:
            self._timer = self.loop.call_later(seconds, self._expire)

    def _expire(self) -> None:
        """Close what is still unfinished; a whole answer that was read meanwhile begins a new head."""
        if (self.phase, self.cycle) != self._seen:
            self._begin()
            return
        if self._seen[0] == "body" and not self.cycle.response_started:
            self.transport.write(_TOO_LATE)
        self.cut()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _oldest(connections: list[LimitedProtocol]) -> LimitedProtocol:
    return min(connections, key=lambda each: each.since)


def _largest_network(connections: list[LimitedProtocol]) -> list[LimitedProtocol]:
    by_network: dict[str, list[LimitedProtocol]] = {}
    for each in connections:
        by_network.setdefault(each.network, []).append(each)
    return max(by_network.values(), key=len)
