"""The linear heads of signals: raw log-odds of each signal in a sentence, from its words in their order.

They are not calibrated: `enrichment.models.signal_probabilities` combines them with the lexicons and the
encoder. They cannot see what the sentences before said, nor irony.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from enrichment.models.files import columns_of, read_arrays
from enrichment.models.hashed_linear import HashedLinearScorer

FILE = "heads.npz"
TONES = ("tone:good", "tone:bad")


class LinearSignalModel:
    """Scores the signals named in the file's own `names`; see `HashedLinearScorer` for its other arrays."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self.names = tuple(str(name) for name in arrays["names"])
        self._scorer = HashedLinearScorer(arrays)

    def scores(self, texts: Sequence[str], signals: Sequence[str] | None = None) -> NDArray[np.float64]:
        """Return texts × signals: log-odds of the signals asked for, in their order, or of all in `names`.

        Raises ModelFilesError for a signal that the model does not score.
        """
        found = self._scorer.scores(texts)
        return found if signals is None else found[:, columns_of(signals, self.names, where=FILE)]

    def praise(self, texts: Sequence[str]) -> list[float]:
        """Return how much likelier each text is to praise than to blame, as a difference of log-odds."""
        return [good - bad for good, bad in self.scores(texts, TONES).tolist()]


@cache
def bundled() -> LinearSignalModel:
    """Load the heads that ship with the package, once per process."""
    return LinearSignalModel(read_arrays(FILE))
