"""Probability of each signal in a sentence: combines linear heads, lexicon hits and the encoder.

A logistic regression joins the score of the linear heads (`enrichment.models.linear_signal_model`) with the
hits of the lexicons (`models/weights/signal_weights.json`, fitted on labelled sentences). A second one, the
stacking, joins its log-odds with those of the encoder (`models/weights/stacking.json`, fitted on sentences
that neither was trained on). A hit of a lexicon entry marked `sure` then sets a floor. Columns of the models
are found by the names in their own files, never by position.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from enrichment.base import ModelFilesError
from enrichment.lexicons import patterns
from enrichment.lexicons.patterns import PhraseMatch
from enrichment.lexicons.taxonomy import signal_names
from enrichment.models.encoder import ColumnNames, Floats, SpanScores
from enrichment.models.files import columns_of, read_json
from enrichment.models.linear_signal_model import bundled

Matches = dict[str, tuple[PhraseMatch, ...]]
"""What the lexicons find in one sentence, by signal."""
LEXICONS: Final = {
    "delight": "",
    "effort": "effort:",
    "intents": "intent:",
    "journey": "stage:",
    "aspects": "aspect:",
}
"""Each lexicon, with what goes before the names of its entries."""
WEIGHTS_FILE, STACKING_FILE = "signal_weights.json", "stacking.json"
FURTHEST = 1e-4
"""Probabilities are held this far from 0 and 1 before their log-odds are taken."""
SURE = 0.8
"""Floor that a sure entry sets: of those read by eye, at least eight in ten showed their signal."""
_CLIP = 7.0
_DIGITS = 4


class WordWeights(NamedTuple):
    """Weights of a signal's linear score and lexicon hits, and the threshold of their probability."""

    bias: float
    head: float
    strong: float
    weak: float
    threshold: float


class Stacking(NamedTuple):
    """Weights of a signal's log-odds by words and by the encoder, and the threshold of their probability."""

    words: float
    encoder: float
    bias: float
    threshold: float


@cache
def word_weights() -> dict[str, WordWeights]:
    """Return the weights of linear score and lexicon hits, by signal, in the order of the taxonomy."""
    listed = read_json(WEIGHTS_FILE)
    columns_of(signal_names(), listed, where=WEIGHTS_FILE)
    return {name: WordWeights(**listed[name]) for name in signal_names()}


@cache
def stacking() -> dict[str, Stacking]:
    """Return the weights of words and encoder, by signal that the encoder reads, in the taxonomy's order."""
    listed = read_json(STACKING_FILE)
    if unknown := listed.keys() - set(signal_names()):
        names = ", ".join(sorted(unknown))
        raise ModelFilesError(f"{STACKING_FILE} has weights of {names}, which the taxonomy does not name")
    return {name: Stacking(**listed[name]) for name in signal_names() if name in listed}


def threshold(signal: str, *, has_encoder: bool) -> float:
    """Return the probability from which a signal is present; `has_encoder`: the encoder read the sentence."""
    if has_encoder and signal in stacking():
        return stacking()[signal].threshold
    return word_weights()[signal].threshold


def match_lexicons(sentence: str) -> Matches:
    """Return what the lexicons find in a sentence, by signal."""
    found: dict[str, list[PhraseMatch]] = {}
    for name, own in patterns.find_all(tuple(LEXICONS), patterns.fold(sentence)).items():
        for each in own:
            found.setdefault(LEXICONS[name] + each.entry.what, []).append(each)
    return {signal: tuple(each) for signal, each in found.items()}


@cache
def _stacked_columns(names: ColumnNames) -> list[int]:
    """Return, for each stacked signal, its column among the encoder's aspects and signals together."""
    return columns_of(tuple(stacking()), (*names.aspects, *names.signals), where="readout.json")


def stacked(scores: SpanScores, names: ColumnNames) -> Floats | None:
    """Return the encoder's probabilities of the stacked signals, spans × signals; None where it gives none.

    Raises ModelFilesError where the encoder's file does not name one of them.
    """
    if scores.aspects is None or scores.signals is None:
        return None
    both = np.concatenate([scores.aspects, scores.signals], axis=-1)
    return np.asarray(both[..., _stacked_columns(names)])


def signal_probabilities(
    sentences: Sequence[str], matches: Sequence[Matches], encoded: Sequence[Floats | None]
) -> NDArray[np.float64]:
    """Return sentences × signals of the taxonomy: their calibrated probabilities.

    `encoded` are the rows of `stacked`, None where the encoder did not read the sentence.
    """
    found, sure = word_probabilities(sentences, matches)
    rows = [row for row, each in enumerate(encoded) if each is not None]
    if rows:
        cells = np.ix_(rows, [signal_names().index(name) for name in stacking()])
        by_encoder = np.array([encoded[row] for row in rows], np.float64)
        words, encoder, bias, _ = np.array(list(stacking().values())).T
        total = words * logit(found[cells]) + encoder * logit(by_encoder) + bias
        found[cells] = np.round(1 / (1 + np.exp(-total)), _DIGITS)
    return np.asarray(np.round(1 - (1 - found) * (1 - SURE * sure), _DIGITS))


def word_probabilities(
    sentences: Sequence[str], matches: Sequence[Matches]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, sentences × signals, the probabilities by linear heads and lexicons, and 1 at each sure hit."""
    column = {name: number for number, name in enumerate(signal_names())}
    scores = bundled().scores(sentences, signal_names())
    sure, strong, weak = (np.zeros(scores.shape) for _ in range(3))
    for row, found in enumerate(matches):
        for signal, each in found.items():
            strengths, place = {one.entry.strength for one in each}, (row, column[signal])
            sure[place] = "sure" in strengths
            strong[place] = strengths != {"weak"}
            weak[place] = "weak" in strengths
    bias, by_head, by_strong, by_weak, _ = np.array(list(word_weights().values())).T
    total = bias + by_head * np.clip(scores, -_CLIP, _CLIP) + by_strong * strong + by_weak * weak
    return np.asarray(np.round(1 / (1 + np.exp(-total)), _DIGITS)), sure


def logit(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log-odds, bounded."""
    bounded = np.clip(probabilities, FURTHEST, 1 - FURTHEST)
    return np.asarray(np.log(bounded / (1 - bounded)))
