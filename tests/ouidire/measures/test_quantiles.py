"""Our names for SciPy's distributions against published tables and closed forms."""

import math
import subprocess
import sys

import pytest

from ouidire.measures import quantiles as q


@pytest.mark.parametrize(
    ("p", "df", "expected"),
    [
        (0.975, 1, 12.7062047362),
        (0.975, 2, 4.3026527297),
        (0.95, 3, 2.3533634348),
        (0.975, 7, 2.3646242510),
        (0.995, 11, 3.1058065155),
        (0.9995, 25, 3.7251439497),
        (0.975, 100, 1.9839715185),
        (0.975, 20_000, 1.9600826052),
        (0.025, 10, -2.2281388520),
        (0.5, 4, 0.0),
    ],
)
def test_t_quantiles_are_the_tabled_ones(p, df, expected):
    assert q.t_quantile(p, df) == pytest.approx(expected, abs=1e-8)


def test_t_with_one_degree_is_the_cauchy_distribution():
    for p in (0.6, 0.9, 0.999, 1 - 1e-9):
        assert q.t_quantile(p, 1) == pytest.approx(math.tan(math.pi * (p - 0.5)), rel=1e-7)


@pytest.mark.parametrize("df", [0.5, 1, 1.7, 4, 33.3, 900, 9_999, 10_001, 1e6])
@pytest.mark.parametrize("p", [0.501, 0.8, 0.975, 0.99999])
def test_t_quantile_inverts_its_tail(p, df):
    assert q.two_sided_t(q.t_quantile(p, df), df) == pytest.approx(2 * (1 - p), rel=1e-7)


@pytest.mark.parametrize(
    ("x", "a", "b", "expected"),
    [
        (0.5, 2, 3, 0.6875),
        (0.3, 0.5, 0.5, 2 / math.pi * math.asin(math.sqrt(0.3))),
        (0.9, 10, 1, 0.9**10),
        (0.2, 1, 5, 1 - 0.8**5),
        (0.0, 2, 2, 0.0),
        (1.0, 2, 2, 1.0),
    ],
)
def test_beta_probabilities_with_closed_forms(x, a, b, expected):
    assert q.beta_cdf(x, a, b) == pytest.approx(expected, abs=1e-12)


def test_beta_quantile_gives_the_tabled_clopper_pearson_bounds():
    # 10 successes of 100: 0.0490047 .. 0.1762226 (R: binom.test(10, 100)).
    assert q.beta_quantile(0.025, 10, 91) == pytest.approx(0.04900469, abs=1e-7)
    assert q.beta_quantile(0.975, 11, 90) == pytest.approx(0.17622260, abs=1e-7)


@pytest.mark.parametrize(("n", "p"), [(1, 0.3), (12, 0.5), (60, 0.04), (300, 0.11)])
def test_binomial_is_the_sum_of_its_terms(n, p):
    total = 0.0
    for k in range(n + 1):
        total += math.comb(n, k) * p**k * (1 - p) ** (n - k)
        assert q.binomial_cdf(k, n, p) == pytest.approx(total, abs=1e-10)
    assert q.binomial_cdf(-1, n, p) == 0


def test_binomial_quantile_is_the_smallest_that_reaches():
    k = q.binomial_quantile(0.99, 1000, 0.05)
    assert q.binomial_cdf(k, 1000, 0.05) >= 0.99 > q.binomial_cdf(k - 1, 1000, 0.05)


def test_a_binomial_p_value_stays_exact_far_in_the_tail():
    assert q.two_sided_binomial(60, 60, 0.5) == pytest.approx(2 * 0.5**60, rel=1e-12)
    assert q.two_sided_binomial(0, 60, 0.5) == pytest.approx(2 * 0.5**60, rel=1e-12)


def test_counts_may_be_as_large_as_a_figure_allows():
    assert q.two_sided_binomial(10**14, 10**15, 0.1) == pytest.approx(1, abs=1e-6)


def test_a_beta_binomial_with_two_ones_is_uniform():
    assert [q.beta_binomial_tail(k, 4, 1, 1) for k in range(6)] == pytest.approx([1, 0.8, 0.6, 0.4, 0.2, 0])


def test_a_negative_binomial_of_size_one_is_geometric():
    # Mean 3 and variance 12 leave P(Y ≥ k) = (3/4)^k.
    assert [q.negative_binomial_tail(k, 3, 12) for k in range(4)] == pytest.approx(
        [0.75**k for k in range(4)]
    )


def test_fisher_on_the_lady_tasting_tea():
    # Fisher (1935): 4 of 4 right by chance is 1/70; 3 of 4 or better 17/70.
    assert q.two_sided_fisher(4, 4, 4, 8) == pytest.approx(2 / 70)
    assert q.two_sided_fisher(3, 4, 4, 8) == pytest.approx(34 / 70)


def test_normal_values():
    assert q.normal_quantile(0.975) == pytest.approx(1.959963984540054, abs=1e-12)
    assert q.normal_cdf(1.959963984540054) == pytest.approx(0.975, abs=1e-12)
    assert q.two_sided_normal(-1.959963984540054) == pytest.approx(0.05, abs=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: q.normal_quantile(1.0),
        lambda: q.t_quantile(0.9, 0.0),
        lambda: q.t_quantile(0.0, 3),
        lambda: q.two_sided_t(1.0, 0.0),
        lambda: q.beta_cdf(1.5, 1, 1),
        lambda: q.beta_quantile(0.0, 1, 1),
        lambda: q.beta_quantile(0.5, 0, 1),
        lambda: q.binomial_cdf(1, -1, 0.5),
        lambda: q.binomial_quantile(0.5, -1, 0.5),
        lambda: q.negative_binomial_tail(1, 2, 2),
        lambda: q.beta_binomial_tail(1, 4, 0, 1),
        lambda: q.two_sided_fisher(5, 4, 4, 8),
    ],
)
def test_arguments_out_of_range_are_refused(call):
    with pytest.raises(ValueError, match=r".+"):
        call()


def test_importing_the_measures_loads_no_library_of_numbers():
    code = "import sys, ouidire.measures; print([name for name in ('numpy', 'scipy') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
