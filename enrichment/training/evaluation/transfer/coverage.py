"""Coverage of the intervals of levels on sources left out: the spread is estimated without the source judged.

Texts are drawn from a source with replacement, so that the source's own mean is the truth of the draw. It
judges the sources at hand: one unlike all of them may be missed more often.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from enrichment.training.evaluation.transfer.between import half_widths, paule_mandel
from enrichment.training.evaluation.transfer.figures import TextPairs, source_errors

DRAWS, SEED = 400, 11
SIZES = (30, 100, 400)
"""Texts of a draw."""
LEAST = 100
"""Rows of a source below which its own mean is no truth to be judged by."""


class SourceCoverage(NamedTuple):
    """Share of a source's draws whose 95% interval holds its true level, and the mean half-width."""

    source: str
    with_spread: float
    sampling_alone: float
    half_width: float


def coverage_of_sources(
    found: Mapping[str, TextPairs], size: int, *, draws: int = DRAWS
) -> list[SourceCoverage]:
    """Return the coverage of each source of LEAST texts or more, by draws of `size` texts.

    τ (about 0) is that of all the others.

    Raises:
        ValueError: fewer than three sources.
    """
    chance = np.random.default_rng(SEED)
    errors = source_errors(found)
    result = []
    for source, each in found.items():
        if len(each.read) < LEAST:
            continue
        others = [other for other in errors if other.source != source]
        tau = paule_mandel(
            [other.error for other in others], [other.variance for other in others], centre=0.0
        ).value
        read = each.read[chance.integers(0, len(each.read), (draws, size))]
        gaps = np.abs(read.mean(1) - each.true.mean())
        variances = read.var(1, ddof=1) / size
        wide = half_widths(tau, len(others), variances)
        narrow = half_widths(0.0, size, variances)
        result.append(
            SourceCoverage(
                source, float((gaps <= wide).mean()), float((gaps <= narrow).mean()), float(wide.mean())
            )
        )
    return result


def mean_coverage(found: list[SourceCoverage]) -> tuple[float, float, float, float]:
    """Return the mean coverage over sources and its 95% bootstrap bounds, and that of sampling alone."""
    each = np.array([one.with_spread for one in found])
    chance = np.random.default_rng(SEED)
    means = each[chance.integers(0, len(each), (2000, len(each)))].mean(1)
    low, high = np.percentile(means, [2.5, 97.5])
    alone = float(np.mean([one.sampling_alone for one in found]))
    return float(each.mean()), float(low), float(high), alone
