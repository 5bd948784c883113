"""Fit how words and encoder are joined: `python -m enrichment.training.signals.stacking --data FOLDER`.

The heads over words and the encoder, those that are installed, were trained on the same labelled sentences;
`labels-dev.tsv` holds others, of texts that neither saw. On these, each sign's chance is a logistic
regression of the log-odds that words give and that the encoder gives, held near the one fitted on all
aspects, or on all signals, together. The chance from which a sign is said to be there is the one of the best
expected F1, the chances being what they are; a sign of few examples takes its group's. Writes
`models/weights/joining.json`; prints the log-loss by words, by the encoder, by both, on folds that had not
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

from enrichment.analysers import sentence_signals
from enrichment.lexicons.taxonomy import signs as names
from enrichment.models.encoder import ASPECTS, SIGNALS, bundled
from enrichment.training.marks import target
from enrichment.training.optimise import logistic
from enrichment.training.signals.sentences import Labelled, held

Floats = NDArray[np.float64]
GROUPS = (slice(0, len(ASPECTS)), slice(len(ASPECTS), len(ASPECTS) + len(SIGNALS)))
RIDGE = 8.0
"""What a sign's weights cost by their squared distance from its group's: a sign of few examples stays near.

On the folds, 3 and 20 are no better.
"""
START, START_RIDGE = (0.5, 0.5, 0.0), 1.0
ENOUGH = 10
"""Examples from which a sign has a threshold of its own."""
GRID = np.arange(0.1, 0.71, 0.01)
FOLDS = 5


class HeldOut(NamedTuple):
    """Sentences × signs that the encoder reads: what words say and what the encoder says (chances), and what is there (0/1)."""

    words: Floats
    encoder: Floats
    truth: NDArray[np.int8]


def heard(sentences: Sequence[Labelled]) -> HeldOut:
    """Read labelled sentences, each within its text."""
    words, encoder, truth = [], [], []
    count = len(ASPECTS) + len(SIGNALS)
    readings = bundled().read([each.text for each in sentences], [each.spans for each in sentences])
    for each, told in zip(sentences, readings, strict=True):
        aspects, signals = told.sentences.aspects, told.sentences.signals
        assert aspects is not None  # noqa: S101 (the bundled encoder gives all)
        assert signals is not None  # noqa: S101
        sentence = each.sentence[: sentence_signals.LENGTH]
        words.append(
            sentence_signals.by_words([sentence], [sentence_signals.words_of(sentence)])[0][0, :count]
        )
        encoder.append(np.concatenate([aspects[each.place], signals[each.place]]))
        truth.append(target(each.aspects, each.signals)[:count])
    return HeldOut(np.array(words), np.array(encoder, np.float64), np.array(truth))


def fit(known: HeldOut) -> dict[str, sentence_signals.Stacking]:
    """Return how words and encoder are joined, by sign that the encoder reads."""
    found = {}
    for group in GROUPS:
        places = range(*group.indices(known.truth.shape[1]))
        designs, truths, weights = _weights(known, places)
        chances = [_chances(design, own) for design, own in zip(designs, weights, strict=True)]
        common = expected_best(np.concatenate(chances))
        for place, own, chance, truth in zip(places, weights, chances, truths, strict=True):
            by_words, by_encoder, shift = (round(float(each), 4) for each in own)
            threshold = expected_best(chance) if truth.sum() >= ENOUGH else common
            found[names()[place]] = sentence_signals.Stacking(by_words, by_encoder, shift, threshold)
    return found


def expected_best(chances: Floats) -> float:
    """Return the threshold of the best expected F1, 2·Σ p over the chosen ÷ (how many are chosen + Σ p over all)."""

    def expected(least: float) -> float:
        chosen = chances >= least
        return float(2 * chances[chosen].sum() / (chosen.sum() + chances.sum() + 1e-9))

    return round(float(max(GRID, key=expected)), 2)


def losses(known: HeldOut) -> dict[str, tuple[float, float, float]]:
    """Return, for aspects and for signals, the mean log-loss by words, by the encoder, and by both on folds unseen."""
    fold = np.arange(len(known.truth)) % FOLDS
    found = {}
    for name, group in zip(("aspects", "signals"), GROUPS, strict=True):
        places = range(*group.indices(known.truth.shape[1]))
        both = np.zeros((len(fold), len(places)))
        for each in range(FOLDS):
            _, _, weights = _weights(HeldOut(*(part[fold != each] for part in known)), places)
            for column, (place, own) in enumerate(zip(places, weights, strict=True)):
                design = _design(known.words[fold == each, place], known.encoder[fold == each, place])
                both[fold == each, column] = _chances(design, own)
        truth = known.truth[:, group]
        found[name] = (
            _loss(known.words[:, group], truth),
            _loss(known.encoder[:, group], truth),
            _loss(both, truth),
        )
    return found


def _loss(chances: Floats, truth: NDArray[np.int8]) -> float:
    total = sentence_signals.logit(chances)
    return float((np.logaddexp(0, total) - truth * total).mean())


def _weights(known: HeldOut, places: Sequence[int]) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Return each sign's design, truth and weights."""
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
    return np.column_stack(
        [sentence_signals.logit(words), sentence_signals.logit(encoder), np.ones(len(words))]
    )


def _chances(design: Floats, weights: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(design @ weights))))


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, print, write; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds dev.jsonl.gz")
    options = parser.parse_args(arguments)
    known = heard(held(options.data))
    for name, (words, encoder, both) in losses(known).items():
        sys.stdout.write(
            f"{name:8} log-loss by words {words:.4f}, by the encoder {encoder:.4f}, by both {both:.4f}\n"
        )
    listed = json.dumps({name: each._asdict() for name, each in fit(known).items()}, indent=1)
    with resources.as_file(resources.files("enrichment").joinpath("models/weights")) as folder:
        (folder / "joining.json").write_text(listed + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
