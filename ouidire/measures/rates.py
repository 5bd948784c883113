"""Shares of documents with Wilson intervals: delight, irritation, share of voice.

A share is a sum of 0/1 marks or of calibrated probabilities over a sum of weights. It cannot see that
mentions come in bursts (one event, many mentions): that is dealt with where weeks are compared, in
`ouidire.measures.change`.
"""

import math

from ouidire.measures.figure import Basis, Figure, Moments, alpha_of, check_bounds
from ouidire.measures.quantiles import normal_quantile


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


def rate(moments: Moments, *, basis: Basis = "estimated", confidence: float = 0.95) -> Figure:
    """Share of documents with a property, 0–1, with its Wilson interval.

    It is Σ w·x / Σ w, with x a 0/1 mark or a calibrated probability.

    Raises:
        ValueError: the sums are impossible for values in 0–1, or `confidence` is out of range.
    """
    check_bounds(moments, 0, 1)
    unknown = Figure(n=moments.n, weight=moments.weight, unit="ratio", basis=basis)
    if moments.empty:
        return unknown
    hits = max(0.0, min(moments.weight, moments.total))
    low, high = wilson(hits, moments.weight, confidence=confidence)
    return unknown.model_copy(update={"value": hits / moments.weight, "low": low, "high": high})


def delight_rate(moments: Moments, *, basis: Basis = "estimated", confidence: float = 0.95) -> Figure:
    """Share of mentions that are peaks of delight, 0–1 (see `rate`).

    `moments` sums the per-document `delight`, 0–1.
    """
    return rate(moments, basis=basis, confidence=confidence)


def irritation_rate(moments: Moments, *, basis: Basis = "estimated", confidence: float = 0.95) -> Figure:
    """Share of mentions that are peaks of irritation, 0–1 (see `rate`).

    `moments` sums the per-document `irritation`, 0–1.
    """
    return rate(moments, basis=basis, confidence=confidence)


def share_of_voice(*, brand: int, competitors: int, confidence: float = 0.95) -> Figure:
    """Mentions of the brand ÷ (brand + competitors), 0–1, Wilson interval; n is the denominator.

    Both counts must come from the same sources and the same window, or the ratio means nothing; a mention
    that concerns the brand and a competitor is one of each.

    Raises:
        ValueError: a count is negative, or `confidence` is out of range.
    """
    if brand < 0 or competitors < 0:
        msg = f"counts are not negative: brand={brand}, competitors={competitors}"
        raise ValueError(msg)
    return rate(Moments.of_hits(brand, brand + competitors), basis="counted", confidence=confidence)
