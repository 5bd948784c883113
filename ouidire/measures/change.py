"""Tests of a week's figure against the same figure of past weeks, with intervals of the difference.

A week is compared with the spread *between* past weeks, not only with the sampling error within them, since
weeks differ more than sampling says (a sale, a strike, a holiday). It cannot see why a week differs, nor tell
a week in which a source broke from a quiet one: the caller leaves such weeks out of both sides, and compares
weeks counted alike (same sources, same analyser versions, same delay for late arrivals).
"""

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from ouidire.frozen import Frozen
from ouidire.measures.figure import Figure, Moments, Unit, alpha_of, check_bounds
from ouidire.measures.quantiles import (
    normal_quantile,
    t_quantile,
    two_sided_fisher,
    two_sided_normal,
    two_sided_t,
)

Outcome = Literal["compared", "no_data", "too_few_weeks"]
FEWEST_WEEKS = 3
"""Below three past weeks nothing is known of how weeks differ, and nothing is called a change."""
# Three pseudo-observations keep the sampling variance of a unanimous sample above 0 (as in
# `figure.signed_mean`): spread like 1/4, 1/2, 1/4 over the low end, the middle and the high end of the range.
_PSEUDO_WEIGHT = 3.0
# An equivalence test at 5% asks whether the interval at 90% lies within the margin: Schuirmann (1987), J.
# Pharmacokinetics and Biopharmaceutics 15(6).
_EQUIVALENCE = 0.10
# Adjusted means may lie on the bounds or beyond; the arcsine scale needs a share inside.
_LEAST_LEVEL = 1e-3
# Fisher's test takes as many steps as the rarer answer has documents; beyond this the normal tests do as
# well.
_FISHER_AT_MOST = 1_000


class SourceMix(Frozen):
    """How far a figure moved only because its sources weigh otherwise than usual.

    `value` is that part, in the unit of the change: what all documents together moved by is `delta` +
    `value`. `source` is the one that accounts for most of it, `share_now` and `share_before` (0–1) what it
    weighs.
    """

    value: float = Field(allow_inf_nan=False)
    source: str
    share_now: float = Field(ge=0, le=1)
    share_before: float = Field(ge=0, le=1)


class Change(Frozen):
    """A week against past weeks.

    `delta` = `value_now` − `value_before`, in `unit`; None where one of them is unknown.

    `low`, `high` bound the delta (their width includes the noise of a single week); `p_value` is two-sided;
    `beyond_noise` holds exactly when p < 1 − confidence, and then the interval excludes 0. It is a verdict on
    this figure *alone*: a report that looks at several figures calls changes by
    `ouidire.measures.family.announce` only. `dispersion` is the variance between past weeks over what
    sampling alone would give (1: no more than sampling). Where `outcome` is not "compared" nothing was
    tested: `low`, `high` and `p_value` are None.

    `visible` (half of the interval's width) is the smallest difference that would have been seen. `within` is
    the smallest margin that an equivalence test at 5% (two one-sided tests: the interval at 90% lies inside)
    finds the difference to be within. `shrunk` is the delta drawn towards 0, Δ·max(0, 1 − 1/z²) with z
    = Δ/se, since a difference that is shown because it is large is larger than the truth. `mix` stands where
    sources were compared each with itself.
    """

    delta: float | None = Field(default=None, allow_inf_nan=False)
    low: float | None = Field(default=None, allow_inf_nan=False)
    high: float | None = Field(default=None, allow_inf_nan=False)
    p_value: float | None = Field(default=None, ge=0, le=1)
    beyond_noise: bool = False
    n_now: int = Field(ge=0)
    n_before: int = Field(ge=0)
    weeks: int = Field(ge=0)
    unit: Unit
    outcome: Outcome
    value_now: float | None = Field(default=None, allow_inf_nan=False)
    value_before: float | None = Field(default=None, allow_inf_nan=False)
    dispersion: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    visible: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    within: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    shrunk: float | None = Field(default=None, allow_inf_nan=False)
    mix: SourceMix | None = None


class Noise(Frozen):
    """The variance that a difference between weeks is tested against.

    `variance` is the sampling variance of the difference, `dispersion` (≥ 0) the factor by which weeks vary
    beyond it, `df` the degrees of freedom with which the dispersion is known.
    """

    variance: float = Field(ge=0)
    dispersion: float = Field(ge=0)
    df: float = Field(gt=0)

    def p_value(self, shift: float) -> float:
        """Return the larger of two p-values, 0–1: against the spread of past weeks, and against sampling.

        They are Student's and the normal one. The first alone is a valid test; the second refuses what a few
        past weeks that happened to agree would let pass.
        """
        if shift == 0 or self.variance == 0:
            return 1.0
        z = shift / math.sqrt(self.variance)
        between = two_sided_t(z / math.sqrt(self.dispersion), self.df) if self.dispersion > 0 else 0.0
        return max(between, two_sided_normal(z))

    def half_width(self, alpha: float) -> float:
        """Half-width of the interval that contains 0 exactly when `p_value` is at least `alpha`."""
        between = t_quantile(1 - alpha / 2, self.df) * math.sqrt(self.dispersion)
        return math.sqrt(self.variance) * max(between, normal_quantile(1 - alpha / 2))

    def shrunk(self, shift: float) -> float:
        """Return a shift drawn towards 0: shift·max(0, 1 − 1/z²), z against the larger of the two noises.

        Source: the positive-part estimator of James & Stein (1961) for one mean, as empirical Bayes reads it
        (Efron & Morris 1973, JASA 68). What is shown because it passed a test overstates the truth (Gelman &
        Carlin 2014, Perspectives on Psychological Science 9); this takes part of that back.
        """
        noise = self.variance * max(1.0, self.dispersion)
        square = shift * shift  # 0 too where the shift is too small to be squared
        kept = 1 - noise / square if square > noise else 0.0
        return shift * kept if kept > 0 else 0.0


def change(
    now: Moments,
    before: Sequence[Moments],
    *,
    bounds: tuple[float, float] = (-1.0, 1.0),
    unit: Unit = "ratio",
    confidence: float = 0.95,
) -> Change:
    """Compare the mean of a bounded per-document field this week with past weeks.

    Args:
        now: this week's sums.
        before: one per past week, broken weeks left out by the caller; empty weeks are ignored. 12 to 26
            weeks are worth having: see `docs/measures.md` for what can be found with how many.
        bounds: the range of the field, within −1..1.
        unit: "points" multiplies every value by 100.
        confidence: of the interval and of `beyond_noise`, 0–1.

    Raises:
        ValueError: sums impossible within `bounds`, or `confidence` out of range.

    With W_k, T_k the weight and total of past week k, W̄ their mean weight and K' = (ΣW)²/ΣW²: value_before =
    ΣT/ΣW; s² is the pooled variance of the field (with 3 pseudo-observations); the sampling variance of the
    delta is s²·(1/min(W_now, W̄) + 1/(W̄K')); dispersion φ = Σ W_k (y_k − value_before)² / ((K−1) s²). Tested
    with Student's t on K' − 1 degrees of freedom against φ (McCullagh & Nelder 1989, §4.5: quasi-likelihood),
    and with the normal against φ = 1, on the field's own scale and on the arcsine scale (Anscombe 1948,
    Biometrika 35), whose tails are right for small and lopsided samples: the largest p-value stands. A week
    heavier than usual counts no more than a usual one, since a week's own mood does not shrink with its n.
    """
    return _compared(now, before, bounds=bounds, unit=unit, confidence=confidence, exact_p=0.0)


def rate_change(
    now: Moments, before: Sequence[Moments], *, unit: Unit = "ratio", confidence: float = 0.95
) -> Change:
    """Compare a share (0–1) this week with past weeks: `change`, with Fisher's exact test for whole counts.

    Fisher's test compares this week with all past weeks together; the largest p-value stands, so that few
    documents never make a change by themselves.

    Raises:
        ValueError: sums impossible for values in 0–1, or `confidence` out of range.
    """
    usable = [week for week in before if not week.empty]
    exact_p = 0.0
    if not now.empty and usable and all(week.is_count for week in (now, *usable)):
        all_n = now.n + sum(week.n for week in usable)
        hits_now, all_hits = round(now.total), round(now.total) + sum(round(week.total) for week in usable)
        rarer = min(all_hits, all_n - all_hits)
        if rarer <= _FISHER_AT_MOST:
            k = hits_now if rarer == all_hits else now.n - hits_now
            exact_p = two_sided_fisher(k, now.n, rarer, all_n)
    return _compared(now, before, bounds=(0.0, 1.0), unit=unit, confidence=confidence, exact_p=exact_p)


def series_change(
    now: Figure, before: Sequence[Figure], *, resolution: float, confidence: float = 0.95
) -> Change:
    """Compare a figure that is no average of sampled documents (first-page score) with past weeks.

    Args:
        now: this week's figure.
        before: the same figure in past weeks, broken weeks left out by the caller; unknown ones are ignored.
        resolution: > 0, in the figure's unit: the smallest standard deviation from week to week to believe
            in; a page that never moved would otherwise make any move infinitely surprising.
        confidence: of the interval and of `beyond_noise`, 0–1.

    Raises:
        ValueError: `resolution` or `confidence` out of range, or the figures differ in unit.

    delta = now − mean of past weeks; half-width = t(K−1) · s·√(1 + 1/K), the classical prediction interval of
    one more observation, with s the standard deviation of the past weeks; and never less than a normal with s
    = `resolution`.
    """
    alpha = alpha_of(confidence)
    if not (resolution > 0 and math.isfinite(resolution)) or any(
        figure.unit != now.unit for figure in before
    ):
        msg = f"series_change needs a resolution > 0 and figures of one unit, not {resolution}"
        raise ValueError(msg)
    past = [(figure.value, figure.n) for figure in before if figure.value is not None]
    k = len(past)
    counts = {"n_now": now.n, "n_before": sum(n for _, n in past), "weeks": k}
    if now.value is None or not past:
        return Change(**counts, unit=now.unit, outcome="no_data", value_now=now.value)
    mean = math.fsum(value for value, _ in past) / k
    known = Change(
        **counts,
        unit=now.unit,
        outcome="too_few_weeks",
        value_now=now.value,
        value_before=mean,
        delta=now.value - mean,
    )
    if k < FEWEST_WEEKS:
        return known
    spread = math.fsum((value - mean) ** 2 for value, _ in past) / (k - 1)
    noise = Noise(variance=resolution**2 * (1 + 1 / k), dispersion=spread / resolution**2, df=k - 1)
    return with_test(known, noise, p_value=noise.p_value(now.value - mean), alpha=alpha)


def with_test(
    known: Change, noise: Noise, *, p_value: float, alpha: float, widest: float = math.inf
) -> Change:
    """Complete a `Change` whose delta is known by its test: interval, p-value and verdict.

    `p_value` is the largest of the tests made, at least `noise.p_value(delta)`, so that where another test
    sees no change the interval is widened to contain 0. `widest` bounds |low| and |high|.
    """
    delta = known.delta or 0.0
    half = noise.half_width(alpha)
    beyond = p_value < alpha
    if not beyond:
        half = max(half, abs(delta))
    return known.model_copy(
        update={
            "outcome": "compared",
            "visible": half,
            "within": abs(delta) + noise.half_width(_EQUIVALENCE),
            "shrunk": noise.shrunk(delta),
            "low": max(-widest, delta - half),
            "high": min(widest, delta + half),
            "p_value": p_value,
            "beyond_noise": beyond,
            "dispersion": noise.dispersion,
        }
    )


def _compared(
    now: Moments,
    before: Sequence[Moments],
    *,
    bounds: tuple[float, float],
    unit: Unit,
    confidence: float,
    exact_p: float,
) -> Change:
    check_weeks(now, before, bounds)
    usable = [week for week in before if not week.empty]
    return compare_weeks(
        now, usable, bounds=bounds, unit=unit, confidence=confidence, exact_p=exact_p, pooling=None
    )


def check_weeks(now: Moments, before: Sequence[Moments], bounds: tuple[float, float]) -> None:
    """Refuse sums that documents with values within these bounds cannot have.

    Raises:
        ValueError: sums impossible within the bounds, or bounds outside −1..1.
    """
    low, high = bounds
    if not -1 <= low < high <= 1:
        msg = f"bounds lie within -1..1, not {bounds}"
        raise ValueError(msg)
    for week in (now, *before):
        check_bounds(week, low, high)


def compare_weeks(
    now: Moments,
    usable: Sequence[Moments],
    *,
    bounds: tuple[float, float],
    unit: Unit,
    confidence: float,
    exact_p: float,
    pooling: float | None,
) -> Change:
    """Compare a mean with that of past weeks, none of them empty, as `change` says.

    Args:
        now: this week's sums.
        usable: those of past weeks, none empty.
        bounds: the range of the field; single values may lie outside it where they were adjusted.
        unit: "points" multiplies every value by 100.
        confidence: of the interval and of `beyond_noise`, 0–1.
        exact_p: the p-value of an exact test, which must agree; 0 where there is none.
        pooling: the variance of what the week is compared with, for documents of variance 1, where it is
            more than the past weeks' own (their sources weigh otherwise).

    Raises:
        ValueError: `confidence` out of range.
    """
    alpha = alpha_of(confidence)
    low, high = bounds
    past = Moments.merged(usable)
    scale = 100.0 if unit == "points" else 1.0
    counts = {"n_now": now.n, "n_before": past.n, "weeks": len(usable)}
    value_now = None if now.mean is None else min(high, max(low, now.mean))
    value_before = None if past.mean is None else min(high, max(low, past.mean))
    if value_now is None or value_before is None:
        only = {"value_now": _scaled(value_now, scale), "value_before": _scaled(value_before, scale)}
        return Change(**counts, **only, unit=unit, outcome="no_data")
    delta = value_now - value_before
    known = Change(
        **counts,
        unit=unit,
        outcome="too_few_weeks",
        value_now=scale * value_now,
        value_before=scale * value_before,
        delta=scale * delta,
    )
    if len(usable) < FEWEST_WEEKS:
        return known
    # The field's own scale, then the arcsine scale: each gives a noise and a shift; the larger p-value
    # stands.
    middle = (low + high) / 2
    pooled = now + past
    size = pooled.weight + _PSEUDO_WEIGHT
    mean = (pooled.total + _PSEUDO_WEIGHT * middle) / size
    pseudo_squares = 0.75 * low**2 + 1.5 * middle**2 + 0.75 * high**2
    sampling = (pooled.squares + pseudo_squares) / size - mean * mean
    level = min(1 - _LEAST_LEVEL, max(_LEAST_LEVEL, (mean - low) / (high - low)))
    sampling_arcsine = sampling / ((high - low) ** 2 * 4 * level * (1 - level))
    noise = _noise(
        now, usable, [week.total / week.weight for week in usable], value_before, sampling, pooling
    )
    noise_arcsine = _noise(
        now,
        usable,
        [_arcsine(week, bounds) for week in usable],
        _arcsine(past, bounds),
        sampling_arcsine,
        pooling,
    )
    shift_arcsine = _arcsine(now, bounds) - _arcsine(past, bounds)
    p_value = max(exact_p, noise.p_value(delta), noise_arcsine.p_value(shift_arcsine))
    in_unit = Noise(variance=noise.variance * scale**2, dispersion=noise.dispersion, df=noise.df)
    return with_test(known, in_unit, p_value=p_value, alpha=alpha, widest=scale * (high - low))


def _noise(
    now: Moments,
    weeks: Sequence[Moments],
    values: Sequence[float],
    centre: float,
    sampling: float,
    pooling: float | None,
) -> Noise:
    """Return the noise of (this week − `centre`).

    One document varies by `sampling` (a variance); past weeks took these `values`.
    `pooling` is as in `compare_weeks`.
    """
    weight = math.fsum(week.weight for week in weeks)
    usual = weight / len(weeks)
    effective_weeks = weight**2 / math.fsum(week.weight**2 for week in weeks)
    scatter = math.fsum(
        week.weight * (value - centre) ** 2 for week, value in zip(weeks, values, strict=True)
    )
    return Noise(
        variance=sampling * (1 / min(now.weight, usual) + max(pooling or 0.0, 1 / (usual * effective_weeks))),
        dispersion=scatter / ((len(weeks) - 1) * sampling),
        df=max(1.0, effective_weeks - 1),
    )


def _arcsine(moments: Moments, bounds: tuple[float, float]) -> float:
    """Anscombe's arcsine transform of the mean, moved to 0–1.

    Its sampling variance hardly depends on the mean.
    """
    low, high = bounds
    hits = (moments.total - low * moments.weight) / (high - low)
    return math.asin(math.sqrt(min(1.0, max(0.0, (hits + 0.375) / (moments.weight + 0.75)))))


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else scale * value
