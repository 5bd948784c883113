"""A linear scorer over hashed features (`enrichment.models.features`): int8 weights, with numpy alone.

A text's scores are exact integer sums over its features, divided by the length of its feature vector: they
depend neither on the other texts of the batch nor on the order of summation. It cannot see meaning beyond
words, their neighbours and negation.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from enrichment.base import ModelFilesError
from enrichment.models import features

CHUNK = 256
"""Texts scored in one pass, at most."""
CHUNK_CHARS = 64_000
"""Characters scored in one pass: memory stays flat whatever the batch."""
_TEXT_SHIFT = np.int64(features.BITS)
_BUCKET = (1 << features.BITS) - 1


class HashedLinearScorer:
    """Weights read from an `.npz`.

    `weights` is int8, rows × columns; `information`, one value a row, is the squared inverse document
    frequency over `information_scale`; `scale` and `bias` (none: 0) turn sums into scores. With `keys`, the
    sorted bucket numbers of the rows, a feature counts once a text; without, there is a row for every bucket
    and a feature counts as often as it occurs. Raises ModelFilesError for weights of other features.
    """

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        if int(arrays["features_version"]) != features.VERSION:
            trained, computed = arrays["features_version"], features.VERSION
            message = f"the model was trained on features {trained}, this program computes {computed}"
            raise ModelFilesError(message)
        self._weights = np.ascontiguousarray(arrays["weights"], dtype=np.int8)
        self._keys = np.asarray(arrays["keys"], dtype=np.int64) if "keys" in arrays else None
        self._information = np.asarray(arrays["information"], dtype=np.int64)
        self._information_scale = float(arrays["information_scale"])
        self._scale = np.asarray(arrays["scale"], dtype=np.float64)
        self._bias = np.asarray(arrays.get("bias", 0.0), dtype=np.float64)

    @property
    def width(self) -> int:
        """How many scores a text has."""
        return int(self._weights.shape[1])

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return texts × columns of scores; a text without known features has the bias alone."""
        rows = [self._chunk(texts[start:end]) for start, end in _chunks(texts)]
        return np.concatenate(rows) if rows else np.zeros((0, self.width))

    def _chunk(self, texts: Sequence[str]) -> NDArray[np.float64]:
        rows, doc = self._rows(texts)
        sums = np.zeros((len(texts), self.width), dtype=np.int64)
        information = np.zeros(len(texts), dtype=np.int64)
        if len(rows):
            # rows come in a few runs by text: sum each run, then the runs of a text
            runs = np.flatnonzero(np.diff(doc, prepend=-1))
            weights = self._weights.take(rows, axis=0)
            np.add.at(sums, doc[runs], np.add.reduceat(weights, runs, axis=0, dtype=np.int64))
            np.add.at(information, doc[runs], np.add.reduceat(self._information.take(rows), runs))
        length = np.sqrt(information * self._information_scale)
        length[length == 0] = 1
        return np.asarray(sums * self._scale / length[:, None] + self._bias)

    def _rows(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of the features that the texts hold and, beside each, its text's index."""
        found, doc = features.buckets(texts)
        if self._keys is None:
            return found, doc
        # sorted, then without repetitions: several times faster than np.unique, which hashes
        pairs = np.sort((doc << _TEXT_SHIFT) | found)
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]
        found, doc = pairs & _BUCKET, pairs >> _TEXT_SHIFT
        place = np.minimum(np.searchsorted(self._keys, found), len(self._keys) - 1)
        known = self._keys[place] == found
        return place[known], doc[known]


def _chunks(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Cut a batch so that no pass holds more than CHUNK texts, nor much more than CHUNK_CHARS characters."""
    bounds: list[tuple[int, int]] = []
    start, size = 0, 0
    for index, text in enumerate(texts):
        if index > start and (index - start == CHUNK or size + len(text) > CHUNK_CHARS):
            bounds.append((start, index))
            start, size = index, 0
        size += len(text)
    if start < len(texts):
        bounds.append((start, len(texts)))
    return bounds
