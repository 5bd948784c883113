"""Promoter classes and the net promoter score: asked, by stars, or estimated; never several pooled.

Reviewers and customers who were asked are different people, so that a figure of both would move with their
shares. It cannot see whether an estimate is well calibrated: `calibration_error` carries what is known of it
into the interval.
"""

from typing import Literal

from ouidire.measures.figure import Basis, Figure, Moments, signed_mean

PromoterClass = Literal["promoter", "passive", "detractor"]
_PROMOTER_FROM = 9
_PASSIVE_FROM = 7
_BEST_SCORE = 10
_BEST_STARS = 5
_PASSIVE_STARS = 4


def promoter_class(score: float) -> PromoterClass:
    """Class of an asked 0–10 likelihood to recommend: 9–10 promoter, 7–8 passive, 0–6 detractor.

    Source: Reichheld (2003), "The One Number You Need to Grow", Harvard Business Review 81(12). A score
    between two classes belongs to the lower one (8.5 is passive).

    Raises:
        ValueError: `score` is outside 0–10.
    """
    if not 0 <= score <= _BEST_SCORE:
        msg = f"a likelihood to recommend lies in 0-10, not {score}"
        raise ValueError(msg)
    if score >= _PROMOTER_FROM:
        return "promoter"
    return "passive" if score >= _PASSIVE_FROM else "detractor"


def stars_proxy(stars: float) -> PromoterClass:
    """Class that a 1–5 star rating stands in for: 5 promoter, 4 passive, 1–3 detractor.

    A convention of ours, not an asked question: every figure made of it must carry the basis "star_proxy". A
    rating between two stars belongs to the lower class (4.5 is passive).

    Raises:
        ValueError: `stars` is outside 1–5.
    """
    if not 1 <= stars <= _BEST_STARS:
        msg = f"a star rating lies in 1-5, not {stars}"
        raise ValueError(msg)
    if stars >= _BEST_STARS:
        return "promoter"
    return "passive" if stars >= _PASSIVE_STARS else "detractor"


def class_variance(p_promoter: float, p_detractor: float) -> float:
    """Variance 0–1 of one document's true class (+1, 0, −1) given its probabilities: p₊ + p₋ − (p₊ − p₋)².

    It is a per-document field: its sum is the `within` of `nps`. It is 0 where the class is known.

    Raises:
        ValueError: a probability is negative or the two sum to more than 1.
    """
    if not (p_promoter >= 0 and p_detractor >= 0 and p_promoter + p_detractor <= 1 + 1e-9):
        msg = f"probabilities must be >= 0 and sum to at most 1, not {p_promoter} and {p_detractor}"
        raise ValueError(msg)
    return max(0.0, p_promoter + p_detractor - (p_promoter - p_detractor) ** 2)


def nps(
    moments: Moments,
    *,
    basis: Basis,
    within: float | None = None,
    calibration_error: float = 0.0,
    dispersion: float = 1.0,
    confidence: float = 0.95,
) -> Figure:
    """Net promoter score in points, −100..100: 100 · Σ w·(p_promoter − p_detractor) / Σ w, with its interval.

    Args:
        moments: sums of the per-document x = p_promoter − p_detractor: exactly +1, 0 or −1 where the class
            is asked or a star proxy.
        basis: "asked", "star_proxy" or "estimated": that of every document summed.
        within: Σ w·`class_variance`. Needed for "estimated"; 0 (and may be left out) for known classes.
        calibration_error: standard error, in points 0–100, of the analyser's mean error on its gold data: a
            mistake shared by all documents, which no n averages away.
        dispersion: ≥ 0, how much more than independent documents past weeks differ (`Change.dispersion`).
        confidence: of the interval, 0–1.

    Returns:
        A figure in unit "points"; value None when `moments` is empty.

    Raises:
        ValueError: the sums are impossible, `within` is missing for estimated classes or given for known
            ones, or an option is out of range.

    For asked scores the interval covers sampling: which customers happened to answer. For estimated classes
    the variance adds, by the law of total variance, what happens between documents (Var x) and within each
    (its class is not known): the sum is the variance of the true class, so an estimate never looks surer than
    asking the same n people would. Of the two, the first alone concerns the customers at large and the second
    alone these very authors; the sum covers both readings. Source of the interval: Rocks (2016), The American
    Statistician 70(4), 365-372.
    """
    unsure = basis == "estimated"
    if unsure and within is None:
        msg = f"an NPS on the basis {basis!r} needs `within`, the sum of class_variance over its documents"
        raise ValueError(msg)
    if not unsure and within:
        msg = f"classes on the basis {basis!r} are known: `within` must be 0, not {within}"
        raise ValueError(msg)
    found = signed_mean(
        moments,
        within=within or 0.0,
        extra_se=calibration_error / 100,
        confidence=confidence,
        dispersion=dispersion,
    )
    value, low, high = (None, None, None) if found is None else (100 * part for part in found)
    return Figure(
        value=value, low=low, high=high, n=moments.n, weight=moments.weight, unit="points", basis=basis
    )
