"""Fit the stacking of words and encoder: `python -m enrichment.training.signals.stacking --data FOLDER`.

The linear heads and the encoder, those that are installed, were trained on the same labelled sentences;
`labels-dev.tsv` holds others, of texts that neither saw. On these, each signal's probability is a logistic
regression of the log-odds that words give and that the encoder gives, held by a ridge near the one fitted on
all aspects, or on all other signals, together. The threshold is that of the best expected F1, the
probabilities being what they are; a signal of few examples takes its group's. Writes
`models/weights/stacking.json`; prints the log-loss by words, by the encoder, by both, on folds that had not
seen their sentences.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from enrichment.analysers.sentence_signals import LENGTH
from enrichment.lexicons.taxonomy import ASPECT, signal_names
from enrichment.models.encoder import bundled
from enrichment.models.files import columns_of
from enrichment.models.signal_probabilities import (
    STACKING_FILE,
    Stacking,
    logit,
    match_lexicons,
    word_probabilities,
)
from enrichment.training.marks import target
from enrichment.training.optimise import logistic
from enrichment.training.signals.sentences import Labelled, held

Floats = NDArray[np.float64]
RIDGE = 8.0
"""What a signal's weights cost by their squared distance from its group's: one of few examples stays near.

On the folds, 3 and 20 are no better.
"""
START, START_RIDGE = (0.5, 0.5, 0.0), 1.0
ENOUGH = 10
"""Examples from which a signal has a threshold of its own."""
GRID = np.arange(0.1, 0.71, 0.01)
FOLDS = 5


class HeldOut(NamedTuple):
    """Sentences × the signals in `names`: probabilities by words and by the encoder, and the truth (0/1)."""

    names: tuple[str, ...]
    words: Floats
    encoder: Floats
    truth: NDArray[np.int8]

    def rows(self, chosen: NDArray[np.bool_]) -> "HeldOut":
        """Return some of the sentences."""
        return HeldOut(self.names, self.words[chosen], self.encoder[chosen], self.truth[chosen])

    def groups(self) -> dict[str, list[int]]:
        """Return the columns of the aspects, and those of the other signals."""
        aspects = [column for column, name in enumerate(self.names) if name.startswith(ASPECT)]
        others = [column for column, name in enumerate(self.names) if not name.startswith(ASPECT)]
        return {"aspects": aspects, "signals": others}


def read_held_out(sentences: Sequence[Labelled]) -> HeldOut:
    """Return the probabilities of labelled sentences, each read within its text."""
    read = bundled().read([each.text for each in sentences], [each.spans for each in sentences])
    columns = (*read[0].names.aspects, *read[0].names.signals)
    names = tuple(name for name in signal_names() if name in columns)
    of_encoder = columns_of(names, columns, where="readout.json")
    of_taxonomy = columns_of(names, signal_names(), where="the taxonomy")
    words, encoder, truth = [], [], []
    for each, found in zip(sentences, read, strict=True):
        aspects, signals = found.sentences.aspects, found.sentences.signals
        assert aspects is not None  # noqa: S101 (the bundled encoder gives all)
        assert signals is not None  # noqa: S101
        sentence = each.sentence[:LENGTH]
        words.append(word_probabilities([sentence], [match_lexicons(sentence)])[0][0, of_taxonomy])
        encoder.append(np.concatenate([aspects[each.place], signals[each.place]])[of_encoder])
        truth.append(target(each.aspects, each.signals)[of_taxonomy])
    return HeldOut(names, np.array(words), np.array(encoder, np.float64), np.array(truth))


def fit(known: HeldOut) -> dict[str, Stacking]:
    """Return the weights of words and encoder, by signal."""
    found = {}
    for places in known.groups().values():
        designs, truths, weights = _weights(known, places)
        probabilities = [_probabilities(design, own) for design, own in zip(designs, weights, strict=True)]
        common = expected_best(np.concatenate(probabilities))
        for place, own, chance, truth in zip(places, weights, probabilities, truths, strict=True):
            by_words, by_encoder, bias = (round(float(each), 4) for each in own)
            threshold = expected_best(chance) if truth.sum() >= ENOUGH else common
            found[known.names[place]] = Stacking(by_words, by_encoder, bias, threshold)
    return {name: found[name] for name in known.names}


def expected_best(probabilities: Floats) -> float:
    """Return the threshold of the best expected F1.

    Expected F1: 2·Σ p over the chosen ÷ (how many are chosen + Σ p over all).
    """

    def expected(least: float) -> float:
        chosen = probabilities >= least
        return float(2 * probabilities[chosen].sum() / (chosen.sum() + probabilities.sum() + 1e-9))

    return round(float(max(GRID, key=expected)), 2)


def losses(known: HeldOut) -> dict[str, tuple[float, float, float]]:
    """Return the mean log-loss of aspects and of signals: by words, by encoder, by both on unseen folds."""
    fold = np.arange(len(known.truth)) % FOLDS
    found = {}
    for name, places in known.groups().items():
        both = np.zeros((len(fold), len(places)))
        for each in range(FOLDS):
            _, _, weights = _weights(known.rows(fold != each), places)
            for column, (place, own) in enumerate(zip(places, weights, strict=True)):
                design = _design(known.words[fold == each, place], known.encoder[fold == each, place])
                both[fold == each, column] = _probabilities(design, own)
        truth = known.truth[:, places]
        found[name] = (
            _loss(known.words[:, places], truth),
            _loss(known.encoder[:, places], truth),
            _loss(both, truth),
        )
    return found


def _loss(probabilities: Floats, truth: NDArray[np.int8]) -> float:
    total = logit(probabilities)
    return float((np.logaddexp(0, total) - truth * total).mean())


def _weights(known: HeldOut, places: Sequence[int]) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Return each signal's design, truth and weights."""
    designs = [_design(known.words[:, place], known.encoder[:, place]) for place in places]
    truths = [known.truth[:, place].astype(np.float64) for place in places]
    group = logistic(
        np.concatenate(designs), np.concatenate(truths), start=np.array(START), ridge=START_RIDGE
    )
    return (
        designs,
        truths,
        [
            logistic(design, truth, start=group, ridge=RIDGE)
            for design, truth in zip(designs, truths, strict=True)
        ],
    )


def _design(words: Floats, encoder: Floats) -> Floats:
    return np.column_stack([logit(words), logit(encoder), np.ones(len(words))])


def _probabilities(design: Floats, weights: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(design @ weights))))


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, print, write; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds dev.jsonl.gz")
    options = parser.parse_args(arguments)
    known = read_held_out(held(options.data))
    for name, (words, encoder, both) in losses(known).items():
        sys.stdout.write(
            f"{name:8} log-loss by words {words:.4f}, by the encoder {encoder:.4f}, by both {both:.4f}\n"
        )
    listed = json.dumps({name: each._asdict() for name, each in fit(known).items()}, indent=1)
    with resources.as_file(resources.files("enrichment").joinpath("models/weights")) as folder:
        (folder / STACKING_FILE).write_text(listed + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
