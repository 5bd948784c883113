"""Effort: how much trouble the customer had, as the text tells it: none, some, a lot; None where it tells of none either way.

A bad product is no effort; waiting, calling, insisting, explaining again is. The level is that of the sentence which says it most
clearly; idioms that are said of trouble alone decide by themselves (`lexicons/effort.tsv`, "sure"). It cannot see trouble that is told
as a bare sequence of events, without a word for it.
"""

from collections.abc import Sequence
from typing import Any

from enrichment import signs
from enrichment.base import Subject
from enrichment.signs import Signs
from enrichment.taxonomy import LEVELS
from ouidire.annotations import Effort


class EffortAnalyser:
    """Fills `effort`."""

    name = "effort"
    version = 4
    requires: tuple[str, ...] = ("reading",)
    fills: tuple[str, ...] = ("effort",)

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Read each sentence for the three levels."""
        return [{"effort": _effort(read)} for read in signs.read(batch)]


def _effort(read: Sequence[Signs]) -> Effort | None:
    best: tuple[float, Effort] | None = None
    for each in read:
        for level in LEVELS:
            sign = f"effort:{level}"
            clear = each.clarity(sign)
            if clear >= 1 and (best is None or clear > best[0]):
                best = clear, Effort(level=level, probability=each.chances[sign], span=each.span(sign))
    return best[1] if best else None
