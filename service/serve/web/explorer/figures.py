"""The page of figures: a digest's own, of any week or month, each leading to the mentions behind it.

The context is built by the digest's builder from the same index, and worded by the same words: what this page
shows of a period is what its mail showed, or would show now. The series over time are those of
`ouidire stats`.
"""

from collections import OrderedDict
from datetime import timedelta
from http import HTTPStatus
from threading import Lock
from typing import Literal, NamedTuple

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from ouidire.index import Query
from ouidire.measures import Figure
from ouidire.period import Period, last_full_period, period_of
from ouidire.state.people.chart_notes import ChartNote
from reports.builders.digest import build
from reports.coverage.coverage import coverage
from reports.data.collection import CollectionFacts
from reports.data.context import DigestContext
from reports.data.metric import Metric
from reports.data.scope import Edition
from reports.explore.date_span import DateSpan
from reports.explore.date_words import parse_dates
from reports.explore.links import days_of
from reports.explore.problem import ViewError
from reports.explore.view import ChosenValues, MentionView
from reports.statistics.group import MeasuredGroup, Statistic, measure_periods
from reports.words.assistant_text import AssistantText
from reports.words.cards import Card, card_rows
from reports.words.driver_text import DriverText
from reports.words.language import Localizer
from reports.words.verdict_text import VerdictText
from service.pipeline.report.collection_facts import collection_facts
from service.pipeline.report.digests import edition_of, sources_of
from service.serve.web.explorer.context import ExplorerContext, ExplorerPage
from service.serve.web.explorer.drawing import DrawnSeries, drawn_series
from service.serve.web.explorer.navigation import FIGURES
from service.serve.web.explorer.notes import notes_of
from service.serve.web.explorer.shapes import figure_shape, lever_shape

STATISTICS: tuple[Statistic, ...] = (
    "volume",
    "delight",
    "irritation",
    "positive",
    "nps",
    "nps_stars",
    "stars",
    "effort",
)
"""What is shown over time, in order."""
SHOWN: dict[Literal["week", "month"], int] = {"week": 26, "month": 12}
"""Periods of the series, the last one being the digest's."""
KEPT = 8


class LinkedCard(NamedTuple):
    """A card of the digest, and the address of the mentions behind it."""

    card: Card
    url: str


class MeasuredSeries(NamedTuple):
    """One measure over time: its levels, how they are drawn, and the periods that they are of."""

    name: Statistic
    figures: tuple[Figure | None, ...]
    drawing: DrawnSeries

    @property
    def last(self) -> Figure | None:
        """The level of the last period."""
        return self.figures[-1]


class FigurePages:
    """Shows a digest's figures; some contexts are kept as long as the index stays the same."""

    def __init__(self, context: ExplorerContext) -> None:
        self._context = context
        self._guard = Lock()
        self._built: OrderedDict[tuple[str, ...], DigestContext] = OrderedDict()

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of these pages to an application."""
        app.add_api_route(FIGURES, self.figures, methods=["GET"], response_class=HTMLResponse)
        app.add_api_route(FIGURES + ".json", self.json, methods=["GET"])

    def figures(self, request: Request) -> Response:
        """Show the figures of one brand in one week or month."""
        page = self._context.page(request)
        if not page.settings.own_brands:
            return _no_brand(page)
        brand, period = _brand(page), _period(page)
        found = self._digest(page, brand, period)
        localizer = Localizer(page.words.language, period=period.kind, timezone=period.timezone)
        text = VerdictText(found, localizer)
        periods = (*period.before(SHOWN[period.kind] - 1), period)
        measured = _measured(page, brand, periods)
        broken = _broken(page, brand, periods)
        return page.html(
            "figures",
            c=found,
            t=text,
            headline=text.headline(),
            cards=[
                LinkedCard(card, _card_url(page, card_index, brand, period))
                for card_index, card in enumerate(card for row in card_rows(found, text) for card in row)
            ],
            drivers=DriverText(text),
            asked=AssistantText(text),
            periods=periods,
            series=_all_series(measured, broken),
            broken=broken,
            links=_Links(page, brand),
            earlier=page.url(FIGURES, brand=brand, period=period.before(1)[0].key),
            later=_later(page, brand, period),
            notes=_notes_by_period(page, periods),
            brand=brand,
            brands=[each for each in page.settings.own_brands if each.slug != brand],
        )

    def json(self, request: Request) -> Response:
        """Give the same figures as JSON."""
        page = self._context.page(request)
        if not page.settings.own_brands:
            return _no_brand(page)
        brand, period = _brand(page), _period(page)
        found = self._digest(page, brand, period)
        periods = (*period.before(SHOWN[period.kind] - 1), period)
        return page.json(
            {
                "brand": brand,
                "period": period.key,
                "metrics": {metric.key: figure_shape(metric.figure) for metric in metrics_of(found)},
                "levers": [
                    lever_shape(driven.key, driver)
                    for driven in found.experience.driven
                    for driver in driven.found.drivers
                    if driver.announced
                ],
                "items": [
                    {
                        "period": each.value,
                        "n": each.n,
                        "figures": {name: figure_shape(figure) for name, figure in each.figures.items()},
                    }
                    for each in _measured(page, brand, periods)
                ],
                "next": None,
            }
        )

    def _digest(self, page: ExplorerPage, brand: str, period: Period) -> DigestContext:
        installation = page.installation
        reader = page.reader
        limits = page.viewer.limits
        key = (reader.revision(), brand, period.kind, period.key, str(page.time.today), str(limits))
        with self._guard:
            if key in self._built:
                self._built.move_to_end(key)
                return self._built[key]
        edition = edition_of(installation.settings.editions["brand"], brand)
        found = build(
            reader,
            period,
            edition=edition,
            brands=installation.settings.brand,
            now=page.now,
            sources=sources_of(installation),
            facts=_facts(page, period, edition),
        )
        with self._guard:
            self._built[key] = found
            while len(self._built) > KEPT:
                self._built.popitem(last=False)
        return found


class _Links:
    """Addresses of the mentions of a brand in a period, for templates."""

    def __init__(self, page: ExplorerPage, brand: str) -> None:
        self._page = page
        self._brand = brand

    def period(self, period: Period, **values: str) -> str:
        """Return the address of a period's mentions with some values; "" for what no view can name."""
        try:
            return self._page.view_url(view_of(self._brand, period, **values))
        except ViewError:  # a place's name from outside, with characters that no address carries
            return ""


def view_of(brand: str, period: Period, **values: str) -> MentionView:
    """Return the view of a brand's mentions in a period; `values` are further filters (_ stands for -)."""
    view = MentionView(values=(ChosenValues(name="brand", values=(brand,)),), published=days_of(period))
    for name, value in values.items():
        view = view.keeping(name.replace("_", "-"), [value])
    return view


def metrics_of(context: DigestContext) -> tuple[Metric, ...]:
    """Return the metrics of a digest's four links, those that were read."""
    delight, engage, talk, convince = context.delight, context.engage, context.talk, context.convince
    found = (
        *((delight.delight, delight.irritation) if delight is not None else ()),
        *(engage.nps, engage.stars, engage.positive, engage.net_sentiment),
        *(talk.volume, talk.share),
        *((convince.score, convince.consideration) if convince is not None else ()),
    )
    return tuple(metric for metric in found if metric is not None)


def _facts(page: ExplorerPage, period: Period, edition: Edition) -> CollectionFacts:
    """Return what the state knows of a period, harvests of sources out of sight left out."""
    facts = collection_facts(page.installation, period, edition=edition, earlier=False)
    if not page.viewer.limits.limited:
        return facts
    keys = {each.key for each in page.sources}
    waiting = tuple(each for each in facts.waiting if each.source_key in keys)
    return facts.model_copy(update={"waiting": waiting})


def _no_brand(page: ExplorerPage) -> Response:
    return page.problem(page.words("no_brand"), HTTPStatus.NOT_FOUND)


def _brand(page: ExplorerPage) -> str:
    """Return the brand asked for, ours; the first without one. Raises ViewError for none of ours."""
    own = [brand.slug for brand in page.settings.own_brands]
    asked = page.request.query_params.get("brand") or own[0]
    if asked not in own:
        raise ViewError("unknown_value", name="brand", value=asked, known=", ".join(own))
    return asked


def _period(page: ExplorerPage) -> Period:
    """Return the whole week or month asked for, by any of its days; the last full week without one."""
    asked = page.request.query_params.get("period")
    timezone = page.time.timezone
    if not asked:
        return last_full_period("week", page.now, timezone=timezone)
    first, last = parse_dates(asked, today=page.time.today).bounds(page.time.today)
    if first is None or last is None:
        raise ViewError("date", value=asked)
    kind: Literal["week", "month"] = "week" if (last - first).days < 27 else "month"  # noqa: PLR2004 (a month's days)
    return period_of(kind, first, timezone=timezone)


def _later(page: ExplorerPage, brand: str, period: Period) -> str:
    """Return the address of the period after one; nothing where it has not ended."""
    following = period_of(period.kind, period.last_day + timedelta(days=1), timezone=period.timezone)
    return page.url(FIGURES, brand=brand, period=following.key) if following.end <= page.now else ""


def _measured(page: ExplorerPage, brand: str, periods: tuple[Period, ...]) -> tuple[MeasuredGroup, ...]:
    edition = edition_of(page.settings.editions["brand"], brand)
    return measure_periods(page.reader, Query(where=edition.scope.where), periods, STATISTICS)


def _notes_by_period(page: ExplorerPage, periods: tuple[Period, ...]) -> tuple[tuple[ChartNote, ...], ...]:
    """Return for each period what happened in it, as people wrote it on the time line."""
    notes = notes_of(page, DateSpan(first=periods[0].first_day, last=periods[-1].last_day))
    return tuple(
        tuple(note for note in notes if period.first_day <= note.day <= period.last_day) for period in periods
    )


def _all_series(
    measured: tuple[MeasuredGroup, ...], broken: tuple[frozenset[str], ...]
) -> list[MeasuredSeries]:
    """Return the measures over time that have any level."""
    cut = {at for at, keys in enumerate(broken) if keys}
    found = []
    for name in STATISTICS:
        figures = tuple(each.figures.get(name) for each in measured)
        series = MeasuredSeries(name, figures, drawn_series(figures, cut))
        if series.drawing.points:
            found.append(series)
    return found


def _broken(page: ExplorerPage, brand: str, periods: tuple[Period, ...]) -> tuple[frozenset[str], ...]:
    seen = coverage(page.reader, brand, periods, now=page.now)
    return tuple(frozenset(page.words.value("key", key) for key in keys) for keys in seen.marked)


def _card_url(page: ExplorerPage, place: int, brand: str, period: Period) -> str:
    """Return where a card of the chain leads: delighted mentions, promoters, all, the first pages."""
    view = view_of(brand, period)
    if place == 0:
        return page.view_url(view.flagged("delight", "yes"))
    if place == 1:
        return page.view_url(view.keeping("class", ["promoter"]))
    return page.view_url(view) if place == 2 else "#first-pages"  # noqa: PLR2004 (the third link: talk)
