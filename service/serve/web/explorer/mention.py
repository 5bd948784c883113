"""The page of one mention: why it counts as it does, what became of it, and where it stands."""

from http import HTTPStatus
from typing import NamedTuple

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from ouidire.documents import MentionDocument
from reports.explore.detail import EvidenceMark, MentionDetail, detail_of
from reports.explore.links import MENTIONS
from reports.explore.view import MentionView
from reports.rendering.templating import web
from service.pipeline.meaning import similar_mentions
from service.serve.web.explorer.context import ExplorerContext, ExplorerPage
from service.serve.web.explorer.listing import ListedMention, listed, listed_documents
from service.serve.web.explorer.shapes import mention_shape

MENTION = MENTIONS + "/{mention_id}"
JSON = ".json"


class ShownMark(NamedTuple):
    """One reason, in words: what it is, its side, how sure it is, and whether words of the text show it."""

    number: int
    text: str
    side: str
    probability: float
    placed: bool
    target: str


class MentionPage:
    """Shows one mention."""

    def __init__(self, context: ExplorerContext) -> None:
        self._context = context

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of this page to an application."""
        app.add_api_route(MENTION, self.mention, methods=["GET"], response_class=HTMLResponse)

    def mention(self, request: Request, mention_id: str) -> Response:
        """Show a mention, or give it as JSON."""
        page = self._context.page(request)
        found = detail_of(page.reader, mention_id.removesuffix(JSON))
        if found is None:
            return page.problem(page.words("no_mention"), HTTPStatus.NOT_FOUND)
        if mention_id.endswith(JSON):
            similar = similar_mentions(page.reader, found.document).hits
            return page.json({**_shape(found), "similar": [hit.document.id for hit in similar]})
        document = found.document
        return page.html(
            "mention",
            m=found,
            d=document,
            marks=_marks(page, found),
            shown=listed_documents(page, [document])[0],
            copies=listed_documents(page, found.copies),
            original=_original(page, found.original),
            alike=listed(page, found.alike),
            alike_url=_alike_url(page, document),
            similar=listed(page, similar_mentions(page.reader, document).hits),
            similar_url=page.view_url(MentionView(like_id=document.id)),
            link=web(document.url),
        )


def _marks(page: ExplorerPage, found: MentionDetail) -> list[ShownMark]:
    return [
        ShownMark(
            number=number,
            text=_what(page, mark),
            side=mark.side,
            probability=mark.probability,
            placed=mark.start is not None and mark.end is not None,
            target=mark.target or "",
        )
        for number, mark in enumerate(found.marks, start=1)
    ]


def _what(page: ExplorerPage, mark: EvidenceMark) -> str:
    """Return what a mark shows, in words."""
    kind, _, value = mark.what.partition(":")
    words = page.words
    if kind == "aspect":
        return words.value("theme-side", f"{value}:{mark.side}") if mark.side else words.value("theme", value)
    if kind in ("intent", "effort", "stage"):
        return words("chip", name=words.filter(kind), value=words.value(kind, value))
    return words.filter(kind) if words.has(f"filter.{kind}") else kind


def _original(page: ExplorerPage, document: MentionDocument | None) -> ListedMention | None:
    return listed_documents(page, [document])[0] if document is not None else None


def _alike_url(page: ExplorerPage, document: MentionDocument) -> str:
    view = MentionView()
    for each in document.aspect_polarity[:1]:
        view = view.toggled("theme-side", each) if each.partition(":")[0] in page.themes else view
    return page.view_url(view)


def _shape(found: MentionDetail) -> dict[str, object]:
    return {
        "mention": mention_shape(found.document),
        "evidence": [each.model_dump() for each in found.marks],
        "events": [each.model_dump(mode="json") for each in found.events],
        "copies": [each.id for each in found.copies],
        "alike": [hit.document.id for hit in found.alike],
    }
