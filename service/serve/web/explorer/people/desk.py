"""What both queues share: the brand that is looked at, who decides, and how a form is answered."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from ouidire.errors import UsageError
from ouidire.settings.brand import Brand
from service.pipeline.people.side import ReadingSide
from service.serve.web.explorer.context import ExplorerContext, ExplorerPage, posted_form

LONGEST_NAME = 60
"""Characters of the name of who decides."""


class Desk:
    """One request to a queue: its brand, its reader's name, its own address."""

    def __init__(self, page: ExplorerPage) -> None:
        self.page = page
        installation = page.context.installation
        self.side = ReadingSide(installation.settings, installation.state, page.reader, installation.clock)
        self.brands: tuple[Brand, ...] = tuple(installation.settings.own_brands)
        asked = page.request.query_params
        slugs = [each.slug for each in self.brands]
        self.brand = asked.get("brand", "") if asked.get("brand") in slugs else (slugs or [""])[0]
        self.by = " ".join(asked.get("by", "").split())[:LONGEST_NAME]

    def url(self, path: str, **more: str | None) -> str:
        """Return an address of a queue, for the same brand and person; parameters of None are left out."""
        kept = {"brand": self.brand if len(self.brands) > 1 else None, "by": self.by or None}
        return self.page.url(path, "", **{**kept, **more})


async def decide(
    context: ExplorerContext,
    request: Request,
    work: Callable[[Desk, dict[str, str]], None],
    *,
    anchor: str = "",
) -> Response:
    """Do what a form of ours asks for, and lead back to the queue; refuse any other form."""
    page = context.page(request)
    fields = await posted_form(context.web, request)
    if fields is None:
        return page.problem(page.words("stale_form"), HTTPStatus.FORBIDDEN)
    desk = Desk(page)
    try:
        await run_in_threadpool(work, desk, fields)
    except UsageError as error:
        return page.problem(str(error), HTTPStatus.BAD_REQUEST)
    pairs = request.query_params.multi_items()
    back = f"{request.scope['path']}?{urlencode(pairs)}" if pairs else request.scope["path"]
    return RedirectResponse(back + anchor, HTTPStatus.SEE_OTHER)
