"""The bundled linear model: hashed features (`enrichment.models.features`) times small integer weights, with numpy alone.

A text's scores are exact integer sums over its features, divided by the length of its feature vector: they
depend neither on the other texts of the batch nor on the order of summation. One instance serves sentiment
and advocacy. It cannot see meaning beyond words, their neighbours and negation: irony and long comparisons
escape it.
"""

import math
from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from enrichment.models import features

CHUNK = 64
"""Texts scored in one pass: their arrays (about 0.5 MB each) stay in the processor's cache."""
_CHUNK_CHARS = 64_000
STARS = 5
CLASSES = 3


class LinearModel:
    """Weights and calibration, read from an `.npz`.

    `weights` is int8, buckets × 8: five columns for the stars, three for detractor, passive and promoter.
    `information` is uint16, one per bucket: the squared inverse document frequency, 0 for what training saw
    in less than three texts.
    """

    def __init__(self, arrays: dict[str, NDArray[np.generic]]) -> None:
        if int(arrays["features_version"]) != features.VERSION:
            message = f"the model was trained on features {arrays['features_version']}, this program computes {features.VERSION}"
            raise ValueError(message)
        weights = np.ascontiguousarray(arrays["weights"], dtype=np.int8)
        # the eight weights of a bucket are one 64-bit word: one look-up brings them all
        self._packed = weights.view(np.uint64).ravel()
        self.information = np.asarray(arrays["information"], dtype=np.uint16)
        self.scale = np.asarray(arrays["scale"], dtype=np.float64)
        self.information_scale = float(arrays["information_scale"])
        self.star_temperature = float(arrays["star_temperature"])
        self.star_bias = [float(value) for value in np.asarray(arrays["star_bias"], dtype=np.float64)]
        self.mix = [[float(value) for value in row] for row in np.asarray(arrays["mix"], dtype=np.float64)]
        self.advocacy_temperature = float(arrays["advocacy_temperature"])
        self.advocacy_bias = [float(value) for value in np.asarray(arrays["advocacy_bias"], dtype=np.float64)]
        self.trained = str(arrays["trained"])

    def raw(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return one row of eight scores per text; a text without known features has zeros."""
        rows = [self._chunk(texts[start:end]) for start, end in _chunks(texts)]
        return np.concatenate(rows) if rows else np.zeros((0, STARS + CLASSES))

    def _chunk(self, texts: Sequence[str]) -> NDArray[np.float64]:
        found, doc = features.buckets(texts)
        sums = np.zeros((len(texts), STARS + CLASSES), dtype=np.int64)
        information = np.zeros(len(texts), dtype=np.int64)
        if len(found):
            # features come in a few runs by text: sum each run, then the runs of a text
            runs = np.flatnonzero(np.diff(doc, prepend=-1))
            weights = self._packed.take(found).view(np.int8).reshape(-1, STARS + CLASSES)
            np.add.at(sums, doc[runs], np.add.reduceat(weights, runs, axis=0, dtype=np.int64))
            np.add.at(
                information, doc[runs], np.add.reduceat(self.information.take(found), runs, dtype=np.int64)
            )
        length = np.sqrt(information * self.information_scale)
        length[length == 0] = 1
        return np.asarray(sums * self.scale / length[:, None])

    def stars(self, row: Sequence[float]) -> tuple[float, ...]:
        """Return the calibrated chances of one to five stars from a row of `raw`."""
        return _softmax([row[star] / self.star_temperature + self.star_bias[star] for star in range(STARS)])

    def classes(self, row: Sequence[float]) -> tuple[float, ...]:
        """Return the calibrated chances of detractor, passive and promoter from a row of `raw`."""
        scores = []
        for index in range(CLASSES):
            value = row[STARS + index] + math.fsum(self.mix[star][index] * row[star] for star in range(STARS))
            scores.append(value / self.advocacy_temperature + self.advocacy_bias[index])
        return _softmax(scores)


def _chunks(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Cut a batch so that no pass holds much more than `_CHUNK_CHARS` characters: memory stays flat."""
    bounds: list[tuple[int, int]] = []
    start, size = 0, 0
    for index, text in enumerate(texts):
        if index > start and (index - start == CHUNK or size + len(text) > _CHUNK_CHARS):
            bounds.append((start, index))
            start, size = index, 0
        size += len(text)
    if start < len(texts):
        bounds.append((start, len(texts)))
    return bounds


def _softmax(scores: Sequence[float]) -> tuple[float, ...]:
    """Return chances that sum to 1, by the standard library: the same on every machine and for every batch."""
    top = max(scores)
    exponentials = [math.exp(score - top) for score in scores]
    total = math.fsum(exponentials)
    return tuple(value / total for value in exponentials)


@cache
def bundled() -> LinearModel:
    """Load the model that ships with the package, once per process."""
    with (
        resources.as_file(resources.files("enrichment").joinpath("models/weights/linear.npz")) as path,
        np.load(path, allow_pickle=False) as arrays,
    ):
        return LinearModel(dict(arrays))
