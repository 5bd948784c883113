"""The page where one review is answered by its platform's API: write, look at it, publish it.

Nothing is written by the page: a reply's words are the person's. Two steps stand between them and the
public, and the ledger lets one reply through.
"""

from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from ouidire.errors import ConfigError, UsageError
from ouidire.state.people.replies import SentReply, load_replies
from ouidire.system.person import ANYBODY
from ouidire.text.translated import translated
from reports.answering.platforms import reply_address
from reports.explore.links import ANSWERS
from reports.rendering.templating import web
from service.pipeline.people.answering import review_of
from service.pipeline.people.replying import (
    ReplyResult,
    look_for_reply,
    preview_reply,
    reply_limit,
    send_reply,
    settle_reply,
)
from service.serve.web.explorer.context import ExplorerContext, posted_form
from service.serve.web.explorer.listing import listed_documents
from service.serve.web.explorer.people.desk import Desk

LARGEST = 40_000
"""Bytes of a form with the longest reply, percent-encoded."""
PATH = f"{ANSWERS}/{{mention_id}}"


class ReplyPages:
    """Shows one review with what is written under it, and publishes what a person confirmed."""

    def __init__(self, context: ExplorerContext) -> None:
        self._context = context

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""
        app.add_api_route(PATH, self.write, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(PATH, self.act, methods=["POST"], response_class=HTMLResponse)

    def write(self, request: Request, mention_id: str) -> Response:
        """Show the review and a field for the reply, or what became of one."""
        return self._shown(Desk(self._context.page(request)), mention_id)

    async def act(self, request: Request, mention_id: str) -> Response:
        """Show a reply as it would be published, publish it, or settle one in doubt."""
        page = self._context.page(request)
        fields = await posted_form(self._context.web, request, largest=LARGEST)
        if fields is None or not page.may("reply"):
            return page.problem(page.words("stale_form"), HTTPStatus.FORBIDDEN)
        return await run_in_threadpool(self._done, Desk(page), mention_id, fields)

    def _done(self, desk: Desk, mention_id: str, fields: dict[str, str]) -> Response:
        step, text, by = fields.get("step", ""), fields.get("text", ""), desk.by or ANYBODY
        steps: dict[str, Callable[[], ReplyResult]] = {
            "send": lambda: send_reply(desk.side, mention_id, text, by=by),
            "look": lambda: look_for_reply(desk.side, mention_id, by=by),
            "sent": lambda: settle_reply(desk.side, mention_id, sent=True, by=by),
            "not_sent": lambda: settle_reply(desk.side, mention_id, sent=False, by=by),
        }
        try:
            if step in steps:
                return self._shown(desk, mention_id, text=text, result=steps[step]())
            shown = preview_reply(desk.side, mention_id, text)
        except (UsageError, ConfigError) as error:
            return self._shown(desk, mention_id, text=text, problem=str(error))
        if step == "preview":
            return self._shown(desk, mention_id, text=shown.text, preview=shown)
        return self._shown(desk, mention_id, text=shown.text)

    def _shown(self, desk: Desk, mention_id: str, **more: object) -> Response:
        page = desk.page
        try:
            document = review_of(desk.side, mention_id)
            limit = reply_limit(desk.side.settings, document)
        except UsageError as error:
            message = translated(str(error), page.words.language)
            return page.problem(message, HTTPStatus.NOT_FOUND)
        with desk.side.state.read() as connection:
            known: SentReply | None = load_replies(connection, [mention_id]).get(mention_id)
        problem = more.pop("problem", None)
        result = more.pop("result", None)
        reason = result.reason if isinstance(result, ReplyResult) else None
        return page.html(
            "reply",
            HTTPStatus.OK if problem is None else HTTPStatus.BAD_REQUEST,
            desk=desk,
            path=f"{ANSWERS}/{mention_id}",
            queue=ANSWERS,
            mention=listed_documents(page, [document])[0],
            document=document,
            answer_at=web(reply_address(document)),
            limit=limit,
            known=known,
            result=result,
            problem=None if problem is None else translated(str(problem), page.words.language),
            reason=None if reason is None else translated(reason, page.words.language),
            text=more.get("text", ""),
            preview=more.get("preview"),
        )
