"""The former linear model of stars and advocacy, kept as a rival in the evaluation.

Hashed features times small integer weights (`enrichment.models.hashed_linear`), then calibration. It cannot
see meaning beyond words, their neighbours and negation: irony and long comparisons escape it.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from enrichment.models.files import read_arrays
from enrichment.models.hashed_linear import HashedLinearScorer

STARS = 5
CLASSES = 3


class LinearModel:
    """Weights and calibration, read from an `.npz`.

    The columns of the scorer are five for the stars, three for detractor, passive and promoter; there is a
    row for every bucket, of zeros for what training saw in fewer than three texts.
    """

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self._scorer = HashedLinearScorer(arrays)
        self.star_temperature = float(arrays["star_temperature"])
        self.star_bias = [float(value) for value in np.asarray(arrays["star_bias"], dtype=np.float64)]
        self.mix = [[float(value) for value in row] for row in np.asarray(arrays["mix"], dtype=np.float64)]
        self.advocacy_temperature = float(arrays["advocacy_temperature"])
        self.advocacy_bias = [float(value) for value in np.asarray(arrays["advocacy_bias"], dtype=np.float64)]
        self.trained = str(arrays["trained"])

    def raw(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return one row of eight scores per text; a text without known features has zeros."""
        return self._scorer.scores(texts)

    def stars(self, row: Sequence[float]) -> tuple[float, ...]:
        """Return the calibrated probabilities of one to five stars from a row of `raw`."""
        return _softmax([row[star] / self.star_temperature + self.star_bias[star] for star in range(STARS)])

    def classes(self, row: Sequence[float]) -> tuple[float, ...]:
        """Return the calibrated probabilities of detractor, passive and promoter from a row of `raw`."""
        scores = []
        for index in range(CLASSES):
            value = row[STARS + index] + math.fsum(self.mix[star][index] * row[star] for star in range(STARS))
            scores.append(value / self.advocacy_temperature + self.advocacy_bias[index])
        return _softmax(scores)


def _softmax(scores: Sequence[float]) -> tuple[float, ...]:
    """Return probabilities that sum to 1, by the standard library: the same on every machine and batch."""
    top = max(scores)
    exponentials = [math.exp(score - top) for score in scores]
    total = math.fsum(exponentials)
    return tuple(value / total for value in exponentials)


@cache
def bundled() -> LinearModel:
    """Load the model that ships with the package, once per process."""
    return LinearModel(read_arrays("linear.npz"))
