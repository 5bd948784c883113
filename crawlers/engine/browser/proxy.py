"""A small forward proxy on the loopback interface: the browser's only way out, to allowed addresses alone.

A browser follows redirects, runs scripts and resolves names by itself, so that no rule applied to what it
says it will fetch can hold. Here each connection is resolved, judged and opened in one step. Behind a
configured proxy it passes requests on to that one and sees names only. It cannot see inside TLS, and any
program of this machine can use it while it is open.
"""

import asyncio
import socket
from contextlib import suppress
from urllib.parse import urlsplit

from crawlers.engine.upstream_proxy import UpstreamProxy
from ouidire.system.guard import AddressRefused, Guard

HEAD_BYTES = 65_536
CHUNK = 65_536
PATIENCE = 30.0
BROWSER_SERVICES = (
    "update.googleapis.com",
    "optimizationguide-pa.googleapis.com",
    "content-autofill.googleapis.com",
    "safebrowsing.googleapis.com",
    "clients1.google.com",
    "clients2.google.com",
    "clients4.google.com",
    "gvt1.com",
)
"""Hosts that Chromium connects to of its own accord, whatever ARGUMENTS say; no page needs them."""
REFUSED = b"HTTP/1.1 403 Refused\r\n%b: 1\r\nContent-Length: 7\r\nConnection: close\r\n\r\nrefused"
UNREACHABLE = b"HTTP/1.1 502 Unreachable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
HOP_BY_HOP = (b"connection:", b"proxy-connection:", b"keep-alive:", b"proxy-authorization:")


class BrowserProxy:
    """The proxy of one browser.

    `mark` names the header of a refusal; `refused` has the hosts that were refused. `most_bytes` bounds what
    one connection may bring. `upstream` is the configured proxy.
    """

    def __init__(self, guard: Guard, upstream: UpstreamProxy, *, mark: str, most_bytes: int) -> None:
        self._guard, self._upstream = guard, upstream
        self._mark = mark.encode()
        self._most_bytes = most_bytes
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.refused: list[str] = []

    async def open(self) -> str:
        """Listen on a free port of 127.0.0.1; return the proxy's URL."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=HEAD_BYTES)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            await self._serve(reader, writer)
        except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        line, _, fields = head.partition(b"\r\n")
        method, target, version = line.decode("latin-1").split(" ", 2)
        tunnel = method == "CONNECT"
        url = f"https://{target}/" if tunnel else target
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if tunnel else 80)
        if host.endswith(BROWSER_SERVICES):
            writer.write(REFUSED % self._mark)
            return
        try:
            self._guard.check_url(url)
            far_reader, far_writer = await self._connect(host, port)
        except AddressRefused:
            self.refused.append(host)
            writer.write(REFUSED % self._mark)
            return
        except OSError:
            writer.write(UNREACHABLE)
            return
        try:
            if tunnel:
                await self._tunnel(far_reader, far_writer, target, writer)
                await _first_of(
                    self._copy(reader, far_writer), self._copy(far_reader, writer, self._most_bytes)
                )
            else:
                path = target if self._upstream.url else parts._replace(scheme="", netloc="").geturl() or "/"
                kept = [
                    field
                    for field in fields.split(b"\r\n")
                    if field and not field.lower().startswith(HOP_BY_HOP)
                ]
                kept += [b"Connection: close", *self._authorization()]
                far_writer.write(
                    b"\r\n".join([f"{method} {path} {version}".encode("latin-1"), *kept, b"", b""])
                )
                await _first_of(self._copy(reader, far_writer), self._answer(far_reader, writer))
        finally:
            far_writer.close()

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection to an address of the host that the guard allows.

        Raises AddressRefused or OSError.
        """
        if self._guard.proxy:
            return await asyncio.wait_for(
                asyncio.open_connection(*self._guard.proxy, limit=HEAD_BYTES), PATIENCE
            )
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        allowed = [address for address in addresses if self._guard.may_connect(host, port, address)]
        if not allowed:
            raise AddressRefused(f"{host} resolves to a private address")
        failure: OSError = OSError("no address")
        for address in allowed:
            try:
                return await asyncio.wait_for(
                    asyncio.open_connection(address, port, limit=HEAD_BYTES), PATIENCE
                )
            except OSError as error:
                failure = error
        raise failure

    async def _tunnel(
        self,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
        target: str,
        writer: asyncio.StreamWriter,
    ) -> None:
        if self._upstream.url:
            head = [
                f"CONNECT {target} HTTP/1.1".encode(),
                f"Host: {target}".encode(),
                *self._authorization(),
                b"",
                b"",
            ]
            far_writer.write(b"\r\n".join(head))
            writer.write(await asyncio.wait_for(far_reader.readuntil(b"\r\n\r\n"), PATIENCE))
        else:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")

    def _authorization(self) -> list[bytes]:
        authorization = self._upstream.authorization
        return [f"Proxy-Authorization: {authorization}".encode()] if authorization else []

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass an answer on with "Connection: close": the next request may be for another host."""
        head = await reader.readuntil(b"\r\n\r\n")
        first, *fields = head.rstrip(b"\r\n").split(b"\r\n")
        kept = [field for field in fields if not field.lower().startswith(HOP_BY_HOP)]
        writer.write(b"\r\n".join([first, *kept, b"Connection: close", b"", b""]))
        await self._copy(reader, writer, self._most_bytes)

    @staticmethod
    async def _copy(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int | None = None
    ) -> None:
        """Copy until the end, or until `most` bytes have passed."""
        passed = 0
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
            passed += len(data)
            if most is not None and passed > most:
                return


async def _first_of(*copies: object) -> None:
    tasks = [asyncio.ensure_future(copy) for copy in copies]  # type: ignore[call-overload]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
