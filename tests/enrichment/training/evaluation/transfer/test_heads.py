import ast

import numpy as np
import pytest

from enrichment.training.data import LabelledRow
from enrichment.training.encoder.items import TrainingText
from enrichment.training.encoder.items import offsets as offsets_in_training
from enrichment.training.evaluation.transfer import heads
from enrichment.training.evaluation.transfer.states import PooledStates
from tests.support.paths import ROOT

CHANCE = np.random.default_rng(1)
WIDTH = 12


@pytest.fixture(autouse=True)
def light_ridge(monkeypatch):
    """Make the heads follow made-up states, which are few and clear."""
    monkeypatch.setattr(heads, "RIDGE", 1e-3)


def row(*, stars=None, label=None, nps=None, src="site"):
    return LabelledRow(text="", lang="fr", stars=stars, label=label, nps=nps, src=src)


def states_of(kinds, *, noise=0.3):
    """Return states in which the first axis says the kind."""
    found = CHANCE.normal(0, noise, (len(kinds), WIDTH))
    found[:, 0] += np.asarray(kinds)
    return found


def test_a_head_of_stars_learns_what_states_say():
    stars = CHANCE.integers(1, 6, 400)
    states = states_of(stars)
    head = heads.fit_stars(states, [row(stars=int(each)) for each in stars], np.zeros((400, 5)))
    assert np.mean(head.scores(states).argmax(1) + 1 == stars) > 0.9


def test_bare_labels_teach_sides():
    kinds = CHANCE.integers(0, 3, 300)
    states = states_of(kinds)
    rows = [row(label=("neg", "neu", "pos")[each]) for each in kinds]
    scores = heads.fit_stars(states, rows, np.zeros((300, 5))).scores(states)
    sides = np.array([0, 0, 1, 2, 2])[scores.argmax(1)]
    assert np.mean(sides == kinds) > 0.9


def test_an_offset_gives_back_the_natural_mix():
    # states say nothing; the file has as many of each star, nature three times as many of five
    stars = np.tile(np.arange(1, 6), 100)
    natural = np.array([1, 1, 1, 1, 3]) / 7
    offset = np.tile(np.log(0.2 / natural), (500, 1))
    head = heads.fit_stars(np.zeros((500, 2)), [row(stars=int(each)) for each in stars], offset)
    chances = np.exp(head.scores(np.zeros((1, 2)))[0])
    chances /= chances.sum()
    assert chances[4] == pytest.approx(3 / 7, abs=0.03)


def test_the_gradient_of_the_loss_of_stars_is_right(monkeypatch):
    rows = [row(stars=1), row(stars=4), row(label="pos"), row(label="neg"), row(stars=5)]
    caught = []
    monkeypatch.setattr(heads, "_fitted", lambda _states, _values, loss, **_: caught.append(loss))
    heads.fit_stars(np.zeros((5, 2)), rows, CHANCE.normal(0, 0.2, (5, 5)))
    scores = CHANCE.normal(0, 1, (5, 5))
    _, gradient = caught[0](scores)
    for place in ((0, 0), (1, 4), (2, 3), (3, 2), (4, 1)):
        step = np.zeros((5, 5))
        step[place] = 1e-6
        slope = (caught[0](scores + step)[0] - caught[0](scores - step)[0]) / 2e-6
        assert gradient[place] == pytest.approx(slope, rel=1e-4, abs=1e-7)


def test_constants_are_those_of_training():
    path = ROOT / "enrichment" / "training" / "encoder" / "losses.py"
    assigned = {
        target.id: ast.literal_eval(node.value)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in ("NEIGHBOUR", "WEIGHTS")
    }
    assert assigned["NEIGHBOUR"] == heads.NEIGHBOUR
    assert assigned["WEIGHTS"]["order"] / assigned["WEIGHTS"]["stars"] == heads.ORDER


def test_offsets_are_those_of_training():
    train = [(1 + place % 5, "capped") for place in range(300)] + [(5, "small"), (1, "small")]
    dev = [(5 if place % 3 else 1 + place % 5, "capped") for place in range(200)] + [(5, "small")]
    expected = offsets_in_training(
        *[
            [TrainingText(tokens=[], source=src, stars=(stars - 1,)) for stars, src in rows]
            for rows in (train, dev)
        ]
    )
    found = heads.offsets(*[[row(stars=stars, src=src) for stars, src in rows] for rows in (train, dev)])
    assert found.keys() == expected.keys() == {"capped"}
    np.testing.assert_allclose(found["capped"], expected["capped"], rtol=1e-6)


def test_classes_of_a_survey_left_out_come_from_the_others():
    def survey(size, src):
        scores = CHANCE.integers(0, 11, size)
        kinds = np.digitize(scores, [7, 9])
        values = np.zeros((size, 117))
        states = {name: states_of(2 * kinds) for name in ("stars", "classes", "asked")}
        return [row(nps=float(each), src=src) for each in scores], PooledStates(values, states), kinds

    train, train_states, _ = survey(300, "one")
    dev, dev_states, _ = survey(100, "one")
    _, unseen, kinds = survey(100, "other")
    classes = heads.refit_classes(train, train_states, dev, dev_states, unseen)
    assert classes.sum(1) == pytest.approx(np.ones(100))
    assert np.mean(classes.argmax(1) == kinds) > 0.85


def test_by_stars_alone_nothing_but_stars_is_read():
    kinds = CHANCE.integers(0, 3, 300)
    values = CHANCE.normal(0, 1, (300, 117))
    values[:, 4] += 4 * kinds
    other = np.where(np.arange(117) < 5, values, 0)
    nothing = {name: np.zeros((300, 1)) for name in ("stars", "classes", "asked")}
    rows = [row(nps=(0.0, 7.0, 10.0)[each]) for each in kinds]
    found = heads.classes_by_stars(rows, PooledStates(values, nothing), PooledStates(other, nothing))
    assert np.mean(found.argmax(1) == kinds) > 0.85
