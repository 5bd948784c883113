"""The page of mentions: a view's list with facets, bars over time, a comparison and how fresh it all is."""

from http import HTTPStatus
from typing import NamedTuple, get_args
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ouidire.index import Hits
from reports.explore.comparison import AGAINST, Against, ViewComparison, compare
from reports.explore.facets import Facets
from reports.explore.filters import ORDERS
from reports.explore.histogram import STEPS, Histogram, Step
from reports.explore.links import MENTIONS
from reports.explore.lowering import query_of
from reports.explore.overview import overview_of
from reports.explore.problem import ViewError
from reports.explore.query_string import pairs_of, write_view
from reports.explore.view import MentionView
from service.pipeline.meaning import hits_by_likeness
from service.serve.web.explorer.chips import Chip, chips_of
from service.serve.web.explorer.context import ExplorerContext, ExplorerPage
from service.serve.web.explorer.drawing import DrawnBar, drawn
from service.serve.web.explorer.freshness import SourceFreshness, broken_bars, freshness_of
from service.serve.web.explorer.listing import ListedMention, listed
from service.serve.web.explorer.notes import views_of
from service.serve.web.explorer.shapes import comparison_shape, facets_shape, histogram_shape, hit_shape

LISTED = 25
"""Mentions of one page of the list."""
LIKE_LISTED = 50
"""Mentions of a list by likeness: it has one page, since nearness says less and less."""
FORM_FIELDS = frozenset({"q", "like", "published", "order"})
"""What the form above the list shows; the rest of the view goes with it, hidden."""


class MentionsData(NamedTuple):
    """What the page shows of a view."""

    view: MentionView
    total: int
    mentions: tuple[ListedMention, ...]
    after: str | None
    facets: Facets
    histogram: Histogram
    bars: tuple[DrawnBar, ...]
    comparison: ViewComparison | None
    freshness: tuple[SourceFreshness, ...]
    chips: tuple[Chip, ...]


class MentionPages:
    """Shows the mentions of a view."""

    def __init__(self, context: ExplorerContext) -> None:
        self._context = context

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""
        app.add_api_route(MENTIONS, self.mentions, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(MENTIONS + ".json", self.json, methods=["GET"])

    def mentions(self, request: Request) -> Response:
        """Show a view; another spelling of its address leads to the canonical one."""
        page = self._context.page(request)
        view = page.view()
        canonical = canonical_url(page, view)
        if canonical != _asked(request):
            return RedirectResponse(canonical, HTTPStatus.SEE_OTHER)
        data = mentions_data(page, view)
        hidden = [pair for pair in pairs_of(view) if pair[0] not in FORM_FIELDS]
        return page.html(
            "mentions",
            d=data,
            view=view,
            orders=ORDERS,
            hidden=hidden,
            steps=STEPS,
            query=write_view(view),
            views=views_of(page),
        )

    def json(self, request: Request) -> Response:
        """Give a view as JSON: the same mentions and counts as its page."""
        page = self._context.page(request)
        view = page.view()
        hits = found_hits(page, view)
        against = against_asked(page)
        reader, time = page.reader, page.time
        overview = overview_of(reader, view, time=time, step=step_asked(page))
        return page.json(
            {
                "view": write_view(view),
                "total": hits.total,
                "items": [hit_shape(hit) for hit in hits.hits],
                "facets": facets_shape(overview.facets),
                "histogram": histogram_shape(overview.histogram),
                "comparison": comparison_shape(
                    compare(reader, view, against, time=time) if against is not None else None
                ),
                "as_of": [
                    {
                        "source": each.name,
                        "good": each.good.isoformat() if each.good else None,
                        "status": each.status,
                    }
                    for each in freshness_of(page, view)
                ],
                "next": page.view_url(view, f"{MENTIONS}.json", after=hits.after) if hits.after else None,
            }
        )


def found_hits(page: ExplorerPage, view: MentionView) -> Hits:
    """Return the page of hits that a request asks for. Raises ViewError for another view's continuation."""
    query = query_of(view, page.reader, time=page.time)
    if view.by_likeness:
        return hits_by_likeness(
            page.context.installation.settings, page.reader, query, view, size=LIKE_LISTED
        )
    try:
        return page.reader.search(query, size=LISTED, after=page.request.query_params.get("after"))
    except ValueError as error:  # a continuation of another view, or a damaged one
        raise ViewError("after") from error


def mentions_data(page: ExplorerPage, view: MentionView) -> MentionsData:
    """Read what the page shows. Raises ViewError, IndexUnavailable."""
    reader, time = page.reader, page.time
    hits = found_hits(page, view)
    overview = overview_of(reader, view, time=time, step=step_asked(page))
    against = against_asked(page)
    return MentionsData(
        view=view,
        total=hits.total,
        mentions=listed(page, hits.hits),
        after=hits.after,
        facets=overview.facets,
        histogram=overview.histogram,
        bars=drawn(overview.histogram, broken_bars(page, view, overview.histogram)),
        comparison=compare(reader, view, against, time=time) if against is not None else None,
        freshness=freshness_of(page, view),
        chips=chips_of(page, view),
    )


def step_asked(page: ExplorerPage) -> Step | None:
    """Return the step of bars that a request asks for. Raises ViewError for one that there is not."""
    asked = page.request.query_params.get("by")
    for step in STEPS:
        if asked == step:
            return step
    if asked:
        raise ViewError("unknown_value", name="by", value=asked, known=", ".join(get_args(Step)))
    return None


def against_asked(page: ExplorerPage) -> Against | None:
    """Return what a request asks a view to be compared with. Raises ViewError for what there is not."""
    asked = page.request.query_params.get("compare")
    for each in AGAINST:
        if asked == each:
            return each
    if asked:
        raise ViewError("unknown_value", name="compare", value=asked, known=", ".join(AGAINST))
    return None


def canonical_url(page: ExplorerPage, view: MentionView) -> str:
    """Return the one address of what a request asks for: its view, then how it is shown."""
    given = page.request.query_params
    shown = [(name, given[name]) for name in ("compare", "by", "after", "lang") if given.get(name)]
    text = "&".join(part for part in (write_view(view), urlencode(shown)) if part)
    path = page.request.scope["path"]
    return f"{path}?{text}" if text else path


def _asked(request: Request) -> str:
    query = request.url.query
    return f"{request.scope['path']}?{query}" if query else request.scope["path"]
