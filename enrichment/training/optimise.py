"""Logistic regressions by L-BFGS: multinomial on sparse rows, binary with a ridge, and calibration.

In the multinomial one a row may allow several classes, and each group of rows has an intercept.

The loss of a row is −log of the chance of its allowed classes together, so that texts labelled "negative"
without stars teach too. Group intercepts absorb each site's habit of stars, so that words are not blamed for
it.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]


def softmax(scores: Floats) -> Floats:
    """Return probabilities by row."""
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def fit(
    matrix: csr_matrix,
    allowed: NDArray[np.float32],
    *,
    groups: NDArray[np.int64],
    weights: Floats,
    penalty: float,
    steps: int,
    offset: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Return weights (columns × classes) and intercepts (groups × classes), by L-BFGS; deterministic.

    `offset` (rows × classes) is added to the scores: what is known of the rows from elsewhere.
    """
    columns, classes, sets = matrix.shape[1], allowed.shape[1], int(groups.max()) + 1
    mass = weights.astype(np.float32)[:, None]
    known = np.zeros((matrix.shape[0], classes), np.float32) if offset is None else offset.astype(np.float32)

    def loss(flat: Floats) -> tuple[float, Floats]:
        point = flat.astype(np.float32)
        table, intercepts = (
            point[: columns * classes].reshape(columns, classes),
            point[columns * classes :].reshape(sets, classes),
        )
        scores = matrix @ table + intercepts[groups] + known
        exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances = exponentials / exponentials.sum(axis=1, keepdims=True)
        within = chances * allowed
        total = within.sum(axis=1, keepdims=True) + 1e-30
        gradient = (chances - within / total) * mass
        by_group = np.zeros_like(intercepts)
        np.add.at(by_group, groups, gradient)
        slopes = np.concatenate(
            [
                (matrix.T @ gradient + penalty * table).ravel(),
                (by_group + _INTERCEPT_PENALTY * intercepts).ravel(),
            ]
        )
        value = -float((mass * np.log(total)).sum()) + 0.5 * penalty * float(np.vdot(table, table))
        return value + 0.5 * _INTERCEPT_PENALTY * float(np.vdot(intercepts, intercepts)), slopes.astype(
            np.float64
        )

    start = np.zeros(columns * classes + sets * classes)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 6}).x
    return found[: columns * classes].reshape(columns, classes), found[columns * classes :].reshape(
        sets, classes
    )


_INTERCEPT_PENALTY = 1e-3


def logistic(design: Floats, target: Floats | NDArray[np.int8], *, start: Floats, ridge: float) -> Floats:
    """Return the weights of a logistic regression held near `start` by a ridge.

    `design` is rows × weights, `target` is 0 or 1 per row.
    """

    def loss(weights: Floats) -> tuple[float, Floats]:
        total = design @ weights
        value = float(np.sum(np.logaddexp(0, total) - target * total)) + ridge / 2 * float(
            np.sum((weights - start) ** 2)
        )
        return value, np.asarray(design.T @ (1 / (1 + np.exp(-total)) - target) + ridge * (weights - start))

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def calibrate(
    scores: Floats, allowed: NDArray[np.float32], *, weights: Floats, start: Floats, ridge: float
) -> tuple[float, Floats]:
    """Return the temperature and the intercepts that calibrate the scores of held-out rows.

    `ridge` pulls the intercepts to `start` and the temperature to 1: few parameters, few rows.
    """

    def loss(flat: Floats) -> float:
        chances = softmax(scores / np.exp(flat[0]) + flat[1:])
        likelihood = np.log((chances * allowed).sum(axis=1) + 1e-30)
        return -float((weights * likelihood).sum()) + ridge * float(
            ((flat[1:] - start) ** 2).sum() + flat[0] ** 2
        )

    found = minimize(loss, np.concatenate([[0.0], start]), method="L-BFGS-B").x
    return float(np.exp(found[0])), np.asarray(found[1:] - found[1:].mean())
