"""Drivers in points: the effect on a measure that each praised or blamed aspect is associated with.

It is a plain regression of a per-document field on the aspects that each text was coded with, with intervals
that hold when texts differ in spread. It sees association, never cause: people who blame the delivery may
have had other reasons too, and what no aspect names is in no driver. It cannot see texts that are copies of
one another: the caller leaves them out.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pydantic import Field

from ouidire.frozen import Frozen
from ouidire.measures.family import holm
from ouidire.measures.figure import alpha_of
from ouidire.measures.quantiles import t_quantile, two_sided_t

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEWEST_CODED = 12
"""Texts that must have a code, and that must lack it: fewer would make an interval of a handful."""
FEWEST_PER_COLUMN = 5
"""Texts for each coefficient that is estimated, at least."""
ALONE = 0.1
"""Least share of a code's variance that more frequent codes leave unexplained; below it they are inseparable.

It is a variance inflation factor of 10, the usual limit: Kutner et al. (2005), *Applied Linear Statistical
Models*, §10.5.
"""


FICTITIOUS = 3.0
"""Texts that are added to each side: half of them neutral, a quarter at each end."""


ALIKE = 1e-6
"""Sum of squares left over on one side of a code up to which its texts are all alike."""


class Coded(NamedTuple):
    """One text of the regression.

    `y` (−1…1) is the field, `spread` the variance of what y estimates (0 where it is known); `codes` are
    whatever may drive ("delivery:negative"); `group` is a stratum whose mean may differ for other reasons
    (how the text was collected), `week` another (a week's own mood, which may come with more talk of a
    theme); `now` says whether it belongs to the period whose effects are reported.
    """

    y: float
    codes: frozenset[str]
    spread: float = 0.0
    group: str = ""
    week: str = ""
    now: bool = True


class Driver(Frozen):
    """A code with the effect that it is associated with, in points of the period's figure.

    `value` = 100 · `share` · `coefficient`, in −200..200, `low` and `high` its 95% interval; `share` (0–1) of
    the period's texts have the code, `n_now` texts; the coefficient is that of `n_coded` of `n` texts.
    `p_value` is two-sided, for this driver alone: a report shows `announced` ones only.
    """

    code: str
    value: float = Field(allow_inf_nan=False)
    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)
    coefficient: float = Field(allow_inf_nan=False)
    share: float = Field(ge=0, le=1)
    p_value: float = Field(ge=0, le=1)
    n: int = Field(ge=0)
    n_now: int = Field(ge=0)
    n_coded: int = Field(ge=0)
    announced: bool = False


class Drivers(Frozen):
    """All drivers of one measure, the largest effect first.

    `rare` codes have too few texts (or are absent from too few); `inseparable` ones nearly always come with
    more frequent codes, which stand for them. `n` texts were regressed; 0 where there were too few for any
    code.
    """

    drivers: tuple[Driver, ...] = ()
    n: int = 0
    rare: tuple[str, ...] = ()
    inseparable: tuple[str, ...] = ()


def drivers(texts: Sequence[Coded], *, confidence: float = 0.95) -> Drivers:
    """Regress y on the codes of texts; return each code's effect on the period's mean, in points.

    Args:
        texts: those of the period (`now`) and of as many comparable periods as there are, each text once.
        confidence: of the intervals, 0–1.

    Raises:
        ValueError: a y outside −1…1, a spread outside 0…1, or `confidence` out of range.

    Ordinary least squares with an intercept, one 0/1 column for each code and one for each group and each
    week but the largest. The variance of a coefficient is the larger of HC3 (MacKinnon & White 1985, J.
    Econometrics 29; recommended for samples below 250 by Long & Ervin 2000, The American Statistician 54(3))
    and the classical one, since HC3 alone is sure of a handful that agrees (Angrist & Pischke 2009, *Mostly
    Harmless Econometrics*, §8.1); where y is an estimate, the squared residual grows by `spread`. The effect
    is share · coefficient, where the share is that of the period's own texts, counted and not estimated; the
    interval is Student's, on the degrees of freedom of the rarer side of the code, and where all texts
    with a code, or without, are alike, no narrower than that of two means (`_least_error`). Codes
    that were read wrongly draw the effects towards 0.
    """
    import numpy as np

    alpha = alpha_of(confidence)
    if any(not (-1 <= text.y <= 1 and 0 <= text.spread <= 1) for text in texts):
        msg = "y lies in -1..1 and spread in 0..1"
        raise ValueError(msg)
    counts = _counts([text.codes for text in texts])
    usable = [code for code, n in counts.items() if min(n, len(texts) - n) >= FEWEST_CODED]
    rare = tuple(sorted(counts.keys() - set(usable)))
    groups = _strata(texts)
    most = len(texts) // FEWEST_PER_COLUMN - 1 - len(groups)
    if not usable or most < 1:
        return Drivers(rare=tuple(sorted(counts)))
    usable, crowded = usable[:most], usable[most:]
    design = _design(texts, groups, usable)
    kept = _separable(design, always=1 + len(groups))
    coefficients, variances, squares = _fit(texts, design[:, kept])
    y = np.array([text.y for text in texts])
    found = []
    now = [text for text in texts if text.now]
    shares = _counts([text.codes for text in now])
    for column, place in enumerate(kept):
        if place < 1 + len(groups):
            continue
        code = usable[place - 1 - len(groups)]
        found.append(
            _driver(
                code,
                float(coefficients[column]),
                max(
                    math.sqrt(float(variances[column])),
                    _least_error(y, squares, design[:, place] > 0, towards=float(coefficients[column])),
                ),
                shares.get(code, 0),
                len(now),
                counts,
                texts,
                alpha,
            )
        )
    left = tuple(code for at, code in enumerate(usable) if at + 1 + len(groups) not in kept)
    ordered = tuple(sorted(found, key=lambda each: (-abs(each.value), each.code)))
    return Drivers(drivers=ordered, n=len(texts), rare=tuple(sorted((*rare, *crowded))), inseparable=left)


def announced_drivers(measures: Mapping[str, Drivers], *, alpha: float = 0.05) -> dict[str, Drivers]:
    """Mark as `announced` the drivers that one report may show.

    All drivers of all its measures are one family (Holm 1979) at the error rate `alpha`.

    Raises:
        ValueError: `alpha` is out of range.
    """
    p_values = {
        f"{name}\n{each.code}": each.p_value for name, found in measures.items() for each in found.drivers
    }
    if not 0 < alpha < 1:
        msg = f"alpha lies strictly between 0 and 1, not {alpha}"
        raise ValueError(msg)
    significant = {key for key, p in holm(p_values).items() if p < alpha}
    return {
        name: found.model_copy(
            update={
                "drivers": tuple(
                    each.model_copy(update={"announced": f"{name}\n{each.code}" in significant})
                    for each in found.drivers
                ),
            }
        )
        for name, found in measures.items()
    }


def _driver(
    code: str,
    coefficient: float,
    error: float,
    n_now: int,
    of: int,
    counts: Mapping[str, int],
    texts: Sequence[Coded],
    alpha: float,
) -> Driver:
    share = n_now / of if of else 0.0
    value = share * coefficient
    df = min(counts[code], len(texts) - counts[code]) - 1
    half = t_quantile(1 - alpha / 2, df) * error * share
    p_value = two_sided_t(coefficient / error, df) if error > 0 and share > 0 else 1.0
    most = 2 * share  # y lies between −1 and 1: no text is further than 2 from another
    low, high = (max(-most, min(most, bound)) for bound in (value - half, value + half))
    value = max(-most, min(most, value))
    return Driver(
        code=code,
        value=100 * value,
        low=100 * min(low, value),
        high=100 * max(high, value),
        coefficient=coefficient,
        share=share,
        p_value=p_value,
        n=len(texts),
        n_now=n_now,
        n_coded=counts[code],
    )


def _least_error(
    y: "NDArray[np.float64]", squares: "NDArray[np.float64]", coded: "NDArray[np.bool_]", *, towards: float
) -> float:
    """Return the least standard error of the difference between texts with a code and without, on y's scale.

    It is 0 where texts of both sides differ from what is fitted, since those differences tell. Else each
    side has the adjusted Wald interval of a mean between −1 and 1: three fictitious texts are added (Rocks
    2016, The American Statistician 70(4)), and what the regression explains is left out of its spread. The
    two are joined by the square-and-add method (Newcombe 1998, Statistics in Medicine 17, method 10; Zou &
    Donner 2008, Statistics in Medicine 27), on the side of no difference.
    """
    if min(float(squares[side].sum()) for side in (coded, ~coded)) > ALIKE:
        return 0.0
    sign = 1.0 if towards >= 0 else -1.0
    distances = []
    for side, outward in ((coded, -sign), (~coded, sign)):
        n, mean = float(side.sum()), float(y[side].mean())
        centre = n * mean / (n + FICTITIOUS)
        held = (n * mean**2 + float(squares[side].sum()) + FICTITIOUS / 2) / (n + FICTITIOUS)
        deviation = math.sqrt(max(0.0, held - centre**2) / (n + FICTITIOUS))
        distances.append(max(0.0, outward * (centre - mean)) + deviation)
    return math.hypot(*distances)


def _counts(listed: Sequence[frozenset[str]]) -> dict[str, int]:
    """Texts of each code, the most frequent first, ties by name."""
    counts: dict[str, int] = {}
    for codes in listed:
        for code in codes:
            counts[code] = counts.get(code, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _strata(texts: Sequence[Coded]) -> list[tuple[str, str]]:
    """Return the strata that get a column, of either kind: all with enough texts but the largest.

    Texts of smaller strata count with the largest.
    """
    found: list[tuple[str, str]] = []
    for kind in ("group", "week"):
        counts = _counts([frozenset((getattr(text, kind),)) for text in texts])
        found += [(kind, name) for name, n in list(counts.items())[1:] if n >= FEWEST_CODED]
    return found


def _design(
    texts: Sequence[Coded], groups: Sequence[tuple[str, str]], codes: Sequence[str]
) -> "NDArray[np.float64]":
    import numpy as np

    design = np.zeros((len(texts), 1 + len(groups) + len(codes)))
    design[:, 0] = 1
    columns = {stratum: place for place, stratum in enumerate(groups, start=1)}
    at = {code: place for place, code in enumerate(codes, start=1 + len(groups))}
    for row, text in enumerate(texts):
        for stratum in (("group", text.group), ("week", text.week)):
            if stratum in columns:
                design[row, columns[stratum]] = 1
        for code in text.codes:
            if code in at:
                design[row, at[code]] = 1
    return design


def _separable(design: "NDArray[np.float64]", *, always: int) -> list[int]:
    """Return the columns to keep: those of groups, then codes that the columns before do not explain.

    `ALONE` says how much they may explain.
    """
    import numpy as np

    kept: list[int] = []
    basis = np.zeros((design.shape[0], 0))
    for place in range(design.shape[1]):
        column = design[:, place]
        whole = column if place == 0 else column - column.mean()
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)  # once more, for rounding
        size = float(rest @ rest)
        if size <= (1e-9 if place < always else ALONE) * float(whole @ whole):
            continue
        kept.append(place)
        basis = np.column_stack([basis, rest / math.sqrt(size)])
    return kept


def _fit(
    texts: Sequence[Coded], design: "NDArray[np.float64]"
) -> tuple["NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]"]:
    """Least squares: coefficients, variances (the larger of HC3 and the classical one), squares left over."""
    import numpy as np

    y = np.array([text.y for text in texts])
    spread = np.array([text.spread for text in texts])
    q, r = np.linalg.qr(design)
    inverse = np.linalg.inv(r)
    coefficients = inverse @ (q.T @ y)
    leverage = np.minimum(1 - 1e-9, (q * q).sum(axis=1))
    residuals = y - design @ coefficients
    bread = inverse @ q.T
    robust = ((bread * bread) * (residuals**2 / (1 - leverage) ** 2 + spread)).sum(axis=1)
    pooled = float((residuals**2 + spread).sum()) / (len(texts) - design.shape[1])
    classical = pooled * (inverse * inverse).sum(axis=1)
    return coefficients, np.maximum(robust, classical), residuals**2 + spread
