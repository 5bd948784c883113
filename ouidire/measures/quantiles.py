"""The few distributions that intervals and tests need, without SciPy (which the default install does not carry).

Numerical routines only: nothing here knows what a mention or a week is. Accuracy is about 1e-10 absolute for
probabilities and 1e-9 relative for quantiles, over the shapes that the measures use (parameters from 0.25 to
about 1e6); the tests compare with tabled values. It cannot vouch for probabilities below about 1e-14.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()
# Lentz's algorithm: smallest denominator allowed, relative precision wanted, and how long we try. The number
# of steps grows like √max(a, b), so that 20,000 steps are far more than 1e6 needs.
_TINY = 1e-300
_PRECISION = 1e-15
_MAX_STEPS = 20_000
# Beyond this many degrees of freedom the Cornish-Fisher series below is exact to better than 1e-11.
_MANY_DEGREES = 10_000.0
# Fewer than this is no sample of ours, and its quantiles soon overflow.
_FEWEST_DEGREES = 0.5
_NEWTON_PRECISION = 1e-13


def normal_cdf(x: float) -> float:
    """P(Z ≤ x) for a standard normal Z."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


def normal_quantile(p: float) -> float:
    """Return the x with P(Z ≤ x) = `p`.

    Raises:
        ValueError: `p` is not strictly between 0 and 1.
    """
    _check_probability(p)
    return _NORMAL.inv_cdf(p)


def two_sided_normal(z: float) -> float:
    """P(|Z| ≥ |z|), 0–1: the two-sided p-value of a standardised difference."""
    return math.erfc(abs(z) / math.sqrt(2))


def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function I_x(a, b), 0–1.

    Continued fraction of Abramowitz & Stegun (1964), 26.5.8, evaluated by the modified Lentz method
    (Thompson & Barnett 1986, J. Comput. Phys. 64).

    Raises:
        ValueError: `a` or `b` is not positive, or `x` is outside 0–1.
    """
    if not (a > 0 and b > 0 and 0 <= x <= 1):
        msg = f"beta_cdf needs a > 0, b > 0 and 0 <= x <= 1, not x={x}, a={a}, b={b}"
        raise ValueError(msg)
    if x in (0, 1):
        return float(x)
    # The fraction converges fast on the side of the mean only; the other side is its mirror.
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_lower(1 - x, b, a)
    return _beta_lower(x, a, b)


def _beta_lower(x: float, a: float, b: float) -> float:
    """I_x(a, b) for an `x` below about the mean of the distribution."""
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    c = 1.0
    d = 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, _MAX_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / _away_from_zero(1 + even * d)
        c = _away_from_zero(1 + even / c)
        fraction *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _away_from_zero(1 + odd * d)
        c = _away_from_zero(1 + odd / c)
        fraction *= d * c
        if abs(d * c - 1) < _PRECISION:
            break
    return min(1.0, math.exp(log_front) * fraction / a)


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def beta_quantile(p: float, a: float, b: float) -> float:
    """Return the x in 0–1 with I_x(a, b) = `p`.

    Raises:
        ValueError: `p` is not strictly between 0 and 1, or `a` or `b` is not positive.
    """
    _check_probability(p)
    return _solve(lambda x: beta_cdf(x, a, b) - p, 0.0, 1.0)


def two_sided_t(t: float, df: float) -> float:
    """P(|T| ≥ |t|) for Student's T with `df` > 0 degrees of freedom (not necessarily whole), 0–1.

    Raises:
        ValueError: `df` is not positive.
    """
    if not df > 0:
        msg = f"degrees of freedom must be positive, not {df}"
        raise ValueError(msg)
    if math.isinf(t):
        return 0.0
    # Fisher's relation between t and the beta distribution (Abramowitz & Stegun 26.7.1), scaled so that t²
    # cannot overflow.
    ratio = abs(t) / math.sqrt(df)
    return beta_cdf(1 / (1 + ratio * ratio) if ratio < 1 / math.sqrt(_TINY) else 0.0, df / 2, 0.5)


@lru_cache(maxsize=4096)
def t_quantile(p: float, df: float) -> float:
    """Return the x with P(T ≤ x) = `p` for Student's T with `df` ≥ 0.5 degrees of freedom.

    Solved from the exact distribution; above 10,000 degrees of freedom the Cornish-Fisher expansion
    (Abramowitz & Stegun 26.7.5) is used.

    Raises:
        ValueError: `p` is not strictly between 0 and 1, or `df` is below 0.5.
    """
    _check_probability(p)
    if not df >= _FEWEST_DEGREES:
        msg = f"at least {_FEWEST_DEGREES} degrees of freedom are needed, not {df}"
        raise ValueError(msg)
    if p == 0.5:  # noqa: PLR2004 - the median
        return 0.0
    if p < 0.5:  # noqa: PLR2004 - the median
        return -t_quantile(1 - p, df)
    z = normal_quantile(p)
    if df > _MANY_DEGREES:
        return z + (z**3 + z) / (4 * df) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df * df)
    # Newton's method on log(tail) as a function of log(t): concave, nearly a line for heavy tails, hence few
    # steps.
    log_norm = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - 0.5 * math.log(df * math.pi)
    target = 2 * (1 - p)
    log_t = math.log(z)
    for _ in range(100):
        t = math.exp(log_t)
        tail = two_sided_t(t, df)
        slope = 2 * t * math.exp(log_norm - (df + 1) / 2 * math.log1p(t * t / df)) / tail
        step = math.log(tail / target) / slope
        log_t += step
        if abs(step) < _NEWTON_PRECISION:
            break
    return math.exp(log_t)


def binomial_cdf(k: int, n: int, p: float) -> float:
    """P(X ≤ k) for X ~ Binomial(n, p), by its relation to the beta distribution (Abramowitz & Stegun 26.5.24).

    Raises:
        ValueError: `n` is negative or `p` is outside 0–1.
    """
    if n < 0 or not 0 <= p <= 1:
        msg = f"binomial_cdf needs n >= 0 and 0 <= p <= 1, not n={n}, p={p}"
        raise ValueError(msg)
    if k < 0:
        return 0.0
    if k >= n:
        return 1.0
    return beta_cdf(1 - p, n - k, k + 1)


def binomial_quantile(q: float, n: int, p: float) -> int:
    """Return the smallest k, 0–n, with P(X ≤ k) ≥ `q` for X ~ Binomial(n, p).

    Raises:
        ValueError: `q` is not strictly between 0 and 1, `n` is negative or `p` is outside 0–1.
    """
    _check_probability(q)
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if binomial_cdf(middle, n, p) >= q:
            high = middle
        else:
            low = middle + 1
    return low


def two_sided_binomial(k: int, n: int, p: float) -> float:
    """Return the exact two-sided p-value of `k` successes of `n` at chance `p`: twice the smaller tail, at most 1."""
    return min(1.0, 2 * min(binomial_cdf(k, n, p), 1 - binomial_cdf(k - 1, n, p)))


def two_sided_fisher(k: int, n: int, hits: int, total: int) -> float:
    """Fisher's exact test: `k` hits among `n` drawn, of `hits` among `total`.

    Twice the smaller tail, at most 1.

    Source: Fisher (1934), Statistical Methods for Research Workers, 5th ed. Takes min(n, hits) steps.

    Raises:
        ValueError: the four numbers cannot be those of a 2×2 table.
    """
    first, last = max(0, n + hits - total), min(n, hits)
    if not (0 <= n <= total and 0 <= hits <= total and first <= k <= last):
        msg = f"no 2x2 table has k={k}, n={n}, hits={hits}, total={total}"
        raise ValueError(msg)
    log_chance = _log_choose(hits, first) + _log_choose(total - hits, n - first) - _log_choose(total, n)
    logs = [log_chance]
    for i in range(first, last):
        log_chance += math.log((hits - i) / (i + 1)) + math.log((n - i) / (total - hits - n + i + 1))
        logs.append(log_chance)
    chances = [math.exp(value) for value in logs]
    below, above = math.fsum(chances[: k - first + 1]), math.fsum(chances[k - first :])
    return min(1.0, 2 * min(below, above))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _check_probability(p: float) -> None:
    if not 0 < p < 1:
        msg = f"a probability strictly between 0 and 1 is needed, not {p}"
        raise ValueError(msg)


def _solve(function: Callable[[float], float], low: float, high: float) -> float:
    """Return the root of an increasing function that is negative at `low` and positive at `high`, by bisection.

    The geometric middle is taken once `low` is above 0, so that a root near 0 is found to full relative
    precision.
    """
    for _ in range(2_000):
        middle = math.sqrt(low) * math.sqrt(high) if low > 0 else high / 2
        if high - low <= _PRECISION * high or not low < middle < high:
            break
        if function(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
