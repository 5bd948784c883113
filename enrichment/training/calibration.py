"""Calibrates the scores of the shipped graph, on rows that training did not see (dev).

Stars and tone: a temperature and a bias per class, tone on the labelled sentences of dev, each within its
text. Detractor, passive and promoter: a small linear map over the scores of the class head, the stars and the
asked score, each survey counting alike, held near the class head's own scores by a ridge. Aspects and signals
are combined with words elsewhere (`enrichment.training.signals.stacking`).
"""

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from enrichment.models.encoder import Encoder
from enrichment.training import marks
from enrichment.training.data import PROMOTER, allowed_stars, nps_class, read
from enrichment.training.encoder.network import HEADS
from enrichment.training.signals.sentences import Labelled

Floats = NDArray[np.float64]
BIAS_RIDGE = 0.02
"""Ridge on the biases of stars and tone, per row: the natural mix of dev is not that of every brand."""
CLASS_RIDGE = 0.02
_LEAST = 1e-9


def columns() -> dict[str, slice]:
    """Return where each head's values are among all."""
    found, at = {}, 0
    for head in HEADS:
        found[head.name] = slice(at, at + head.values)
        at += head.values
    return found


def fit(options: argparse.Namespace, sentences: Sequence[Labelled]) -> dict[str, Any]:
    """Return the calibration of each head, as `readout.json` holds it; `sentences` are the held-out ones."""
    encoder, dev = Encoder(options.out), read(options.data, "dev")
    values = encoder.scores([row.text for row in dev]).astype(np.float64)
    place = columns()
    starred = np.array(
        [index for index, row in enumerate(dev) if row.stars is not None or row.label is not None]
    )
    allowed = allowed_stars([dev[index] for index in starred])
    stars = scale_and_bias(values[starred, place["stars"]], allowed)
    asked = np.array([index for index, row in enumerate(dev) if row.nps is not None])
    truth = np.array([nps_class(dev[index].nps or 0) for index in asked])
    surveys = np.unique([dev[index].src for index in asked], return_inverse=True)[1]
    classes = class_map(values[asked], place, truth, surveys)
    return {"stars": stars, "classes": classes, "tone": tone_of_sentences(sentences, encoder)}


def scale_and_bias(scores: Floats, allowed: NDArray[np.float32]) -> dict[str, Any]:
    """Fit one temperature and a bias per class; `allowed` is 1 where a row may be of that class."""
    hidden = np.where(allowed > 0, 0.0, -1e9)

    def loss(parameters: Floats) -> float:
        spread = scores * np.exp(parameters[0]) + parameters[1:]
        chances = spread - logsumexp(spread, axis=1, keepdims=True)
        return float(-logsumexp(chances + hidden, axis=1).mean() + BIAS_RIDGE * (parameters[1:] ** 2).sum())

    found = minimize(loss, np.zeros(scores.shape[1] + 1), method="L-BFGS-B").x
    return {
        "weight": [round(float(np.exp(found[0])), 5)] * scores.shape[1],
        "bias": [round(float(each), 5) for each in found[1:]],
    }


def class_map(
    values: Floats, place: dict[str, slice], truth: NDArray[np.int64], surveys: NDArray[np.int64]
) -> dict[str, Any]:
    """Return a 3 × columns matrix and a bias: class scores from classes, stars and asked score."""
    use = np.r_[place["stars"], place["classes"], place["asked"].start : place["asked"].start + 1]
    given = values[:, use]
    spread = given.std(0) + 1e-6
    rows = np.column_stack([given / spread, np.ones(len(given))])
    weights = 1 / np.bincount(surveys)[surveys]
    weights /= weights.sum()
    start = np.zeros((3, rows.shape[1]))
    for each in range(3):
        start[each, 5 + each] = spread[5 + each]

    def loss(parameters: Floats) -> float:
        table = parameters.reshape(3, -1)
        scores = rows @ table.T
        log = scores[np.arange(len(truth)), truth] - logsumexp(scores, axis=1)
        return float(-(log * weights).sum() + CLASS_RIDGE * ((table - start)[:, :-1] ** 2).sum())

    found = minimize(loss, start.ravel(), method="L-BFGS-B").x.reshape(3, -1)
    whole = np.zeros((3, values.shape[1]))
    whole[:, use] = found[:, :-1] / spread
    assert PROMOTER == 2  # noqa: S101, PLR2004 (the order of the classes is the head's)
    return {"weight": np.round(whole, 5).tolist(), "bias": np.round(found[:, -1], 5).tolist()}


def tone_of_sentences(sentences: Sequence[Labelled], encoder: Encoder) -> dict[str, Any]:
    """Return temperature and biases of tone.

    `encoder` is not calibrated yet: its probabilities are those of the raw scores.
    """
    readings = encoder.read([each.text for each in sentences], [each.spans for each in sentences])
    values = [
        np.log(reading.sentences.tone[each.place] + _LEAST)
        for each, reading in zip(sentences, readings, strict=True)
    ]
    tones = [marks.tone(each.aspects, each.signals) for each in sentences]
    return scale_and_bias(np.array(values, np.float64), np.eye(3, dtype=np.float32)[tones])
