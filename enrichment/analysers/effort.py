"""Effort: how much trouble the customer had: none, some, a lot; None where the text says nothing of it.

A bad product is no effort; waiting, calling, insisting, explaining again is. A sentence has the likeliest
level that it shows; one sentence of "a lot" is enough for the text. A lexicon entry of strength `sure`
(`lexicons/effort.tsv`) sets the level whatever the models score. It cannot see trouble that is told as a bare
sequence of events, without a word for it.
"""

from collections.abc import Sequence
from typing import Any

from enrichment.analysers.sentence_signals import SentenceSignals
from enrichment.base import Analyser, Subject
from enrichment.lexicons.taxonomy import LEVELS
from ouidire.annotations import Effort


class EffortAnalyser(Analyser):
    """Fills `effort`."""

    name = "effort"
    version = 5
    requires: tuple[str, ...] = ("signals",)
    fills: tuple[str, ...] = ("effort",)

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Return the effort of each text."""
        return [{"effort": _effort(subject.signals)} for subject in batch]


def _effort(sentences: Sequence[SentenceSignals]) -> Effort | None:
    """Return "a lot" where one of the sentences shows it, else the level of the greatest probability."""
    levels = [level for each in sentences if (level := _level(each))]
    return max(levels, key=lambda each: (each.level == LEVELS[-1], each.probability), default=None)


def _level(each: SentenceSignals) -> Effort | None:
    """Return the likeliest of the levels that a sentence shows."""
    present = {signal: level for level in LEVELS if each.is_present(signal := f"effort:{level}")}
    if not present:
        return None
    signal = max(present, key=each.probabilities.__getitem__)
    return Effort(level=present[signal], probability=each.probabilities[signal], span=each.span(signal))
