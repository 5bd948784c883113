"""Spread between sources of an error, the part that sampling explains removed, and intervals that use it.

With e_i the error on source i and v_i its sampling variance, e_i ~ (bias, τ² + v_i). It cannot tell a spread
between trades from one between sites: a source is one draw, and no source stands for those it does not
resemble.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtri

from ouidire.measures.quantiles import normal_quantile, t_quantile

Floats = NDArray[np.float64]
CONFIDENCE = 0.95
FEWEST = 2
"""Sources without which there is no spread."""
_LEAST = 1e-12
"""Variance of a source that is read without any error, so that its weight is finite."""


class LevelError(NamedTuple):
    """The error of one figure on one source: estimated − true over its `n` texts, and sampling variance."""

    source: str
    n: int
    true: float
    estimated: float
    variance: float

    @property
    def error(self) -> float:
        """Estimated − true."""
        return self.estimated - self.true


class Interval(NamedTuple):
    """A value and the bounds of its 95% interval."""

    value: float
    low: float
    high: float


class Spread(NamedTuple):
    """Bias and spread of the errors of `k` sources, in the figure's unit.

    `tau` is the spread about `bias`; `around_zero` the spread about 0, which a level needs that nobody
    corrects for the bias. `farthest` is that of `farthest_error`.
    """

    k: int
    bias: Interval
    tau: Interval
    around_zero: Interval
    farthest: float


def heterogeneity(
    errors: Sequence[float], variances: Sequence[float], tau2: float, *, centre: float | None = None
) -> float:
    """Return Q(τ²) = Σ (e − c)² / (v + τ²), with c the weighted mean of the errors unless `centre` is given.

    Raises:
        ValueError: lengths differ, a variance is negative, or v + τ² is 0 somewhere.
    """
    e, v = _checked(errors, variances)
    if np.any(v + tau2 <= 0):
        msg = "a source with neither sampling variance nor spread has infinite weight"
        raise ValueError(msg)
    weight = 1 / (v + tau2)
    around = float((weight * e).sum() / weight.sum()) if centre is None else centre
    return float((weight * (e - around) ** 2).sum())


def paule_mandel(
    errors: Sequence[float],
    variances: Sequence[float],
    *,
    centre: float | None = None,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Return τ, the spread between sources beyond sampling, with its Q-profile interval.

    τ² solves Q(τ²) = k − 1 (or k about a given `centre`); it is 0 where Q(0) is less already. Bounds solve
    Q(τ²) = the quantiles of χ² with as many degrees of freedom. Sources: Paule & Mandel (1982), J. Res. NBS
    87(5); Viechtbauer (2007), Statistics in Medicine 26(1). The interval supposes normal errors.

    Raises:
        ValueError: fewer than two sources, or what `heterogeneity` refuses.
    """
    e, v = _checked(errors, variances)
    if len(e) < FEWEST:
        msg = f"a spread needs at least {FEWEST} sources, not {len(e)}"
        raise ValueError(msg)
    df = len(e) - 1 if centre is None else len(e)
    tail = (1 - confidence) / 2

    def solved(target: float) -> float:
        def over(tau2: float) -> float:
            return heterogeneity(errors, variances, tau2, centre=centre) - target

        least = 0.0 if np.all(v > 0) else 1e-12 * (float(np.var(e)) + 1e-12)
        if over(least) <= 0:
            return 0.0
        most = float(((e - (e.mean() if centre is None else centre)) ** 2).sum()) / target + 1e-12
        while over(most) > 0:
            most *= 2
        return math.sqrt(brentq(over, least, most, xtol=1e-14, rtol=1e-12))

    return Interval(solved(df), solved(float(chdtri(df, tail))), solved(float(chdtri(df, 1 - tail))))


def spread(found: Sequence[LevelError]) -> Spread:
    """Return bias and spread of the errors of sources.

    The bias' interval is Student's, k − 1 degrees of freedom, over the weighted mean (Hartung & Knapp 2001,
    Statistics in Medicine 20(24)), never narrower than the spread found makes it.

    Raises:
        ValueError: fewer than two sources.
    """
    errors = [each.error for each in found]
    variances = [max(each.variance, _LEAST) for each in found]
    tau = paule_mandel(errors, variances)
    weight = 1 / (np.array(variances) + tau.value**2)
    bias = float((weight * errors).sum() / weight.sum())
    ratio = heterogeneity(errors, variances, tau.value**2) / (len(errors) - 1)
    half = t_quantile(0.5 + CONFIDENCE / 2, len(errors) - 1) * math.sqrt(max(1.0, ratio) / weight.sum())
    return Spread(
        k=len(errors),
        bias=Interval(bias, bias - half, bias + half),
        tau=tau,
        around_zero=paule_mandel(errors, variances, centre=0.0),
        farthest=farthest_error(errors),
    )


def farthest_error(errors: Sequence[float], *, confidence: float = CONFIDENCE) -> float:
    """Return the ⌈confidence · (k + 1)⌉-th smallest size of k errors, the largest where k is less.

    The error of one more source, drawn as these were, is no larger with a chance of `confidence` (of
    k / (k + 1) with fewer than 20 sources), whatever the shape of the errors. Sources: Wilks (1941), Annals
    of Mathematical Statistics 12(1); Dunn, Wasserman & Ramdas (2023), JASA 118(544).

    Raises:
        ValueError: no error is given.
    """
    if not errors:
        msg = "there is no error to look at"
        raise ValueError(msg)
    sizes = sorted(map(abs, errors))
    return sizes[min(math.ceil(confidence * (len(sizes) + 1)), len(sizes)) - 1]


def half_widths(shared: float, variances: Floats, *, confidence: float = CONFIDENCE) -> Floats:
    """Return the half-widths of the intervals of levels on a new source: z · √(variance + shared²).

    `shared` is what `ouidire.measures.transfer.shared_sd` makes of the spread between sources, 0 for none;
    `variances` are the levels' sampling variances.
    """
    return np.asarray(normal_quantile(0.5 + confidence / 2) * np.sqrt(variances + shared * shared))


def _checked(errors: Sequence[float], variances: Sequence[float]) -> tuple[Floats, Floats]:
    e, v = np.array(errors, float), np.array(variances, float)
    if e.shape != v.shape or np.any(v < 0) or not np.all(np.isfinite(e + v)):
        msg = "errors and variances must be finite, of one length, and variances not negative"
        raise ValueError(msg)
    return e, v
