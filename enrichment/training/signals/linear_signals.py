"""Train the linear heads of signals: `python -m enrichment.training.signals.linear_signals --run … --out …`.

Needs scikit-learn (extra `dev`) and the run's `sentences.json`
(`enrichment.training.signals.sentences` writes it). Writes `heads.npz` and `signal_weights.json`; prints, for
each signal, figures from five folds of which none had seen its own sentences. Thresholds are those of the
best F1 on the same folds, never on the gold.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enrichment.lexicons.taxonomy import signal_names
from enrichment.models import features
from enrichment.models.signal_probabilities import WEIGHTS_FILE, match_lexicons
from enrichment.training.marks import target
from enrichment.training.optimise import logistic
from ouidire.errors import UsageError

FOLDS, SEED = 5, 0
STRENGTH = 30.0
"""Inverse of the ridge of each head, on rows of length 1.

10 and 100 gave the same to a hundredth of F1 on the first 6,392.
"""
LEAST_SEEN = 3
PRIOR = (0.0, 1.0, 2.0, 0.5)
"""Bias, head, strong and weak words: what a signal with few examples stays near."""
RIDGE = 3.0
RARE, RARE_PRIOR, RARE_THRESHOLD = 20, (0.0, 0.5, 4.5, 1.0), 0.35
"""A signal with fewer examples than this leans on its words; its score is that of the few."""
Matrix = Any


def read(folder: Path) -> tuple[list[str], NDArray[np.int8]]:
    """Return texts and 0/1 targets, texts × signals; raises UsageError without labelled sentences."""
    path = folder / "sentences.json"
    if not path.exists():
        command = f"python -m enrichment.training.signals.sentences --data DATA --run {folder}"
        raise UsageError(f"{path}: no such file. Write it with: {command}")
    labelled = json.loads(path.read_text(encoding="utf-8"))
    return [text for text, _, _ in labelled], np.array([target(*both) for _, *both in labelled])


def matrix(texts: Sequence[str]) -> Matrix:
    """Return presence (0/1) of each bucket in each text."""
    from scipy.sparse import csr_matrix

    found, doc = features.buckets(texts)
    rows = csr_matrix((np.ones(len(found), np.float32), (doc, found)), shape=(len(texts), 1 << features.BITS))
    rows.sum_duplicates()
    rows.data[:] = 1
    return rows


def main(given: Sequence[str] | None = None) -> int:
    """Train, print, write; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="the folder that holds sentences.json")
    parser.add_argument(
        "--out", type=Path, required=True, help=f"where heads.npz and {WEIGHTS_FILE} are written"
    )
    arguments = parser.parse_args(given)
    texts, targets = read(arguments.run)
    arguments.out.mkdir(parents=True, exist_ok=True)
    presence = matrix(texts)
    seen = np.asarray(presence.sum(0)).ravel()
    keys = np.flatnonzero(seen >= LEAST_SEEN)
    rarity = np.log(len(texts) / seen[keys])
    weighted = presence[:, keys].multiply(rarity).tocsr()
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(1)).ravel())
    rows = weighted.multiply((1 / np.maximum(length, 1e-9))[:, None]).tocsr()
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(texts))
    words = _words(texts)
    coefficients = np.zeros((len(keys), targets.shape[1]))
    bias = np.zeros(targets.shape[1])
    fitted: dict[str, dict[str, float]] = {}
    for column, name in enumerate(signal_names()):
        wanted = targets[:, column]
        unseen, coefficients[:, column], bias[column] = _head(rows, wanted, fold)
        fitted[name] = _fitted(name, unseen, words[:, column], wanted, fold)
    _write(arguments.out, keys=keys, rarity=rarity, coefficients=coefficients, bias=bias, fitted=fitted)
    return 0


def _words(texts: Sequence[str]) -> NDArray[np.float64]:
    place = {name: column for column, name in enumerate(signal_names())}
    words = np.zeros((len(texts), len(place), 2))
    for number, text in enumerate(texts):
        for signal, found in match_lexicons(text).items():
            for each in found:
                words[number, place[signal], int(each.entry.strength == "weak")] = 1
    return words


def _head(
    rows: Matrix, target: NDArray[np.int8], fold: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return scores by heads that had not seen their sentences, then coefficients and bias from all."""
    from sklearn.linear_model import LogisticRegression

    def fitted(chosen: NDArray[np.bool_]) -> Any:  # noqa: ANN401 (scikit-learn has no types)
        return LogisticRegression(
            C=STRENGTH, solver="liblinear", dual=True, max_iter=300, tol=1e-3, random_state=SEED
        ).fit(rows[chosen], target[chosen])

    unseen = np.full(len(target), -5.0)
    if target.sum() < RARE:
        return unseen, np.zeros(rows.shape[1]), -5.0
    for each in range(FOLDS):
        unseen[fold == each] = fitted(fold != each).decision_function(rows[fold == each])
    whole = fitted(np.ones(len(target), dtype=bool))
    return unseen, whole.coef_[0], float(whole.intercept_[0])


def _fitted(
    name: str,
    scores: NDArray[np.float64],
    words: NDArray[np.float64],
    target: NDArray[np.int8],
    fold: NDArray[np.int64],
) -> dict[str, float]:
    """Return the weights of score and words, and the threshold of the best F1 on unseen folds."""
    from sklearn.metrics import average_precision_score, f1_score

    design = np.column_stack([np.ones(len(scores)), np.clip(scores, -7, 7), words])
    rare = int(target.sum()) < RARE
    prior = np.array(RARE_PRIOR if rare else PRIOR)
    unseen = np.zeros(len(scores))
    for each in range(FOLDS):
        unseen[fold == each] = design[fold == each] @ logistic(
            design[fold != each], target[fold != each], start=prior, ridge=RIDGE
        )
    probabilities = 1 / (1 + np.exp(-unseen))
    steps = np.arange(0.1, 0.75, 0.025)
    best = max(steps, key=lambda step: f1_score(target, probabilities >= step, zero_division=0))
    threshold = RARE_THRESHOLD if rare else round(float(best), 3)
    figures = (
        average_precision_score(target, probabilities) if target.any() else 0.0,
        f1_score(target, probabilities >= threshold, zero_division=0),
    )
    sys.stdout.write(
        f"{name:26} n={int(target.sum()):5} AP={figures[0]:.3f} F1={figures[1]:.3f} from {threshold}\n"
    )
    names = ("bias", "head", "strong", "weak")
    whole = prior if rare else logistic(design, target, start=prior, ridge=RIDGE)
    return {
        **{key: round(float(value), 4) for key, value in zip(names, whole, strict=True)},
        "threshold": threshold,
    }


def _write(
    out: Path,
    *,
    keys: NDArray[np.int64],
    rarity: NDArray[np.float64],
    coefficients: NDArray[np.float64],
    bias: NDArray[np.float64],
    fitted: dict[str, dict[str, float]],
) -> None:
    weights = coefficients * rarity[:, None]
    scale = np.maximum(np.abs(weights).max(0), 1e-9) / 127
    quantised = np.round(weights / scale).astype(np.int8)
    used = np.any(quantised, axis=1)
    information = np.round(rarity**2 * 500).astype(np.uint16)
    np.savez_compressed(
        out / "heads.npz",
        features_version=np.array(features.VERSION),
        names=np.array(signal_names()),
        keys=keys[used].astype(np.int32),
        weights=quantised[used],
        information=information[used],
        information_scale=np.array(1 / 500),
        scale=scale,
        bias=bias,
    )
    (out / WEIGHTS_FILE).write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
