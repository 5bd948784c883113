"""What the model believes of each sentence: one chance per sign of the taxonomy, from words, their neighbours and negation.

Hashed features (`enrichment.models.features`) times small integer weights, with numpy alone, so that a
sentence's chances depend neither on the batch nor on the order of summation. They are raw:
`enrichment.analysers.sentence_signals` joins them with the lexicons and calibrates. It cannot see what the
sentences before said, nor irony.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from enrichment.models import features

CHUNK = 256
"""Sentences scored in one pass: flat memory whatever the batch."""
_TEXT_SHIFT = np.int64(features.BITS)


class LinearSignalModel:
    """Weights read from an `.npz`.

    `keys` are the bucket numbers known, sorted; `weights` is int8, known buckets × signs; `information` is
    uint16, one per bucket: the squared inverse document frequency; `scale` and `bias` turn sums into scores.
    """

    def __init__(self, arrays: dict[str, NDArray[np.generic]]) -> None:
        if int(arrays["features_version"]) != features.VERSION:
            message = f"the heads were trained on features {arrays['features_version']}, this program computes {features.VERSION}"
            raise ValueError(message)
        self.names = tuple(str(name) for name in arrays["names"])
        self._keys = np.asarray(arrays["keys"], dtype=np.int64)
        self._weights = np.ascontiguousarray(arrays["weights"], dtype=np.int8)
        self._information = np.asarray(arrays["information"], dtype=np.int64)
        self._information_scale = float(arrays["information_scale"])
        self._scale = np.asarray(arrays["scale"], dtype=np.float64)
        self._bias = np.asarray(arrays["bias"], dtype=np.float64)

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return one row of scores (log-odds) per text, one column per name."""
        rows = [self._chunk(texts[start : start + CHUNK]) for start in range(0, len(texts), CHUNK)]
        return np.concatenate(rows) if rows else np.zeros((0, len(self.names)))

    def _chunk(self, texts: Sequence[str]) -> NDArray[np.float64]:
        found, doc = features.buckets(texts)
        # sorted, then without repetitions: several times faster than np.unique, which hashes
        pairs = np.sort((doc << _TEXT_SHIFT) | found)
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]
        found, doc = pairs & ((1 << features.BITS) - 1), pairs >> _TEXT_SHIFT
        place = np.minimum(np.searchsorted(self._keys, found), len(self._keys) - 1)
        known = self._keys[place] == found
        place, doc = place[known], doc[known]
        sums = np.zeros((len(texts), len(self.names)), dtype=np.int64)
        information = np.zeros(len(texts), dtype=np.int64)
        if len(place):
            runs = np.flatnonzero(np.diff(doc, prepend=-1))
            sums[doc[runs]] = np.add.reduceat(self._weights[place], runs, axis=0, dtype=np.int64)
            information[doc[runs]] = np.add.reduceat(self._information[place], runs)
        length = np.sqrt(information * self._information_scale)
        length[length == 0] = 1
        return np.asarray(sums * self._scale / length[:, None] + self._bias)


@cache
def bundled() -> LinearSignalModel:
    """Load the heads that ship with the package, once per process."""
    with (
        resources.as_file(resources.files("enrichment").joinpath("models/weights/heads.npz")) as path,
        np.load(path, allow_pickle=False) as arrays,
    ):
        return LinearSignalModel(dict(arrays))
