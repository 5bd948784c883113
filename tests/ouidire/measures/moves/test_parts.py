"""The parts of a change sum to it, whatever the weeks, and to the last digit once rounded."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouidire.measures import Coded, Moments, drivers, rate_change, source_change, volume_change
from ouidire.measures.moves.parts import UNNAMED, count_parts, group_parts, rounded_parts, theme_part

SOURCES, PLACES = ("survey", "forum", "site"), ("lyon", "nantes", UNNAMED)


@st.composite
def sums(draw):
    n = draw(st.integers(0, 60))
    mean = draw(st.floats(-0.9, 0.9))
    return Moments.unweighted(n, n * mean, n * max(mean * mean, draw(st.floats(0.8, 1.0))))


WEEK = st.fixed_dictionaries(
    {place: st.fixed_dictionaries(dict.fromkeys(SOURCES, sums())) for place in PLACES}
)
WEEKS = st.lists(WEEK, min_size=1, max_size=6)


def whole(week):
    return {source: Moments.merged(week[place][source] for place in PLACES) for source in SOURCES}


def named(week):
    return {place: week[place] for place in PLACES if place != UNNAMED}


@settings(max_examples=80, deadline=None)
@given(now=WEEK, before=WEEKS)
def test_places_and_sources_sum_to_the_move(now, before):
    totals = (whole(now), [whole(week) for week in before])
    moved = source_change(*totals, unit="points")
    places, rest = group_parts(named(now), [named(week) for week in before], totals=totals, unit="points")
    by_source = [
        {source: {source: found} for source, found in week.items()} for week in (totals[0], *totals[1])
    ]
    sources, mix = group_parts(by_source[0], by_source[1:], totals=totals, unit="points")
    if moved.delta is None:
        assert not places
        return
    if abs(moved.value_now) < 100:  # it was not cut to its bounds
        assert math.fsum([*(part.value for part in places), rest]) == pytest.approx(moved.delta, abs=1e-6)
        assert math.fsum([*(part.value for part in sources), mix]) == pytest.approx(moved.delta, abs=1e-6)


@given(counts=st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 500)), min_size=1, max_size=9))
def test_counts_sum_to_the_change_of_volume(counts):
    now, *before = counts
    parts = count_parts(now, before)
    moved = volume_change(sum(now.values()), [sum(week.values()) for week in before])
    if moved.delta is not None:
        assert math.fsum(part.value for part in parts) == pytest.approx(moved.delta, abs=1e-9)


@given(values=st.lists(st.floats(-100, 100), min_size=1, max_size=9), digits=st.integers(0, 2))
def test_rounded_parts_sum_to_the_rounded_total(values, digits):
    total = round(math.fsum(values), digits)
    rounded = rounded_parts(values, total, digits=digits)
    assert round(math.fsum(rounded), digits) == total
    assert all(abs(part - value) <= 10**-digits + 1e-9 for part, value in zip(rounded, values, strict=True))


def test_a_total_needs_a_part():
    assert rounded_parts([], 0.0) == ()
    with pytest.raises(ValueError, match="no part"):
        rounded_parts([], 3.0)
    assert sum(rounded_parts([0.2, 0.1], 7)) == 7


def test_the_place_that_fell_has_the_part_and_the_other_is_within_noise():
    def week(lyon, nantes):
        return {
            place: {"site": Moments.unweighted(30, 0.3 * score, 30)}
            for place, score in (("lyon", lyon), ("nantes", nantes))
        }

    past = [week(20 + mood, 40 - mood) for mood in (-4, 2, 0, 5, -3, 1, -2, 1)]
    now = week(-60, 41)
    totals = [{"site": Moments.merged(each["site"] for each in one.values())} for one in (now, *past)]
    found, _ = group_parts(now, past, totals=(totals[0], totals[1:]), unit="points")
    parts = {part.name: part for part in found}
    assert parts["lyon"].beyond_noise
    assert not parts["nantes"].beyond_noise
    assert parts["lyon"].value < -30


def test_a_theme_of_which_more_complain_brings_its_share_times_its_effect():
    texts = [Coded(y=0.9, codes=frozenset(), now=at < 20) for at in range(120)]
    texts += [Coded(y=0.1, codes=frozenset({"delivery:negative"}), now=at < 20) for at in range(40)]
    (driver,) = drivers(texts).drivers
    share = rate_change(Moments.of_hits(20, 40), [Moments.of_hits(4, 40)] * 6)
    part = theme_part(share, driver)
    assert part.value == pytest.approx(-0.8 * 0.4)
    assert part.beyond_noise
    assert theme_part(share.model_copy(update={"visible": None}), driver) is None
    assert theme_part(share, driver.model_copy(update={"share": 0.0})) is None
    same = theme_part(share.model_copy(update={"delta": 0.0}), driver)
    assert not same.beyond_noise
