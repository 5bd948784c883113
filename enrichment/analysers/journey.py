"""Journey: which stages of a purchase a text speaks of, from the need to the recommendation, and customer service as one of its own.

A sentence may speak of several. A stage's polarity is the mean of the sentences that speak of it. It cannot
see a stage that only the trade implies: a meal is `use`, but a text on a film's plot may be taken for the
story of a purchase.
"""

import math
from collections.abc import Sequence
from typing import Any

from enrichment.analysers import sentence_signals
from enrichment.analysers.sentence_signals import SentenceSignals
from enrichment.base import Subject
from enrichment.lexicons.taxonomy import STAGES
from ouidire.annotations import Stage, StageFound

_DIGITS = 4


class JourneyAnalyser:
    """Fills `journey`, in the order of the stages, each once."""

    name = "journey"
    version = 4
    requires: tuple[str, ...] = ("sentiment",)
    fills: tuple[str, ...] = ("journey",)

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Read each sentence for every stage."""
        return [
            {"journey": tuple(each for name in STAGES if (each := _stage(name, read, subject)))}
            for subject, read in zip(batch, sentence_signals.read(batch), strict=True)
        ]


def _stage(name: Stage, read: Sequence[SentenceSignals], subject: Subject) -> StageFound | None:
    sign = f"stage:{name}"
    shown = [each for each in read if each.shows(sign)]
    if not shown:
        return None
    best = max(shown, key=lambda each: each.chances[sign])
    sentences = subject.done.sentences
    said = [
        polarity
        for each in shown
        if each.number is not None
        and each.number < len(sentences)
        and (polarity := sentences[each.number].polarity) is not None
    ]
    polarity = round(math.fsum(said) / len(said), _DIGITS) if said else None
    return StageFound(name=name, probability=best.chances[sign], polarity=polarity, span=best.span(sign))
