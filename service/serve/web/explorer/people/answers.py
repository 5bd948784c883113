"""The page of reviews that await an answer: why each is worth one, where it is given, what was decided."""

from typing import NamedTuple, get_args

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from ouidire.state.people.answer_tasks import CLOSED, AnswerState
from ouidire.system.person import ANYBODY
from reports.explore.links import ANSWERS
from reports.rendering.templating import web
from service.pipeline.people.answering import OPEN, QueuedReview, answer_queue, decide_answer
from service.pipeline.people.replying import replies_in_doubt, reply_place
from service.serve.web.explorer.context import ExplorerContext
from service.serve.web.explorer.listing import ListedMention, listed_documents
from service.serve.web.explorer.people.desk import Desk, decide

LINES = 25
STATES: tuple[AnswerState, ...] = get_args(AnswerState)


class ShownReview(NamedTuple):
    """One line of the queue, with its words as a list shows them and the address where one answers."""

    line: QueuedReview
    mention: ListedMention
    answer_at: str
    reply_here: str | None


class AnswerPages:
    """Shows the queue of reviews, and records what becomes of them."""

    def __init__(self, context: ExplorerContext) -> None:
        self._context = context

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""
        app.add_api_route(ANSWERS, self.queue, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(f"{ANSWERS}.json", self.queue_json, methods=["GET"])
        app.add_api_route(ANSWERS, self.record, methods=["POST"], response_class=HTMLResponse)

    def queue(self, request: Request) -> Response:
        """Show the reviews of a state, the most urgent first."""
        desk = Desk(self._context.page(request))
        state, found, lines = self._read(desk)
        return desk.page.html(
            "answers",
            desk=desk,
            state=state,
            states=STATES,
            total=found,
            lines=lines,
            path=ANSWERS,
            doubts=replies_in_doubt(desk.side) if desk.page.may("reply") else [],
        )

    def queue_json(self, request: Request) -> Response:
        """Return the same queue as JSON."""
        desk = Desk(self._context.page(request))
        _, total, lines = self._read(desk)
        reviews = []
        for each in lines:
            document = each.line.document
            told = each.line.model_dump(mode="json", exclude={"document"})
            words = {"title": document.title, "text": document.text, "stars": document.stars}
            reviews.append({**told, **words, "source": document.source, "url": document.url})
        return desk.page.json({"total": total, "reviews": reviews})

    async def record(self, request: Request) -> Response:
        """Record what becomes of a review."""
        return await decide(self._context, request, _record)

    def _read(self, desk: Desk) -> tuple[AnswerState | None, int, list[ShownReview]]:
        asked = desk.page.request.query_params.get("state")
        state = next((each for each in STATES if each == asked), None)
        states = OPEN if state is None else (state,)
        queue = answer_queue(desk.side, desk.scope, states=states, size=LINES, before=desk.before)
        mentions = listed_documents(desk.page, [line.document for line in queue.lines])
        lines = [
            ShownReview(line, mention, web(line.answer_at), _reply_address(desk, line))
            for line, mention in zip(queue.lines, mentions, strict=True)
        ]
        return state, queue.total, lines


def _reply_address(desk: Desk, line: QueuedReview) -> str | None:
    """Return the page where a review is answered from here; None where it cannot be, or not by who asks."""
    if not desk.page.may("reply") or line.state in CLOSED:
        return None
    place = reply_place(desk.page.settings, line.document)
    return None if place is None else desk.url(f"{ANSWERS}/{line.id}")


def _record(desk: Desk, fields: dict[str, str]) -> None:
    state = next((each for each in STATES if each == fields.get("state")), None)
    decide_answer(
        desk.side,
        fields.get("mention", ""),
        by=desk.by or ANYBODY,
        state=state,
        assignee=fields.get("assignee"),
        note=fields.get("note"),
    )
