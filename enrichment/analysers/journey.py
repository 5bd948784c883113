"""Journey: the stages of a purchase that a text speaks of, from the need to the recommendation.

Customer service is a stage of its own. A sentence may speak of several. A stage's polarity is the mean of the
sentences that speak of it. It cannot see a stage that only the trade implies: a meal is `use`, but a text on
a film's plot may be taken for the story of a purchase.
"""

import math
from collections.abc import Sequence
from typing import Any

from enrichment.analysers.sentence_signals import SentenceSignals
from enrichment.base import Analyser, Subject
from enrichment.lexicons.taxonomy import STAGES
from ouidire.annotations import Sentence, Stage, StageFound

_DIGITS = 4


class JourneyAnalyser(Analyser):
    """Fills `journey`, in the order of the stages, each once."""

    name = "journey"
    version = 5
    requires: tuple[str, ...] = ("sentiment", "signals")
    fills: tuple[str, ...] = ("journey",)

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Return the stages of each text."""
        return [
            {"journey": tuple(each for name in STAGES if (each := _stage(name, subject)))}
            for subject in batch
        ]


def _stage(name: Stage, subject: Subject) -> StageFound | None:
    signal = f"stage:{name}"
    sentences: Sequence[SentenceSignals] = subject.signals
    present = [each for each in sentences if each.is_present(signal)]
    if not present:
        return None
    best = max(present, key=lambda each: each.probabilities[signal])
    return StageFound(
        name=name,
        probability=best.probabilities[signal],
        polarity=_mean_polarity(present, subject.done.sentences),
        span=best.span(signal),
    )


def _mean_polarity(present: Sequence[SentenceSignals], sentences: Sequence[Sentence]) -> float | None:
    """Return the mean polarity (−1…1) of the sentences that show a stage; None where none has one."""
    polarities = [
        polarity
        for each in present
        if each.number is not None
        and each.number < len(sentences)
        and (polarity := sentences[each.number].polarity) is not None
    ]
    return round(math.fsum(polarities) / len(polarities), _DIGITS) if polarities else None
