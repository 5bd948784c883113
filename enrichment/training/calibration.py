"""Calibrates the scores of the shipped graph, on rows that training did not see (dev).

Stars and tone: a temperature and a bias per class, tone on the labelled sentences of dev, each within its
text. Detractor, passive and promoter: a small linear map over the scores of the class head, the stars and the
asked score, each survey counting alike, held near the class head's own scores by a ridge. Aspects and signals
are combined with words elsewhere (`enrichment.training.signals.stacking`).
"""

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enrichment.models.encoder import Encoder
from enrichment.training import marks
from enrichment.training.calibration_maps import class_map, scale_and_bias
from enrichment.training.data import allowed_stars, nps_class, read
from enrichment.training.encoder.network import HEADS
from enrichment.training.signals.sentences import Labelled

Floats = NDArray[np.float64]
_LEAST = 1e-9


def columns() -> dict[str, slice]:
    """Return where each head's values are among all."""
    found, at = {}, 0
    for head in HEADS:
        found[head.name] = slice(at, at + head.values)
        at += head.values
    return found


def fit(options: argparse.Namespace, sentences: Sequence[Labelled]) -> dict[str, Any]:
    """Return the calibration of each head, as `readout.json` holds it; `sentences` are the held-out ones."""
    encoder, dev = Encoder(options.out), read(options.data, "dev")
    values = encoder.scores([row.text for row in dev]).astype(np.float64)
    place = columns()
    starred = np.array(
        [index for index, row in enumerate(dev) if row.stars is not None or row.label is not None]
    )
    allowed = allowed_stars([dev[index] for index in starred])
    stars = scale_and_bias(values[starred, place["stars"]], allowed)
    asked = np.array([index for index, row in enumerate(dev) if row.nps is not None])
    truth = np.array([nps_class(dev[index].nps or 0) for index in asked])
    surveys = np.unique([dev[index].src for index in asked], return_inverse=True)[1]
    classes = class_map(values[asked], place, truth, surveys)
    return {"stars": stars, "classes": classes, "tone": tone_of_sentences(sentences, encoder)}


def tone_of_sentences(sentences: Sequence[Labelled], encoder: Encoder) -> dict[str, Any]:
    """Return temperature and biases of tone.

    `encoder` is not calibrated yet: its probabilities are those of the raw scores.
    """
    readings = encoder.read([each.text for each in sentences], [each.spans for each in sentences])
    values = [
        np.log(reading.sentences.tone[each.place] + _LEAST)
        for each, reading in zip(sentences, readings, strict=True)
    ]
    tones = [marks.tone(each.aspects, each.signals) for each in sentences]
    return scale_and_bias(np.array(values, np.float64), np.eye(3, dtype=np.float32)[tones])
