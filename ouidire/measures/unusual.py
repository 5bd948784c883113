"""One-sided tests of a day against comparable days, for alerts: far more mentions, or far worse ones.

A day is compared with the same weekday of the eight weeks before it, since weeks have their rhythm. How much
days differ by themselves is read from all the days of those weeks, robustly, so that a past crisis does not
hide the next. The caller says which days may serve (`Day.usable`): it cannot see that a source was down. A
steady growth is not distinguished from a slow crisis. Everything that is looked at on one day goes together
through `ouidire.measures.family.holm`.
"""

import math
from collections.abc import Sequence
from statistics import median
from typing import Self

from pydantic import Field

from ouidire.frozen import Frozen
from ouidire.measures.quantiles import beta_binomial_tail, negative_binomial_tail, two_sided_t

WEEKS = 8
"""Same weekdays that a day is compared with."""
FEWEST_DAYS = 5
"""Fewer comparable days than this say nothing."""
FEWEST_MENTIONS = 5
"""Fewer mentions than this are never unusual (the rule of five reports of Farrington et al. 1996)."""
LEAST_FACTOR = 1.5
"""A volume is unusual from half as much again: below, it may be certain and is not worth a message."""
LEAST_FALL = 0.15
"""A fall of net sentiment (on −1…1, shrunk as below) under this is not worth one either."""
PRIOR = 10.0
"""Mentions of the usual net sentiment that are added to a day's before its fall is called large.

So few mentions make no large fall.
"""
_PAST = 7 * WEEKS
_BOUND = 5.0
# Bound of the residuals that make the dispersion: days of few mentions have a median deviation of 0, long
# tails.
_CONSISTENT = 1.4826
"""Times the median absolute deviation: a standard deviation, if the law is normal."""
_FAR = 2.58
# Standardised residual above which a past day weighs less (Noufaily et al. 2013, Statistics in Medicine
# 32(7)).


class Day(Frozen):
    """The sums of one local day of one series.

    `n` counts mentions, `read` those whose sentiment is known; `total` and `squares` are their Σ balance and
    Σ balance² (−1…1 each), `negative` counts the negative ones among them. `usable` is false where a source
    was down or not watched yet.
    """

    n: int = Field(default=0, ge=0)
    read: int = Field(default=0, ge=0)
    total: float = Field(default=0.0, allow_inf_nan=False)
    squares: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    negative: int = Field(default=0, ge=0)
    usable: bool = True

    @classmethod
    def merged(cls, days: Sequence["Day"]) -> Self:
        """Return the sums of several days, usable where there are any and all of them are."""
        return cls(
            n=sum(day.n for day in days),
            read=sum(day.read for day in days),
            total=math.fsum(day.total for day in days),
            squares=math.fsum(day.squares for day in days),
            negative=sum(day.negative for day in days),
            usable=bool(days) and all(day.usable for day in days),
        )


class Unusual(Frozen):
    """A day against comparable days.

    `now` and `usual` are mentions (volume) or net sentiments −1…1 (polarity); `p_value` is one-sided and None
    where too few days can be compared, or the day has too little to say. `large` says whether the difference
    is worth a message, were it certain. `days` counts the comparable days used, `left_out` those that were
    not usable; `past` holds the comparable values used, oldest first. `dispersion` is the variance of days
    over what chance alone gives, at least 1.
    """

    now: float = Field(allow_inf_nan=False)
    usual: float | None = Field(default=None, allow_inf_nan=False)
    n: int = Field(ge=0)
    p_value: float | None = Field(default=None, ge=0, le=1)
    large: bool = False
    days: int = Field(default=0, ge=0)
    left_out: int = Field(default=0, ge=0)
    past: tuple[float, ...] = ()
    dispersion: float = Field(default=1.0, ge=1, allow_inf_nan=False)

    @property
    def factor(self) -> float | None:
        """How many times the usual; None where nothing is usual."""
        return self.now / self.usual if self.usual else None


def unusual_volume(days: Sequence[Day]) -> Unusual:
    """Test whether the last of consecutive days has more mentions than chance gives.

    Args:
        days: consecutive local days, oldest first, the one tested last; 57 of them are looked at.

    With μ the mean of the comparable days, past outbreaks weighing less (Farrington et al. 1996, J. R.
    Statist. Soc. A 159(3); weights of Noufaily et al. 2013), half a mention added, and φ ≥ 1 the dispersion
    of the last 56 days about the means of their weekdays, robust by bounded residuals: the count is compared
    with a negative binomial of mean μ and variance φμ(1 + 1/K). At φ = 1 this is exactly the predictive law
    of a Poisson count with Jeffreys' prior, right for the smallest counts. The same is tested on 2√(c + 3/8)
    with Student's t (Anscombe 1948, Biometrika 35); the larger p-value stands.
    """
    today, same, left_out = _comparable(days)
    counts = [day.n for day in same]
    known = Unusual(
        now=today.n,
        n=today.n,
        days=len(same),
        left_out=left_out,
        past=tuple(float(count) for count in counts),
    )
    if len(same) < FEWEST_DAYS:
        return known
    mean = _steady_mean(counts)
    dispersion, df = _dispersion(days)
    usual = mean + 0.5 / len(counts)
    known = known.model_copy(update={"usual": mean, "dispersion": dispersion})
    if today.n < FEWEST_MENTIONS:
        return known
    variance = dispersion * usual * (1 + 1 / len(counts))
    above = _root(today.n) - math.fsum(_root(count) for count in counts) / len(counts)
    t = above / math.sqrt(dispersion * (1 + 1 / len(counts)))
    p_value = (
        max(negative_binomial_tail(today.n, usual, variance), two_sided_t(t, df) / 2) if above > 0 else 1.0
    )
    return known.model_copy(update={"p_value": min(1.0, p_value), "large": today.n >= LEAST_FACTOR * usual})


def unusual_polarity(days: Sequence[Day]) -> Unusual:
    """Test whether the last of consecutive days has a worse net sentiment than chance gives.

    `days` are as for `unusual_volume`. The usual is the net sentiment of the comparable days, shrunk towards
    that of all 56 by `PRIOR` mentions. Two tests are made and the more sceptical stands: a robust z of the
    day's mean, whose scale is the median absolute deviation of past days' standardised means (at least 1;
    Student's t on their number less one); and the count of negative mentions against a beta-binomial law with
    the same excess of variance (Skellam 1948, J. R. Statist. Soc. B 10(2)), exact where mentions are few and
    hardly ever negative.
    """
    today, same, left_out = _comparable(days)
    before = [day for day in days[-1 - _PAST : -1] if day.usable and day.read]
    same = [day for day in same if day.read]
    now = today.total / today.read if today.read else 0.0
    past = tuple(day.total / day.read for day in same)
    known = Unusual(now=now, n=today.read, days=len(same), left_out=left_out, past=past)
    if len(same) < FEWEST_DAYS or len(before) < FEWEST_DAYS:
        return known
    everything = Day.merged(before)
    overall = everything.total / everything.read
    alike = Day.merged(same)
    usual = (alike.total + PRIOR * overall) / (alike.read + PRIOR)
    # Three pseudo-mentions keep a unanimous past from looking certain (as in `figure.signed_mean`).
    spread = max(
        0.0,
        (everything.squares + 1.5) / (everything.read + 3) - (everything.total / (everything.read + 3)) ** 2,
    )
    scale = _robust_scale([(day.total / day.read - overall) / math.sqrt(spread / day.read) for day in before])
    known = known.model_copy(update={"usual": usual, "dispersion": scale**2})
    if today.read < FEWEST_MENTIONS:
        return known
    z = (now - usual) / (scale * math.sqrt(spread * (1 / today.read + 1 / (alike.read + PRIOR))))
    mean_test = two_sided_t(z, len(before) - 1) / 2 if z < 0 else 1.0
    count_test = _negative_tail(today, everything, excess=scale**2, days=len(before))
    shrunk = (today.total + PRIOR * usual) / (today.read + PRIOR)
    return known.model_copy(
        update={"p_value": min(1.0, max(mean_test, count_test)), "large": usual - shrunk >= LEAST_FALL}
    )


def unusual_count(now: int, before: Sequence[int], *, fewest: int) -> Unusual:
    """Test a count of rare events (deletions in a week) against earlier counts, as `unusual_volume` does.

    Args:
        now: the count tested, ≥ 0.
        before: earlier counts, each ≥ 0, in no rhythm.
        fewest: a smaller count has no p-value.
    """
    known = Unusual(now=now, n=now, days=len(before), past=tuple(float(count) for count in before))
    if not before:
        return known
    mean = _steady_mean(before)
    scatter = math.fsum(min((count - mean) ** 2, _FAR**2 * (mean + 0.5)) for count in before) / max(
        1, len(before) - 1
    )
    dispersion = max(1.0, scatter / (mean + 0.5))
    usual = mean + 0.5 / len(before)
    known = known.model_copy(update={"usual": mean, "dispersion": dispersion})
    if now < fewest:
        return known
    p_value = negative_binomial_tail(now, usual, dispersion * usual * (1 + 1 / len(before)))
    return known.model_copy(update={"p_value": p_value, "large": now >= LEAST_FACTOR * usual})


def _comparable(days: Sequence[Day]) -> tuple[Day, list[Day], int]:
    """Return the day tested, the usable same weekdays before it, and how many are not usable.

    The weekdays are in order, oldest first.

    Raises:
        ValueError: there is no day.
    """
    if not days:
        raise ValueError("there is no day to judge")
    same = days[-1 - _PAST : -1][::-1][6::7][::-1]
    usable = [day for day in same if day.usable]
    return days[-1], usable, len(same) - len(usable)


def _steady_mean(counts: Sequence[int]) -> float:
    """Return a mean in which past outbreaks weigh less.

    Beyond 2.58 robust standard deviations a count weighs less by the square of the excess.
    """
    centre = max(median(counts), 0.5)
    residuals = [1.5 * (count ** (2 / 3) - centre ** (2 / 3)) / centre ** (1 / 6) for count in counts]
    scale = max(1.0, _CONSISTENT * median(abs(each) for each in residuals))
    weights = [1.0 if each <= _FAR * scale else (_FAR * scale / each) ** 2 for each in residuals]
    return math.fsum(w * c for w, c in zip(weights, counts, strict=True)) / math.fsum(weights)


def _dispersion(days: Sequence[Day]) -> tuple[float, float]:
    """Return the dispersion (≥ 1) of past days about the means of their weekdays, and its degrees of freedom.

    Pearson residuals are bounded at 2.58 times their robust scale, so that a crisis among the past does not
    pass for a habit.
    """
    past = list(days[-1 - _PAST : -1])
    residuals: list[float] = []
    df = 0
    for weekday in range(7):
        counts = [day.n for day in past[weekday::7] if day.usable]
        if len(counts) < 2:  # noqa: PLR2004 (one day says nothing of how days differ)
            continue
        mean = _steady_mean(counts)
        df += len(counts) - 1
        grow = math.sqrt(len(counts) / (len(counts) - 1))
        residuals += [grow * (count - mean) / math.sqrt(max(mean, 0.5)) for count in counts]
    if not df:
        return 1.0, 1.0
    bound = max(_BOUND, _FAR * _CONSISTENT * median(abs(each) for each in residuals))
    return max(1.0, math.fsum(min(abs(each), bound) ** 2 for each in residuals) / len(residuals)), float(df)


def _robust_scale(residuals: Sequence[float]) -> float:
    """Return 1.4826 times the median distance from the median, at least 1."""
    centre = median(residuals)
    return max(1.0, _CONSISTENT * median(abs(each - centre) for each in residuals))


def _negative_tail(today: Day, everything: Day, *, excess: float, days: int) -> float:
    """Return the p-value of a day's negative mentions against their share on `days` earlier days.

    `everything` sums those days. The share varies from day to day, so that the means of usual days have
    `excess` times a binomial's variance.
    """
    share = (everything.negative + 0.5) / (everything.read + 1)
    usual = max(2.0, everything.read / days)
    correlation = min(0.5, max(1 / (everything.read + 2), (excess - 1) / (usual - 1)))
    weight = 1 / correlation - 1
    return beta_binomial_tail(today.negative, today.read, share * weight, (1 - share) * weight)


def _root(count: int) -> float:
    return 2 * math.sqrt(count + 0.375)
