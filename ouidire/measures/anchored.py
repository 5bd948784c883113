"""The NPS of a survey, read in the words of a period and anchored on scores that the survey itself asked.

An analyser is off by so much on an unseen trade that what it reads in words alone gives no level of NPS; a
few answers with both a score and words show by how much. It cannot see whether those answers stand for the
texts that it is told of: scores asked at the till say nothing of reviews on another site.
"""

import math
from collections.abc import Iterable
from typing import Self

from pydantic import Field, model_validator

from ouidire.frozen import Frozen
from ouidire.measures.figure import (
    PSEUDO_SQUARES,
    PSEUDO_WEIGHT,
    Figure,
    Moments,
    alpha_of,
    check_bounds,
    independent_share,
)
from ouidire.measures.quantiles import t_quantile
from ouidire.measures.transfer import ASKED_NPS

FEWEST_PAIRS = 10
"""Pairs of score and words below which there is no anchored level; as many texts must be read."""
FEWEST_FOR_WEIGHTS = 30
"""Pairs from which the weight of the words is itself estimated (PPI++); below, a prior stands for it."""
# Three pseudo-residuals of 60 points keep a handful of pairs that agree from looking certain.
_PSEUDO_PAIRS = 3.0
_PSEUDO_SPREAD = 0.6


class Pairs(Frozen):
    """Sums over `n` texts with both y, the class of the asked score (+1, 0, −1), and f (−1…1), that of words.

    Raises:
        ValueError: (at construction) no such pairs have these sums.
    """

    n: int = Field(default=0, ge=0)
    y: float = Field(default=0.0, allow_inf_nan=False)
    f: float = Field(default=0.0, allow_inf_nan=False)
    yy: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    ff: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    yf: float = Field(default=0.0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        slack = 1e-6 * self.n + 1e-12
        if max(abs(self.y), abs(self.f), self.yy, self.ff, abs(self.yf)) > self.n + slack:
            msg = f"scores and words lie in -1..1: {self!r}"
            raise ValueError(msg)
        return self

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, float]]) -> Self:
        """Build from (y, f) of each text."""
        listed = list(pairs)
        return cls(
            n=len(listed),
            y=math.fsum(y for y, _ in listed),
            f=math.fsum(f for _, f in listed),
            yy=math.fsum(y * y for y, _ in listed),
            ff=math.fsum(f * f for _, f in listed),
            yf=math.fsum(y * f for y, f in listed),
        )

    def residual(self, weight: float) -> tuple[float, float]:
        """Return the mean of y − `weight`·f, and the sum of the squares of its differences with it."""
        mean = (self.y - weight * self.f) / self.n
        squares = self.yy - 2 * weight * self.yf + weight * weight * self.ff
        return mean, max(0.0, squares - self.n * mean * mean)


def anchored_nps(
    read: Moments,
    pairs: Pairs,
    *,
    prior_sd: float = ASKED_NPS,
    dispersion: float = 1.0,
    confidence: float = 0.95,
) -> Figure | None:
    """Return the NPS of the texts summed in `read`, −100..100, anchored on `pairs`; None where too few.

    Args:
        read: sums of f, P(promoter) − P(detractor) by the words, over the texts that the level is of.
        pairs: texts of the same survey with both an asked score and f.
        prior_sd: spread, in points > 0, of (asked − read) between trades, before any pair is seen.
        dispersion: ≥ 0, how much more than independent texts past weeks differ (`Change.dispersion`).
        confidence: of the interval, 0–1.

    Returns:
        A figure on the basis "anchored", its n the pairs; None under `FEWEST_PAIRS` pairs or texts.

    Raises:
        ValueError: sums impossible for values in −1..1, or an option out of range.

    With f̄ the mean of the N texts, N′ = N / max(1, φ), and r = y − f over n pairs. Under 30 pairs, empirical
    Bayes: s² = (Σ(r − r̄)² + 3·0.6²)/(n + 2), B = τ²/(τ² + s²/n), level f̄ + B·r̄, variance
    1/(1/τ² + n/s²) + Var f/N′, Student's t with n + 2 degrees of freedom. From 30, PPI++: λ = Cov(y, f) /
    ((1 + n/N′) Var f) within 0–1, level λf̄ + mean(y − λf), variance Var(y − λf)/n + λ² Var f/N′, with n − 1
    degrees. Sources: Angelopoulos et al. (2023), Science 382, and arXiv:2311.01453 (PPI++); Efron & Morris
    (1973), JASA 68 (the prior).
    """
    alpha = alpha_of(confidence)
    check_bounds(read, -1, 1)
    if not (prior_sd > 0 and math.isfinite(prior_sd)):
        msg = f"a spread between trades is above 0 points, not {prior_sd}"
        raise ValueError(msg)
    texts = independent_share(dispersion) * read.weight
    if pairs.n < FEWEST_PAIRS or read.n < FEWEST_PAIRS or read.empty:
        return None
    mean = read.total / read.weight
    size = read.weight + PSEUDO_WEIGHT
    spread = max(0.0, (read.squares + PSEUDO_SQUARES) / size - (read.total / size) ** 2) / texts
    if pairs.n < FEWEST_FOR_WEIGHTS:
        off, squares = pairs.residual(1.0)
        one = (squares + _PSEUDO_PAIRS * _PSEUDO_SPREAD**2) / (pairs.n - 1 + _PSEUDO_PAIRS)
        prior = (prior_sd / 100) ** 2
        level = mean + off * prior / (prior + one / pairs.n)
        variance, df = 1 / (1 / prior + pairs.n / one) + spread, pairs.n + 2.0
    else:
        weight = _weight_of_words(pairs, texts)
        off, squares = pairs.residual(weight)
        level = weight * mean + off
        variance = (squares + _PSEUDO_PAIRS * _PSEUDO_SPREAD**2) / (pairs.n - 1 + _PSEUDO_PAIRS) / pairs.n
        variance, df = variance + weight * weight * spread, pairs.n - 1.0
    half = t_quantile(1 - alpha / 2, df) * math.sqrt(variance)
    value, low, high = (100 * max(-1.0, min(1.0, part)) for part in (level, level - half, level + half))
    return Figure(value=value, low=low, high=high, n=pairs.n, weight=pairs.n, unit="points", basis="anchored")


def _weight_of_words(pairs: Pairs, texts: float) -> float:
    """Return how far the words are followed, 0–1: what makes the variance least."""
    variance = pairs.ff - pairs.f * pairs.f / pairs.n
    if variance <= 0:
        return 0.0
    common = pairs.yf - pairs.y * pairs.f / pairs.n
    return max(0.0, min(1.0, common / ((1 + pairs.n / texts) * variance)))
