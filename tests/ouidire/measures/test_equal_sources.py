"""Changes at equal sources: the mix of sources is never drawn as a change of opinion, and hides none."""

import numpy as np
import pytest

from ouidire.measures import Moments, change, shifted, source_change
from ouidire.measures.quantiles import two_sided_fisher, two_sided_hypergeometric

KIND, HARSH = 0.65, -0.50


def week(**sources):
    """Sums of texts of ±1 by source: (n, mean)."""
    return {name: Moments.unweighted(n, n * mean, float(n)) for name, (n, mean) in sources.items()}


def usual(*, kind=KIND, harsh=HARSH):
    return week(survey=(30, kind), forum=(30, harsh))


def wavering(weeks=8):
    """Past weeks that differ a little."""
    return [usual(kind=KIND + d, harsh=HARSH + d) for d in np.linspace(-0.05, 0.05, weeks)]


def test_a_louder_source_is_the_mix_and_no_opinion():
    louder = week(survey=(120, KIND), forum=(15, HARSH))
    past = wavering()
    together = change(Moments.merged(louder.values()), [Moments.merged(each.values()) for each in past])
    apart = source_change(louder, past)
    assert together.beyond_noise
    assert together.delta > 0.4
    assert apart.delta == pytest.approx(0, abs=1e-9)
    assert not apart.beyond_noise
    assert apart.mix.value == pytest.approx(together.delta)
    assert apart.mix.source == "survey"
    assert apart.mix.share_now > 0.8
    assert apart.mix.share_before < 0.6


def test_a_fall_of_every_source_is_found_behind_a_louder_kind_one():
    worse = week(survey=(105, KIND - 0.45), forum=(30, HARSH - 0.45))
    past = wavering()
    together = change(Moments.merged(worse.values()), [Moments.merged(each.values()) for each in past])
    apart = source_change(worse, past, unit="points")
    assert not together.beyond_noise
    assert apart.beyond_noise
    assert apart.delta == pytest.approx(-45)
    assert apart.delta + apart.mix.value == pytest.approx(100 * together.delta)


def test_one_source_alone_is_compared_as_before():
    past = [week(survey=(30, KIND + d)) for d in (-0.1, 0.0, 0.1, 0.05)]
    now = week(survey=(25, 0.2))
    apart = source_change(now, past)
    plain = change(now["survey"], [each["survey"] for each in past])
    assert apart.mix is None
    assert apart == plain


def test_a_source_without_a_past_is_left_out_of_both_sides():
    past = wavering()
    past[-1] = past[-1] | week(app=(5, -1.0))
    now = usual() | week(app=(40, -1.0))
    found = source_change(now, past)
    assert (found.n_now, found.n_before) == (60, 480)
    assert found.delta == pytest.approx(0, abs=1e-9)
    few = source_change(usual() | week(app=(4, -1.0)), past)
    assert (few.n_now, few.n_before) == (64, 485)


def test_many_small_sources_are_compared_together():
    past = [week(**{f"s{number}": (1, 0.5) for number in range(6)}) for _ in range(8)]
    found = source_change(week(**{f"s{number}": (1, 0.5) for number in range(6)}), past)
    assert (found.outcome, found.n_now, found.n_before) == ("compared", 6, 48)
    assert found.mix is None


def test_a_louder_source_known_from_one_week_gives_a_wide_interval():
    """What a source is like is then known from one week's mood."""
    past = [
        week(forum=(30, HARSH + d), survey=(60 if at == 3 else 0, KIND))
        for at, d in enumerate(np.linspace(-0.05, 0.05, 8))
    ]
    often = [week(forum=(30, HARSH + d), survey=(8, KIND)) for d in np.linspace(-0.05, 0.05, 8)]
    now = week(forum=(30, HARSH), survey=(60, KIND))
    assert source_change(now, past).visible > 1.05 * source_change(now, often).visible


def test_rare_marks_need_the_exact_test_of_each_sources_margins():
    past = [{"a": Moments.of_hits(0, 30), "b": Moments.of_hits(1, 5)} for _ in range(8)]
    now = {"a": Moments.of_hits(0, 30), "b": Moments.of_hits(3, 25)}
    found = source_change(now, past, bounds=(0.0, 1.0))
    assert found.p_value >= two_sided_hypergeometric([(0, 30, 0, 270), (3, 25, 11, 65)]) > 0.3
    assert two_sided_fisher(3, 55, 11, 335) != two_sided_hypergeometric([(0, 30, 0, 270), (3, 25, 11, 65)])


def test_no_data_and_few_weeks_are_not_compared():
    assert source_change({}, [usual()] * 4).outcome == "no_data"
    assert source_change(usual(), []).outcome == "no_data"
    assert source_change(usual(), [usual()] * 2).outcome == "too_few_weeks"
    assert source_change(usual(), [{}, usual(), {"survey": Moments()}]).outcome == "too_few_weeks"


def test_shifted_sums_are_those_of_shifted_values():
    values = [0.5, -0.25, 1.0]
    expected = Moments.of([value + 0.5 for value in values])
    found = shifted(Moments.of(values), 0.5)
    assert found.total == pytest.approx(expected.total)
    assert found.squares == pytest.approx(expected.squares)


def test_stable_needs_a_narrow_interval_and_an_announced_delta_is_shrunk():
    past = [Moments.unweighted(600, 120 + d, 430) for d in (-6, 3, 0, 5, -2, 4, -4, 0)]
    same = change(Moments.unweighted(600, 121, 430), past, unit="points")
    assert same.within < 10
    few = change(Moments.unweighted(12, 2, 9), [Moments.unweighted(12, 2 + d, 9) for d in (-1, 0, 1, 0)])
    assert few.within > 0.3
    assert few.visible == pytest.approx((few.high - few.low) / 2)
    worse = change(Moments.unweighted(600, 30, 430), past, unit="points")
    assert worse.beyond_noise
    assert worse.delta < worse.shrunk < 0
    assert same.shrunk == 0
