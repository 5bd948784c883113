"""What a temperature would change: a gain where a model is too sure, none where it is right."""

import random
from datetime import UTC, datetime

import pytest

from ouidire.state.people.corrections import Correction
from service.pipeline.people.calibration import calibration_of, fitted, judged_of, loss

NOW = datetime(2026, 3, 9, tzinfo=UTC)


def judged(n, *, sharper, seed=3):
    """Texts whose true chances are known, and a model that states them to the power of `sharper`."""
    rng = random.Random(seed)
    rows = []
    for number in range(n):
        parts = [rng.random() + 0.05 for _ in range(3)]
        true = [each / sum(parts) for each in parts]
        stated = [each**sharper for each in true]
        truth = rng.choices(range(3), true)[0]
        rows.append((f"m{number}", tuple(each / sum(stated) for each in stated), truth))
    return rows


def test_a_model_that_is_too_sure_has_a_gain_and_its_temperature():
    found = calibration_of("pousse", judged(600, sharper=2.0))
    assert 1.5 <= found.temperature <= 3
    assert found.after < found.before
    assert found.gain == pytest.approx(found.before - found.after)
    assert found.helps


def test_a_model_that_is_right_has_none():
    assert not any(calibration_of("pousse", judged(300, sharper=1.0, seed=seed)).helps for seed in range(5))


def test_few_corrections_say_nothing():
    found = calibration_of("pousse", judged(199, sharper=3.0))
    assert (found.n, found.gain, found.helps) == (199, None, False)


def test_losses_and_temperatures_have_their_bounds():
    assert loss(("m", (1.0, 0.0, 0.0), 0), 1.0) == pytest.approx(0, abs=1e-5)
    assert loss(("m", (1 / 3, 1 / 3, 1 / 3), 2), 0.4) == pytest.approx(1.0986, abs=1e-3)
    assert fitted([("m", (1 / 3, 1 / 3, 1 / 3), 1)]) == 1.0


def correction(value, **model):
    return Correction(mention_id="m", field="side", value=value, said="x", model=model, by="lea", at=NOW)


def test_mixed_texts_and_texts_never_read_are_left_out():
    chances = {"p_negative": 0.5, "p_neutral": 0.2, "p_positive": 0.3}
    assert judged_of(correction("positive", **chances)) == ("m", (0.5, 0.2, 0.3), 2)
    assert judged_of(correction("mixed", **chances)) is None
    assert judged_of(correction("positive", **{**chances, "p_neutral": None})) is None
