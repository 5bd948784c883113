"""The small maps that calibrate a head's scores: temperature and biases, and the map of promoter classes.

Pure functions of scores, without torch: the shipped model is calibrated with them, and so are heads that an
evaluation fits again.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from enrichment.training.data import PROMOTER

Floats = NDArray[np.float64]
BIAS_RIDGE = 0.02
"""Ridge on the biases of stars and tone, per row: the natural mix of dev is not that of every brand."""
CLASS_RIDGE = 0.02


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
