"""The peak, the end and the mean of the polarities of a text's sentences.

Source: peak–end rule, Kahneman, Fredrickson, Schreiber & Redelmeier, "When More Pain Is Preferred to Less"
(1993). Whether peak and end predict the stars better than the mean is for the evaluation to say; nothing here
assumes it.
"""

import math
from collections.abc import Sequence
from typing import Any

from enrichment.base import Analyser, Subject
from ouidire.annotations import Memory


def peak_end_mean(polarities: Sequence[float]) -> Memory | None:
    """Return peak, end and mean, each −1…1; None without sentences.

    The peak is the polarity farthest from 0, the first of equals.
    """
    if not polarities:
        return None
    mean = math.fsum(polarities) / len(polarities)
    return Memory(peak=max(polarities, key=abs), end=polarities[-1], mean=round(mean, 5))


class MemoryAnalyser(Analyser):
    """Fills `memory` from the sentences' polarities."""

    name = "memory"
    version = 4
    requires: tuple[str, ...] = ("sentiment",)
    fills: tuple[str, ...] = ("memory",)

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Return the memory of each text; sentences without polarity do not count."""
        return [
            {
                "memory": peak_end_mean(
                    [
                        sentence.polarity
                        for sentence in subject.done.sentences
                        if sentence.polarity is not None
                    ]
                )
            }
            for subject in batch
        ]
