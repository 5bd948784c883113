"""Advocacy: probabilities of detractor, passive and promoter, and a likelihood to recommend of 0–10.

Three bases, never confused: "asked" (the 0–10 question was asked: its answer decides, exactly), "star_proxy"
(the author gave stars: they lead, the words correct them) and "estimated" (words alone, trained on asked
scores). It cannot see why promoters complain: asked scores and words are loosely tied (see the model card).
"""

import math
from collections.abc import Sequence
from typing import Any

from enrichment.base import Analyser, Subject
from enrichment.models.encoder import SpanScores
from ouidire.annotations import Advocacy, Probabilities

PROMOTER_FROM, PASSIVE_FROM = 9, 7
"""Reichheld, "The One Number You Need to Grow" (2003): 9–10 promoter, 7–8 passive, 0–6 detractor."""
CENTRES = (3.5, 7.5, 9.5)
"""Likelihood of each class: the mean of the training data's scores of 0–6, the middle of 7–8, of 9–10."""
CLASSES_BY_STAR = (
    (0.96, 0.03, 0.01),
    (0.92, 0.06, 0.02),
    (0.70, 0.25, 0.05),
    (0.15, 0.60, 0.25),
    (0.03, 0.12, 0.85),
)
"""Detractor, passive, promoter by stars given: a convention of ours, not measured (no public data has both).

It follows the usual proxy (5★ promoter, 4★ passive, others detractor) and leaves a share to its neighbours.
"""
TEXT_WEIGHT = 0.5
"""How far words move the star proxy: the exponent of their probabilities over the base rates.

1 would count words as independent of the stars, which they are not.
"""
BASE_RATES = (0.30, 0.22, 0.48)
"""Shares of detractors, passives and promoters in the asked scores of the training data, surveys alike."""
_DIGITS = 5
Triple = tuple[float, float, float]


class AdvocacyAnalyser(Analyser):
    """Fills `advocacy`; None where there is no asked score, no stars and no words."""

    name = "advocacy"
    version = 5
    requires: tuple[str, ...] = ("reading",)
    fills: tuple[str, ...] = ("advocacy",)

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Return the advocacy by the asked score, else by stars and words, else by words alone."""
        return [
            {"advocacy": _advocacy(subject, _by_words(subject.reading.whole) if subject.reading else None)}
            for subject in batch
        ]


def _by_words(scores: SpanScores) -> Triple:
    """Return the probabilities of the classes by the words; through its stars for a model without classes."""
    if scores.classes is not None:
        detractor, passive, promoter = scores.classes.tolist()
        return detractor, passive, promoter
    stars = scores.stars.tolist()
    return tuple(
        math.fsum(star * row[each] for star, row in zip(stars, CLASSES_BY_STAR, strict=True))
        for each in range(3)
    )  # type: ignore[return-value]


def _advocacy(subject: Subject, by_words: Triple | None) -> Advocacy | None:
    if subject.asked_score is not None:
        return asked(subject.asked_score)
    if subject.stars is not None:
        return _stated(star_proxy(subject.stars, by_words), "star_proxy")
    return _stated(by_words, "estimated") if by_words else None


def asked(score: float) -> Advocacy:
    """Return the class of an asked score (0–10): certain, and its likelihood is the score."""
    probabilities = Probabilities(
        promoter=float(score >= PROMOTER_FROM),
        passive=float(PASSIVE_FROM <= score < PROMOTER_FROM),
        detractor=float(score < PASSIVE_FROM),
    )
    return Advocacy(likelihood=score, probabilities=probabilities, basis="asked")


def star_proxy(stars: float, by_words: Triple | None) -> Triple:
    """Return the probabilities of the classes from stars (0–5), corrected by those of the words, if any.

    Half stars lie between their neighbours.
    """
    place = min(max(stars, 1.0), 5.0) - 1
    low = math.floor(place)
    high = min(low + 1, len(CLASSES_BY_STAR) - 1)
    prior = [
        a + (b - a) * (place - low) for a, b in zip(CLASSES_BY_STAR[low], CLASSES_BY_STAR[high], strict=True)
    ]
    if by_words:
        prior = [
            p * (s / base) ** TEXT_WEIGHT for p, s, base in zip(prior, by_words, BASE_RATES, strict=True)
        ]
    total = math.fsum(prior)
    return prior[0] / total, prior[1] / total, prior[2] / total


def _stated(probabilities: Triple, basis: Any) -> Advocacy:  # noqa: ANN401 (a literal that mypy cannot carry)
    detractor, passive, promoter = (round(each, _DIGITS) for each in probabilities)
    likelihood = math.fsum(centre * each for centre, each in zip(CENTRES, probabilities, strict=True))
    return Advocacy(
        likelihood=round(likelihood, 3),
        probabilities=Probabilities(promoter=promoter, passive=passive, detractor=detractor),
        basis=basis,
    )
