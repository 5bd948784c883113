"""Unusual days: exact on small counts, few false alarms in quiet months, quick on planted crises."""

import math

import numpy as np
import pytest

from bench import alerts as bench
from ouidire.measures import (
    Day,
    SeriesKey,
    days_together,
    holm,
    unusual_count,
    unusual_day,
    unusual_polarity,
    unusual_volume,
)
from ouidire.measures.quantiles import negative_binomial_tail
from ouidire.measures.unusual import FEWEST_DAYS, _negative_tail


def days(counts, **more):
    return [Day(n=n, **more) for n in counts]


def toned(bad, good, *, neutral=0, usable=True):
    n = bad + good + neutral
    return Day(n=n, read=n, total=float(good - bad), squares=float(good + bad), negative=bad, usable=usable)


def test_three_times_the_mondays_before_is_unusual():
    week = [10, 8, 9, 10, 9, 12, 5]
    found = unusual_volume(days([*week * 8, 31]))
    assert found.past == (10.0,) * 8
    assert (found.usual, found.factor, found.days, found.left_out) == (10, 3.1, 8, 0)
    assert found.p_value < 1e-4
    assert found.large
    # a Saturday of 14 is a Saturday; a Sunday of 14 is not a Sunday
    assert unusual_volume(days([*(week * 9)[:61], 14])).p_value > 0.05
    assert unusual_volume(days([*(week * 9)[:62], 14])).p_value < 0.01


def test_at_poisson_it_is_the_predictive_law_of_jeffreys():
    # Gamma(Σ + 1/2, K) mixed Poisson: P(Y ≥ y) summed by hand
    counts, y = [3] * 8, 9
    shape, rate = sum(counts) + 0.5, len(counts)
    logs = [
        math.lgamma(k + shape)
        - math.lgamma(shape)
        - math.lgamma(k + 1)
        + shape * math.log(rate / (rate + 1))
        - k * math.log(rate + 1)
        for k in range(y)
    ]
    expected = 1 - math.fsum(math.exp(each) for each in logs)
    usual = shape / rate
    assert negative_binomial_tail(y, usual, usual * (1 + 1 / rate)) == pytest.approx(expected, rel=1e-9)


def test_the_beta_binomial_tail_is_a_probability_and_binomial_where_nothing_varies():
    today, before = Day(read=10), Day(read=100, negative=20)
    assert _negative_tail(today, before, excess=1.0, days=50) == pytest.approx(1.0)
    today, before = Day(read=10, negative=8), Day(read=100_000_000, negative=20_000_000)
    sure = _negative_tail(today, before, excess=1.0, days=50)
    exact = sum(math.comb(10, k) * 0.2**k * 0.8 ** (10 - k) for k in range(8, 11))
    assert sure == pytest.approx(exact, rel=1e-3)


@pytest.mark.parametrize("now", [0, 1, 4])
def test_few_mentions_are_never_unusual(now):
    assert unusual_volume(days([0] * 56 + [now])).p_value is None
    assert unusual_polarity([toned(0, 5)] * 56 + [toned(now, 0)]).p_value is None


def test_a_handful_after_silence_may_be():
    assert unusual_volume(days([0] * 56 + [6])).p_value < 1e-3


def test_a_past_crisis_does_not_hide_the_next():
    calm = unusual_volume(days([10] * 56 + [30]))
    shaken = unusual_volume(days([*[10] * 14, 60, 60, *[10] * 40, 30]))
    assert calm.p_value < 1e-4
    assert shaken.p_value < 1e-2
    assert shaken.usual < 11  # one of the two was of today's weekday


def test_days_that_may_not_serve_are_left_out_and_counted():
    series = days([10] * 56 + [30])
    series[0] = series[7] = Day(n=0, usable=False)
    found = unusual_volume(series)
    assert (found.usual, found.days, found.left_out) == (10, 6, 2)
    for back in (14, 21):
        series[back] = Day(n=0, usable=False)
    few = unusual_volume(series)
    assert few.days == FEWEST_DAYS - 1
    assert few.p_value is None


@pytest.mark.parametrize("length", [1, 8, 30])
def test_a_short_past_says_nothing(length):
    assert unusual_volume(days([10] * length + [90])).p_value is None
    assert unusual_polarity([toned(1, 9)] * length + [toned(9, 1)]).p_value is None


def test_no_day_is_a_mistake():
    with pytest.raises(ValueError, match="no day"):
        unusual_volume([])


def test_a_day_of_complaints_is_unusual_and_one_of_praise_is_not():
    usual = [toned(2, 8), toned(3, 7)] * 28
    bad = unusual_polarity([*usual, toned(9, 3)])
    assert bad.p_value < 1e-3
    assert bad.large
    assert bad.now == pytest.approx(-0.5)
    assert 0.4 < bad.usual < 0.6
    assert unusual_polarity([*usual, toned(0, 12)]).p_value == 1.0


def test_few_complaints_fall_little():
    usual = [toned(2, 8), toned(3, 7)] * 28
    five = unusual_polarity([*usual, toned(3, 2)])
    assert five.p_value > 0.01
    hardly = unusual_polarity([toned(450, 550)] * 56 + [toned(510, 490)])
    assert hardly.p_value < 0.05
    assert not hardly.large


def test_a_wave_of_deletions():
    assert unusual_count(2, [0] * 8, fewest=3).p_value is None
    assert unusual_count(7, [0] * 8, fewest=3).p_value < 0.001
    assert unusual_count(7, [5, 8, 4, 6, 7, 5, 6, 9], fewest=3).p_value > 0.2
    assert unusual_count(7, [], fewest=3).p_value is None


def test_holm_by_hand():
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "c": 0.06, "b": 0.06})


def test_many_quiet_sources_cost_little_and_hide_nothing():
    rng = np.random.default_rng(7)
    quiet = {SeriesKey("b", str(n)): days(rng.poisson(6, 57)) for n in range(30)}
    loud = {SeriesKey("b", "loud"): days([*rng.poisson(6, 56), 30])}
    assert [each.source for each in unusual_day({**quiet, **loud})] == ["loud"]


@pytest.mark.parametrize("mean", [2, 40])
def test_quiet_months_ring_seldom(mean):
    """The floor of `bench/alerts.py`, on a year: less than one false alarm a month."""
    alarms, _ = bench.quiet(mean, 12, 20_262_000 + mean, readings=(24,))
    print(f"{mean} mentions a day: {alarms:.2f} false alarms a month")  # noqa: T201
    assert alarms <= 1.0


@pytest.mark.parametrize(("number", "mean", "within"), [(1, 40, 39), (2, 40, 39), (4, 40, 39), (3, 200, 39)])
def test_planted_crises_are_told(number, mean, within):
    found = list(bench.delays(mean, bench.CRISES[number], 10, 20_263_000))
    in_time = sum(each <= within for each in found)
    print(f"{bench.CRISES[number].name}, {mean} a day: {in_time} of 10 within {within} h")  # noqa: T201
    assert in_time >= 9


def test_a_harsh_source_that_speaks_more_is_no_worse_tone():
    """The forum tells three times as much today, as harshly as ever."""
    kind = [Day(n=20, read=20, total=12 + at % 3, squares=16, negative=2) for at in range(57)]
    harsh = [Day(n=10, read=10, total=-5 + at % 2, squares=8, negative=6) for at in range(56)]
    harsh.append(Day(n=60, read=60, total=-27, squares=48, negative=36))
    together = days_together([kind, harsh])
    plain = [
        Day(
            n=one.n + other.n,
            read=one.read + other.read,
            total=one.total + other.total,
            squares=one.squares + other.squares,
            negative=one.negative + other.negative,
        )
        for one, other in zip(kind, harsh, strict=True)
    ]
    assert unusual_polarity(plain).p_value < 0.001
    assert unusual_polarity(together).p_value > 0.05
    assert [day.n for day in together] == [day.n for day in plain]
    assert sum(day.total for day in together[:-1]) == pytest.approx(sum(day.total for day in plain[:-1]))


def test_a_source_that_grows_harsher_is_found_together_too():
    kind = [Day(n=20, read=20, total=12 + at % 3, squares=16, negative=2) for at in range(56)]
    kind.append(Day(n=20, read=20, total=-10, squares=16, negative=14))
    harsh = [Day(n=10, read=10, total=-5 + at % 2, squares=8, negative=6) for at in range(57)]
    assert unusual_polarity(days_together([kind, harsh])).p_value < 0.001
    assert days_together([]) == ()
    assert days_together([[Day(n=3), Day(n=4)]]) == (Day(n=3), Day(n=4))
