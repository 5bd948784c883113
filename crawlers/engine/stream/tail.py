"""Follows a stream of events by WebSocket until it has caught up with the moment at which the run began.

What is kept of the events goes to the collector in pages, one JSON value a line, as every page does. It
cannot see events that the service no longer holds: the gap is stated by the page.
"""

import asyncio
import json
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from crawlers.engine.collector import Collector
from crawlers.engine.fetch import user_agent
from crawlers.engine.throttle import backoff
from crawlers.engine.upstream_proxy import UpstreamProxy
from crawlers.event_stream import TAIL, EventStream, StreamEvent
from crawlers.health.facts import ProblemKind
from crawlers.health.past import ID_DIGITS
from ouidire.ids import author_key, mention_id
from ouidire.page import Page, Request
from ouidire.system.guard import AddressRefused, Guard

EVENTS_A_PAGE = 200
"""Kept events after which a page is written."""
LARGEST_EVENT = 1_000_000
HEARTBEAT = 20.0
"""Seconds between two pings: a connection whose other end is gone is noticed."""
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class _GuardedResolver(AbstractResolver):
    """Resolves names, and leaves out the addresses that the guard refuses."""

    def __init__(self, guard: Guard) -> None:
        self._guard, self._resolver = guard, ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        allowed = [each for each in found if self._guard.may_connect(host, port, each["host"])]
        if not allowed:
            raise AddressRefused(
                f"{host} resolves to a private address; if it is meant, add it to fetch.allow_hosts"
            )
        return allowed

    async def close(self) -> None:
        await self._resolver.close()


class _Problem(NamedTuple):
    """Why listening ended too early."""

    kind: ProblemKind
    detail: str


class _Line(NamedTuple):
    """A kept event that waits to be written, and its author."""

    kept: str
    author: str | None


class _Tail:
    """One run's stay at a stream."""

    def __init__(self, collector: Collector, request: Request, stream: EventStream) -> None:
        self._collector, self._request, self._stream = collector, request, stream
        self.url = request.url
        self._goal = collector.started_at
        self._since = collector.job.since or self._goal - timedelta(hours=stream.hours)
        self._known = set(collector.job.past.known)
        self._authors = set(collector.job.past.authors)
        self._lines: list[_Line] = []
        self._read = 0
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._missed, self._is_first_page, self._done = False, True, False
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """End the run gracefully, as the operator asks."""
        self._collector.add_limit("stopped")
        self._stopped.set()

    @property
    def position(self) -> datetime:
        """The moment up to which events were read."""
        return self._last or self._since

    async def listen(self, session: aiohttp.ClientSession, more: dict[str, Any]) -> _Problem | None:
        """Connect and read; return why it ended too early, None where there is nothing to try again.

        `more` are options of aiohttp's connection.
        """
        try:
            await self._read_events(session, more)
        except aiohttp.WSServerHandshakeError as error:
            problem = _Problem("http", f"HTTP {error.status}: the stream was not opened")
            if error.status in PASSING:
                return problem
            self._collector.add_problem("blocked", self.url, problem.detail, first=True)
            return None
        except TimeoutError:
            return _Problem("network", "nothing came within fetch.timeout")
        except (aiohttp.ClientError, OSError) as error:
            return _Problem("network", f"the connection failed ({type(error).__name__})")
        is_over = self._done or self._stopped.is_set()
        return None if is_over else _Problem("network", "the connection broke off")

    async def _read_events(self, session: aiohttp.ClientSession, more: dict[str, Any]) -> None:
        async with session.ws_connect(
            self._stream.address(self.position),
            protocols=(self._stream.protocol,),
            heartbeat=HEARTBEAT,
            max_msg_size=LARGEST_EVENT,
            **more,
        ) as connection:
            while not self._stopped.is_set() and not self._done:
                message = await connection.receive(timeout=self._collector.job.fetch.timeout)
                if message.type is not aiohttp.WSMsgType.TEXT:
                    return
                self._take(self._stream.read(message.data))

    def _take(self, event: StreamEvent) -> None:
        if event.error is not None:
            self._collector.add_problem("blocked", self._request.url, event.error, first=True)
            self._done = True
            return
        self._missed |= event.missed
        if event.at is not None:
            self._read += 1
            self._first = self._first or event.at
            self._last = max(self._last or event.at, event.at)
            self._done = event.at >= self._goal
        if event.departs and event.author is not None:
            self._depart(event.author)
        elif event.kept is not None and self._is_stored(event):
            self._lines.append(_Line(event.kept, event.author))
            if len(self._lines) >= EVENTS_A_PAGE:
                self.write_page()

    def _is_stored(self, event: StreamEvent) -> bool:
        """Return whether an event is stored: a deletion only where what it deletes is known."""
        name = mention_id(self._collector.job.source_key, event.native_id or "")[:ID_DIGITS]
        if event.deletes:
            return name in self._known
        self._known.add(name)
        if event.author is not None:
            self._authors.add(self._key_of(event.author)[:ID_DIGITS])
        return True

    def _key_of(self, author: str) -> str:
        job = self._collector.job
        return author_key(bytes.fromhex(job.author_secret), job.source_key, author)

    def _depart(self, author: str) -> None:
        """Withdraw all that is known of an author whose account is gone; of others nothing is stored."""
        key = self._key_of(author)
        if key[:ID_DIGITS] in self._authors:
            self._collector.facts.departed.add(key)
            self._lines = [line for line in self._lines if line.author != author]

    def write_page(self) -> None:
        """Hand what was kept to the collector, with what was read in all; nothing where nothing was read."""
        if not self._read:
            return
        span = {"first": self._first, "last": self._last}
        tail = {
            "$type": TAIL,
            "read": self._read,
            **{name: at.isoformat() if at else None for name, at in span.items()},
            "missed": self._missed,
        }
        body = "".join(f"{line}\n" for line in [*(line.kept for line in self._lines), json.dumps(tail)])
        page = Page(
            url=self._request.url,
            body=body.encode(),
            fetched_at=self._collector.clock(),
            headers={"content-type": "application/x-ndjson"},
            kind=self._request.kind,
            context=self._request.context,
        )
        self._collector.read_page(page, request=self._request, first=self._is_first_page)
        self._lines, self._is_first_page = [], False
        self._missed = False

    def advance(self) -> None:
        """Have the next run begin where this one ended, whether or not anybody was named meanwhile."""
        if self._last is not None:
            newest = self._collector.facts.newest
            reached = min(self._last, self._goal)
            self._collector.facts.newest = max(newest, reached) if newest else reached


def follow_stream(collector: Collector, requests: Iterator[Request], stream: EventStream) -> None:
    """Read a stream from where the last run ended up to the moment at which this one began.

    A connection that breaks off is made again, `fetch.retries` times; a run that lasts longer than
    `fetch.max_minutes` ends, and the next goes on from there.
    """
    request = next(requests, None)
    if request is not None and collector.plan(request):
        asyncio.run(_follow(collector, request, stream))


async def _follow(collector: Collector, request: Request, stream: EventStream) -> None:
    fetch, tail = collector.job.fetch, _Tail(collector, request, stream)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, tail.stop)
    try:
        Guard.of(fetch).check_url(request.url)
        with suppress(TimeoutError):
            async with asyncio.timeout(fetch.max_minutes * 60):
                await _listen_until_done(collector, tail)
    except AddressRefused as error:
        collector.add_problem("address", request.url, str(error), first=True)
    tail.write_page()
    tail.advance()


async def _listen_until_done(collector: Collector, tail: _Tail) -> None:
    """Listen, and connect again where the connection broke off; `fetch.retries` times without an event."""
    fetch = collector.job.fetch
    proxy = UpstreamProxy.of(fetch)
    more: dict[str, Any] = {"proxy": proxy.url} if proxy.url else {}
    if proxy.authorization:
        more["proxy_headers"] = {"Proxy-Authorization": proxy.authorization}
    connector = aiohttp.TCPConnector(resolver=_GuardedResolver(Guard.of(fetch)))
    headers = {"User-Agent": user_agent(fetch)}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        failures = 0
        while True:
            collector.count_request()
            before = tail.position
            problem = await tail.listen(session, more)
            failures = 1 if tail.position > before else failures + 1
            if problem is None:
                return
            if failures > fetch.retries:
                collector.add_problem(problem.kind, tail.url, problem.detail, first=True)
                return
            await asyncio.sleep(backoff(fetch.delay, failures))
