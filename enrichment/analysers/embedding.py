"""A text's embedding for retrieval: 384 small integers, to be compared by their cosine.

The numbers are the encoder's unit vector times 127 over its largest component: the cosine is that of the
vector, to about a thousandth. Queries are embedded by the same function, as texts.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enrichment.base import Analyser, Subject

LARGEST = 127


def quantised(vector: NDArray[np.float32]) -> tuple[int, ...]:
    """Return a vector as integers of −127…127; a vector of zeros stays zeros."""
    top = float(np.abs(vector).max())
    return tuple(np.round(vector * (LARGEST / top if top else 0)).astype(int).tolist())


class EmbeddingAnalyser(Analyser):
    """Fills `vector`; None where the text says nothing or the model has no embedding."""

    name = "embedding"
    version = 3
    requires: tuple[str, ...] = ("reading",)
    fills: tuple[str, ...] = ("vector",)

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Return the quantised vector of each reading."""
        return [
            {
                "vector": quantised(subject.reading.vector)
                if subject.reading and subject.reading.vector is not None
                else None
            }
            for subject in batch
        ]
