"""Sentiment of a text and of each of its sentences: a five-star distribution, its polarity and a label.

The distribution is calibrated on texts of many sites, since stars mean different things by site; the rating that the
author gave is not read: this is what the words say. "mixed" is a text, neutral or in doubt, with both a clearly good
and a clearly bad sentence; its probability is that of neutral. The label is not to be relied on (`abstain`) where it
has little more than even odds, or the language is none of those trained on. It cannot see irony, nor the trade's own
idea of good.
"""

import math
from collections.abc import Sequence
from typing import Any

from enrichment.base import Subject
from enrichment.language import UNDETERMINED, full_text
from enrichment.linear import LinearModel, bundled
from ouidire.annotations import Annotations, Label, Sentence, Sentiment

TRAINED_LANGUAGES = frozenset(("fr", "en", "de", "nl", UNDETERMINED))
ABSTAIN_BELOW = 0.55
"""Chosen on dev: labels below it are right about as often as not (`python -m enrichment.training.evaluate` prints both sides)."""
POLE = 0.4
"""A sentence this far from 0 is clearly good or bad: the mean star is then beyond 3.8 or below 2.2."""
READ = 20_000
"""Characters read of a text: a review is seldom longer, and a page pasted whole must not fill the memory."""
_WEIGHTS = (-1.0, -0.5, 0.0, 0.5, 1.0)
_DIGITS = 5


def polarity_of(stars: Sequence[float]) -> float:
    """Return the mean of a five-star distribution on −1…1: 1★ is −1, 3★ is 0, 5★ is 1."""
    value = math.fsum(weight * chance for weight, chance in zip(_WEIGHTS, stars, strict=True))
    return round(max(-1.0, min(1.0, value)), _DIGITS)


def says_something(text: str) -> bool:
    """Tell a text from blanks, masks and punctuation: it has a letter, a digit or an emoji."""
    return any(char.isalnum() or ord(char) >= 0x2600 for char in text)  # noqa: PLR2004 (where emoji begin)


class SentimentAnalyser:
    """Fills `sentiment`, and the polarity and label of `sentences`."""

    name = "sentiment"
    version = 1
    requires: tuple[str, ...] = ("language", "sentences")
    fills: tuple[str, ...] = ("sentiment", "sentences")

    def __init__(self, model: LinearModel | None = None) -> None:
        self._model = model

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Score texts and sentences in the same passes; a text that says nothing gets no sentiment."""
        model = self._model or bundled()
        texts: list[str] = []
        for subject in batch:
            texts.append(full_text(subject)[:READ])
            texts += _read_sentences(subject)
        rows = iter(model.raw(texts).tolist())
        return [self._one(model, subject, next(rows), [next(rows) for _ in _read_sentences(subject)]) for subject in batch]

    @staticmethod
    def _one(model: LinearModel, subject: Subject, row: list[float], sentence_rows: list[list[float]]) -> dict[str, Any]:
        # the only sentence of a text without title is the text: one score, not two
        scored = [model.stars(each) for each in sentence_rows]
        sentences = tuple(_with_polarity(sentence, stars, subject) for sentence, stars in zip(subject.done.sentences, scored, strict=False))
        sentences += subject.done.sentences[len(sentences) :]
        if not says_something(full_text(subject)):
            return {"sentiment": None, "sentences": sentences}
        return {"sentiment": _sentiment(model.stars(row), sentences, subject.done), "sentences": sentences}


def _read_sentences(subject: Subject) -> list[str]:
    return [subject.text[sentence.start : sentence.end] for sentence in subject.done.sentences if sentence.end <= READ]


def _with_polarity(sentence: Sentence, stars: Sequence[float], subject: Subject) -> Sentence:
    if not says_something(subject.text[sentence.start : sentence.end]):
        return sentence
    chances = _three(stars)
    return Sentence(start=sentence.start, end=sentence.end, polarity=polarity_of(stars), label=_best(chances))


def _three(stars: Sequence[float]) -> dict[Label, float]:
    return {"negative": stars[0] + stars[1], "neutral": stars[2], "positive": stars[3] + stars[4]}


def _best(chances: dict[Label, float]) -> Label:
    return max(chances, key=lambda label: chances[label])


def _sentiment(stars: Sequence[float], sentences: Sequence[Sentence], done: Annotations) -> Sentiment:
    chances = _three(stars)
    label = _best(chances)
    probability = chances[label]
    polarities = [sentence.polarity for sentence in sentences if sentence.polarity is not None]
    doubtful = probability < ABSTAIN_BELOW
    if (label == "neutral" or doubtful) and polarities and max(polarities) >= POLE and min(polarities) <= -POLE:
        label, probability = "mixed", chances["neutral"]
    known = done.language is None or done.language.code in TRAINED_LANGUAGES
    one, two, three, four, five = (round(chance, _DIGITS) for chance in stars)
    return Sentiment(
        stars=(one, two, three, four, five),
        polarity=polarity_of(stars),
        label=label,
        probability=_chance(probability),
        p_negative=_chance(chances["negative"]),
        p_neutral=_chance(chances["neutral"]),
        p_positive=_chance(chances["positive"]),
        abstain=not known or doubtful,
    )


def _chance(value: float) -> float:
    return min(1.0, round(value, _DIGITS))
