"""The measures of an evaluation, each figure with its 95% interval by bootstrap over rows.

Every function takes arrays of the same rows and returns one number; `interval` resamples rows, seeded, so
that a report written twice is the same.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score

Floats = NDArray[np.float64]
Measure = Callable[..., float]
RESAMPLES, SEED = 300, 5
NEUTRAL = 3
"""Stars that count neither as good nor as bad."""


def exact(stars: Floats, truth: Floats) -> float:
    """Return the share of texts whose most likely star is the author's, %."""
    return 100 * float(np.mean(_star(stars) == truth))


def off_by_one(stars: Floats, truth: Floats) -> float:
    """Return the share of texts at most one star off, %."""
    return 100 * float(np.mean(np.abs(_star(stars) - truth) <= 1))


def mean_error(stars: Floats, truth: Floats) -> float:
    """Return the mean distance between the most likely star and the author's."""
    return float(np.mean(np.abs(_star(stars) - truth)))


def binary(stars: Floats, truth: Floats) -> float:
    """Return the share of texts on the right side of 3 stars, those of 3 stars left out, %."""
    clear = truth != NEUTRAL
    return (
        100 * float(np.mean((stars[clear] @ np.arange(1, 6) > NEUTRAL) == (truth[clear] > NEUTRAL)))
        if clear.any()
        else float("nan")
    )


def macro_f1(stars: Floats, truth: Floats) -> float:
    """Return the macro-F1 of negative (1–2 stars), neutral (3) and positive (4–5); truth is 0, 1, 2."""
    return float(f1_score(truth, three(stars).argmax(1), average="macro", labels=[0, 1, 2], zero_division=0))


def promoters_apart(classes: Floats, truth: Floats) -> float:
    """Return the probability that a promoter's text scores above a detractor's (AUC); truth is 0, 1, 2."""
    poles = truth != 1
    if len(set(truth[poles])) < 2:  # noqa: PLR2004 (both sides)
        return float("nan")
    return float(roc_auc_score(truth[poles] == 2, (classes[:, 2] - classes[:, 0])[poles]))  # noqa: PLR2004


def asked_nps(truth: Floats) -> tuple[float, float]:
    """Return the NPS of asked scores and the half-width of its 95% interval, in points."""
    each = (truth == 2).astype(float) - (truth == 0)  # noqa: PLR2004
    return 100 * float(each.mean()), 100 * 1.96 * float(each.std()) / len(each) ** 0.5


def estimated_nps(classes: Floats) -> tuple[float, float]:
    """Return the estimated NPS and the half-width of its 95% interval, in points.

    It is the mean of the probability of promoter minus that of detractor. The interval covers what answers
    drawn from these probabilities would give: each answer's own variance counts.
    """
    balance = classes[:, 2] - classes[:, 0]
    variance = classes[:, 2] + classes[:, 0] - balance**2
    return 100 * float(balance.mean()), 100 * 1.96 * float((variance.mean() + balance.var()) ** 0.5) / len(
        classes
    ) ** 0.5


def three(stars: Floats) -> Floats:
    """Return the probabilities of negative, neutral and positive."""
    return np.column_stack([stars[:, :2].sum(1), stars[:, 2], stars[:, 3:].sum(1)])


def interval(measure: Measure, answers: Floats, truth: Floats) -> tuple[float, float, float]:
    """Return a measure and the bounds of its 95% interval."""
    draws = np.random.default_rng(SEED)
    found = []
    for _ in range(RESAMPLES):
        rows = draws.integers(0, len(truth), len(truth))
        found.append(measure(answers[rows], truth[rows]))
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return measure(answers, truth), float(low), float(high)


def explained(columns: Floats, target: Floats) -> float:
    """Return R² of the least-squares line of `target` on `columns`."""
    design = np.column_stack([columns, np.ones(len(target))])
    rest = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    return float(1 - rest.var() / target.var())


def _star(stars: Floats) -> Floats:
    return np.asarray(stars.argmax(1) + 1, float)
