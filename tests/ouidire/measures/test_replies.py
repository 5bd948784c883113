"""How long replies take: a median with the interval of its order statistics."""

import random

import pytest

from ouidire.measures import reply_delay


def test_few_delays_have_a_median_and_no_interval():
    assert reply_delay([]).value is None
    found = reply_delay([4.0, 1.0, 100.0])
    assert (found.value, found.low, found.high, found.n, found.unit) == (4.0, None, None, 3, "days")
    assert reply_delay([1.0, 2.0]).value == 1.5


def test_the_interval_holds_the_true_median_as_often_as_it_says():
    rng = random.Random(3)
    held = 0
    for _ in range(1000):
        found = reply_delay([rng.expovariate(0.5) for _ in range(25)])
        assert found.low <= found.value <= found.high
        held += found.low <= 1.3863 <= found.high  # ln 2 / 0.5
    assert 0.94 <= held / 1000 <= 0.99


def test_what_is_no_delay_is_refused():
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="from 0 on"):
            reply_delay([wrong])
