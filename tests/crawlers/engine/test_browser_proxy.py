"""The browser's only way out, spoken to directly."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from crawlers.engine.browser.proxy import BrowserProxy
from crawlers.engine.upstream_proxy import UpstreamProxy
from ouidire.system.guard import Guard

MARK = "Ouidire-Essai"


@asynccontextmanager
async def upstream(answer=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok"):
    """A server that answers and never closes, whatever it is asked."""
    heads = []

    async def serve(reader, writer):
        try:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer)
            await reader.read()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], heads
    finally:
        server.close()


async def ask(proxy_url, head):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy_url.rpartition(":")[2]))
    writer.write(head)
    answer = await reader.readuntil(b"\r\n\r\n")
    return reader, writer, answer


def proxy_to(*allowed, most_bytes=1_000_000):
    return BrowserProxy(
        Guard(frozenset(allowed)), UpstreamProxy(None, None), mark=MARK, most_bytes=most_bytes
    )


def test_an_allowed_host_is_reached_and_the_connection_is_not_used_twice():
    async def scenario():
        proxy = proxy_to("127.0.0.1")
        async with upstream() as (port, heads):
            url = await proxy.open()
            head = (
                f"GET http://127.0.0.1:{port}/a?b HTTP/1.1\r\nHost: x\r\n"
                "Proxy-Connection: keep-alive\r\nProxy-Authorization: y\r\n\r\n"
            )
            reader, writer, answer = await ask(url, head.encode())
            assert await reader.readexactly(2) == b"ok"
            assert b"Connection: close" in answer
            assert b"keep-alive" not in answer
            assert heads[0].startswith(b"GET /a?b HTTP/1.1\r\n")
            assert b"Proxy" not in heads[0]
            writer.close()
            await asyncio.wait_for(
                asyncio.gather(*proxy._tasks), 10
            )  # the browser has gone: nothing waits for the server
            await proxy.close()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "head",
    [
        "GET http://127.0.0.1:{port}/ HTTP/1.1\r\n\r\n",
        "GET http://localhost:{port}/ HTTP/1.1\r\n\r\n",
        "CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n",
        "CONNECT localhost:{port} HTTP/1.1\r\n\r\n",
        "CONNECT [::1]:{port} HTTP/1.1\r\n\r\n",
        "GET ftp://avis.example/ HTTP/1.1\r\n\r\n",
        "CONNECT update.googleapis.com:443 HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_not_allowed_is_refused(head):
    async def scenario():
        proxy = proxy_to()
        async with upstream() as (port, heads):
            _, writer, answer = await ask(await proxy.open(), head.format(port=port).encode())
            assert answer.startswith(b"HTTP/1.1 403")
            assert MARK.encode() in answer
            assert heads == []
            writer.close()
            await proxy.close()

    asyncio.run(scenario())


def test_a_flood_is_cut():
    async def scenario():
        proxy = proxy_to("127.0.0.1", most_bytes=100_000)
        async with upstream(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(5_000_000)) as (port, _):
            reader, writer, _ = await ask(
                await proxy.open(), f"GET http://127.0.0.1:{port}/ HTTP/1.1\r\n\r\n".encode()
            )
            assert len(await reader.read(-1)) < 1_000_000
            writer.close()
            await proxy.close()

    asyncio.run(scenario())


def test_nonsense_is_dropped():
    async def scenario():
        proxy = proxy_to()
        url = await proxy.open()
        for nonsense in (
            b"\r\n\r\n",
            b"GET\r\n\r\n",
            b"x" * 100_000 + b"\r\n\r\n",
            b"GET http://[ HTTP/1.1\r\n\r\n",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
            writer.write(nonsense)
            with suppress(ConnectionError):
                assert b"200" not in await reader.read()
            writer.close()
        await proxy.close()

    asyncio.run(scenario())
