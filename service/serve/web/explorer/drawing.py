"""The geometry of bars over time, for templates: numbers alone, so that a template escapes every word.

Bars fill a box of 1000 × 100, stretched to the page's width; words stand outside it, where they keep their
size on a telephone.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from ouidire.measures import Figure
from reports.explore.histogram import Histogram, HistogramBar

WIDTH, HEIGHT = 1000.0, 100.0
_GAP = 0.18


class DrawnBar(NamedTuple):
    """One bar: where it lies, the heights of what it is made of, and whether a source was not seen then."""

    bar: HistogramBar
    x: float
    width: float
    negative: float
    other: float
    positive: float
    broken: tuple[str, ...]

    @property
    def height(self) -> float:
        """The whole bar's height."""
        return self.negative + self.other + self.positive


def drawn(histogram: Histogram, broken: Sequence[Collection[str]]) -> tuple[DrawnBar, ...]:
    """Return the bars of a histogram as they are drawn; `broken` names for each the sources not seen."""
    count = len(histogram.bars)
    if not count or not histogram.most:
        return ()
    slot, scale = WIDTH / count, HEIGHT / histogram.most
    return tuple(
        DrawnBar(
            bar=bar,
            x=round(at * slot + slot * _GAP / 2, 2),
            width=round(slot * (1 - _GAP), 2),
            negative=round(bar.negative * scale, 2),
            other=round((bar.n - bar.positive - bar.negative) * scale, 2),
            positive=round(bar.positive * scale, 2),
            broken=tuple(sorted(broken[at])) if at < len(broken) else (),
        )
        for at, bar in enumerate(histogram.bars)
    )


class DrawnPoint(NamedTuple):
    """One level of a series: where it lies, and the ends of its interval; None where there is no level."""

    place: int
    x: float
    y: float
    low: float
    high: float


class DrawnSeries(NamedTuple):
    """A series of levels: points, the pieces of the line between neighbours, and the range of intervals."""

    points: tuple[DrawnPoint, ...]
    lines: tuple[str, ...]
    least: float
    most: float


def drawn_series(figures: Sequence[Figure | None], broken: Collection[int] = ()) -> DrawnSeries:
    """Return levels and intervals as they are drawn; the line is cut where one is missing or broken."""
    known = [
        (at, figure.value, _or(figure.low, figure.value), _or(figure.high, figure.value))
        for at, figure in enumerate(figures)
        if figure is not None and figure.value is not None
    ]
    if not known:
        return DrawnSeries((), (), 0.0, 0.0)
    least = min(low for _, _, low, _ in known)
    most = max(high for _, _, _, high in known)
    room = most - least or 1.0

    def height(value: float) -> float:
        return round(HEIGHT - 4 - (HEIGHT - 8) * (value - least) / room, 2)

    slot = WIDTH / len(figures)
    points = tuple(
        DrawnPoint(at, round((at + 0.5) * slot, 2), height(value), height(low), height(high))
        for at, value, low, high in known
    )
    pieces: list[list[DrawnPoint]] = []
    for point in points:
        if point.place in broken:
            pieces.append([])
            continue
        if not pieces or not pieces[-1] or pieces[-1][-1].place != point.place - 1:
            pieces.append([])
        pieces[-1].append(point)
    lines = tuple(
        "M" + " L".join(f"{point.x} {point.y}" for point in piece) for piece in pieces if len(piece) > 1
    )
    return DrawnSeries(points, lines, least, most)


def _or(bound: float | None, value: float) -> float:
    return value if bound is None else bound
