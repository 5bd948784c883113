# ruff: noqa: T201 - the printed tables are half the point (`pytest -s`)
"""Drivers: exact on cases worked by hand, of the stated coverage and error rate on simulated weeks."""

import numpy as np
import pytest

from ouidire.measures import Coded, announced_drivers, drivers
from ouidire.measures.drivers import FEWEST_CODED
from ouidire.measures.quantiles import binomial_quantile

ASPECTS = ("delivery", "staff", "price", "quality", "service")
EFFECTS = {"delivery:negative": -1.1, "service:negative": -0.9, "staff:positive": 0.5}


def sample(rng, n, effects=None, *, weeks=9, aspects=ASPECTS, blurred=False):
    """Draw texts of `weeks` periods of `n` each: class −1, 0 or 1 whose chances the codes tilt.

    Codes go together.
    """
    effects = effects or {}
    texts = []
    for week in range(weeks):
        for _ in range(n):
            mood = rng.normal()
            codes = set()
            for aspect in aspects:
                if rng.random() < 0.3:
                    negative = rng.random() < 0.5 - 0.1 * mood * bool(effects)
                    codes.add(f"{aspect}:{'negative' if negative else 'positive'}")
            tilt = 0.4 + sum(effects.get(code, 0.0) for code in sorted(codes))
            p = 1 / (1 + np.exp(-2 * tilt))
            p_passive = 0.2
            chances = ((1 - p) * (1 - p_passive), p_passive, p * (1 - p_passive))
            if blurred:
                stated = rng.dirichlet(4 * np.array(chances) + 0.05)
                y, spread = (
                    float(stated[2] - stated[0]),
                    float(max(0.0, stated[2] + stated[0] - (stated[2] - stated[0]) ** 2)),
                )
            else:
                y, spread = float(rng.choice((-1, 0, 1), p=chances)), 0.0
            texts.append(
                Coded(
                    y=y,
                    spread=spread,
                    codes=frozenset(codes),
                    group="ab"[rng.random() < 0.3],
                    now=week == weeks - 1,
                )
            )
    return texts


@pytest.mark.parametrize(("coded", "others"), [(12, 12), (20, 40), (67, 33), (12, 188)])
def test_texts_that_are_all_alike_are_no_certainty(coded, others):
    blamed = [Coded(y=-1.0, codes=frozenset(("delivery:negative",)))] * coded
    (only,) = drivers([*blamed, *[Coded(y=1.0, codes=frozenset())] * others]).drivers
    assert only.value == pytest.approx(-200 * only.share)
    assert only.low <= only.value < only.high < 0
    assert only.high - only.low > 100 * only.share / coded  # more than if a single one of them were another
    assert 1e-16 < only.p_value < 0.05


def test_one_side_that_is_all_alike_is_no_certainty():
    rng = np.random.default_rng(7)
    held, many = 0, 300
    for _ in range(many):
        said = [
            Coded(y=float(each), codes=frozenset(("x",))) for each in rng.choice((-1, 1), 12, p=(0.95, 0.05))
        ]
        plain = [Coded(y=float(each), codes=frozenset()) for each in rng.choice((-1, 1), 48, p=(0.02, 0.98))]
        (only,) = drivers([*said, *plain]).drivers
        held += only.low <= 100 * 0.2 * (-0.9 - 0.96) <= only.high
    assert held / many >= 0.93


def test_a_case_worked_by_hand():
    """40 texts without the code, mean 0.5; 20 with it, mean −0.5: coefficient −1, share 1/3, −33 points."""
    plain = [Coded(y=y, codes=frozenset()) for y in (1.0, 0.0) * 20]
    blamed = [Coded(y=y, codes=frozenset(("delivery:negative",))) for y in (-1.0, 0.0) * 10]
    found = drivers([*plain, *blamed])
    (only,) = found.drivers
    assert (only.code, only.n, only.n_now, only.n_coded) == ("delivery:negative", 60, 20, 20)
    assert only.coefficient == pytest.approx(-1)
    assert only.value == pytest.approx(-100 / 3)
    # Classical variance: 15/58 · (1/40 + 1/20); HC3: residuals ±1/2 over (1 − 1/40) and (1 − 1/20), the
    # larger.
    hc3 = 0.25 / (1 - 1 / 40) ** 2 / 40 + 0.25 / (1 - 1 / 20) ** 2 / 20
    classical = 15 / 58 * (1 / 40 + 1 / 20)
    error = max(hc3, classical) ** 0.5 / 3
    assert only.high - only.low == pytest.approx(2 * 100 * 2.093024 * error, rel=1e-5)  # Student, 19 degrees


def test_too_few_or_too_many_make_no_driver():
    few = [Coded(y=1.0, codes=frozenset())] * 40 + [Coded(y=-1.0, codes=frozenset(("price:negative",)))] * (
        FEWEST_CODED - 1
    )
    assert drivers(few).drivers == ()
    assert drivers(few).rare == ("price:negative",)
    everyone = [Coded(y=1.0, codes=frozenset(("price:negative",)))] * 60
    assert drivers(everyone).drivers == ()
    assert drivers([]).n == 0


def test_a_handful_that_agrees_is_not_certain():
    texts = [Coded(y=y, codes=frozenset()) for y in (1.0, 0.0, -1.0) * 20] + [
        Coded(y=-1.0, codes=frozenset(("price:negative",)))
    ] * 12
    (only,) = drivers(texts).drivers
    assert only.high - only.low > 10


def test_codes_that_always_come_together_are_told_once():
    rng = np.random.default_rng(1)
    texts = [
        Coded(
            y=float(rng.choice((-1, 1))),
            codes=frozenset(("app:negative", "website:negative") if at % 3 == 0 else ()),
        )
        for at in range(120)
    ]
    found = drivers(texts)
    assert [each.code for each in found.drivers] == ["app:negative"]
    assert found.inseparable == ("website:negative",)


def test_the_order_of_texts_changes_nothing():
    rng = np.random.default_rng(2)
    texts = sample(rng, 40, EFFECTS)
    one, two = drivers(texts), drivers(texts[::-1])
    assert [each.code for each in one.drivers] == [each.code for each in two.drivers]
    assert [each.value for each in one.drivers] == pytest.approx([each.value for each in two.drivers])


def test_a_group_that_is_harsher_is_not_the_aspect_it_speaks_of():
    """Reviewers are harsher than customers asked at the till, and speak more of delivery: it is the group."""
    rng = np.random.default_rng(3)
    texts = []
    for _ in range(600):
        site = rng.random() < 0.5
        rate = 0.5 if site else 0.05
        codes = frozenset(("delivery:negative",)) if rng.random() < rate else frozenset()
        texts.append(
            Coded(
                y=float(rng.choice((-1, 1), p=(0.7, 0.3) if site else (0.2, 0.8))),
                codes=codes,
                group="site" if site else "till",
            )
        )
    (with_group,) = drivers(texts).drivers
    (without,) = drivers([text._replace(group="") for text in texts]).drivers
    assert without.high < 0
    assert with_group.low < 0 < with_group.high


def test_a_week_whose_mood_is_worse_is_not_the_aspect_it_speaks_of():
    """Bad weeks with more talk of delivery, which nobody minds: it is the week."""
    rng = np.random.default_rng(20_268)
    texts = []
    for week in range(9):
        bad = week % 3 == 0
        for _ in range(60):
            blamed = rng.random() < (0.5 if bad else 0.1)
            y = float(rng.choice((-1, 0, 1), p=(0.5, 0.2, 0.3) if bad else (0.1, 0.2, 0.7)))
            codes = frozenset(("delivery:negative",) if blamed else ())
            texts.append(Coded(y=y, codes=codes, week=str(week), now=week == 8))
    (with_week,) = drivers(texts).drivers
    (without,) = drivers([text._replace(week="") for text in texts]).drivers
    assert without.high < 0
    assert with_week.low < 0 < with_week.high


def test_codes_read_wrongly_draw_an_effect_towards_zero():
    """What « at least » means: half of the blame unread, and as much read where there was none."""
    rng = np.random.default_rng(20_269)
    true, read = [], []
    for _ in range(600):
        blamed = rng.random() < 0.3
        y = float(rng.choice((-1, 0, 1), p=(0.6, 0.2, 0.2) if blamed else (0.2, 0.2, 0.6)))
        seen = rng.random() < (0.6 if blamed else 0.06)
        true.append(Coded(y=y, codes=frozenset(("delivery:negative",) if blamed else ())))
        read.append(Coded(y=y, codes=frozenset(("delivery:negative",) if seen else ())))
    (effect,), (shown,) = drivers(true).drivers, drivers(read).drivers
    assert effect.value < shown.value < 0


@pytest.mark.parametrize(
    "bad", [Coded(y=1.5, codes=frozenset()), Coded(y=0.0, spread=2.0, codes=frozenset())]
)
def test_impossible_texts_are_refused(bad):
    with pytest.raises(ValueError, match="lies in"):
        drivers([bad])


@pytest.mark.parametrize("blurred", [False, True])
@pytest.mark.parametrize("n", [25, 60])
def test_intervals_cover_the_effect_and_planted_drivers_are_found(n, blurred):
    """Truth: the coefficients of the same regression over 60,000 texts, times the codes' shares."""
    large = drivers(sample(np.random.default_rng(10), 60_000, EFFECTS, weeks=1))
    truth = {each.code: each.coefficient for each in large.drivers}
    rng = np.random.default_rng(11)
    covered: list[bool] = []
    found = dict.fromkeys(EFFECTS, 0)
    repeats = 120
    for _ in range(repeats):
        told = announced_drivers({"nps": drivers(sample(rng, n, EFFECTS, blurred=blurred))})["nps"]
        for each in told.drivers:
            if not blurred:
                covered.append(each.low <= 100 * each.share * truth[each.code] <= each.high)
            if each.code in found:
                found[each.code] += each.announced and (each.value < 0) == (EFFECTS[each.code] < 0)
    shares = {
        code: f"{100 * 0.15 * truth[code]:+.1f} points found in {count / repeats:.0%}"
        for code, count in found.items()
    }
    coverage = f"covered {np.mean(covered):.1%}; " if covered else ""
    print(f"drivers, {n} texts a week{', estimated' if blurred else ''}: {coverage}{shares}")
    assert not covered or np.mean(covered) >= 0.93
    assert found["delivery:negative"] / repeats >= (0.3 if n == 25 else 0.8)


@pytest.mark.parametrize(("n", "blurred"), [(20, False), (60, False), (60, True)])
def test_in_a_thousand_digests_where_nothing_drives_few_tell_a_driver(n, blurred):
    rng = np.random.default_rng(12)
    repeats = 1_000 if n == 20 else 200
    told = 0
    for _ in range(repeats):
        texts = sample(rng, n, blurred=blurred)
        # Delight and irritation are read from the same texts: three regressions, one family.
        measures = {
            "nps": drivers(texts),
            "delight": drivers([text._replace(y=max(0.0, text.y), spread=0.0) for text in texts]),
            "irritation": drivers([text._replace(y=max(0.0, -text.y), spread=0.0) for text in texts]),
        }
        told += any(
            each.announced for found in announced_drivers(measures).values() for each in found.drivers
        )
    tolerated = binomial_quantile(0.99, repeats, 0.05)
    world = f"{n} texts a week{', estimated' if blurred else ''}"
    print(f"drivers, nothing planted, {world}: {told} of {repeats} (at most {tolerated})")
    assert told <= tolerated
