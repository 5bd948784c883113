"""The one picture of a digest: NPS with its interval over volume by sentiment, period after period.

The definition is Altair's and serves e-mail (PNG) and web alike; incomplete periods are hatched, and their figures pale.
Drawing never decides anything: it shows the context's history. It reads no font or data from outside.
"""

import math
import zlib
from collections.abc import Sequence
from typing import Any, Literal

import structlog

from reports.base import Picture
from reports.context import DigestContext, Week
from reports.phrasing import Phrases
from reports.speech import Speech

log = structlog.get_logger(__name__)

CID = "history"
INK, MUTED, RULE = "#1d2321", "#5d665f", "#e4e0d6"
POSITIVE, OTHER, NEGATIVE, HATCH = "#2b8069", "#cfd2c9", "#c4502f", "#9aa09a"
# Carried inside vl-convert, so that a picture looks the same on every machine.
FONT = "Liberation Sans, sans-serif"
WIDTH, HEIGHT = 480, 104
# Sharp on the screens of telephones, and under 60 KB.
SCALE = 1.8
_HALF_BAR, _HALF_SLOT = 0.3, 0.46
_HATCHES = 6
# Fewer periods are no series: the text says them.
_FEWEST = 3
_LETTER = 6.0
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def picture(context: DigestContext, speech: Speech) -> Picture | None:
    """Draw the history, or return None where there is nothing to draw or it cannot be drawn: a digest never waits for it."""
    if len(context.history) < _FEWEST or sum(week.n for week in context.history) == 0:
        return None
    try:
        png = to_png(definition(context, speech))
    except Exception as error:  # noqa: BLE001 (whatever a drawing library raises, the digest goes out without a picture)
        log.warning("chart_failed", brand=context.brand.slug, period=context.period.key, error=str(error))
        return None
    return Picture(cid=CID, png=png, alt=alternative(context, speech))


def to_png(spec: dict[str, Any]) -> bytes:
    """Render a definition as PNG; equal definitions give equal bytes."""
    import vl_convert

    png: bytes = vl_convert.vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[])
    return packed(png)


def packed(png: bytes) -> bytes:
    """Compress a PNG's pixels harder, which makes it three times smaller; anything unexpected is returned as it is."""
    chunks: list[tuple[bytes, bytes]] = []
    at = len(_SIGNATURE)
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + size]))
        at += 12 + size
    names = [name for name, _ in chunks]
    if not png.startswith(_SIGNATURE) or b"IDAT" not in names or names[-1] != b"IEND":
        return png
    pixels = zlib.compress(zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT")), 9)
    first = names.index(b"IDAT")
    kept = [*chunks[:first], (b"IDAT", pixels), *(chunk for chunk in chunks[first:] if chunk[0] != b"IDAT")]
    return _SIGNATURE + b"".join(
        len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big") for name, data in kept
    )


def alternative(context: DigestContext, speech: Speech) -> str:
    """Say in words what the picture shows."""
    points = words(context, speech)
    return speech.say("chart.alt", count=len(points), points="; ".join(points) + ".")


def words(context: DigestContext, speech: Speech) -> list[str]:
    """Say each period of the history in words."""
    phrases = Phrases(context, speech)
    points = []
    for week in context.history:
        day = _label(week, speech)
        nps = phrases.value(week.nps) if week.nps else None
        text = speech.say("chart.alt_point_nps", day=day, n=week.n, nps=nps) if nps else speech.say("chart.alt_point", day=day, n=week.n)
        points.append(speech.say("chart.alt_broken", text=text) if week.broken else text)
    return points


def definition(context: DigestContext, speech: Speech) -> dict[str, Any]:
    """Return the Vega-Lite definition of a context's history."""
    import altair as alt

    weeks = context.history
    phrases = Phrases(context, speech)
    panels = []
    if any(week.nps and week.nps.value is not None for week in weeks):
        panels += [_heading(speech.say("chart.nps", measure=_capital(phrases.measure("nps")))), _nps(weeks, phrases)]
    read = any(week.positive or week.negative for week in weeks)
    legend = [
        (speech.plain(f"chart.{name}"), colour) for name, colour in (("negative", NEGATIVE), ("other", OTHER), ("positive", POSITIVE))
    ]
    if any(week.broken for week in weeks):
        legend = [*(legend if read else []), (speech.plain("chart.broken"), HATCH)]
    elif not read:
        legend = []
    panels += [_heading(speech.say("chart.volume"), legend), _volume(weeks, speech)]
    chart = (
        alt.vconcat(*panels, spacing=4, background="white", padding={"left": 18, "right": 18, "top": 14, "bottom": 12})
        .configure_view(stroke=None)
        .configure_text(font=FONT)
        .configure_axis(labelFont=FONT)
    )
    spec: dict[str, Any] = chart.to_dict()
    return spec


def _nps(weeks: Sequence[Week], phrases: Phrases) -> Any:  # noqa: ANN401 (Altair's own types)
    import altair as alt

    seen = [(at, week.nps) for at, week in enumerate(weeks) if week.nps and week.nps.value is not None]
    lows = [figure.value if figure.low is None else figure.low for _, figure in seen]
    highs = [figure.value if figure.high is None else figure.high for _, figure in seen]
    low = 10 * math.floor((min(*(each or 0 for each in lows), 0) - 6) / 10)
    high = 10 * math.ceil((max(*(each or 0 for each in highs), 0) + 12) / 10)
    y = alt.Y("value:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=None)
    rows = [
        {
            "at": at,
            "value": figure.value,
            "low": figure.value if figure.low is None else figure.low,
            "high": figure.value if figure.high is None else figure.high,
            "text": phrases.value(figure),
            "pale": bool(weeks[at].broken),
            "last": at == len(weeks) - 1,
        }
        for at, figure in seen
    ]
    base = alt.Chart(_data(rows)).encode(x=_x(len(weeks)))
    pale = alt.condition("datum.pale", alt.value(0.35), alt.value(1))
    ranges = base.mark_rule(strokeWidth=9, color="#dfe6e1", strokeCap="round").encode(
        y=alt.Y("low:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=None), y2="high:Q"
    )
    # The line is cut at incomplete periods: what lies between its ends is not known.
    whole = [
        {**row, "piece": sum(bool(week.broken) for week in weeks[:at])} for (at, _), row in zip(seen, rows, strict=True) if not row["pale"]
    ]
    line = alt.Chart(_data(whole)).mark_line(color=INK, strokeWidth=1.5).encode(x=_x(len(weeks)), y=y, detail="piece:N")
    dots = base.mark_point(filled=True, color=INK, opacity=1).encode(
        y=y, opacity=pale, size=alt.condition("datum.last", alt.value(75), alt.value(32))
    )
    top = alt.Y("high:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=None)
    texts = base.mark_text(dy=-10, fontSize=12, color=MUTED).encode(y=top, text="text:N")
    bold = base.transform_filter("datum.last").mark_text(dy=-11, fontSize=14, fontWeight="bold", color=INK).encode(y=top, text="text:N")
    zero = alt.Chart(_data([{"value": 0, "text": "0"}])).mark_rule(color=RULE, strokeWidth=1).encode(y=y) + alt.Chart(
        _data([{"value": 0, "text": "0"}])
    ).mark_text(align="right", dx=-4, fontSize=10, color=MUTED).encode(x=alt.value(0), y=y, text="text:N")
    hatches = _hatched(weeks, low, high)
    return (zero + ranges + hatches + line + dots + texts.transform_filter("!datum.last") + bold).properties(width=WIDTH, height=HEIGHT)


def _volume(weeks: Sequence[Week], speech: Speech) -> Any:  # noqa: ANN401 (Altair's own types)
    import altair as alt

    most = max(week.n for week in weeks)
    scale = alt.Scale(domain=[0, most * 1.18], nice=False)
    bars = []
    labels = []
    for at, week in enumerate(weeks):
        bottom = 0
        last = at == len(weeks) - 1
        for colour, count in ((NEGATIVE, week.negative), (OTHER, week.other), (POSITIVE, week.positive)):
            if count:
                place = {"from": at - _HALF_BAR, "to": at + _HALF_BAR, "low": bottom, "high": bottom + count}
                bars.append({**place, "colour": colour, "pale": bool(week.broken)})
            bottom += count
        labels.append({"at": at, "value": week.n, "zero": 0, "text": speech.number(week.n), "day": _label(week, speech), "last": last})
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
    layers = rects + _hatched(weeks, 0, most * 1.18, scale=scale)
    looks: tuple[tuple[str, Literal["normal", "bold"], str], ...] = (("!datum.last", "normal", MUTED), ("datum.last", "bold", INK))
    for condition, weight, colour in looks:
        some = base.transform_filter(condition)
        layers += some.mark_text(dy=-8, fontSize=12, fontWeight=weight, color=colour).encode(y=value, text="text:N")
        layers += some.mark_text(dy=13, fontSize=12, fontWeight=weight, color=colour).encode(
            y=alt.Y("zero:Q", scale=scale, axis=None), text="day:N"
        )
    return layers.properties(width=WIDTH, height=HEIGHT)


def _heading(text: str, legend: Sequence[tuple[str, str]] = ()) -> Any:  # noqa: ANN401 (Altair's own types)
    """A line of text above a panel, its legend at the right."""
    import altair as alt

    title = alt.Chart(_data([{"text": text}])).mark_text(align="left", fontSize=13, fontWeight="bold", color=INK, baseline="middle")
    layers = title.encode(x=alt.value(0), y=alt.value(9), text="text:N")
    right = float(WIDTH)
    for name, colour in reversed(legend):
        right -= _LETTER * len(name)
        label = alt.Chart(_data([{"text": name}])).mark_text(align="left", fontSize=12, color=MUTED, baseline="middle")
        layers += label.encode(x=alt.value(right), y=alt.value(9), text="text:N")
        square = alt.Chart(_data([{"text": name}])).mark_point(filled=True, shape="square", size=80, opacity=1, color=colour)
        layers += square.encode(x=alt.value(right - 9), y=alt.value(8.5))
        right -= 24
    return layers.properties(width=WIDTH, height=18)


def _hatched(weeks: Sequence[Week], low: float, high: float, *, scale: Any = None) -> Any:  # noqa: ANN401 (Altair's own types)
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
        .mark_rule(color=HATCH, strokeWidth=0.8, opacity=0.6, clip=True)
        .encode(x=alt.X("x:Q", scale=_scale(len(weeks)), axis=None), x2="x2:Q", y=alt.Y("y:Q", scale=scale, axis=None), y2="y2:Q")
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


def _label(week: Week, speech: Speech) -> str:
    return speech.day(week.period.start, form="week_label" if week.period.kind == "week" else "month")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
