"""Shares of documents with Wilson intervals (delight, irritation, share of voice), and the effort index.

A share is a sum of 0/1 marks or of calibrated probabilities over a sum of weights. Mentions come in bursts
(one event, many mentions): how much is seen from past weeks alone, and handed over as their `dispersion`.
"""

import math

from ouidire.measures.figure import (
    Basis,
    Figure,
    Moments,
    alpha_of,
    check_bounds,
    independent_share,
    signed_mean,
)
from ouidire.measures.quantiles import normal_quantile

STARS = 5.0
"""The most stars there are: ratings on other scales are kept beside it as they were given."""


def wilson(hits: float, size: float, *, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval (low, high) of hits/size, within 0–1; (0, 1) when `size` is 0.

    Source: Wilson (1927), JASA 22(158); recommended for small n by Brown, Cai & DasGupta (2001), Statistical
    Science 16(2). `hits` may be a sum of probabilities: p(1−p) is then the total variance of the marks they
    stand for (between documents and within), so the interval is as wide as if the marks had been seen.

    Raises:
        ValueError: not 0 ≤ hits ≤ size (finite), or `confidence` is out of range.
    """
    if not (0 <= hits <= size and math.isfinite(size)):
        msg = f"hits must lie in 0..size, not {hits} of {size}"
        raise ValueError(msg)
    z = normal_quantile(1 - alpha_of(confidence) / 2)
    if size == 0:
        return 0.0, 1.0
    share = hits / size
    centre = (hits + z * z / 2) / (size + z * z)
    half = z / (size + z * z) * math.sqrt(hits * (1 - share) + z * z / 4)
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def rate(
    moments: Moments,
    *,
    basis: Basis = "estimated",
    transfer_sd: float = 0.0,
    dispersion: float = 1.0,
    confidence: float = 0.95,
) -> Figure:
    """Share of documents with a property, 0–1, with its Wilson interval.

    It is Σ w·x / Σ w, with x a 0/1 mark or a calibrated probability. The interval counts
    `independent_share(dispersion)` of the weight; each of its halves h becomes √(h² + (z·`transfer_sd`)²),
    where `transfer_sd` (0–1) is the analyser's spread from source to source, which no n averages away.

    Raises:
        ValueError: the sums are impossible for values in 0–1, or an option is out of range.
    """
    check_bounds(moments, 0, 1)
    if not 0 <= transfer_sd <= 1:
        msg = f"a spread of shares lies in 0..1, not {transfer_sd}"
        raise ValueError(msg)
    independent = independent_share(dispersion)
    shared = normal_quantile(1 - alpha_of(confidence) / 2) * transfer_sd
    unknown = Figure(n=moments.n, weight=moments.weight, unit="ratio", basis=basis)
    if moments.empty:
        return unknown
    hits = max(0.0, min(moments.weight, moments.total))
    value = hits / moments.weight
    low, high = wilson(independent * hits, independent * moments.weight, confidence=confidence)
    if shared:
        low = max(0.0, value - math.hypot(value - low, shared))
        high = min(1.0, value + math.hypot(high - value, shared))
    return unknown.model_copy(update={"value": value, "low": min(low, value), "high": max(high, value)})


def effort_index(
    moments: Moments, *, basis: Basis = "estimated", dispersion: float = 1.0, confidence: float = 0.95
) -> Figure:
    """Mean of a per-document effort score of 0, ½ or 1, as a ratio 0–1, with its own variance's interval.

    It is `signed_mean` on the scale 2x − 1: a score of three steps varies less than marks of 0 or 1 with the
    same mean, so that Wilson's interval would be too wide.

    Raises:
        ValueError: the sums are impossible for values in 0–1, or an option is out of range.
    """
    check_bounds(moments, 0, 1)
    doubled = Moments(
        n=moments.n,
        weight=moments.weight,
        total=2 * moments.total - moments.weight,
        squares=max(0.0, 4 * (moments.squares - moments.total) + moments.weight),
    )
    found = signed_mean(doubled, within=0.0, extra_se=0.0, confidence=confidence, dispersion=dispersion)
    value, low, high = (None, None, None) if found is None else ((part + 1) / 2 for part in found)
    return Figure(
        value=value, low=low, high=high, n=moments.n, weight=moments.weight, unit="ratio", basis=basis
    )


def delight_rate(
    moments: Moments, *, basis: Basis = "estimated", dispersion: float = 1.0, confidence: float = 0.95
) -> Figure:
    """Share of mentions that are peaks of delight, 0–1 (see `rate`).

    `moments` sums the per-document `delight`, 0–1.
    """
    return rate(moments, basis=basis, dispersion=dispersion, confidence=confidence)


def irritation_rate(
    moments: Moments, *, basis: Basis = "estimated", dispersion: float = 1.0, confidence: float = 0.95
) -> Figure:
    """Share of mentions that are peaks of irritation, 0–1 (see `rate`).

    `moments` sums the per-document `irritation`, 0–1.
    """
    return rate(moments, basis=basis, dispersion=dispersion, confidence=confidence)


def mean_rating(
    n: int, total: float, squares: float, *, dispersion: float = 1.0, confidence: float = 0.95
) -> Figure:
    """Mean of `n` ratings of 0–5 stars, with its interval: `signed_mean` on the scale 2x/5 − 1.

    `total` and `squares` are Σ x and Σ x².

    Raises:
        ValueError: the sums are impossible for values in 0–5, or an option is out of range.
    """
    half = STARS / 2
    scaled = Moments.unweighted(n, total / half - n, max(0.0, squares / half**2 - 2 * total / half + n))
    found = signed_mean(scaled, within=0.0, extra_se=0.0, confidence=confidence, dispersion=dispersion)
    value, low, high = (None, None, None) if found is None else ((part + 1) * half for part in found)
    return Figure(value=value, low=low, high=high, n=n, weight=n, unit="stars", basis="counted")


def share_of_voice(
    *, brand: int, competitors: int, dispersion: float | None = None, confidence: float = 0.95
) -> Figure:
    """Mentions of the brand ÷ (brand + competitors), 0–1; n is the denominator.

    Both counts must come from the same sources and the same window, or the ratio means nothing; a mention
    that concerns the brand and a competitor is one of each. `dispersion` (≥ 0) is that of past weeks' shares
    (`Change.dispersion`): counts come in bursts, so that without it there is no interval.

    Raises:
        ValueError: a count is negative, or an option is out of range.
    """
    if brand < 0 or competitors < 0:
        msg = f"counts are not negative: brand={brand}, competitors={competitors}"
        raise ValueError(msg)
    found = rate(
        Moments.of_hits(brand, brand + competitors),
        basis="counted",
        dispersion=1.0 if dispersion is None else dispersion,
        confidence=confidence,
    )
    return found if dispersion is not None else found.model_copy(update={"low": None, "high": None})
