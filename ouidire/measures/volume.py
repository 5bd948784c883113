"""Weekly counts of mentions against past weeks, and a simple check for spikes.

Counts of mentions vary more than a Poisson law says (one event, many mentions); the past weeks say by how
much. It cannot see that a source was down: the caller leaves such weeks out, or a break is drawn as a fall.
"""

import math
from collections.abc import Sequence
from statistics import median

from pydantic import Field

from ouidire.frozen import Frozen
from ouidire.measures.change import FEWEST_WEEKS, Change, Noise, with_test
from ouidire.measures.figure import MAX_N, alpha_of
from ouidire.measures.quantiles import t_quantile, two_sided_binomial

FEWEST_FOR_A_SPIKE = 5
"""Fewer mentions than this are never a spike (the rule of five reports of Farrington et al. 1996)."""

_PAST_SPIKE = 2.58
# Residual above which a past week weighs less. Farrington's 1 narrows the threshold too much: Noufaily et al.
# (2013), Statistics in Medicine 32(7), recommend 2.58.


def volume_change(now: int, before: Sequence[int], *, confidence: float = 0.95) -> Change:
    """Compare a week's count with the counts of past weeks (each ≥ 0, weeks without a mention being 0).

    Args:
        now: mentions this week.
        before: mentions of each past week, broken weeks left out by the caller.
        confidence: of the interval and of `beyond_noise`, 0–1.

    Returns:
        A change in unit "count": delta = now − mean(before); `n_now` = now, `n_before` = Σ before. The factor
        shown to readers (×3.1) is value_now / value_before.

    Raises:
        ValueError: a count is negative or absurd, or `confidence` is out of range.

    With μ the mean of all K + 1 weeks (with half a pseudo-mention) and φ = Σ(c_k − mean)²/((K−1)μ): tested
    against variance φμ(1 + 1/K) with Student's t on K − 1 degrees of freedom and against φ = 1 with the
    normal; the same on the scale 2√(c + 3/8) (Anscombe 1948), where a count's variance hardly depends on its
    mean; and exactly, as a binomial count given the total (Przyborowski & Wilenski 1940, Biometrika 31). The
    largest p-value stands.
    """
    alpha = alpha_of(confidence)
    _check_counts((now, *before))
    k = len(before)
    counts = {"n_now": now, "n_before": sum(before), "weeks": k}
    if not before:
        return Change(**counts, unit="count", outcome="no_data", value_now=now)
    mean = sum(before) / k
    known = Change(
        **counts, unit="count", outcome="too_few_weeks", value_now=now, value_before=mean, delta=now - mean
    )
    if k < FEWEST_WEEKS:
        return known
    pooled = (now + sum(before) + 0.5) / (k + 1)
    noise = _count_noise([float(count) for count in before], pooled)
    roots = [_root(count) for count in before]
    noise_root = _count_noise(roots, 1.0)
    exact = two_sided_binomial(now, now + sum(before), 1 / (k + 1))
    p_value = max(exact, noise.p_value(now - mean), noise_root.p_value(_root(now) - math.fsum(roots) / k))
    return with_test(known, noise, p_value=p_value, alpha=alpha)


class Spike(Frozen):
    """A weekly count against what was expected: a spike when `now` exceeds `threshold` and is at least 5.

    `expected` and `threshold` are counts ≥ 0; None with fewer than 3 past weeks. `factor` = now / expected
    (None when nothing was expected). `weeks` is the number of past weeks used.
    """

    now: int = Field(ge=0)
    expected: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    threshold: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    factor: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    spike: bool = False
    weeks: int = Field(ge=0)


def spike(now: int, before: Sequence[int], *, alpha: float = 0.01) -> Spike:
    """Test whether a count is unusually high against comparable past weeks.

    The test is one-sided, at the error rate `alpha` for one look.

    Source: Farrington, Andrews, Beale & Catchpole (1996), J. R. Statist. Soc. A 159(3), without trend: a mean
    μ and a dispersion φ ≥ 1 from past weeks in which past spikes weigh less (by their residual's square,
    beyond 2.58: Noufaily et al. 2013; residuals from median and MAD, as a dozen weeks hide an outlier from
    mean and variance), and the threshold μ·(1 + ⅔·q·√(φ(1 + 1/K)/μ))^{3/2}. We take Student's quantile q with
    K − 1 degrees of freedom where they take the normal one, since few weeks are compared. For alerts, not for
    a digest: there `volume_change` goes through `announce`.

    Raises:
        ValueError: a count is negative or absurd, or `alpha` is not strictly between 0 and 0.5.
    """
    _check_counts((now, *before))
    if not 0 < alpha < 0.5:  # noqa: PLR2004 - above one half a threshold would lie below the mean
        msg = f"alpha lies strictly between 0 and 0.5, not {alpha}"
        raise ValueError(msg)
    k = len(before)
    if k < FEWEST_WEEKS:
        return Spike(now=now, weeks=k)
    residuals = _robust_residuals(before)
    raw = [1.0 if residual <= _PAST_SPIKE else (_PAST_SPIKE / residual) ** 2 for residual in residuals]
    mean, dispersion = _weighted(before, [weight * k / math.fsum(raw) for weight in raw])
    q = t_quantile(1 - alpha, k - 1)
    threshold = (
        mean * (1 + 2 / 3 * q * math.sqrt(dispersion * (1 + 1 / k) / mean)) ** 1.5 if mean > 0 else 0.0
    )
    return Spike(
        now=now,
        expected=mean,
        threshold=threshold,
        factor=now / mean if mean > 0 else None,
        spike=now >= FEWEST_FOR_A_SPIKE and now > threshold,
        weeks=k,
    )


def _robust_residuals(counts: Sequence[int]) -> list[float]:
    """Return Anscombe residuals of Poisson-like counts against their median.

    They are in robust standard deviations of at least 1. The median and the median absolute deviation (×
    1.4826, its normal consistency factor) are not moved by the very spike that is looked for, as a mean and a
    variance over a dozen weeks would be.
    """
    centre = max(median(counts), 0.5)
    residuals = [1.5 * (count ** (2 / 3) - centre ** (2 / 3)) / centre ** (1 / 6) for count in counts]
    scale = max(1.0, 1.4826 * median(abs(residual) for residual in residuals))
    return [residual / scale for residual in residuals]


def _weighted(counts: Sequence[int], weights: Sequence[float]) -> tuple[float, float]:
    """Weighted mean of counts and their dispersion, at least 1 (Poisson)."""
    mean = math.fsum(w * c for w, c in zip(weights, counts, strict=True)) / math.fsum(weights)
    if mean <= 0:
        return 0.0, 1.0
    scatter = math.fsum(w * (c - mean) ** 2 for w, c in zip(weights, counts, strict=True))
    return mean, max(1.0, scatter / (mean * (len(counts) - 1)))


def _count_noise(values: Sequence[float], sampling: float) -> Noise:
    k = len(values)
    mean = math.fsum(values) / k
    scatter = math.fsum((value - mean) ** 2 for value in values) / (k - 1)
    return Noise(variance=sampling * (1 + 1 / k), dispersion=scatter / sampling, df=k - 1)


def _root(count: int) -> float:
    return 2 * math.sqrt(count + 0.375)


def _check_counts(counts: Sequence[int]) -> None:
    if any(not 0 <= count <= MAX_N for count in counts):
        msg = f"counts lie in 0..{MAX_N}"
        raise ValueError(msg)
