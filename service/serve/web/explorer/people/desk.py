"""What both queues share: the brand that is looked at, who decides, and how a form is answered."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from ouidire.errors import UsageError
from ouidire.settings.brand import Brand
from ouidire.text.translated import translated
from reports.data.scope import Scope
from service.pipeline.people.side import ReadingSide
from service.serve.web.explorer.context import ExplorerContext, ExplorerPage, posted_form

LONGEST_NAME = 60
"""Characters of the name of who decides."""
LONGEST_VALUE, MOST_VALUES = 200, 50
"""Characters of a value that narrows a queue, and how many of one kind are taken."""


class Desk:
    """One request to a queue: its brand, its reader's name, its own address."""

    def __init__(self, page: ExplorerPage) -> None:
        self.page = page
        seen = page.installation
        self.side = ReadingSide(seen.settings, seen.state, page.reader, seen.clock)
        self.brands: tuple[Brand, ...] = tuple(seen.settings.own_brands)
        asked = page.request.query_params
        slugs = [each.slug for each in self.brands]
        self.brand = asked.get("brand", "") if asked.get("brand") in slugs else (slugs or [""])[0]
        self.scope = Scope(
            brand=self.brand,
            places=_named(page.request, "place"),
            subjects=_named(page.request, "subject"),
            sources=_named(page.request, "source"),
            languages=_named(page.request, "language"),
        )
        self.before = _moment(asked.get("before", ""))
        self.named = page.viewer.is_named
        given = " ".join(asked.get("by", "").split())[:LONGEST_NAME]
        self.by = page.by if self.named else given
        self.limited = page.viewer.limits.limited
        self.may_decide = page.may("decide")

    def url(self, path: str, **more: str | None) -> str:
        """Return an address of a queue, for the same brand and person; parameters of None are left out."""
        person = None if self.named else self.by or None
        kept = {"brand": self.brand if len(self.brands) > 1 else None, "by": person}
        return self.page.url(path, urlencode(self.kept), **{**kept, **more})

    def narrowing(self) -> list[str]:
        """Return what the queue is narrowed to, in words: places, products, sources, languages, a day."""
        say = self.page.words
        words = [say.value(name, value) for name, values in self.scope.chosen.items() for value in values]
        if self.before is not None:
            words.append(say("answers_before", day=say.local(self.before)))
        return words

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The parameters that narrow the queue, for addresses and forms."""
        before = [("before", f"{self.before:%Y-%m-%dT%H:%MZ}")] if self.before is not None else []
        return [(name, value) for name, values in self.scope.chosen.items() for value in values] + before


def _named(request: Request, name: str) -> tuple[str, ...]:
    """Return the values of a parameter that are no longer than names are, the first few of them."""
    values = request.query_params.getlist(name)
    return tuple(dict.fromkeys(each for each in values if 0 < len(each) <= LONGEST_VALUE))[:MOST_VALUES]


def _moment(text: str) -> datetime | None:
    """Return the moment that a parameter names, as links of mails write it; None for any other text."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None


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
        return page.problem(translated(str(error), page.words.language), HTTPStatus.BAD_REQUEST)
    pairs = request.query_params.multi_items()
    back = f"{request.scope['path']}?{urlencode(pairs)}" if pairs else request.scope["path"]
    return RedirectResponse(back + anchor, HTTPStatus.SEE_OTHER)
