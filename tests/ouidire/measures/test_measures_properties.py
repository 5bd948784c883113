"""What holds of every figure, whatever the documents."""

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ouidire.measures import (
    Change,
    Figure,
    Moments,
    PageSums,
    announce,
    change,
    class_variance,
    consideration,
    delight_rate,
    first_page_score,
    irritation_rate,
    net_sentiment,
    nps,
    page_presence,
    peak_end,
    position_weight,
    promoter_class,
    rate_change,
    series_change,
    share_of_voice,
    spike,
    stars_proxy,
    volume_change,
    wilson,
)

signed = st.floats(-1, 1)
unit = st.floats(0, 1)
classes = st.sampled_from([-1.0, 0.0, 1.0])
signed_lists = st.lists(signed, max_size=40)
weights = st.floats(0, 1)
weighted = st.lists(st.tuples(signed, weights), max_size=40)
weeks = st.lists(st.lists(signed, max_size=15), max_size=9)
hit_weeks = st.lists(
    st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=9
)
counts = st.lists(st.integers(0, 10_000), max_size=12)


def moments(pairs: list[tuple[float, float]]) -> Moments:
    return Moments.of([x for x, _ in pairs], weights=[w for _, w in pairs])


def well_formed(figure: Figure, low: float, high: float) -> None:
    for part in (figure.value, figure.low, figure.high):
        assert part is None or (math.isfinite(part) and low <= part <= high)
    if figure.value is None:
        assert figure.low is None
        assert figure.high is None
    if figure.low is not None:
        assert figure.low <= figure.value <= figure.high


def sound(result: Change) -> None:
    numbers = (
        result.delta,
        result.low,
        result.high,
        result.p_value,
        result.dispersion,
        result.value_now,
        result.value_before,
    )
    assert all(number is None or math.isfinite(number) for number in numbers)
    if result.outcome != "compared":
        assert result.p_value is None
        assert not result.beyond_noise
        return
    assert result.low <= result.delta <= result.high
    assert result.beyond_noise == (result.p_value < 0.05)
    if result.beyond_noise:
        assert result.low > 0 or result.high < 0
    else:
        assert result.low <= 0 <= result.high


@given(weighted)
def test_signed_figures_stay_in_range_and_in_their_interval(pairs):
    sums = moments(pairs)
    well_formed(net_sentiment(sums), -1, 1)
    figure = nps(sums, basis="estimated", within=0.0)
    well_formed(figure, -100, 100)
    assert figure.n == len(pairs)
    assert (figure.value is None) == sums.empty


@given(st.lists(st.tuples(unit, weights), max_size=40))
def test_rates_stay_in_range_and_in_their_interval(pairs):
    for rate in (delight_rate, irritation_rate):
        well_formed(rate(moments(pairs)), 0, 1)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_shares_of_counts(a, b):
    well_formed(share_of_voice(brand=a, competitors=b), 0, 1)
    well_formed(share_of_voice(brand=a, competitors=b, dispersion=2.5), 0, 1)
    well_formed(consideration(page_presence([(min(a, b), max(a, b)), (0, 3)])), 0, 1)


def test_nothing_gives_none_and_n_zero():
    nothing = Moments()
    figures = [
        net_sentiment(nothing),
        nps(nothing, basis="asked"),
        delight_rate(nothing),
        irritation_rate(nothing),
        share_of_voice(brand=0, competitors=0),
        first_page_score([]),
        consideration(page_presence([])),
    ]
    assert [(f.value, f.low, f.high, f.n) for f in figures] == [(None, None, None, 0)] * len(figures)
    assert peak_end([]).model_dump() == {"peak": None, "end": None, "mean": None, "n": 0}
    assert change(nothing, [nothing] * 5).outcome == "no_data"


@given(st.lists(st.tuples(unit, unit), min_size=1, max_size=40))
def test_swapping_promoters_and_detractors_negates_the_nps(pairs):
    split = [(p * (1 - d), d * (1 - p)) for p, d in pairs]
    within = math.fsum(class_variance(p, d) for p, d in split)
    there = nps(Moments.of([p - d for p, d in split]), basis="estimated", within=within)
    back = nps(Moments.of([d - p for p, d in split]), basis="estimated", within=within)
    assert back.value == pytest.approx(-there.value, abs=1e-9)
    assert (back.low, back.high) == (
        pytest.approx(-there.high, abs=1e-9),
        pytest.approx(-there.low, abs=1e-9),
    )


@given(st.lists(classes, min_size=1, max_size=60))
def test_an_estimate_that_is_certain_is_an_asked_score(values):
    sums = Moments.of(values)
    asked, estimated = nps(sums, basis="asked"), nps(sums, basis="estimated", within=0.0)
    assert (asked.value, asked.low, asked.high) == (estimated.value, estimated.low, estimated.high)


@given(st.lists(st.tuples(unit, unit), min_size=1, max_size=40), st.floats(0, 20))
def test_doubt_only_widens(pairs, error):
    split = [(p * (1 - d), d * (1 - p)) for p, d in pairs]
    sums = Moments.of([p - d for p, d in split])
    sure = nps(sums, basis="estimated", within=0.0)
    unsure = nps(
        sums,
        basis="estimated",
        within=math.fsum(class_variance(p, d) for p, d in split),
        calibration_error=error,
    )
    assert unsure.value == sure.value
    assert unsure.low <= sure.low + 1e-9
    assert unsure.high >= sure.high - 1e-9


@given(weighted, weighted)
def test_moments_add_up(left, right):
    apart, together = moments(left) + moments(right), moments(left + right)
    assert apart.n == together.n
    for field in ("weight", "total", "squares"):
        assert getattr(apart, field) == pytest.approx(getattr(together, field), abs=1e-12)


@given(weighted.flatmap(lambda pairs: st.tuples(st.just(pairs), st.permutations(pairs))))
def test_order_does_not_matter(both):
    pairs, shuffled = both
    assert moments(pairs) == moments(shuffled)
    parts = [moments([pair]) for pair in pairs]
    assert Moments.merged(parts) == Moments.merged(reversed(parts))


@given(st.lists(signed, min_size=1, max_size=20), st.integers(2, 40))
def test_intervals_shrink_with_n(values, times):
    few, many = net_sentiment(Moments.of(values)), net_sentiment(Moments.of(values * times))
    assert many.high - many.low <= few.high - few.low + 1e-12
    hits = sum(value > 0 for value in values)
    low_few, high_few = wilson(hits, len(values))
    low_many, high_many = wilson(hits * times, len(values) * times)
    assert high_many - low_many < high_few - low_few


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_one_more_hit_raises_the_rate_and_its_bounds(case):
    hits, n = case
    less, more = delight_rate(Moments.of_hits(hits, n)), delight_rate(Moments.of_hits(hits + 1, n))
    assert less.value < more.value
    assert less.low <= more.low
    assert less.high <= more.high


@given(st.lists(classes, min_size=1, max_size=60))
def test_one_more_promoter_raises_the_nps(values):
    before, after = nps(Moments.of(values), basis="asked"), nps(Moments.of([*values, 1.0]), basis="asked")
    assert after.value >= before.value


@given(st.floats(0, 10), st.floats(0, 10))
def test_promoter_classes_are_ordered(a, b):
    order = ["detractor", "passive", "promoter"]
    low, high = sorted((a, b))
    assert order.index(promoter_class(low)) <= order.index(promoter_class(high))


def test_classes_are_the_published_ones():
    assert [promoter_class(score) for score in range(11)] == ["detractor"] * 7 + ["passive"] * 2 + [
        "promoter"
    ] * 2
    assert [stars_proxy(stars) for stars in range(1, 6)] == ["detractor"] * 3 + ["passive", "promoter"]


ranked = st.lists(st.tuples(st.integers(1, 20), signed), max_size=12)


@given(st.lists(ranked, max_size=6))
def test_first_page_score_stays_in_range_and_ignores_order(pages):
    sums = [PageSums.of(page) for page in pages]
    figure = first_page_score(sums)
    well_formed(figure, -1, 1)
    assert figure == first_page_score(sums[::-1])
    assert figure.n == sum(bool(page) for page in pages)


@given(ranked, st.integers(1, 10), signed, signed)
def test_a_better_result_never_lowers_the_score(page, rank, a, b):
    worse, better = sorted((a, b))
    low = first_page_score([PageSums.of([*page, (rank, worse)])]).value
    high = first_page_score([PageSums.of([*page, (rank, better)])]).value
    assert low <= high + 1e-12


def test_position_weights_fall():
    values = [position_weight(rank) for rank in range(1, 101)]
    assert values[0] == 1
    assert all(a > b > 0 for a, b in pairwise(values))


@given(st.lists(signed, min_size=1, max_size=30))
def test_peak_end_and_mean(polarities):
    memory = peak_end(polarities)
    assert memory.end == polarities[-1]
    assert memory.peak in polarities
    assert abs(memory.peak) == max(map(abs, polarities))
    assert min(polarities) <= memory.mean + 1e-12
    assert memory.mean <= max(polarities) + 1e-12
    assert memory.n == len(polarities)


def test_of_equal_peaks_the_later_is_remembered():
    assert peak_end([0.8, 0.1, -0.8, 0.2]).peak == -0.8


@given(st.lists(signed, max_size=15), weeks)
def test_changes_are_sound(now, before):
    result = change(Moments.of(now), [Moments.of(week) for week in before], unit="points")
    sound(result)
    if result.delta is not None:
        assert -200 <= result.delta <= 200


@given(weighted, st.lists(weighted, max_size=9))
def test_changes_with_any_weights_are_sound(now, before):
    sound(change(moments(now), [moments(week) for week in before]))


@given(st.lists(signed, max_size=15), weeks)
def test_changes_mirror_and_ignore_the_order_of_weeks(now, before):
    sums = [Moments.of(week) for week in before]
    there = change(Moments.of(now), sums)
    back = change(Moments.of([-x for x in now]), [Moments.of([-x for x in week]) for week in before])
    assert change(Moments.of(now), sums[::-1]).p_value == pytest.approx(there.p_value)
    assert back.p_value == pytest.approx(there.p_value)
    if there.delta is not None:
        assert back.delta == pytest.approx(-there.delta)


@given(st.lists(signed, max_size=30), st.integers(0, 12))
def test_identical_weeks_are_never_beyond_noise(values, k):
    same = Moments.of(values)
    assert not change(same, [same] * k).beyond_noise
    assert not change(same, [same] * k, unit="points").beyond_noise
    assert not volume_change(len(values), [len(values)] * k).beyond_noise
    assert not spike(len(values), [len(values)] * k).spike


@given(hit_weeks.filter(bool))
def test_rate_changes_are_sound_and_never_bolder_than_plain_ones(cases):
    now, *before = [Moments.of_hits(hits, n) for hits, n in cases]
    result = rate_change(now, before)
    sound(result)
    plain = change(now, before, bounds=(0.0, 1.0))
    if result.p_value is not None:
        assert result.p_value >= plain.p_value


@given(st.integers(0, 10**6), counts)
def test_volume_changes_are_sound(now, before):
    result = volume_change(now, before)
    sound(result)
    assert result.n_now == now
    assert result.n_before == sum(before)
    found = spike(now, before)
    assert found.spike <= (now >= 5)


@given(counts.filter(lambda past: len(past) >= 3), st.integers(0, 10_000), st.integers(0, 10_000))
def test_more_mentions_are_never_less_of_a_spike(before, a, b):
    less, more = sorted((a, b))
    assert spike(less, before).spike <= spike(more, before).spike


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=9), st.floats(0.01, 0.2))
def test_series_changes_are_sound(values, resolution):
    now, *before = [
        Figure(value=value, n=10, weight=4.5, unit="score", basis="estimated") for value in values
    ]
    sound(series_change(now, before, resolution=resolution))


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=12), st.floats(0.001, 0.5))
def test_announce_lies_between_bonferroni_and_no_correction(p_values, alpha):
    changes = {
        key: Change(p_value=p, n_now=1, n_before=1, weeks=8, unit="ratio", outcome="compared")
        for key, p in p_values.items()
    }
    result = announce(changes, alpha=alpha)
    bonferroni = {key for key, p in p_values.items() if p * len(p_values) < alpha * (1 - 1e-9)}
    alone = {key for key, p in p_values.items() if p < alpha}
    assert bonferroni <= set(result.announced) <= alone
    ordered = [result.adjusted[key] for key in sorted(p_values, key=p_values.__getitem__)]
    assert ordered == sorted(ordered)
    assert all(result.adjusted[key] >= p for key, p in p_values.items())


@given(signed_lists)
def test_impossible_sums_are_refused(values):
    sums = Moments.of(values)
    assume(sums.n > 0)
    with pytest.raises(ValueError, match="impossible"):
        Moments(n=sums.n, weight=sums.weight, total=sums.weight * 1.1, squares=sums.weight)
    with pytest.raises(ValueError, match="exceeds n"):
        Moments(n=sums.n, weight=sums.n + 1, total=0, squares=0)
    with pytest.raises(ValueError, match="finite"):
        Moments(n=1, weight=1, total=math.nan, squares=1)
