"""The page of themes that came up by themselves: the phrase that names each, its weeks, mentions of it.

Names, merges and what is ignored are decided here as by `ouidire themes`. Somebody with limits sees the
themes of mentions in sight, and decides nothing, since a name is everybody's.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from ouidire.errors import UsageError
from ouidire.index import CountParts
from ouidire.state.themes import ThemeRecord
from ouidire.system.person import ANYBODY
from reports.explore.date_span import DateSpan
from reports.explore.histogram import Histogram, HistogramCounting
from reports.explore.lowering import query_of
from reports.explore.view import MentionView
from service.pipeline.people.themes import ignore_theme, list_themes, merge_theme, rename_theme
from service.serve.web.explorer.context import ExplorerContext, ExplorerPage
from service.serve.web.explorer.drawing import DrawnBar, drawn
from service.serve.web.explorer.listing import ListedMention, listed
from service.serve.web.explorer.navigation import THEMES
from service.serve.web.explorer.people.desk import Desk, decide

WEEKS = 26
MOST, MENTIONS_SHOWN = 30, 2
"""Themes of a page, the newest; mentions shown of each, the newest."""


class ShownTheme(NamedTuple):
    """One theme: how many mentions it has in all, its weeks as bars, and its newest mentions."""

    theme: ThemeRecord
    n: int
    view: MentionView
    histogram: Histogram
    bars: tuple[DrawnBar, ...]
    mentions: tuple[ListedMention, ...]


class ThemePages:
    """Shows the themes of a brand, and records what people decide of them."""

    def __init__(self, context: ExplorerContext) -> None:
        self._context = context

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""
        app.add_api_route(THEMES, self.themes, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(f"{THEMES}.json", self.json, methods=["GET"])
        app.add_api_route(THEMES, self.record, methods=["POST"], response_class=HTMLResponse)

    def themes(self, request: Request) -> Response:
        """Show the themes of a brand, the newest first; with `ignored=1` those that are shown nowhere."""
        desk = Desk(self._context.page(request))
        ignored = request.query_params.get("ignored") == "1"
        known = _known(desk, ignored=ignored)
        shown = [_shown(desk, each) for each in known[:MOST]]
        return desk.page.html(
            "themes",
            desk=desk,
            path=THEMES,
            ignored=ignored,
            themes=[each for each in shown if each.n or not desk.limited],
            others=[each for each in known if not ignored],
            weeks=WEEKS,
            may_decide=desk.may_decide and not desk.limited,
        )

    def json(self, request: Request) -> Response:
        """Return the themes of a brand as JSON."""
        desk = Desk(self._context.page(request))
        shown = [_shown(desk, each) for each in _known(desk, ignored=False)[:MOST]]
        items = [_shape(desk.page, each) for each in shown if each.n or not desk.limited]
        return desk.page.json({"brand": desk.brand, "total": len(items), "items": items, "next": None})

    async def record(self, request: Request) -> Response:
        """Record a name, a merge, or that a theme is shown nowhere."""
        page = self._context.page(request)
        if page.viewer.limits.limited:
            return page.problem(page.words("forbidden_limited"), HTTPStatus.FORBIDDEN)
        return await decide(self._context, request, self._record)

    def _record(self, desk: Desk, fields: dict[str, str]) -> None:
        installation, theme = self._context.installation, fields.get("theme", "")
        by, act = desk.by or ANYBODY, fields.get("act", "")
        if act == "rename":
            rename_theme(installation, theme, fields.get("name", ""), by=by)
        elif act == "merge":
            merge_theme(installation, theme, fields.get("into", ""), by=by)
        elif act in ("ignore", "reopen"):
            ignore_theme(installation, theme, by=by, ignored=act == "ignore")
        else:
            raise UsageError("say what changes: a name, a theme to merge into, ignore or reopen")


def _known(desk: Desk, *, ignored: bool) -> list[ThemeRecord]:
    """Return the brand's themes that are shown, or those that are not, the newest first."""
    known = list_themes(desk.page.context.installation, brand=desk.brand)
    return [each for each in reversed(known) if (each.status != "open") == ignored]


def _shown(desk: Desk, theme: ThemeRecord) -> ShownTheme:
    page = desk.page
    view = MentionView().keeping("brand", (desk.brand,)).keeping("emergent", (theme.id,))
    today = page.time.today
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    lately = view.between(DateSpan(first=first, last=today))
    counting = HistogramCounting(page.reader, lately, time=page.time, step="week")
    query = query_of(lately, page.reader, time=page.time)
    histogram = counting.read(page.reader.counts(query, CountParts(series=counting.series())))
    hits = page.reader.search(query_of(view, page.reader, time=page.time), size=MENTIONS_SHOWN)
    return ShownTheme(theme, hits.total, view, histogram, drawn(histogram, ()), listed(page, hits.hits))


def _shape(page: ExplorerPage, shown: ShownTheme) -> dict[str, Any]:
    theme = shown.theme
    return {
        "id": theme.id,
        "title": theme.title,
        "label": theme.label,
        "came_up": theme.week_start.date().isoformat(),
        "mentions": shown.n,
        "weeks": [{"first": bar.first.isoformat(), "n": bar.n} for bar in shown.histogram.bars],
        "url": page.view_url(shown.view),
    }
