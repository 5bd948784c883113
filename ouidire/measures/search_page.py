"""The first-page score of a brand's searches, and its presence on category searches (consideration).

It reads results that are already ranked and judged (owned, hostile, favourable …); it cannot see personalised
pages.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from ouidire.frozen import Frozen
from ouidire.measures.figure import MAX_N, Figure, Moments, alpha_of
from ouidire.measures.quantiles import t_quantile
from ouidire.measures.rates import rate

_PAGES_FOR_AN_INTERVAL = 2


def position_weight(rank: int) -> float:
    """Weight 0–1 of the organic result at `rank` (1 is the first): 1 / log2(rank + 1).

    Source: the discount of DCG, Järvelin & Kekäläinen (2002), ACM TOIS 20(4). We chose it over click-through
    curves: it is published, the same for everyone and defined at every rank, whereas measured curves differ
    by device, by year and most of all by query (navigational clicks nearly all go to the first result). And a
    first page is *read*, not only clicked: a hostile title at rank 4 does its work unclicked, so the gentler
    slope is the safer one.

    Raises:
        ValueError: `rank` is below 1.
    """
    if rank < 1:
        msg = f"ranks start at 1, not {rank}"
        raise ValueError(msg)
    return 1 / math.log2(rank + 1)


def favourability(
    *, owner: Literal["brand", "competitor"] | None = None, stars: float | None = None, stance: float = 0.0
) -> float:
    """Favourability −1..1 of one result to the brand searched for: what it says to the next buyer.

    +1 where the brand itself owns it, −1 where a competitor does; else by the stars (of 5) that it shows,
    (stars − 3) / 2, so that 5 is +1, 3 is 0, and 1 and less are −1; else `stance`, what its words say, as
    P(favourable) − P(hostile): the expectation of a verdict of +1 or −1, and 0 where they take no side.

    Source: ours. Whose page it is comes first, since nobody argues against himself; then what a visitor sees
    without reading; then the words.
    """
    if owner is not None:
        return 1.0 if owner == "brand" else -1.0
    if stars is not None:
        return max(-1.0, min(1.0, (stars - 3) / 2))
    return stance


class PageSums(Frozen):
    """Sums over the scored organic results of one first page, all its captures together.

    `weight` is Σ position weight, `total` Σ position weight · favourability. `n` counts those results; a
    result without a favourability is in neither sum.

    Raises:
        ValueError: (at construction) the sums cannot come from favourabilities in −1..1.
    """

    n: int = Field(default=0, ge=0, le=MAX_N)
    weight: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    total: float = Field(default=0.0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.weight > self.n * (1 + 1e-6) or abs(self.total) > self.weight * (1 + 1e-6) + 1e-12:
            msg = f"no results have n={self.n}, weight={self.weight}, total={self.total}"
            raise ValueError(msg)
        return self

    @classmethod
    def of(cls, results: Iterable[tuple[int, float]]) -> Self:
        """Build from (organic rank ≥ 1, favourability −1..1) pairs."""
        pairs = [(position_weight(rank), favourability) for rank, favourability in results]
        return cls(
            n=len(pairs), weight=math.fsum(w for w, _ in pairs), total=math.fsum(w * f for w, f in pairs)
        )

    @classmethod
    def merged(cls, captures: Iterable["PageSums"]) -> Self:
        """Sum the captures of one page; the order does not matter."""
        listed = list(captures)
        return cls(
            n=sum(each.n for each in listed),
            weight=math.fsum(each.weight for each in listed),
            total=math.fsum(each.total for each in listed),
        )


def first_page_score(pages: Sequence[PageSums], *, confidence: float = 0.95) -> Figure:
    """Σ position weight · favourability / Σ position weight over the organic results of first pages, −1..1.

    A page (query × engine × country × language × device) is the unit that varies, not the result, and not the
    capture: a page read every day is one page, its captures summed first (`PageSums.merged`). The interval is
    that of a ratio estimator over pages (Cochran 1977, Sampling Techniques, ch. 6), Student's quantile with
    pages − 1 degrees of freedom. It says how much the score depends on which searches are watched; with one
    page there is none. n counts pages.

    Raises:
        ValueError: `confidence` is out of range.
    """
    alpha = alpha_of(confidence)
    seen = [page for page in pages if page.weight > 0]
    weight = math.fsum(page.weight for page in seen)
    unknown = Figure(n=len(seen), weight=weight, unit="score", basis="estimated")
    if not seen:
        return unknown
    value = max(-1.0, min(1.0, math.fsum(page.total for page in seen) / weight))
    if len(seen) < _PAGES_FOR_AN_INTERVAL:
        return unknown.model_copy(update={"value": value})
    k = len(seen)
    residuals = math.fsum(((page.total - value * page.weight) / weight) ** 2 for page in seen)
    half = t_quantile(1 - alpha / 2, k - 1) * math.sqrt(residuals * k / (k - 1))
    return unknown.model_copy(
        update={"value": value, "low": max(-1.0, value - half), "high": min(1.0, value + half)}
    )


def page_presence(pages: Iterable[tuple[int, int]]) -> Moments:
    """Return the sums of category pages from (captures with the brand, captures) of each page.

    A page's x is the share of its captures that show the brand, its weight (0–1) its captures over those of
    the page most often captured: the mean is that of all captures, and a page counts once at most.

    Raises:
        ValueError: not 0 ≤ captures with the brand ≤ captures.
    """
    seen = [(shown, captures) for shown, captures in pages if captures]
    if any(not 0 <= shown <= captures for shown, captures in seen):
        msg = f"a page shows the brand in some of its captures, not {seen}"
        raise ValueError(msg)
    most = max((captures for _, captures in seen), default=1)
    return Moments.of(
        [shown / captures for shown, captures in seen], weights=[captures / most for _, captures in seen]
    )


def consideration(pages: Moments, *, confidence: float = 0.95) -> Figure:
    """Share 0–1 of category first pages on which the brand appears, Wilson interval; n counts pages.

    `pages` are the sums of `page_presence`: the unit is a page (query × engine × country × language ×
    device), not a capture of it.

    Raises:
        ValueError: the sums are impossible for values in 0–1, or `confidence` is out of range.
    """
    return rate(pages, basis="counted", confidence=confidence)
