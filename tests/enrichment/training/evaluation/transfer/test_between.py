import math

import numpy as np
import pytest
from scipy.stats import chi2, norm, t

from enrichment.training.evaluation.transfer.between import (
    LevelError,
    farthest_error,
    half_widths,
    heterogeneity,
    paule_mandel,
    spread,
)
from ouidire.measures.transfer import shared_sd


def test_the_spread_of_errors_of_like_precision_is_their_variance_less_sampling():
    # variance of 1, 3, 5 is 4; without the sampling variance of 1, 3 is left
    found = paule_mandel([1, 3, 5], [1, 1, 1])
    assert found.value == pytest.approx(math.sqrt(3))
    # the same by hand for the bounds: 2 · 4 / χ² − 1
    assert found.low == pytest.approx(math.sqrt(max(0, 8 / chi2.ppf(0.975, 2) - 1)))
    assert found.high == pytest.approx(math.sqrt(8 / chi2.ppf(0.025, 2) - 1))


def test_about_zero_the_mean_error_counts_too():
    # (1 + 9 + 25) / 3 − 1
    assert paule_mandel([1, 3, 5], [1, 1, 1], centre=0.0).value == pytest.approx(math.sqrt(35 / 3 - 1))


def test_two_sources_of_unlike_precision_by_hand():
    # of two, Q = (a − b)² / (v + w + 2τ²) = 1, whatever the weights
    found = paule_mandel([-44.4, 31.2], [14.0, 33.0])
    assert found.value == pytest.approx(math.sqrt((75.6**2 - 47) / 2))


def test_three_sources_of_unlike_precision_solve_the_equation():
    errors, variances = [0.0, 1.0, 4.0], [0.5, 1.0, 2.0]
    tau = paule_mandel(errors, variances).value
    weights = [1 / (variance + tau**2) for variance in variances]
    mean = sum(w * e for w, e in zip(weights, errors, strict=True)) / sum(weights)
    q = sum(w * (e - mean) ** 2 for w, e in zip(weights, errors, strict=True))
    assert q == pytest.approx(2)
    assert heterogeneity(errors, variances, tau**2) == pytest.approx(2)


def test_errors_that_sampling_explains_have_no_spread():
    found = paule_mandel([0.1, -0.1, 0.0], [1, 1, 1])
    assert found.value == found.low == 0
    known = paule_mandel([1.0, 1.0], [0.0, 0.0])
    assert known == (0, 0, 0)


def test_sources_without_sampling_noise_have_the_spread_of_their_errors():
    assert paule_mandel([1, 3, 5], [0, 0, 0]).value == pytest.approx(2, rel=1e-6)


@pytest.mark.parametrize(
    ("errors", "variances"),
    [([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, 2.0], [1.0, -1.0]), ([1.0, math.nan], [1.0, 1.0])],
)
def test_what_has_no_spread_is_refused(errors, variances):
    with pytest.raises(ValueError, match=r"sources|variances"):
        paule_mandel(errors, variances)


def test_bias_and_its_interval_by_hand():
    found = spread([LevelError("a", 9, 0.0, each, 1.0) for each in (1.0, 3.0, 5.0)])
    assert found.k == 3
    assert found.bias.value == pytest.approx(3)
    # each weighs 1/4: the mean's standard error is √(4/3)
    assert found.bias.high - 3 == pytest.approx(t.ppf(0.975, 2) * math.sqrt(4 / 3))
    assert found.around_zero.value > found.tau.value


def test_an_interval_of_few_sources_is_wide():
    sampling = np.array([16.0])
    wide = half_widths(shared_sd(3.0, sources=20), sampling)[0]
    assert wide == pytest.approx(math.hypot(norm.ppf(0.975) * 4, t.ppf(0.975, 19) * 3))
    assert half_widths(0.0, sampling)[0] == pytest.approx(norm.ppf(0.975) * 4)
    assert half_widths(shared_sd(40.0, sources=2), np.zeros(1))[0] > 500


def test_an_interval_reaches_the_farthest_error_that_was_seen():
    assert half_widths(shared_sd(3.0, sources=20, farthest=9.0), np.zeros(1))[0] == pytest.approx(9)
    near = shared_sd(3.0, sources=20, farthest=2.0)
    assert near == shared_sd(3.0, sources=20)


def test_the_farthest_error_is_the_one_that_a_twentieth_exceeds():
    assert farthest_error([-4.0, 1.0, 3.0]) == 4
    assert farthest_error([float(each) for each in range(1, 20)]) == 19  # 19 of 20 are no larger
    assert farthest_error([float(each) for each in range(1, 40)]) == 38
    with pytest.raises(ValueError, match="no error"):
        farthest_error([])


def drawn(kind, chance, sources):
    """Draw what an analyser is off by on each source."""
    if kind == "heavy tails":
        return chance.standard_t(4, sources) / math.sqrt(2)
    if kind == "a site in eight far off":
        return np.where(chance.random(sources) < 0.125, 4.0, 1.0) * chance.normal(0, 1, sources)
    return chance.normal(0, 1, sources)


@pytest.mark.parametrize("kind", ["normal", "heavy tails", "a site in eight far off"])
def test_intervals_cover_sources_that_the_spread_was_not_estimated_on(kind):
    chance = np.random.default_rng(3)
    hits, by_t, narrow, draws = 0, 0, 0, 800
    for _ in range(draws):
        variances = chance.uniform(0.01, 0.1, 16)
        errors = drawn(kind, chance, 16) + chance.normal(0, np.sqrt(variances))
        others = errors[:-1].tolist()
        tau = paule_mandel(others, variances[:-1].tolist(), centre=0.0).value
        shared = shared_sd(tau, sources=15, farthest=farthest_error(others))
        hits += abs(errors[-1]) <= half_widths(shared, variances[-1:])[0]
        by_t += abs(errors[-1]) <= half_widths(shared_sd(tau, sources=15), variances[-1:])[0]
        narrow += abs(errors[-1]) <= half_widths(0.0, variances[-1:])[0]
    assert hits / draws >= 0.93
    assert hits >= by_t
    assert narrow / draws < 0.6
