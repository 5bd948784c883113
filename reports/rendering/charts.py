"""The one picture of a digest: its level with the interval over volume by sentiment, period after period.

The definition is Altair's and serves e-mail (PNG) and web alike, on light and on dark grounds; incomplete
periods are hatched, and their figures pale. It is drawn for a telephone's width: on a desk it is shown
larger, never on a telephone smaller than can be read. Drawing never decides anything: it shows the context's
history. It reads no font or data from outside.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import structlog

from reports.data.context import Charted, DigestContext, HistoryPeriod
from reports.data.message import Picture
from reports.rendering.png import to_png
from reports.words.figure_text import FigureText, capital
from reports.words.language import Localizer

log = structlog.get_logger(__name__)

COMPLETED = "*"
"""Stands after the count of a period of which more was read after its digest had gone."""
CID, CID_DARK = "history", "history-dark"
# Carried inside vl-convert, so that a picture looks the same on every machine.
FONT = "Liberation Sans, sans-serif"
WIDTH, HEIGHT = 380, 96
_SMALL, _LARGE = 12, 14
_LINE = 20
_HALF_BAR, _HALF_SLOT = 0.3, 0.46
_HATCHES = 6
# Fewer periods are no series: the text says them.
_FEWEST = 3
_LETTER = 6.0
# Wider figures would touch their neighbours: then the last and the largest stand alone.
_WIDEST = 6


class Colours(NamedTuple):
    """The colours of a picture on one ground.

    Text has a contrast of 4.5 with it, bars one of 3 (WCAG 2.2, 1.4.3 and 1.4.11).
    """

    ground: str
    ink: str
    muted: str
    rule: str
    interval: str
    positive: str
    other: str
    negative: str
    hatch: str


LIGHT = Colours(
    "#ffffff", "#1d2321", "#5d665f", "#d9d4c8", "#cdd8d2", "#2b8069", "#92988f", "#c4502f", "#8a918b"
)
DARK = Colours(
    "#1e2425", "#eceae3", "#a7b0aa", "#414a4b", "#465550", "#4fb394", "#77817b", "#e3754f", "#a7b0aa"
)


def pictures(context: DigestContext, localizer: Localizer) -> tuple[Picture, ...]:
    """Draw the history for light grounds and for dark ones.

    Nothing where there is nothing to draw, or it cannot be drawn: a digest never waits for it.
    """
    if len(context.history) < _FEWEST or sum(week.n for week in context.history) == 0:
        return ()
    try:
        drawn = [
            (cid, to_png(definition(context, localizer, colours=colours)))
            for cid, colours in ((CID, LIGHT), (CID_DARK, DARK))
        ]
    except Exception as error:  # noqa: BLE001 (whatever a drawing library raises, the digest goes out without a picture)
        log.warning("chart_failed", brand=context.brand.slug, period=context.period.key, error=str(error))
        return ()
    alt = alternative(context, localizer)
    return tuple(Picture(cid=cid, png=png, alt=alt) for cid, png in drawn)


def alternative(context: DigestContext, localizer: Localizer) -> str:
    """Return in words what the picture shows."""
    points = words(context, localizer)
    return localizer.say("chart.alt", count=len(points), points="; ".join(points) + ".")


def words(context: DigestContext, localizer: Localizer) -> list[str]:
    """Return each period of the history in words."""
    figures = FigureText(context, localizer)
    key = _charted(context.history)
    points = []
    for week in context.history:
        day = _label(week, localizer)
        level = week.level(key)
        value = figures.value(level) if level is not None and level.value is not None else None
        text = localizer.say("chart.alt_point", day=day, n=week.n)
        if value:
            text = localizer.say(f"chart.alt_point_{key}", day=day, n=week.n, value=value)
        if week.afterwards:
            text = localizer.say("chart.alt_afterwards", text=text)
        if week.completed:
            text = localizer.say("chart.alt_completed", text=text)
        elif week.broken:
            text = localizer.say("chart.alt_broken", text=text)
        points.append(text)
    return points


def definition(context: DigestContext, localizer: Localizer, *, colours: Colours = LIGHT) -> dict[str, Any]:
    """Return the Vega-Lite definition of a context's history."""
    import altair as alt

    weeks = context.history
    figures = FigureText(context, localizer)
    panels = []
    key = _charted(weeks)
    if any((level := week.level(key)) and level.value is not None for week in weeks):
        panels += [
            _heading(localizer.say("chart.level", measure=capital(figures.measure(key))), colours),
            _levels(weeks, key, figures, colours),
        ]
    panels.append(_heading(localizer.say("chart.volume"), colours))
    legend = [
        (localizer.plain(f"chart.{name}"), getattr(colours, name))
        for name in ("negative", "other", "positive")
    ]
    panels += [_legend(legend, colours)] if any(week.positive or week.negative for week in weeks) else []
    panels.append(_volume(weeks, localizer, colours))
    chart = (
        alt.vconcat(
            *panels,
            spacing=4,
            background=colours.ground,
            padding={"left": 4, "right": 4, "top": 4, "bottom": 6},
        )
        .configure_view(stroke=None)
        .configure_text(font=FONT)
        .configure_axis(labelFont=FONT)
    )
    spec: dict[str, Any] = chart.to_dict()
    return spec


def _charted(weeks: Sequence[HistoryPeriod]) -> Charted:
    """Name what the chart shows: the asked NPS where the last period has one, else what words say."""
    return "nps" if weeks and weeks[-1].nps is not None else "positive"


def _levels(weeks: Sequence[HistoryPeriod], key: Charted, figures: FigureText, colours: Colours) -> Any:  # noqa: ANN401 (Altair's own types)
    import altair as alt

    times = 1 if key == "nps" else 100  # drawn in points or in percent
    rows: list[dict[str, Any]] = [
        {
            "at": at,
            "value": times * figure.value,
            "low": times * (figure.value if figure.low is None else figure.low),
            "high": times * (figure.value if figure.high is None else figure.high),
            "text": figures.value(figure),
            "pale": bool(week.broken),
            "last": at == len(weeks) - 1,
        }
        for at, week in enumerate(weeks)
        if (figure := week.level(key)) and figure.value is not None
    ]
    nought = [0.0] if key == "nps" else []  # a share is drawn where it lies, an NPS about its zero
    low = 10 * math.floor((min([row["low"] for row in rows] + nought) - 6) / 10)
    high = 10 * math.ceil((max([row["high"] for row in rows] + nought) + 12) / 10)
    y = alt.Y("value:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=None)
    base = alt.Chart(_data(rows)).encode(x=_x(len(weeks)))
    pale = alt.condition("datum.pale", alt.value(0.35), alt.value(1))
    ranges = base.mark_rule(strokeWidth=9, color=colours.interval, strokeCap="round").encode(
        y=alt.Y("low:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=None), y2="high:Q"
    )
    # The line is cut at incomplete periods: what lies between its ends is not known.
    whole = [
        {**row, "piece": sum(bool(week.broken) for week in weeks[: row["at"]])}
        for row in rows
        if not row["pale"]
    ]
    line = (
        alt.Chart(_data(whole))
        .mark_line(color=colours.ink, strokeWidth=1.5)
        .encode(x=_x(len(weeks)), y=y, detail="piece:N")
    )
    dots = base.mark_point(filled=True, color=colours.ink, opacity=1).encode(
        y=y, opacity=pale, size=alt.condition("datum.last", alt.value(75), alt.value(32))
    )
    top = alt.Y("high:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=None)
    usual, last = (
        base.transform_filter("!datum.last").encode(y=top),
        base.transform_filter("datum.last").encode(y=top),
    )
    texts = _text(usual, colours, dy=-10) + _text(last, colours, dy=-11, strong=True)
    ground = alt.Chart(_data([{"value": each, "text": "0"} for each in nought] or [{"value": None}]))
    zero = ground.mark_rule(color=colours.rule, strokeWidth=1).encode(y=y)
    zero += ground.mark_text(align="left", dy=-7, fontSize=_SMALL - 1, color=colours.muted).encode(
        x=alt.value(0), y=y, text="text:N"
    )
    hatches = _hatched(weeks, low, high, colours)
    return (zero + ranges + hatches + line + dots + texts).properties(width=WIDTH, height=HEIGHT)


def _volume(weeks: Sequence[HistoryPeriod], localizer: Localizer, colours: Colours) -> Any:  # noqa: ANN401 (Altair's own types)
    import altair as alt

    most = max(week.n for week in weeks)
    scale = alt.Scale(domain=[0, most * 1.22], nice=False)
    crowded = any(len(localizer.number(week.n)) > _WIDEST for week in weeks)
    bars = []
    labels = []
    for at, week in enumerate(weeks):
        bottom = 0
        last = at == len(weeks) - 1
        for colour, count in (
            (colours.negative, week.negative),
            (colours.other, week.other),
            (colours.positive, week.positive),
        ):
            if count:
                place = {"from": at - _HALF_BAR, "to": at + _HALF_BAR, "low": bottom, "high": bottom + count}
                bars.append({**place, "colour": colour, "pale": bool(week.broken)})
            bottom += count
        shown = last or not crowded or (week.n == most and at < len(weeks) - 2)
        day = (
            _tick(week, localizer) if (len(weeks) - 1 - at) % 2 == 0 else ""
        )  # every other one: there is no room for all
        labels.append(
            {
                "at": at,
                "value": week.n,
                "zero": 0,
                "text": localizer.number(week.n) + COMPLETED * bool(week.completed) if shown else "",
                "day": day,
                "last": last,
            }
        )
    y = alt.Y("low:Q", scale=scale, axis=None)
    rects = (
        alt.Chart(_data(bars))
        .mark_rect()
        .encode(
            x=alt.X("from:Q", scale=_scale(len(weeks)), axis=None),
            x2="to:Q",
            y=y,
            y2="high:Q",
            color=alt.Color("colour:N", scale=None),
            opacity=alt.condition("datum.pale", alt.value(0.4), alt.value(1)),
        )
    )
    base = alt.Chart(_data(labels)).encode(x=_x(len(weeks)))
    value = alt.Y("value:Q", scale=scale, axis=None)
    layers = rects + _hatched(weeks, 0, most * 1.22, colours, scale=scale)
    zero = alt.Y("zero:Q", scale=scale, axis=None)
    for condition, strong in (("!datum.last", False), ("datum.last", True)):
        some = base.transform_filter(condition)
        layers += _text(some.encode(y=value), colours, dy=-9, strong=strong)
        day = some.mark_text(
            dy=13,
            fontSize=_SMALL,
            fontWeight="bold" if strong else "normal",
            color=colours.ink if strong else colours.muted,
        )
        layers += day.encode(y=zero, text="day:N")
    return layers.properties(width=WIDTH, height=HEIGHT)


def _text(base: Any, colours: Colours, *, dy: int, strong: bool = False) -> Any:  # noqa: ANN401 (Altair's own types)
    """Figures over whatever lies below them: a rim of the ground's colour keeps them legible on hatches."""
    size, weight = (_LARGE, "bold") if strong else (_SMALL, "normal")
    rim = base.mark_text(
        dy=dy,
        fontSize=size,
        fontWeight=weight,
        color=colours.ground,
        stroke=colours.ground,
        strokeWidth=3,
        strokeJoin="round",
    )
    shown = base.mark_text(
        dy=dy, fontSize=size, fontWeight=weight, color=colours.ink if strong else colours.muted
    )
    return rim.encode(text="text:N") + shown.encode(text="text:N")


def _heading(text: str, colours: Colours) -> Any:  # noqa: ANN401 (Altair's own types)
    """A line of text above a panel."""
    import altair as alt

    title = alt.Chart(_data([{"text": text}])).mark_text(
        align="left", fontSize=_LARGE, fontWeight="bold", color=colours.ink, baseline="middle"
    )
    return title.encode(x=alt.value(0), y=alt.value(_LINE / 2), text="text:N").properties(
        width=WIDTH, height=_LINE
    )


def _legend(named: Sequence[tuple[str, str]], colours: Colours) -> Any:  # noqa: ANN401 (Altair's own types)
    """A line that says what the colours mean."""
    import altair as alt

    layers = []
    left = 5.0
    for name, colour in named:
        square = alt.Chart(_data([{"text": name}])).mark_point(
            filled=True, shape="square", size=90, opacity=1, color=colour
        )
        layers.append(square.encode(x=alt.value(left), y=alt.value(_LINE / 2)))
        label = alt.Chart(_data([{"text": name}])).mark_text(
            align="left", fontSize=_SMALL, color=colours.muted, baseline="middle"
        )
        layers.append(label.encode(x=alt.value(left + 10), y=alt.value(_LINE / 2 + 0.5), text="text:N"))
        left += 28 + _LETTER * len(name)
    return alt.layer(*layers).properties(width=WIDTH, height=_LINE)


def _hatched(
    weeks: Sequence[HistoryPeriod],
    low: float,
    high: float,
    colours: Colours,
    *,
    scale: Any = None,  # noqa: ANN401 (Altair's own types)
) -> Any:  # noqa: ANN401 (Altair's own types)
    """Diagonal lines over the columns of incomplete periods."""
    import altair as alt

    rows = []
    for at, week in enumerate(weeks):
        if not week.broken:
            continue
        left, width, height = at - _HALF_SLOT, 2 * _HALF_SLOT, high - low
        for step in range(-_HATCHES, _HATCHES):
            # The line y = x + step/_HATCHES of the unit square, clipped to it.
            shift = step / _HATCHES
            start, end = max(0.0, -shift), min(1.0, 1 - shift)
            row = {"x": left + width * start, "x2": left + width * end}
            rows.append({**row, "y": low + height * (start + shift), "y2": low + height * (end + shift)})
    scale = scale or alt.Scale(domain=[low, high], nice=False)
    return (
        alt.Chart(_data(rows or [{"x": None, "x2": None, "y": None, "y2": None}]))
        .mark_rule(color=colours.hatch, strokeWidth=0.8, opacity=0.6, clip=True)
        .encode(
            x=alt.X("x:Q", scale=_scale(len(weeks)), axis=None),
            x2="x2:Q",
            y=alt.Y("y:Q", scale=scale, axis=None),
            y2="y2:Q",
        )
    )


def _x(count: int) -> Any:  # noqa: ANN401 (Altair's own types)
    import altair as alt

    return alt.X("at:Q", scale=_scale(count), axis=None)


def _scale(count: int) -> Any:  # noqa: ANN401 (Altair's own types)
    import altair as alt

    return alt.Scale(domain=[-0.5, count - 0.5], nice=False)


def _data(rows: Sequence[dict[str, Any]]) -> Any:  # noqa: ANN401 (Altair's own types)
    import altair as alt

    return alt.InlineData(values=list(rows))


def _label(week: HistoryPeriod, localizer: Localizer) -> str:
    return localizer.day(week.period.start, form="week_label" if week.period.kind == "week" else "month")


def _tick(week: HistoryPeriod, localizer: Localizer) -> str:
    return localizer.day(
        week.period.start, form="week_label" if week.period.kind == "week" else "month_label"
    )
