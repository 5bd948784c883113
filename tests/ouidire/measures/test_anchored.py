"""The anchored NPS: against sums made by hand, and in simulated surveys whose analyser is off."""

import math

import numpy as np
import pytest

from ouidire.measures import Moments
from ouidire.measures.anchored import FEWEST_PAIRS, Pairs, anchored_nps
from ouidire.measures.quantiles import t_quantile

TEXTS = Moments.of([0.5, -0.5] * 20)


def test_few_pairs_are_no_level():
    pairs = Pairs.of([(1, 0.5)] * (FEWEST_PAIRS - 1))
    assert anchored_nps(TEXTS, pairs) is None
    assert anchored_nps(Moments.of([0.5] * 9), Pairs.of([(1, 0.5)] * 50)) is None
    assert anchored_nps(Moments(), Pairs.of([(1, 0.5)] * 50)) is None


def test_ten_pairs_are_drawn_towards_no_error():
    """Ten residuals of 0.5 each: s² = 3 · 0.36 / 12 = 0.09, B = 0.16 / (0.16 + 0.009)."""
    figure = anchored_nps(TEXTS, Pairs.of([(1, 0.5)] * 10), prior_sd=40.0)
    assert figure.value == pytest.approx(100 * 0.5 * 0.16 / 0.169)
    spread = ((40 * 0.25 + 1.5) / 43) / 40
    half = t_quantile(0.975, 12) * math.sqrt(1 / (1 / 0.16 + 10 / 0.09) + spread)
    assert figure.low == pytest.approx(figure.value - 100 * half)
    assert (figure.n, figure.basis, figure.unit) == (10, "anchored", "points")


def test_thirty_pairs_weigh_the_words():
    """Words that say nothing of the score (Cov = 0) are not followed: the asked mean is left alone."""
    blind = [(1, 0.5), (1, -0.5), (-1, 0.5), (-1, -0.5)] * 10 + [(1, 0.5), (1, -0.5)] * 10
    figure = anchored_nps(TEXTS, Pairs.of(blind))
    assert figure.value == pytest.approx(100 * 20 / 60)
    # Words that give the score away: λ = 1 / (1 + n/N), and nothing is left of the score.
    sure = [(1, 1.0), (-1, -1.0)] * 20
    many = Moments.of([1.0, 1.0, 1.0, -1.0] * 100)
    assert anchored_nps(many, Pairs.of(sure)).value == pytest.approx(100 * 0.5 / 1.1)


def test_bursts_and_a_wider_prior_widen():
    pairs = Pairs.of([(1, 0.2), (-1, -0.1), (0, 0.4), (1, 0.6)] * 4)
    plain = anchored_nps(TEXTS, pairs)
    for option in ({"dispersion": 4.0}, {"prior_sd": 90.0}, {"confidence": 0.99}):
        wider = anchored_nps(TEXTS, pairs, **option)
        assert wider.high - wider.low > plain.high - plain.low
    with pytest.raises(ValueError, match="above 0"):
        anchored_nps(TEXTS, pairs, prior_sd=0.0)
    with pytest.raises(ValueError, match=r"-1\.\.1"):
        Pairs(n=2, y=3.0)


@pytest.mark.parametrize("n", [10, 20, 30, 100])
@pytest.mark.parametrize("off", [-0.44, 0.0, 0.31])
def test_simulated_surveys_of_an_unseen_trade_are_covered(n, off):
    """The analyser is off by `off` on the whole trade, and hardly sure of any text: 300 surveys each."""
    rng = np.random.default_rng(20_260 + n)
    covered = 0
    for _ in range(300):
        y = rng.choice((-1.0, 0.0, 1.0), p=(0.3, 0.2, 0.5), size=n + 200)
        f = np.clip(0.5 * y + off + rng.normal(0, 0.3, size=y.size), -1, 1)
        figure = anchored_nps(Moments.of(f[n:].tolist()), Pairs.of(zip(y[:n], f[:n], strict=True)))
        covered += figure.low <= 20 <= figure.high
    assert covered / 300 >= 0.92
