"""Where services send messages (webhooks): each has its source read soon, and nothing of it is kept.

A message is a hint, never a fact: what was written, changed or removed is read from the service itself, as
always. So a message that is forged, late, lost or sent twice costs one run at most. Large ones are refused
before (`service.serve.web.admission`).
"""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from ouidire.errors import OuidireError
from ouidire.state.marks import ask_for_run
from ouidire.text.json_text import read_json
from service.pipeline.collect.message_tokens import MESSAGES, source_of_token
from service.pipeline.configured_sources import configured_sources
from service.serve.web.context import WebContext

log = structlog.get_logger()


class MessageReceiver:
    """Takes messages of services, whoever knows the address: neither a session nor a form is needed."""

    def __init__(self, context: WebContext) -> None:
        self._context = context

    def add_routes(self, app: FastAPI) -> None:
        """Add the route to an application."""
        app.add_api_route(MESSAGES + "{token}", self.take, methods=["POST"])

    async def take(self, request: Request, token: str) -> Response:
        """Have the source of a token read soon. Answers 204, 400 for no JSON, 404 for a token of none."""
        return Response(status_code=await run_in_threadpool(self._take, token, await request.body()))

    def _take(self, token: str, body: bytes) -> HTTPStatus:
        installation = self._context.installation
        try:
            sources = configured_sources(installation.settings)
        except OuidireError:
            return HTTPStatus.SERVICE_UNAVAILABLE
        wanted = source_of_token(token, sources, secret=installation.secret)
        if wanted is None or wanted.source.read_message is None:
            return HTTPStatus.NOT_FOUND
        message = _json_of(body)
        if message is None:
            return HTTPStatus.BAD_REQUEST
        news = wanted.source.read_message(message)
        if news is not None:
            with installation.state.begin() as connection:
                ask_for_run(connection, wanted.key, at=installation.clock(), full=news == "changed")
        log.info("message", source=wanted.source.slug, news=news or "none")
        return HTTPStatus.NO_CONTENT


def _json_of(body: bytes) -> Any | None:  # noqa: ANN401 (a raw payload)
    try:
        return read_json(body.decode())
    except ValueError:
        return None
