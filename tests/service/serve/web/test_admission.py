"""Requests that are answered at the same time, and their bodies."""

import asyncio

from service.serve.web.admission import LARGEST, Admission


class Server:
    """An application that answers when it is let go, and the statuses of what was answered."""

    def __init__(self, at_once=2):
        self.release = asyncio.Event()
        self.statuses = []
        self.bodies = []
        self.admission = Admission(self.app, at_once=at_once)

    async def app(self, scope, receive, send):
        self.bodies.append((await receive())["body"])
        if scope["path"] != "/healthz":
            await self.release.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    def ask(self, path, *parts):
        waiting = [
            {"type": "http.request", "body": part, "more_body": number < len(parts)}
            for number, part in enumerate(parts, start=1)
        ]

        async def receive():
            return waiting.pop(0) if waiting else {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.start":
                self.statuses.append(message["status"])

        return asyncio.create_task(self.admission({"type": "http", "path": path}, receive, send))


async def settled():
    for _ in range(10):
        await asyncio.sleep(0)


def test_liveness_is_answered_however_many_requests_are_under_way():
    async def scenario():
        server = Server()
        under_way = [server.ask("/", b"") for _ in range(4)]
        await settled()
        assert server.statuses == [503, 503]
        await server.ask("/healthz", b"")
        assert server.statuses == [503, 503, 200]
        server.release.set()
        await asyncio.gather(*under_way)
        await server.ask("/", b"")
        assert server.statuses == [503, 503, 200, 200, 200, 200]

    asyncio.run(scenario())


def test_bodies_are_passed_on_whole_and_refused_where_they_are_too_large():
    async def scenario():
        server = Server()
        server.release.set()
        await server.ask("/", b"pass", b"word")
        await server.ask("/", b"a" * LARGEST, b"a")
        await server.ask("/")
        assert (server.statuses, server.bodies) == ([200, 413], [b"password"])

    asyncio.run(scenario())
