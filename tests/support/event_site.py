"""A local stream of events by WebSocket: a function of its request decides what each connection gets."""

import asyncio
import threading

from aiohttp import web


class EventSite:
    """Serves `script(request)`, a list of texts, to each connection, and then closes it or falls silent.

    `asked` has the query of each connection, `protocols` what each asked for. A script may be a status: the
    connection is refused with it.
    """

    def __init__(self, script, *, silent=False):
        self.script, self.silent = script, silent
        self.asked, self.protocols = [], []

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _serve(self, ready):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._runner.cleanup())
        self._loop.close()

    async def _start(self):
        app = web.Application()
        app.router.add_get("/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _handle(self, request):
        self.asked.append(dict(request.query))
        self.protocols.append(request.headers.get("Sec-WebSocket-Protocol"))
        script = self.script(request)
        if isinstance(script, int):
            return web.Response(status=script)
        connection = web.WebSocketResponse(protocols=("xrpc.v1.json",))
        await connection.prepare(request)
        for text in script:
            await connection.send_str(text)
        if self.silent:
            await connection.receive()
        await connection.close()
        return connection
