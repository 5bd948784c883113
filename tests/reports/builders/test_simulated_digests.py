"""Whole digests of simulated brands (seeded, few): what the table of `docs/measures.md` holds of many."""

import numpy as np
import pytest

from bench.digests import FALLS, QUIET, digest_of, measured, simulated

BY_NAME = {world.name: world for world in (*QUIET, *FALLS)}


@pytest.mark.parametrize("name", ["survey batch ×4", "late arrivals, 20%", "persistent moods (AR 0.8)"])
def test_quiet_weeks_announce_no_change_of_opinion(name):
    found = measured(BY_NAME[name], digests=12, seed=20_270, a_week=240)
    assert found.opinion <= 1 / 12


def test_a_louder_survey_is_said_to_be_the_mix():
    context = digest_of(simulated(BY_NAME["survey batch ×4"], np.random.default_rng(20_271), a_week=240))
    change = context.metrics["positive"].change  # read in the words of all sources
    assert change.mix.source == "survey:own"
    assert change.mix.share_now > 0.5 > change.mix.share_before + 0.1
    assert change.mix.value > abs(change.delta)


def test_late_arrivals_are_no_fall_of_volume():
    rng = np.random.default_rng(20_272)
    world = BY_NAME["late arrivals, 20%"]
    ratios = []
    for _ in range(8):
        volume = digest_of(simulated(world, rng, a_week=240)).talk.volume
        ratios.append(volume.change.value_now / volume.change.value_before)
        assert not volume.announced
    assert 0.9 < np.mean(ratios) < 1.1


def test_a_louder_survey_hides_no_fall():
    rng = np.random.default_rng(20_273)
    world = BY_NAME["every source −30, survey ×3.5"]
    deltas = []
    for _ in range(10):
        context = digest_of(simulated(world, rng, a_week=240))
        metric = context.metrics["positive"]
        assert metric.direction != "stable"
        deltas.append(200 * metric.change.delta / 0.8)  # a share, of promoters read at 80%
    assert -42 < np.mean(deltas) < -18


def test_weeks_that_fell_are_not_called_stable():
    found = measured(BY_NAME["every source −20"], digests=12, seed=20_274)
    assert found.stable == 0
