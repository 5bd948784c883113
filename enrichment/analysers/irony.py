"""Irony: moves what the encoder read of thanks and praise that blame ("Merci pour rien") towards blame.

The encoder takes such words as they are written: too few of its texts are ironic. The markers are a lexicon
(`lexicons/irony.tsv`). Of the training texts, 44 of the 45 with a strong one are negative, and 35 of the 43
with a weak one, whence the weights below. It cannot see irony that is told by facts alone ("Quelle rapidité :
commandé en mars, livré en juin").
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from enrichment.lexicons import patterns
from enrichment.models.encoder import EncodedText, SpanScores

Floats = NDArray[np.float32]
WEIGHTS = {"strong": 0.85, "weak": 0.5}
"""How far a marker moves the probabilities: the share of them that it decides."""
STARS = (0.75, 0.12, 0.07, 0.03, 0.03)
"""Stars of the training texts with a strong marker, smoothed."""
TONE = (0.90, 0.06, 0.04)
"""Negative, neutral, positive of an ironic sentence, and of what it judges."""
CLASSES = (0.87, 0.08, 0.05)
"""Detractor, passive, promoter: the stars above by the table of `enrichment.analysers.advocacy`, rounded."""


def weight(sentence: str) -> float:
    """Return how far a sentence is marked as ironic: 0 for not at all."""
    folded = patterns.fold(sentence)
    found = [
        each for each in patterns.find_folded("irony", folded) if each.entry.free or not _denied(folded, each)
    ]
    return max((WEIGHTS[each.entry.strength] for each in found), default=0.0)


def _denied(folded: str, found: patterns.PhraseMatch) -> bool:
    """Say whether a negation stands within what was found: "merci de ne pas avoir oublié" is meant."""
    last = max(folded.rfind(blank, found.start, found.end) for blank in " '") + 1
    return last > found.start and patterns.negated(folded, last)


def move_towards_irony(reading: EncodedText, whole: float, sentences: Sequence[float]) -> EncodedText:
    """Return a reading whose probabilities are moved by a weight of 0–1 towards those of ironic texts.

    `whole` is the weight of the text, the largest of its parts'; `sentences` are those of its sentences.
    """
    if not whole:
        return reading
    return reading._replace(
        whole=_moved(reading.whole, np.float32(whole)),
        sentences=_moved(reading.sentences, np.array(sentences, np.float32)),
    )


def _moved(part: SpanScores, weights: NDArray[np.float32] | np.float32) -> SpanScores:
    def toward(given: Floats | None, end: Sequence[float]) -> Floats | None:
        if given is None:
            return None
        share = np.expand_dims(weights, tuple(range(np.ndim(weights), given.ndim)))
        moved = (1 - share) * given + share * np.array(end, np.float32)
        return np.asarray(np.where(share == 0, given, moved), np.float32)

    stars, tone = toward(part.stars, STARS), toward(part.tone, TONE)
    if stars is None or tone is None:
        return part
    return part._replace(
        stars=stars,
        tone=tone,
        classes=toward(part.classes, CLASSES),
        aspect_polarity=toward(part.aspect_polarity, TONE),
    )
