"""Coverage of the intervals of levels on sources left out: the spread is estimated without the source judged.

The interval is the product's own (`ouidire.measures.transfer.shared_sd`). Texts are drawn from a source with
replacement, so that the source's own mean is the truth of the draw. It judges the sources at hand: one unlike
all of them may be missed more often.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from enrichment.training.evaluation.transfer.between import (
    LevelError,
    farthest_error,
    half_widths,
    paule_mandel,
)
from enrichment.training.evaluation.transfer.figures import TextPairs, source_errors
from ouidire.measures.transfer import shared_sd

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


def site_of_source(source: str) -> str:
    """Return the site that a file is of: what stands before the first underscore of its name."""
    return source.partition("_")[0]


def coverage_of_sources(
    found: Mapping[str, TextPairs],
    size: int,
    *,
    draws: int = DRAWS,
    apart: Callable[[str], str] = str,
    reach: bool = True,
) -> list[SourceCoverage]:
    """Return the coverage of each source of LEAST texts or more, by draws of `size` texts.

    τ (about 0) is that of all the others; of two sources with the same `apart` (their site, say), neither
    counts for the other. Without `reach` the interval need not reach the farthest error of theirs.

    Raises:
        ValueError: fewer than two sources are left to count.
    """
    chance = np.random.default_rng(SEED)
    errors = source_errors(found)
    result = []
    for source, each in found.items():
        if len(each.read) < LEAST:
            continue
        shared = spread_of([other for other in errors if apart(other.source) != apart(source)], reach=reach)
        read = each.read[chance.integers(0, len(each.read), (draws, size))]
        gaps = np.abs(read.mean(1) - each.true.mean())
        variances = read.var(1, ddof=1) / size
        wide, narrow = half_widths(shared, variances), half_widths(0.0, variances)
        result.append(
            SourceCoverage(
                source, float((gaps <= wide).mean()), float((gaps <= narrow).mean()), float(wide.mean())
            )
        )
    return result


def spread_of(errors: Sequence[LevelError], *, reach: bool = True) -> float:
    """Return the standard deviation that the product would add to a level, had it seen these sources alone.

    Raises:
        ValueError: fewer than two sources.
    """
    sizes = [each.error for each in errors]
    tau = paule_mandel(sizes, [each.variance for each in errors], centre=0.0).value
    return shared_sd(tau, sources=len(errors), farthest=farthest_error(sizes) if reach else 0.0)


def mean_coverage(found: Sequence[SourceCoverage]) -> tuple[float, float, float, float]:
    """Return the mean coverage over sources and its 95% bootstrap bounds, and that of sampling alone."""
    each = np.array([one.with_spread for one in found])
    chance = np.random.default_rng(SEED)
    means = each[chance.integers(0, len(each), (2000, len(each)))].mean(1)
    low, high = np.percentile(means, [2.5, 97.5])
    alone = float(np.mean([one.sampling_alone for one in found]))
    return float(each.mean()), float(low), float(high), alone


def coverage_of_sites(found: Sequence[SourceCoverage]) -> float:
    """Return the mean coverage over sites, each the mean of its sources': many files of one count once."""
    by_site: dict[str, list[float]] = {}
    for each in found:
        by_site.setdefault(site_of_source(each.source), []).append(each.with_spread)
    return float(np.mean([np.mean(shares) for shares in by_site.values()]))
