"""Advocacy: would the author recommend? Chances of detractor, passive and promoter, and a likelihood of 0–10.

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
"""Likelihood of each class: the middle of 7–8 and 9–10, and the mean of the asked scores 0–6 of the training data."""
STAR_CHANCES = (
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
"""How far words move the star proxy, as an exponent of their chances over the base rates (1 would count them as
independent of the stars, which they are not)."""
BASE_RATES = (0.30, 0.22, 0.48)
"""Detractor, passive and promoter in the asked scores that the model was trained on, each survey counting alike."""
_DIGITS = 5
Triple = tuple[float, float, float]


class AdvocacyAnalyser(Analyser):
    """Fills `advocacy`; None where there is no asked score, no stars and no words."""

    name = "advocacy"
    version = 4
    requires: tuple[str, ...] = ("reading",)
    fills: tuple[str, ...] = ("advocacy",)

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Take the asked score, else the stars with the words, else the words."""
        return [
            {"advocacy": _advocacy(subject, _said(subject.reading.whole) if subject.reading else None)}
            for subject in batch
        ]


def _said(reading: SpanScores) -> Triple:
    """Return what the words say; of a model that was taught no asked score, by way of its stars."""
    if reading.classes is not None:
        detractor, passive, promoter = reading.classes.tolist()
        return detractor, passive, promoter
    stars = reading.stars.tolist()
    return tuple(
        math.fsum(star * row[each] for star, row in zip(stars, STAR_CHANCES, strict=True))
        for each in range(3)
    )  # type: ignore[return-value]


def _advocacy(subject: Subject, said: Triple | None) -> Advocacy | None:
    if subject.asked_score is not None:
        return asked(subject.asked_score)
    if subject.stars is not None:
        return _stated(star_proxy(subject.stars, said), "star_proxy")
    return _stated(said, "estimated") if said else None


def asked(score: float) -> Advocacy:
    """Return the class of an asked score (0–10): certain, and its likelihood is the score."""
    chances = Probabilities(
        promoter=float(score >= PROMOTER_FROM),
        passive=float(PASSIVE_FROM <= score < PROMOTER_FROM),
        detractor=float(score < PASSIVE_FROM),
    )
    return Advocacy(likelihood=score, probabilities=chances, basis="asked")


def star_proxy(stars: float, said: Triple | None) -> Triple:
    """Return the chances of the classes from stars (0–5, half stars between their neighbours), corrected by the words."""
    place = min(max(stars, 1.0), 5.0) - 1
    low = math.floor(place)
    high = min(low + 1, len(STAR_CHANCES) - 1)
    prior = [a + (b - a) * (place - low) for a, b in zip(STAR_CHANCES[low], STAR_CHANCES[high], strict=True)]
    if said:
        prior = [p * (s / base) ** TEXT_WEIGHT for p, s, base in zip(prior, said, BASE_RATES, strict=True)]
    total = math.fsum(prior)
    return prior[0] / total, prior[1] / total, prior[2] / total


def _stated(chances: Triple, basis: Any) -> Advocacy:  # noqa: ANN401 (a literal that mypy cannot carry)
    detractor, passive, promoter = (round(chance, _DIGITS) for chance in chances)
    likelihood = math.fsum(centre * chance for centre, chance in zip(CENTRES, chances, strict=True))
    return Advocacy(
        likelihood=round(likelihood, 3),
        probabilities=Probabilities(promoter=promoter, passive=passive, detractor=detractor),
        basis=basis,
    )
