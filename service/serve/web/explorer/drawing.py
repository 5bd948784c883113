"""The geometry of bars over time, for templates: numbers alone, so that a template escapes every word.

Bars fill a box of 1000 × 100, stretched to the page's width; words stand outside it, where they keep their
size on a telephone.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

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
