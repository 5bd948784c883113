"""Family-wise tests (Holm) over all the changes that one report could announce.

A digest that looked at twelve figures at 5% each would cry wolf in almost half of all quiet weeks. It cannot
see figures that are not handed to it: every comparison that may lead to a sentence belongs in the family, for
all brands, drivers and sections of that one message.
"""

import math
from collections.abc import Mapping

from pydantic import Field

from ouidire.frozen import Frozen
from ouidire.measures.change import Change


class Announcement(Frozen):
    """The changes that a report may announce.

    `announced` lists their keys, smallest adjusted p-value first (then in the order given). `adjusted` holds
    the adjusted p-value (0–1) of every figure tested; figures that could not be tested (no data, too few
    weeks) are in neither. "Nothing notable this week" is `announced` being empty.
    """

    announced: tuple[str, ...]
    adjusted: dict[str, float]
    alpha: float = Field(gt=0, lt=1)


def announce(
    changes: Mapping[str, Change], *, alpha: float = 0.05, weights: Mapping[str, float] | None = None
) -> Announcement:
    """Choose the changes that a whole report may announce with a chance of at most `alpha` of any false one.

    Args:
        changes: every comparison of the report, by a key of the caller's.
        alpha: the family-wise error rate, strictly between 0 and 1.
        weights: how much of `alpha` each key gets (> 0; 1 when absent). Fixed in advance, never by looking at
            the data: a headline figure may weigh more than a detail.

    Raises:
        ValueError: `alpha` is out of range or a weight is not a finite number above 0.

    Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6, with weights
    (as he shows): valid whatever the dependence between figures, which matters as net sentiment, NPS and
    delight move together. It is never weaker than Bonferroni. Going down p/w in increasing order, the
    adjusted p-value is the running maximum of (p/w) · Σ of the weights not yet passed.
    """
    if not 0 < alpha < 1:
        msg = f"alpha lies strictly between 0 and 1, not {alpha}"
        raise ValueError(msg)
    adjusted = holm(
        {key: item.p_value for key, item in changes.items() if item.p_value is not None}, weights=weights
    )
    return Announcement(
        announced=tuple(key for key, p in adjusted.items() if p < alpha), adjusted=adjusted, alpha=alpha
    )


def holm(p_values: Mapping[str, float], *, weights: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the adjusted p-value (0–1) of each of a family of tests, smallest first (see `announce`).

    Calling significant those under α keeps the chance of any false one at most α, however the tests depend on
    one another.

    Raises:
        ValueError: a weight is not a finite number above 0.
    """
    share = {key: (weights or {}).get(key, 1.0) for key in p_values}
    if any(not (weight > 0 and math.isfinite(weight)) for weight in share.values()):
        msg = "weights are finite numbers above 0"
        raise ValueError(msg)
    tested = sorted(
        ((p_value / share[key], key) for key, p_value in p_values.items()), key=lambda pair: pair[0]
    )
    adjusted: dict[str, float] = {}
    highest = 0.0
    for position, (ratio, key) in enumerate(tested):
        left = math.fsum(share[other] for _, other in tested[position:])
        highest = max(highest, min(1.0, ratio * left))
        adjusted[key] = highest
    return adjusted
