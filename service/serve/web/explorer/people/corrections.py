"""The page of corrections: what is worth one, what the model says, and one button for each side."""

from collections.abc import Mapping
from typing import NamedTuple, get_args

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from enrichment.lexicons.taxonomy import aspects
from ouidire.annotations import Label
from ouidire.documents import MentionDocument
from ouidire.errors import UsageError
from ouidire.index import Query
from ouidire.measures import PromoterClass
from ouidire.state.people.corrections import Correction, all_corrections
from ouidire.system.person import ANYBODY
from reports.data.scope import Scope
from service.pipeline.people.agreement import agreements
from service.pipeline.people.correcting import correct, read_again, undo
from service.pipeline.people.correction_file import as_text
from service.pipeline.people.correction_queue import DAYS, UncertainMention, correction_queue, second_queue
from service.pipeline.people.side import mention_of
from service.serve.web.explorer.context import ExplorerContext
from service.serve.web.explorer.listing import ListedMention, listed_documents
from service.serve.web.explorer.navigation import CORRECTIONS
from service.serve.web.explorer.people.desk import Desk, decide

LINES, LAST = 10, 10
"""Mentions of the queue that are shown, and corrections made last."""
SIDES: tuple[Label, ...] = get_args(Label)
CLASSES: tuple[PromoterClass, ...] = get_args(PromoterClass)
FIELDS = ("side", "advocacy", "themes", "place", "irrelevant", "brands", "duplicate")


class ShownMention(NamedTuple):
    """One mention to correct: its words, and what the model says (none of it to a second reader)."""

    id: str
    mention: ListedMention
    document: MentionDocument
    uncertain: UncertainMention | None
    field: str


class ShownCorrection(NamedTuple):
    """One correction that was made, in words."""

    correction: Correction
    value: str


class CorrectionPages:
    """Shows what is worth correcting, and records what people say it is."""

    def __init__(self, context: ExplorerContext) -> None:
        self._context = context

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""
        app.add_api_route(CORRECTIONS, self.queue, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(CORRECTIONS, self.record, methods=["POST"], response_class=HTMLResponse)

    def queue(self, request: Request) -> Response:
        """Show the mentions that are worth correcting, or those that await a second reader."""
        desk = Desk(self._context.page(request))
        second = request.query_params.get("second") == "1"
        made = _made(desk)
        places = [str(bucket.value) for bucket in desk.side.index.facet(Query(), "place", size=200)]
        return desk.page.html(
            "corrections",
            desk=desk,
            path=CORRECTIONS,
            second=second,
            lines=_second(desk) if second else _first(desk),
            last=[ShownCorrection(each, as_text(each.value)) for each in made[:LAST]],
            made=len(made),
            agreements=[each for each in agreements(desk.side) if each.n] if not desk.limited else [],
            sides=SIDES,
            classes=CLASSES,
            places=sorted(places),
            themes=sorted(aspects()),
            brands=[each.slug for each in desk.side.settings.brand],
            days=DAYS,
        )

    async def record(self, request: Request) -> Response:
        """Record what a person says a mention is, or take it back."""
        return await decide(self._context, request, _record, anchor="#list")


def _made(desk: Desk) -> list[Correction]:
    """Return the corrections of mentions in sight, the newest first."""
    with desk.side.state.read() as connection:
        made = list(all_corrections(connection))
    if not desk.limited:
        return made
    seen = desk.side.index.get_many("mention", sorted({each.mention_id for each in made}))
    return [each for each in made if each.mention_id in seen]


def _first(desk: Desk) -> list[ShownMention]:
    found = correction_queue(desk.side, Scope(brand=desk.brand), size=LINES)
    mentions = listed_documents(desk.page, [each.document for each in found])
    return [
        ShownMention(each.id, mention, each.document, each, "side")
        for each, mention in zip(found, mentions, strict=True)
    ]


def _second(desk: Desk) -> list[ShownMention]:
    waiting = second_queue(desk.side, by=desk.by or ANYBODY)
    if not desk.limited:
        waiting = waiting[:LINES]
    found = desk.side.index.get_many("mention", [each.mention_id for each in waiting])
    pairs = [
        (each.field, document)
        for each in waiting
        if isinstance(document := found.get(each.mention_id), MentionDocument)
    ][:LINES]
    mentions = listed_documents(desk.page, [document for _, document in pairs])
    return [
        ShownMention(document.id, mention, document, None, field)
        for (field, document), mention in zip(pairs, mentions, strict=True)
    ]


def refuse_beyond(desk: Desk, mention: str, fields: Mapping[str, str]) -> None:
    """Raise UsageError for what somebody with limits may not decide.

    That is: of a mention out of sight, and what would take one from a brand or place of others, or to it.
    """
    if not desk.limited:
        return
    mention_of(desk.side, mention)
    changed = {"brands", "irrelevant", "place"} & {name for name, value in fields.items() if value}
    if changed or fields.get("undo") in ("brands", "irrelevant", "place"):
        raise UsageError(
            "this account is limited to some brands or places: it can neither move a mention from one to "
            "another, nor set it aside"
        )


def _record(desk: Desk, fields: dict[str, str]) -> None:
    by, mention = desk.by or ANYBODY, fields.get("mention", "")
    refuse_beyond(desk, mention, fields)
    if "undo" in fields:
        undo(desk.side, mention, [fields["undo"]], by=by)
        return
    values = {name: fields[name] for name in FIELDS if fields.get(name)}
    if desk.page.request.query_params.get("second") == "1":
        read_again(desk.side, mention, values, by=by)
    else:
        correct(desk.side, mention, values, by=by)
