"""A model of a hub in the encoder's place: any `transformers` text-classification model.

It is chosen by `[enrichment] model = "hub:<name>"`. `<name>` is a model of the hub or a folder; it needs the
extra `torch`. Its labels are read as stars ("1 star", "5 stars", five labels in order), as sides (negative,
neutral, positive, in any case) or as LABEL_0… in ascending order. It has no advocacy, aspects, signals nor
embedding: promoters are then estimated by way of the stars, the rest is absent. Every sentence is a text of
its own to it, so that it costs a pass each.
"""

import os
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from enrichment.models.encoder import EncodedText, SpanScores
from ouidire.errors import ConfigError

Floats = NDArray[np.float32]
SIDES = {
    "negative": (0.7, 0.3, 0.0, 0.0, 0.0),
    "neutral": (0.0, 0.0, 1.0, 0.0, 0.0),
    "positive": (0.0, 0.0, 0.0, 0.3, 0.7),
}
"""Stars that a side stands for; how a side splits between its two stars is a convention of ours."""
_ASCENDING: dict[int, tuple[str, ...]] = {2: ("negative", "positive"), 3: ("negative", "neutral", "positive")}
STARS = 5


class HubReader:
    """Reads with a model of the hub; raises ConfigError when it cannot be loaded or read."""

    version = 1

    def __init__(self, name: str) -> None:
        os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # the hub gets a request for the model, and nothing else
        try:
            from transformers import pipeline
            from transformers.utils import logging
        except ImportError as error:
            needed = 'a model "hub:…" needs the extra `torch`: pip install "ouidire[torch]"'
            raise ConfigError([f"{needed}, or drop `model` from [enrichment]"]) from error
        self.label = f"hub:{name}"
        logging.set_verbosity_error()
        try:
            self._classify = pipeline(
                "text-classification", model=name, tokenizer=name, top_k=None, device="cpu"
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise ConfigError(
                [f"the model {name!r} of [enrichment] cannot be loaded: check its name, or give a folder"]
            ) from error
        names = self._classify.model.config.id2label
        self._table = dict(zip(names.values(), stars_of([names[key] for key in sorted(names)]), strict=True))

    def read(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> list[EncodedText]:
        """Return one reading per text: each text and each sentence classified by itself."""
        found = []
        for text, wanted in zip(texts, spans, strict=True):
            rows = [self._stars(each) for each in (text, *(text[start:end] for start, end in wanted))]
            stars = np.array(rows, np.float32)
            tone = np.column_stack([stars[:, :2].sum(1), stars[:, 2], stars[:, 3:].sum(1)])
            found.append(EncodedText(_part(stars[0], tone[0]), _part(stars[1:], tone[1:]), None))
        return found

    def _stars(self, text: str) -> Floats:
        # one at a time: padding beside other texts would change the last digits
        scores = self._classify([text], truncation=True)[0]
        total = np.zeros(STARS)
        for each in scores:
            total += each["score"] * np.array(self._table[each["label"]])
        return np.asarray(total / total.sum(), np.float32)


def stars_of(labels: Sequence[str]) -> list[tuple[float, ...]]:
    """Return the five-star distribution of each label of a model; raises ConfigError for other labels."""
    plain = [label.strip().casefold() for label in labels]
    numbers = [re.match(r"([1-5])(?:\s|_|-)*(?:stars?|étoiles?|★)?$", each) for each in plain]
    if all(numbers) and len(labels) == STARS:
        return [_one(int(match[1]) - 1) for match in numbers if match]
    sides = [next((side for side in SIDES if each.startswith(side[:3])), None) for each in plain]
    if all(sides):
        return [SIDES[side] for side in sides if side]
    if all(re.fullmatch(r"label_\d+", each) for each in plain):
        if len(labels) == STARS:
            return [_one(star) for star in range(STARS)]
        if len(labels) in _ASCENDING:
            return [SIDES[side] for side in _ASCENDING[len(labels)]]
    found = f"the labels of this model are no stars nor sides: {', '.join(labels[:6])}"
    raise ConfigError([f"{found}. Choose a sentiment or star model"])


def _one(star: int) -> tuple[float, ...]:
    return tuple(float(star == each) for each in range(STARS))


def _part(stars: Floats, tone: Floats) -> SpanScores:
    return SpanScores(stars=stars, tone=tone, classes=None, aspects=None, aspect_polarity=None, signals=None)
