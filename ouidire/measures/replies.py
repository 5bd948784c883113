"""How long owners' replies take: the median delay of the replies of a period, in days.

The mean would be that of the few replies to very old reviews. It cannot see reviews that were never answered:
their share is the reply rate's matter.
"""

import math
from collections.abc import Sequence

from ouidire.measures.figure import Figure, alpha_of
from ouidire.measures.quantiles import binomial_quantile


def reply_delay(days: Sequence[float], *, confidence: float = 0.95) -> Figure:
    """Return the median of delays (days, each ≥ 0), with the interval of its order statistics.

    The interval runs from the j-th to the (n + 1 − j)-th of n delays in order, j the α/2 quantile of a
    binomial with n trials of ½ (Conover 1999, Practical Nonparametric Statistics, 3.2); with fewer than 6
    there is none at 95%.

    Raises:
        ValueError: a delay is negative or not finite, or `confidence` is out of range.
    """
    ordered = sorted(days)
    if any(not (math.isfinite(each) and each >= 0) for each in ordered):
        msg = "delays are finite numbers of days from 0 on"
        raise ValueError(msg)
    n = len(ordered)
    figure = Figure(n=n, weight=n, unit="days", basis="counted")
    if not n:
        return figure
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    first = binomial_quantile(alpha_of(confidence) / 2, n, 0.5)
    if first < 1:
        return figure.model_copy(update={"value": middle})
    return figure.model_copy(update={"value": middle, "low": ordered[first - 1], "high": ordered[n - first]})
