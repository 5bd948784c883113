"""Single facts about the figures, and every example of docs/measures.md."""

import doctest
import re

import pytest

import ouidire.measures as public
from ouidire.measures import (
    Change,
    Figure,
    Moments,
    PageSums,
    announce,
    change,
    class_variance,
    favourability,
    first_page_score,
    net_sentiment,
    nps,
    peak_end,
    position_weight,
    promoter_class,
    rate,
    rate_change,
    series_change,
    share_of_voice,
    spike,
    stars_proxy,
    volume_change,
    wilson,
)
from tests.support.paths import ROOT

DOC = ROOT / "docs" / "measures.md"


def week(n: int, total: float, squares: float | None = None) -> Moments:
    return Moments.unweighted(n, total, n if squares is None else squares)


def test_every_example_of_the_documentation_is_true():
    blocks = re.findall(r"```python\n(.*?)```", DOC.read_text(encoding="utf-8"), flags=re.DOTALL)
    parsed = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "measures.md", str(DOC), 0)
    report: list[str] = []
    result = doctest.DocTestRunner().run(parsed, out=report.append)
    assert result.attempted >= 20
    assert result.failed == 0, "".join(report)


def test_the_documentation_names_every_function_of_the_digest():
    text = DOC.read_text(encoding="utf-8")
    plumbing = {"class_variance", "rate", "wilson", "promoter_class", "stars_proxy"}
    functions = {name for name in public.__all__ if name[0].islower()} - plumbing
    assert {name for name in functions if f"`{name}`" not in text and f"{name}(" not in text} == set()


def test_wilson_has_its_published_values():
    # Newcombe (1998), Statistics in Medicine 17(8), table I, method 3.
    for hits, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(hits, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_known_classes_need_no_within_and_estimates_do():
    sums = week(10, 2.0, 6.0)
    assert nps(sums, basis="asked").value == 20
    with pytest.raises(ValueError, match="within"):
        nps(sums, basis="estimated")
    with pytest.raises(ValueError, match="known"):
        nps(sums, basis="star_proxy", within=1.0)
    with pytest.raises(ValueError, match="within must lie"):
        nps(sums, basis="estimated", within=5.0)


def test_class_variance_is_that_of_the_class():
    assert class_variance(1, 0) == 0
    assert class_variance(0.5, 0.5) == 1
    assert class_variance(0.2, 0.1) == pytest.approx(0.3 - 0.01)


def test_a_unanimous_handful_is_not_certain():
    figure = nps(week(5, 5.0), basis="asked")
    assert figure.value == figure.high == 100
    assert figure.low < 60


def test_ten_copies_that_share_one_voice_weigh_as_one():
    copies = Moments.of([1.0] * 10, weights=[0.1] * 10)
    one = Moments.of([1.0])
    assert net_sentiment(copies).low == pytest.approx(net_sentiment(one).low)
    assert net_sentiment(copies).n == 10


def test_one_page_has_a_score_and_no_interval():
    figure = first_page_score([PageSums.of([(1, 1.0), (3, -1.0)])])
    assert (figure.value, figure.low, figure.high, figure.n) == (pytest.approx(1 / 3), None, None, 1)


def test_too_few_weeks_show_the_difference_and_test_nothing():
    result = change(week(60, 30), [week(60, 10)] * 2, unit="points")
    assert result.outcome == "too_few_weeks"
    assert result.delta == pytest.approx(100 / 3)
    assert (result.p_value, result.low, result.beyond_noise, result.weeks) == (None, None, False, 2)
    assert announce({"nps": result}).adjusted == {}
    assert volume_change(900, [1, 2]).outcome == "too_few_weeks"
    assert volume_change(900, []).outcome == "no_data"


def test_empty_weeks_are_no_weeks():
    weeks = [week(60, 10 + i) for i in range(6)]
    assert change(week(60, 30), [*weeks, Moments()]) == change(week(60, 30), weeks)


def test_weeks_that_differ_more_ask_for_more():
    calm = change(week(200, 60), [week(200, 10 + i % 3) for i in range(8)])
    restless = change(week(200, 60), [week(200, 12 + 50 * (-1) ** i) for i in range(8)])
    assert calm.beyond_noise
    assert not restless.beyond_noise
    assert restless.dispersion > 5 > calm.dispersion


def test_a_week_heavier_than_usual_is_not_surer():
    weeks = [week(60, 10 + i % 4) for i in range(10)]
    usual, heavy = change(week(60, 24), weeks), change(week(600, 240), weeks)
    assert heavy.high - heavy.low == pytest.approx(usual.high - usual.low, rel=0.15)


def test_exactness_for_few_documents():
    # 2 of 2 against 8 of 40: Fisher says p = 2·(10·9/(42·41)) = 0.105.
    before = [Moments.of_hits(1, 5)] * 8
    result = rate_change(Moments.of_hits(2, 2), before)
    assert result.p_value == pytest.approx(2 * (10 * 9) / (42 * 41))
    assert not result.beyond_noise
    # One mention after eight silent weeks: all of 1 falls on this week with chance 1/9, doubled.
    assert volume_change(1, [0] * 8).p_value >= 2 / 9
    assert not volume_change(2, [0] * 8).beyond_noise
    assert volume_change(9, [0] * 8).beyond_noise


def test_rates_as_sums_of_probabilities_are_compared_without_counting():
    before = [week(50, 5.0 + i / 10, 1.5) for i in range(8)]
    result = rate_change(week(50, 5.2, 1.5), before)
    assert result.outcome == "compared"
    assert not result.beyond_noise


def test_a_page_that_never_moved_has_the_resolution_as_its_noise():
    page = Figure(value=0.4, n=10, weight=4.5, unit="score", basis="estimated")
    moved = page.model_copy(update={"value": 0.42})
    fell = page.model_copy(update={"value": 0.1})
    assert not series_change(moved, [page] * 8, resolution=0.02).beyond_noise
    assert series_change(fell, [page] * 8, resolution=0.02).beyond_noise
    assert series_change(fell, [], resolution=0.02).outcome == "no_data"
    assert series_change(fell, [page], resolution=0.02).outcome == "too_few_weeks"


def judged(p: float | None) -> Change:
    outcome = "no_data" if p is None else "compared"
    return Change(p_value=p, n_now=1, n_before=1, weeks=8, unit="ratio", outcome=outcome)


def test_holm_goes_down_step_by_step():
    result = announce(
        {"a": judged(0.013), "b": judged(0.04), "c": judged(0.01), "d": judged(0.03), "e": judged(None)}
    )
    assert result.adjusted == {
        "c": pytest.approx(0.04),
        "a": pytest.approx(0.04),
        "d": pytest.approx(0.06),
        "b": pytest.approx(0.06),
    }
    assert result.announced == ("c", "a")


def test_a_headline_may_weigh_more():
    changes = {"headline": judged(0.015), "detail": judged(0.2), "other": judged(0.9)}
    assert announce(changes, alpha=0.04).announced == ()
    assert announce(changes, alpha=0.04, weights={"headline": 8.0}).announced == ("headline",)
    assert announce({}).announced == ()


def test_a_past_spike_hides_the_next_one_less():
    past = [20, 24, 18, 22, 150, 21, 19, 23, 20]
    found = spike(110, past)
    assert found.spike
    assert found.expected < 25
    assert found.weeks == 9
    assert spike(4, [0] * 8).spike is False
    assert spike(5, [0] * 8).spike is True
    assert spike(400, [3, 4]).threshold is None


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({}, 0.0),
        ({"owner": "brand", "stars": 1.0, "stance": -1.0}, 1.0),
        ({"owner": "competitor", "stars": 5.0, "stance": 1.0}, -1.0),
        ({"stars": 5.0, "stance": -1.0}, 1.0),
        ({"stars": 3.0}, 0.0),
        ({"stars": 1.0}, -1.0),
        ({"stars": 0.0}, -1.0),
        ({"stars": 4.6}, 0.8),
        ({"stance": -0.25}, -0.25),
    ],
)
def test_favourability_is_of_the_owner_then_the_stars_then_the_words(named, expected):
    assert favourability(**named) == pytest.approx(expected)


@pytest.mark.parametrize(
    "call",
    [
        lambda: promoter_class(11),
        lambda: stars_proxy(0),
        lambda: class_variance(0.7, 0.7),
        lambda: position_weight(0),
        lambda: peak_end([1.5]),
        lambda: wilson(3, 2),
        lambda: wilson(1, 2, confidence=1.0),
        lambda: rate(week(5, -1)),
        lambda: net_sentiment(week(5, 3, 50)),
        lambda: net_sentiment(week(5, 3), confidence=0),
        lambda: nps(week(5, 3), basis="asked", calibration_error=200),
        lambda: share_of_voice(brand=-1, competitors=3),
        lambda: Moments.of_hits(3, 2),
        lambda: Moments.of([1.0], weights=[2.0]),
        lambda: Moments.of([1.0], weights=[]),
        lambda: PageSums(n=1, weight=1, total=2),
        lambda: change(week(5, 3), [], bounds=(0, 2)),
        lambda: change(week(5, -3), [], bounds=(0, 1)),
        lambda: volume_change(-1, []),
        lambda: spike(3, [1, 2, 3], alpha=0.7),
        lambda: series_change(Figure(n=0, weight=0, unit="score", basis="counted"), [], resolution=0),
        lambda: announce({}, alpha=0),
        lambda: announce({"a": judged(0.1)}, weights={"a": 0}),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError, match=r".+"):
        call()
