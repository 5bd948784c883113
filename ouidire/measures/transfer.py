"""Spread between sources of what an analyser reads minus what is true, for sources that it was not fitted on.

Each constant is a standard deviation τ about 0, the bias counted in: a brand's own error is drawn once and no
n averages it away, so that a level read in words has the variance sampling² + τ², its interval Student's
quantile with as many degrees of freedom as sources less one, and reaches as far as the farthest source was
off. Differences of one brand over time share the
error and do not need it. It cannot see how unlike a given brand is.

Source: docs/evaluation.md, "Levels of a source never seen", which `make transfer` measures and writes: Paule
and Mandel's spread of (read − true), sampling removed. A test holds the constants to that page.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final

from ouidire.measures.quantiles import normal_quantile, t_quantile

MEASURED_ON: Final = date(2026, 12, 1)
"""Day on which the page was measured."""
SHARE_POSITIVE: Final = 0.056
"""Of the share of positive texts, 0–1."""
NET_SENTIMENT: Final = 0.084
"""Of net sentiment, −1…1."""
MEAN_STARS: Final = 0.17
"""Of the mean of five-star ratings read in words."""
NPS_BY_STARS: Final = 17.9
"""Of the NPS by stars read in words, in points; stars that were given have none."""
ASKED_NPS: Final = 36.9
"""Of the asked NPS read in words, in points, over two surveys and the scores of five sites.

Such a level is worth some four asked answers: none is to be printed.
"""
SOURCES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "SHARE_POSITIVE": 16,
        "NET_SENTIMENT": 16,
        "MEAN_STARS": 16,
        "NPS_BY_STARS": 16,
        "ASKED_NPS": 7,
    }
)
"""Number of sources that each constant was measured on."""

FARTHEST: Final[Mapping[str, float]] = MappingProxyType(
    {
        "SHARE_POSITIVE": 0.126,
        "NET_SENTIMENT": 0.151,
        "MEAN_STARS": 0.30,
        "NPS_BY_STARS": 40.7,
        "ASKED_NPS": 53.9,
    }
)
"""Size of the largest error among those sources, in the constant's unit."""


def shared_sd(tau: float, *, sources: int, farthest: float = 0.0, confidence: float = 0.95) -> float:
    """Return τ widened by how few `sources` (≥ 2) it is known from, in τ's unit.

    A normal interval of it is then Student's with sources − 1 degrees of freedom (Higgins, Thompson &
    Spiegelhalter 2009, J. R. Statist. Soc. A 172(1)), and reaches `farthest` at least, which one more source
    exceeds with a chance of 1 / (sources + 1) whatever the shape of the errors (Wilks 1941, Annals of
    Mathematical Statistics 12(1)): a few sites that are far off hardly show in τ.
    """
    tail = 1 - (1 - confidence) / 2
    return max(tau * t_quantile(tail, sources - 1), farthest) / normal_quantile(tail)


@cache
def read_positive_sd() -> float:
    """Return what a share of positive texts (0–1) is blurred by beside sampling."""
    return _shared("SHARE_POSITIVE", SHARE_POSITIVE)


@cache
def read_sentiment_sd() -> float:
    """Return what a net sentiment (−1…1) is blurred by beside sampling."""
    return _shared("NET_SENTIMENT", NET_SENTIMENT)


def _shared(name: str, tau: float) -> float:
    return shared_sd(tau, sources=SOURCES[name], farthest=FARTHEST[name])
