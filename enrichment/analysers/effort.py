"""Effort: how much trouble the customer had, as the text tells it: none, some, a lot; None where it tells of none either way.

A bad product is no effort; waiting, calling, insisting, explaining again is. A sentence has the likeliest
level that it shows; one sentence that tells of a lot is enough for the text. Idioms that are said of trouble
alone decide by themselves (`lexicons/effort.tsv`, "sure"). It cannot see trouble that is told as a bare
sequence of events, without a word for it.
"""

from collections.abc import Sequence
from typing import Any

from enrichment.analysers import sentence_signals
from enrichment.analysers.sentence_signals import SentenceSignals
from enrichment.base import Subject
from enrichment.lexicons.taxonomy import LEVELS
from ouidire.annotations import Effort


class EffortAnalyser:
    """Fills `effort`."""

    name = "effort"
    version = 4
    requires: tuple[str, ...] = ("reading",)
    fills: tuple[str, ...] = ("effort",)

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Read each sentence for the three levels."""
        return [{"effort": _effort(read)} for read in sentence_signals.read(batch)]


def _effort(read: Sequence[SentenceSignals]) -> Effort | None:
    """Return the effort of a text: a lot where one of its sentences tells of a lot, else what is told with the greatest chance."""
    told = [level for each in read if (level := _level(each))]
    return max(told, key=lambda each: (each.level == LEVELS[-1], each.probability), default=None)


def _level(each: SentenceSignals) -> Effort | None:
    """Return the likeliest of the levels that a sentence shows."""
    shown = {sign: level for level in LEVELS if each.shows(sign := f"effort:{level}")}
    if not shown:
        return None
    sign = max(shown, key=each.chances.__getitem__)
    return Effort(level=shown[sign], probability=each.chances[sign], span=each.span(sign))
