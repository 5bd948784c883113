"""Fits the encoder's heads of stars and of promoter classes again, without some sources.

Encoder and token weights stay as they ship, so that a head is linear in the states it pools; losses,
neighbours' share and offsets are those of training (`enrichment.training.encoder.losses`), calibration is
the shipped one's (`enrichment.training.calibration_maps`). It cannot forget what the encoder itself learnt
from the sources left out: errors found in this way are too small.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logsumexp, softmax

from enrichment.models.encoder import EncoderHeads
from enrichment.models.files import read_json
from enrichment.training.calibration_maps import class_map, scale_and_bias
from enrichment.training.data import PROMOTER, LabelledRow, allowed_stars, nps_class
from enrichment.training.evaluation.transfer.states import PooledStates

Floats = NDArray[np.float64]
NEIGHBOUR, ORDER = 0.05, 2.0
"""Of `enrichment.training.encoder.losses`, which needs torch: a star's share given to each neighbour, and the
weight of the ranked probability score."""
RIDGE = 0.3
"""On the weights of standardised states, per row.

With no source left out, dev's log-likelihood a text is −0.747 at 0.001, −0.660 at 0.03, −0.637 at 0.3,
−0.634 at 1, and −0.631 for the shipped head; the likeliest star is right as often as its own from 0.1 on.
"""
SMALL_RIDGE = 1e-3
"""On a map of five columns, which hundreds of rows determine."""
STEPS = 200
CAPPED = 0.06
"""A source whose mix of stars differs by more between train and dev was capped by stars when it was drawn."""
STARS, CLASSES = 5, PROMOTER + 1


class LinearHead(NamedTuple):
    """Weights (states × values) and biases of one head, on states as they are."""

    weight: Floats
    bias: Floats

    def scores(self, states: Floats) -> Floats:
        """Return rows × values."""
        return np.asarray(states @ self.weight + self.bias)


def fit_stars(
    states: Floats, rows: Sequence[LabelledRow], offset: Floats, *, ridge: float | None = None
) -> LinearHead:
    """Return the head of stars fitted on rows with stars or a label; `offset` (rows × 5) as in training."""
    allowed = allowed_stars(rows).astype(np.float64)
    exact = np.array([row.stars is not None for row in rows])
    target = allowed.copy()
    for place in np.flatnonzero(exact):
        star = int(allowed[place].argmax())
        target[place, star] = 1 - 2 * NEIGHBOUR
        target[place, max(star - 1, 0)] += NEIGHBOUR
        target[place, min(star + 1, STARS - 1)] += NEIGHBOUR
    steps = target.cumsum(1)

    def loss(scores: Floats) -> tuple[float, Floats]:
        chances = softmax(scores + offset, axis=1)
        log = np.log(np.maximum(chances, 1e-30))
        inside = np.maximum((chances * allowed).sum(1, keepdims=True), 1e-30)
        gaps = chances.cumsum(1) - steps
        each = np.where(exact, -(target * log).sum(1) + ORDER * (gaps**2).sum(1), -np.log(inside[:, 0]))
        slope = 2 * ORDER * gaps[:, ::-1].cumsum(1)[:, ::-1]
        ranked = chances * (slope - (slope * chances).sum(1, keepdims=True))
        gradient = np.where(exact[:, None], chances - target + ranked, chances - chances * allowed / inside)
        return float(each.sum()), gradient

    return _fitted(states, STARS, loss, ridge=RIDGE if ridge is None else ridge)


def fit_classes(states: Floats, truth: NDArray[np.int64], *, ridge: float | None = None) -> LinearHead:
    """Return the head of promoter classes (0 detractor, 1 passive, 2 promoter) by cross-entropy."""
    target = np.eye(CLASSES)[truth]

    def loss(scores: Floats) -> tuple[float, Floats]:
        log = scores - logsumexp(scores, axis=1, keepdims=True)
        return -float((target * log).sum()), np.exp(log) - target

    return _fitted(states, CLASSES, loss, ridge=RIDGE if ridge is None else ridge)


def fit_asked(states: Floats, scores: Floats) -> LinearHead:
    """Return the head of the asked score (0–10), by the squared error of its sigmoid from the tenth."""
    aim = scores[:, None] / 10

    def loss(values: Floats) -> tuple[float, Floats]:
        chance = expit(values)
        return float(((chance - aim) ** 2).sum()), 2 * (chance - aim) * chance * (1 - chance)

    return _fitted(states, 1, loss, ridge=RIDGE)


def _fitted(states: Floats, values: int, loss, *, ridge: float) -> LinearHead:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Return the head that minimises the mean loss plus a ridge on the weights of standardised states."""
    mean, deviation = states.mean(0), states.std(0) + 1e-6
    design = (states - mean) / deviation
    width, rows = states.shape[1], len(states)

    def objective(flat: Floats) -> tuple[float, Floats]:
        weight, bias = flat[: width * values].reshape(width, values), flat[width * values :]
        value, gradient = loss(design @ weight + bias)
        slopes = design.T @ gradient / rows + ridge * weight
        total = value / rows + ridge / 2 * float((weight**2).sum())
        return total, np.concatenate([slopes.ravel(), gradient.sum(0) / rows])

    start = np.zeros((width + 1) * values)
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    weight = found[: width * values].reshape(width, values) / deviation[:, None]
    return LinearHead(weight, found[width * values :] - mean @ weight)


def offsets(
    train: Sequence[LabelledRow], dev: Sequence[LabelledRow], *, least: int = 150
) -> dict[str, Floats]:
    """Return log(train share / dev share) of each star, for sources (src) that were capped by stars.

    The rule and its figures are those of `enrichment.training.encoder.items.offsets`.
    """
    mixes = [_mixes(rows) for rows in (train, dev)]
    found = {}
    for source, (count, natural) in mixes[1].items():
        here = mixes[0].get(source, (0.0, np.full(STARS, 1 / STARS)))[1]
        if count >= least and np.abs(here - natural).max() > CAPPED:
            found[source] = np.log(here / natural)
    return found


def _mixes(rows: Sequence[LabelledRow]) -> dict[str, tuple[float, Floats]]:
    """Return the number of rows with stars or a label, and the mix of stars, of each source."""
    sums: dict[str, Floats] = {}
    allowed = allowed_stars(rows).astype(np.float64)
    for row, stars in zip(rows, allowed, strict=True):
        if stars.any():
            sums[row.src] = sums.get(row.src, np.zeros(STARS)) + stars / stars.sum()
    return {source: (float(total.sum()), (total + 2) / (total + 2).sum()) for source, total in sums.items()}


class RefittedStars(NamedTuple):
    """A head of stars and its calibration, as `readout.json` holds it."""

    head: LinearHead
    temperature: Floats
    bias: Floats

    def chances(self, states: PooledStates) -> Floats:
        """Return the five-star distribution of each row."""
        return _softmax(self.head.scores(states.states["stars"]) * self.temperature + self.bias)


def refit_stars(
    train: Sequence[LabelledRow],
    states: PooledStates,
    dev: Sequence[LabelledRow],
    dev_states: PooledStates,
    shift: dict[str, Floats],
) -> RefittedStars:
    """Return stars fitted on `train` and calibrated on `dev`, rows with stars or a label only."""
    offset = np.array([shift.get(row.src, np.zeros(STARS)) for row in train])
    head = fit_stars(states.states["stars"], train, offset)
    found = scale_and_bias(head.scores(dev_states.states["stars"]), allowed_stars(dev))
    return RefittedStars(head, np.array(found["weight"]), np.array(found["bias"]))


def refit_classes(
    train: Sequence[LabelledRow],
    states: PooledStates,
    dev: Sequence[LabelledRow],
    dev_states: PooledStates,
    unseen: PooledStates,
) -> Floats:
    """Return the promoter classes' probabilities of `unseen` rows, by heads and a map fitted without them.

    `train` and `dev` are rows with an asked score; the head of stars, which surveys do not teach, is shipped.
    """
    place = EncoderHeads(read_json("readout.json")).columns
    scores = np.array([row.nps for row in train], float)
    classes = fit_classes(states.states["classes"], np.array([nps_class(each) for each in scores]))
    asked = fit_asked(states.states["asked"], scores)

    def values(of: PooledStates) -> Floats:
        refitted = of.values.copy()
        refitted[:, place["classes"]] = classes.scores(of.states["classes"])
        refitted[:, place["asked"].start : place["asked"].start + 1] = asked.scores(of.states["asked"])
        return refitted

    truth = np.array([nps_class(row.nps or 0) for row in dev])
    surveys = np.unique([row.src for row in dev], return_inverse=True)[1]
    mapped = class_map(values(dev_states), place, truth, surveys)
    return _softmax(values(unseen) @ np.array(mapped["weight"]).T + np.array(mapped["bias"]))


def classes_by_stars(train: Sequence[LabelledRow], states: PooledStates, unseen: PooledStates) -> Floats:
    """Return the promoter classes' probabilities of `unseen` rows, by their stars alone.

    The shipped head of stars learnt from no survey; a linear map from its scores to classes is fitted on
    `train`, rows with an asked score. What the encoder learnt from surveys is kept out as far as it can be.
    """
    place = EncoderHeads(read_json("readout.json")).columns["stars"]

    def centred(of: PooledStates) -> Floats:
        scores = of.values[:, place]
        return np.asarray(scores - scores.mean(1, keepdims=True))

    truth = np.array([nps_class(row.nps or 0) for row in train])
    return _softmax(fit_classes(centred(states), truth, ridge=SMALL_RIDGE).scores(centred(unseen)))


def _softmax(scores: Floats) -> Floats:
    return np.asarray(softmax(scores, axis=1), np.float64)
