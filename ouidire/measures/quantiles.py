"""Probabilities and quantiles of the normal, Student, beta and binomial distributions, by `scipy.special`.

Plain floats in and out, checked; nothing here knows what a mention or a week is. SciPy is imported by the
first call, so that the command line answers without it. Fisher's exact test cannot vouch for probabilities
below about 1e-14.
"""

import math
from collections.abc import Sequence

_FEWEST_DEGREES = 0.5
"""Degrees of freedom below which no sample of ours lies, and quantiles soon overflow."""


def normal_cdf(x: float) -> float:
    """P(Z ≤ x), 0–1, for a standard normal Z."""
    from scipy.special import ndtr

    return float(ndtr(x))


def normal_quantile(p: float) -> float:
    """Return the x with P(Z ≤ x) = `p` for a standard normal Z.

    Raises:
        ValueError: `p` is not strictly between 0 and 1.
    """
    from scipy.special import ndtri

    _check_probability(p)
    return float(ndtri(p))


def two_sided_normal(z: float) -> float:
    """P(|Z| ≥ |z|), 0–1: the two-sided p-value of a standardised difference."""
    return math.erfc(abs(z) / math.sqrt(2))


def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function I_x(a, b), 0–1.

    Raises:
        ValueError: `a` or `b` is not positive, or `x` is outside 0–1.
    """
    from scipy.special import betainc

    if not (a > 0 and b > 0 and 0 <= x <= 1):
        msg = f"beta_cdf needs a > 0, b > 0 and 0 <= x <= 1, not x={x}, a={a}, b={b}"
        raise ValueError(msg)
    return float(betainc(a, b, x))


def beta_quantile(p: float, a: float, b: float) -> float:
    """Return the x in 0–1 with I_x(a, b) = `p`.

    Raises:
        ValueError: `p` is not strictly between 0 and 1, or `a` or `b` is not positive.
    """
    from scipy.special import betaincinv

    _check_probability(p)
    if not (a > 0 and b > 0):
        msg = f"beta_quantile needs a > 0 and b > 0, not a={a}, b={b}"
        raise ValueError(msg)
    return float(betaincinv(a, b, p))


def two_sided_t(t: float, df: float) -> float:
    """P(|T| ≥ |t|), 0–1, for Student's T with `df` > 0 degrees of freedom (not necessarily whole).

    Raises:
        ValueError: `df` is not positive.
    """
    from scipy.special import stdtr

    if not df > 0:
        msg = f"degrees of freedom must be positive, not {df}"
        raise ValueError(msg)
    return 2 * float(stdtr(df, -abs(t)))


def t_quantile(p: float, df: float) -> float:
    """Return the x with P(T ≤ x) = `p` for Student's T with `df` ≥ 0.5 degrees of freedom.

    Raises:
        ValueError: `p` is not strictly between 0 and 1, or `df` is below 0.5.
    """
    from scipy.special import stdtrit

    _check_probability(p)
    if not df >= _FEWEST_DEGREES:
        msg = f"at least {_FEWEST_DEGREES} degrees of freedom are needed, not {df}"
        raise ValueError(msg)
    return float(stdtrit(df, p))


def binomial_cdf(k: int, n: int, p: float) -> float:
    """P(X ≤ k), 0–1, for X ~ Binomial(n, p).

    Raises:
        ValueError: `n` is negative or `p` is outside 0–1.
    """
    from scipy.special import bdtr

    if n < 0 or not 0 <= p <= 1:
        msg = f"binomial_cdf needs n >= 0 and 0 <= p <= 1, not n={n}, p={p}"
        raise ValueError(msg)
    if k < 0:
        return 0.0
    return float(bdtr(min(k, n), n, p))


def binomial_quantile(q: float, n: int, p: float) -> int:
    """Return the smallest k, 0–n, with P(X ≤ k) ≥ `q` for X ~ Binomial(n, p); memory and time grow like `n`.

    Raises:
        ValueError: `q` is not strictly between 0 and 1, `n` is negative or `p` is outside 0–1.
    """
    import numpy as np
    from scipy.special import bdtr

    _check_probability(q)
    if n < 0 or not 0 <= p <= 1:
        msg = f"binomial_quantile needs n >= 0 and 0 <= p <= 1, not n={n}, p={p}"
        raise ValueError(msg)
    return int(np.searchsorted(bdtr(np.arange(n), n, p), q))


def two_sided_binomial(k: int, n: int, p: float) -> float:
    """Return the exact two-sided p-value of `k` successes of `n` at chance `p`.

    It is twice the smaller tail, at most 1.

    Raises:
        ValueError: `n` is negative or `p` is outside 0–1.
    """
    return min(1.0, 2 * min(binomial_cdf(k, n, p), binomial_cdf(n - k, n, 1 - p)))


def two_sided_fisher(k: int, n: int, hits: int, total: int) -> float:
    """Fisher's exact test: `k` hits among `n` drawn, of `hits` among `total`.

    Twice the smaller tail, at most 1.

    Source: Fisher (1934), Statistical Methods for Research Workers, 5th ed. Takes min(n, hits) steps.

    Raises:
        ValueError: the four numbers cannot be those of a 2×2 table.
    """
    return two_sided_hypergeometric([(k, n, hits, total)])


def two_sided_hypergeometric(tables: Sequence[tuple[int, int, int, int]]) -> float:
    """Fisher's exact test over several tables (k, n, hits, total) together, each with its own margins.

    Twice the smaller tail of the sum of k, at most 1.

    Source: Gart (1970), Biometrika 57(3). Takes as many steps as the product of the tables' lengths, two by
    two.

    Raises:
        ValueError: four numbers cannot be those of a 2×2 table.
    """
    chances, first, observed = [1.0], 0, 0
    for k, n, hits, total in tables:
        least, most = max(0, n + hits - total), min(n, hits)
        if not (0 <= n <= total and 0 <= hits <= total and least <= k <= most):
            msg = f"no 2x2 table has k={k}, n={n}, hits={hits}, total={total}"
            raise ValueError(msg)
        own = _hypergeometric(least, most, n, hits, total)
        together = [0.0] * (len(chances) + len(own) - 1)
        for at, chance in enumerate(chances):
            for further, other in enumerate(own):
                together[at + further] += chance * other
        chances, first, observed = together, first + least, observed + k
    at = observed - first
    below, above = math.fsum(chances[: at + 1]), math.fsum(chances[at:])
    return min(1.0, 2 * min(below, above))


def _hypergeometric(first: int, last: int, n: int, hits: int, total: int) -> list[float]:
    """Chances of `first` to `last` hits among `n` drawn, of `hits` among `total`."""
    log_chance = _log_choose(hits, first) + _log_choose(total - hits, n - first) - _log_choose(total, n)
    logs = [log_chance]
    for i in range(first, last):
        log_chance += math.log((hits - i) / (i + 1)) + math.log((n - i) / (total - hits - n + i + 1))
        logs.append(log_chance)
    return [math.exp(value) for value in logs]


def negative_binomial_tail(count: int, mean: float, variance: float) -> float:
    """P(Y ≥ count), 0–1, for a negative binomial Y of this mean (> 0) and of a variance above its mean.

    Raises:
        ValueError: `mean` is not positive, or `variance` not above it.
    """
    if not 0 < mean < variance:
        msg = f"a negative binomial needs 0 < mean < variance, not mean={mean}, variance={variance}"
        raise ValueError(msg)
    if count <= 0:
        return 1.0
    size = mean * mean / (variance - mean)
    return beta_cdf(1 - size / (size + mean), count, size)


def beta_binomial_tail(count: int, n: int, a: float, b: float) -> float:
    """P(X ≥ count), 0–1, for X ~ Binomial(n, P) with P ~ Beta(a, b); time grows like n − count.

    Source: Skellam (1948), J. R. Statist. Soc. B 10(2).

    Raises:
        ValueError: `n` is negative, or `a` or `b` is not positive.
    """
    import numpy as np
    from scipy.special import betaln

    if n < 0 or not (a > 0 and b > 0):
        msg = f"beta_binomial_tail needs n >= 0, a > 0 and b > 0, not n={n}, a={a}, b={b}"
        raise ValueError(msg)
    k = np.arange(max(0, count), n + 1)
    log_choose = -np.log(n + 1) - betaln(n - k + 1, k + 1)
    return min(1.0, math.fsum(np.exp(log_choose + betaln(k + a, n - k + b) - betaln(a, b))))


def _log_choose(n: int, k: int) -> float:
    from scipy.special import betaln

    return float(-math.log(n + 1) - betaln(n - k + 1, k + 1))


def _check_probability(p: float) -> None:
    if not 0 < p < 1:
        msg = f"a probability strictly between 0 and 1 is needed, not {p}"
        raise ValueError(msg)
