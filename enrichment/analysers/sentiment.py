"""Sentiment of a text and of each of its sentences: a five-star distribution, its polarity and a label.

The distribution is calibrated on texts of many sites, since stars mean different things by site; the rating
that the author gave is not read: only the words are. A sentence has a tone of its own: its polarity
is the probability that it praises minus that it blames. "mixed" is a text, neutral or in doubt, with
both a clearly good and a clearly bad sentence; its probability is that of neutral. The label is not to be
relied on (`abstain`) where it has little more than even odds, or the language is none of those trained on.
Thanks and praise that blame are read as blame where words mark them (`enrichment.analysers.irony`). It cannot
see the trade's own idea of good.
"""

import math
from collections.abc import Sequence
from typing import Any

from enrichment.analysers.encode import says_something
from enrichment.analysers.language import UNDETERMINED
from enrichment.base import Analyser, Subject
from ouidire.annotations import Annotations, Label, Sentence, Sentiment

TRAINED_LANGUAGES = frozenset(("fr", "en", "de", "nl", UNDETERMINED))
ABSTAIN_BELOW = 0.55
"""Chosen on dev: labels below it are right about as often as not.

`python -m enrichment.training.evaluation.evaluate` prints both sides.
"""
POLE = 0.4
"""A sentence this far from 0 is clearly good or bad."""
_WEIGHTS = (-1.0, -0.5, 0.0, 0.5, 1.0)
_DIGITS = 5


def polarity_of(stars: Sequence[float]) -> float:
    """Return the mean of a five-star distribution on −1…1: 1★ is −1, 3★ is 0, 5★ is 1."""
    value = math.fsum(weight * each for weight, each in zip(_WEIGHTS, stars, strict=True))
    return round(max(-1.0, min(1.0, value)), _DIGITS)


class SentimentAnalyser(Analyser):
    """Fills `sentiment`, and the polarity and label of `sentences`."""

    name = "sentiment"
    version = 5
    requires: tuple[str, ...] = ("language", "sentences", "reading")
    fills: tuple[str, ...] = ("sentiment", "sentences")

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Return the sentiment of each text and of its sentences; a text that says nothing has none."""
        return [self._one(subject) for subject in batch]

    @staticmethod
    def _one(subject: Subject) -> dict[str, Any]:
        if subject.reading is None:
            return {"sentiment": None, "sentences": subject.done.sentences}
        tones = subject.reading.sentences.tone.tolist()
        sentences = tuple(
            _with_polarity(each, tone, subject)
            for each, tone in zip(subject.done.sentences, tones, strict=False)
        )
        sentences += subject.done.sentences[len(sentences) :]
        return {
            "sentiment": _sentiment(subject.reading.whole.stars.tolist(), sentences, subject.done),
            "sentences": sentences,
        }


def _with_polarity(sentence: Sentence, tone: Sequence[float], subject: Subject) -> Sentence:
    if not says_something(subject.text[sentence.start : sentence.end]):
        return sentence
    found: dict[Label, float] = dict(zip(("negative", "neutral", "positive"), tone, strict=True))
    polarity = round(max(-1.0, min(1.0, found["positive"] - found["negative"])), _DIGITS)
    return Sentence(start=sentence.start, end=sentence.end, polarity=polarity, label=_best(found))


def _three(stars: Sequence[float]) -> dict[Label, float]:
    return {"negative": stars[0] + stars[1], "neutral": stars[2], "positive": stars[3] + stars[4]}


def _best(probabilities: dict[Label, float]) -> Label:
    return max(probabilities, key=lambda label: probabilities[label])


def _sentiment(stars: Sequence[float], sentences: Sequence[Sentence], done: Annotations) -> Sentiment:
    three = _three(stars)
    label = _best(three)
    probability = three[label]
    polarities = [sentence.polarity for sentence in sentences if sentence.polarity is not None]
    doubtful = probability < ABSTAIN_BELOW
    if (
        (label == "neutral" or doubtful)
        and polarities
        and max(polarities) >= POLE
        and min(polarities) <= -POLE
    ):
        label, probability = "mixed", three["neutral"]
    known = done.language is None or done.language.code in TRAINED_LANGUAGES
    one_star, two_stars, three_stars, four_stars, five_stars = (round(each, _DIGITS) for each in stars)
    return Sentiment(
        stars=(one_star, two_stars, three_stars, four_stars, five_stars),
        polarity=polarity_of(stars),
        label=label,
        probability=_rounded(probability),
        p_negative=_rounded(three["negative"]),
        p_neutral=_rounded(three["neutral"]),
        p_positive=_rounded(three["positive"]),
        abstain=not known or doubtful,
    )


def _rounded(value: float) -> float:
    return min(1.0, round(value, _DIGITS))
