"""The figures whose level is measured: what is read in each text, and what its author gave.

Mean stars, share positive (0–1), net sentiment (−1…1) and NPS by stars (points) are made of the five-star
distribution that is read in the words; the NPS of asked scores (points) of the promoter classes read in them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from enrichment.training.data import DETRACTOR, LABELS, PROMOTER, nps_class
from enrichment.training.evaluation.transfer.between import LevelError
from enrichment.training.evaluation.transfer.rows import SourceRow

Floats = NDArray[np.float64]
NEUTRAL = 3


class TextPairs(NamedTuple):
    """What was read in the texts of one source, and what is true of each, in the figure's unit."""

    read: Floats
    true: Floats


class LevelFigure(NamedTuple):
    """One figure: its name in tables, and the value of a text by the chances of one to five stars."""

    name: str
    of_chances: Callable[[Floats], Floats]
    digits: int
    exact: bool
    """Whether it needs stars: a bare label does not say it."""


FIGURES: Mapping[str, LevelFigure] = {
    "MEAN_STARS": LevelFigure("mean stars", lambda chances: chances @ np.arange(1.0, 6.0), 2, exact=True),
    "SHARE_POSITIVE": LevelFigure(
        "share positive", lambda chances: chances[:, 3] + chances[:, 4], 3, exact=False
    ),
    "NET_SENTIMENT": LevelFigure(
        "net sentiment",
        lambda chances: chances[:, 3] + chances[:, 4] - chances[:, 0] - chances[:, 1],
        3,
        exact=False,
    ),
    "NPS_BY_STARS": LevelFigure(
        "NPS by stars", lambda chances: 100 * (chances[:, 4] - chances[:, :3].sum(1)), 1, exact=True
    ),
}
"""By the names of the constants of `ouidire.measures.transfer`."""
ASKED = "ASKED_NPS"


def certain_chances(row: SourceRow) -> Floats:
    """Return the chances of a row's own stars; a bare label stands on the middle of its side."""
    found = np.zeros(5)
    if row.stars is not None:
        found[row.stars - 1] = 1
    elif row.label is not None:
        found[2 * LABELS.index(row.label)] = 1
    return found


def pairs(
    rows: Sequence[SourceRow], chances: Floats, figure: LevelFigure, *, least: int, by_trade: bool = False
) -> dict[str, TextPairs]:
    """Return the pairs of each source of at least `least` rows that say the figure, sources in order.

    With `by_trade`, each trade of a source is apart.

    A source whose rows have bare labels of two sides only is left out: its neutral texts were taken out.
    """
    by_source: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if row.stars is not None or (row.label is not None and not figure.exact):
            name = row.trade_of_site if by_trade else row.src
            by_source.setdefault(name, []).append(place)
    found = {}
    for source in sorted(by_source):
        places = by_source[source]
        bare = {rows[place].label for place in places if rows[place].stars is None}
        if len(places) < least or (bare and "neu" not in bare):
            continue
        true = figure.of_chances(np.array([certain_chances(rows[place]) for place in places]))
        found[source] = TextPairs(figure.of_chances(chances[places]), true)
    return found


def asked_pairs(scores: Sequence[float], classes: Floats) -> TextPairs:
    """Return estimated and asked balance (−100, 0 or 100 points) of rows with these scores of 0–10."""
    truth = np.array([nps_class(score) for score in scores])
    return TextPairs(
        100 * (classes[:, PROMOTER] - classes[:, DETRACTOR]),
        100.0 * (truth == PROMOTER) - 100.0 * (truth == DETRACTOR),
    )


def source_error(source: str, each: TextPairs) -> LevelError:
    """Return the error of a source: both are means over the same texts, so sampling is that of the gaps."""
    gaps = each.read - each.true
    return LevelError(
        source=source,
        n=len(gaps),
        true=float(each.true.mean()),
        estimated=float(each.read.mean()),
        variance=float(gaps.var(ddof=1)) / len(gaps),
    )


def source_errors(found: Mapping[str, TextPairs]) -> list[LevelError]:
    """Return the error of each source."""
    return [source_error(source, each) for source, each in found.items()]
