"""Published figures and the sums they are made of: `Figure` (value, interval, n) and `Moments`.

A point figure is a ratio of sums of per-document numeric fields, so that the e-mail, the explorer and Kibana
show the same number. `Moments` holds those sums; `Figure` is what is printed. Nothing here can see whether
the documents were well chosen: periods, deduplication and the exclusion of broken weeks are the caller's.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from ouidire.frozen import Frozen
from ouidire.measures.quantiles import t_quantile

Unit = Literal["ratio", "points", "count", "score", "stars", "days"]
Basis = Literal["asked", "anchored", "estimated", "star_proxy", "counted"]
"""What a figure is computed from; no figure is made of several.

asked: a 0–10 score · anchored: words, corrected by asked scores of the same people · estimated: a model's
calibrated estimate · star_proxy: stars read as if they were a score · counted: plain counting.
"""

MAX_N = 10**15
# Below 2**53 every whole number is exact as a float: no count of documents comes near.
FEWEST_OF_A_PLACE = 20
"""Mentions from which a place has levels: of fewer, an interval holds nearly anything."""
EMPTY_WEIGHT = 1e-6
"""Sums with less weight than this are treated as empty: no document of ours weighs so little."""
# Sums come back from an index with rounding; inputs are refused only when they are wrong by more than that.
_ROUNDING = 1e-6
PSEUDO_WEIGHT, PSEUDO_SQUARES = 3.0, 1.5
"""Three pseudo-observations of the adjusted Wald interval: 3/4 promoter, 3/2 passive, 3/4 detractor.

Source: Rocks (2016), The American Statistician 70(4), after Agresti & Min (2005).
"""


class Figure(Frozen):
    """A published figure. `value` is None when there is nothing to compute it from; it is never NaN.

    `low` and `high` bound the interval and are None when none can be given; they contain `value`. `n` counts
    the documents summed, `weight` their weights (the denominator). Units: "ratio" 0–1 or −1..1, "points"
    −100..100, "count" ≥ 0, "score" −1..1, "stars" 0–5, "days" ≥ 0.
    """

    value: float | None = Field(default=None, allow_inf_nan=False)
    low: float | None = Field(default=None, allow_inf_nan=False)
    high: float | None = Field(default=None, allow_inf_nan=False)
    n: int = Field(ge=0)
    weight: float = Field(ge=0, allow_inf_nan=False)
    unit: Unit
    basis: Basis


class Moments(Frozen):
    """Sums over documents: `n`, `weight` = Σ w, `total` = Σ w·x, `squares` = Σ w·x².

    Weights lie in 0–1 (1 for an ordinary document, 1/k for each of k near-duplicates), so `weight` ≤ `n`; x
    is whatever field the figure is about. `weight` is taken as the number of independent texts: with weights
    in 0–1 it never exceeds Kish's effective sample size (Σw)²/Σw², so intervals err on the wide side. Adding
    two moments gives those of all their documents.

    Raises:
        ValueError: (at construction) a sum is not finite or the four cannot come from the same documents.
    """

    n: int = Field(default=0, ge=0, le=MAX_N)
    weight: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    total: float = Field(default=0.0, allow_inf_nan=False)
    squares: float = Field(default=0.0, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _from_one_set_of_documents(self) -> Self:
        if self.weight > self.n * (1 + _ROUNDING):
            msg = f"weight {self.weight} exceeds n {self.n}: weights lie in 0-1"
            raise ValueError(msg)
        # Cauchy-Schwarz: (Σ w·x)² ≤ Σ w · Σ w·x².
        most = math.sqrt(self.weight) * math.sqrt(self.squares)
        if abs(self.total) > most * (1 + _ROUNDING) + _ROUNDING * self.weight:
            msg = f"total {self.total} is impossible with weight {self.weight} and squares {self.squares}"
            raise ValueError(msg)
        return self

    @classmethod
    def unweighted(cls, n: int, total: float, squares: float) -> Self:
        """Build from an index's count, Σ field and Σ field² over documents of weight 1."""
        return cls(n=n, weight=n, total=total, squares=squares)

    @classmethod
    def of(cls, values: Sequence[float], *, weights: Sequence[float] | None = None) -> Self:
        """Build from per-document values, with weights in 0–1 (1 each by default).

        Raises:
            ValueError: `weights` has another length than `values`, or holds one outside 0–1.
        """
        chosen = [1.0] * len(values) if weights is None else list(weights)
        if any(not 0 <= w <= 1 for w in chosen):
            msg = "weights lie in 0-1"
            raise ValueError(msg)
        pairs = list(zip(values, chosen, strict=True))
        return cls(
            n=len(pairs),
            weight=math.fsum(chosen),
            total=math.fsum(w * x for x, w in pairs),
            squares=math.fsum(w * x * x for x, w in pairs),
        )

    @classmethod
    def of_hits(cls, hits: int, n: int) -> Self:
        """Build from `hits` yes answers among `n` (x is 1 or 0).

        Raises:
            ValueError: `hits` is not in 0–`n`.
        """
        if not 0 <= hits <= n:
            msg = f"{hits} hits of {n} cannot be"
            raise ValueError(msg)
        return cls(n=n, weight=n, total=hits, squares=hits)

    @classmethod
    def merged(cls, parts: Iterable["Moments"]) -> Self:
        """Sum of any number of moments; the order does not matter."""
        chosen = list(parts)
        return cls(
            n=sum(part.n for part in chosen),
            weight=math.fsum(part.weight for part in chosen),
            total=math.fsum(part.total for part in chosen),
            squares=math.fsum(part.squares for part in chosen),
        )

    def __add__(self, other: "Moments") -> "Moments":
        return Moments.merged((self, other))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to compute a mean from."""
        return self.weight < EMPTY_WEIGHT

    @property
    def is_count(self) -> bool:
        """Whether these are 0/1 marks of documents that weigh 1 each."""
        return (
            abs(self.weight - self.n) < EMPTY_WEIGHT
            and abs(self.total - round(self.total)) < EMPTY_WEIGHT
            and abs(self.squares - self.total) < EMPTY_WEIGHT
        )

    @property
    def mean(self) -> float | None:
        """Σ w·x / Σ w, or None when empty."""
        return None if self.empty else self.total / self.weight


def check_bounds(moments: Moments, low: float, high: float) -> None:
    """Refuse sums that documents with x between `low` and `high` (at most 1 in absolute value) cannot have.

    Raises:
        ValueError: the mean lies outside, or Σ w·x² exceeds Σ w.
    """
    slack = _ROUNDING * moments.weight + 1e-300
    outside = not low * moments.weight - slack <= moments.total <= high * moments.weight + slack
    if outside or moments.squares > moments.weight + slack:
        msg = f"values must lie in {low}..{high}: {moments!r}"
        raise ValueError(msg)


def alpha_of(confidence: float) -> float:
    """Return 1 − `confidence`.

    Raises:
        ValueError: `confidence` is not strictly between 0 and 1.
    """
    if not 0 < confidence < 1:
        msg = f"confidence lies strictly between 0 and 1, not {confidence}"
        raise ValueError(msg)
    return 1 - confidence


def independent_share(dispersion: float) -> float:
    """Return the share 0–1 of the weight that counts as independent: 1 / max(1, `dispersion`).

    Texts come in bursts: where past weeks differ φ times as much as independent texts would, W texts say as
    much as W/φ (Kish 1965, Survey Sampling: the design effect; Rao & Scott 1992, Biometrics 48).

    Raises:
        ValueError: `dispersion` is negative or not finite.
    """
    if not (dispersion >= 0 and math.isfinite(dispersion)):
        msg = f"a dispersion is finite and not negative, not {dispersion}"
        raise ValueError(msg)
    return 1 / max(1.0, dispersion)


def signed_mean(
    moments: Moments, *, within: float, extra_se: float, confidence: float, dispersion: float = 1.0
) -> tuple[float, float, float] | None:
    """Mean of a field in −1..1 with its adjusted-Wald interval: (value, low, high), or None when empty.

    With W = weight, the centre is Σwx/(W+3), its variance ((Σwx² + within + 1.5)/(W+3) − centre²)/(W+3) +
    extra_se², and the half-width Student's quantile with W + 2 degrees of freedom times its root (Rocks
    2016). `within` is Σ w·Var(x | document), `extra_se` the standard error of a mistake shared by all
    documents; every sum counts `independent_share(dispersion)` times.

    Raises:
        ValueError: the sums are impossible for a field in −1..1, or `within`, `extra_se`, `dispersion` or
            `confidence` is out of range.
    """
    alpha = alpha_of(confidence)
    independent = independent_share(dispersion)
    check_bounds(moments, -1, 1)
    if not (0 <= within <= moments.weight - moments.squares + _ROUNDING * moments.weight + 1e-12):
        msg = f"within must lie in 0..weight - squares, not {within} for {moments!r}"
        raise ValueError(msg)
    if not 0 <= extra_se <= 1:
        msg = f"a standard error on a scale of -1..1 lies in 0..1, not {extra_se}"
        raise ValueError(msg)
    if moments.empty:
        return None
    value = max(-1.0, min(1.0, moments.total / moments.weight))
    size = independent * moments.weight + PSEUDO_WEIGHT
    centre = independent * moments.total / size
    squares = independent * (moments.squares + within) + PSEUDO_SQUARES
    variance = max(0.0, squares / size - centre * centre) / size
    half = t_quantile(1 - alpha / 2, size - 1) * math.sqrt(variance + extra_se * extra_se)
    return value, max(-1.0, min(value, centre - half)), min(1.0, max(value, centre + half))
