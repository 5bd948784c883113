"""Enrichment: texts a second against the obvious alternative, and memory as texts grow. `python -m bench.enrichment`.

The rival is scikit-learn's HashingVectorizer (words and pairs, and 3–5 letters) with a linear classifier of as many
columns: what most people would write. Only speed is compared; its weights are random. Prints ratios of one run.
Texts are made of the sentences of our own gold files, 250 characters each on average as real reviews are.
"""

# ruff: noqa: INP001 (a folder of scripts, not a package)
import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from enrichment.linear import bundled as model
from enrichment.run import RawText, bundled

GOLD = Path(__file__).resolve().parents[1] / "tests" / "eval" / "sentiment" / "gold.jsonl"
BATCH = 256
SENTENCES = 5


def texts(count: int) -> Iterator[str]:
    """Yield `count` texts, always the same."""
    pieces = [json.loads(line)["text"] for line in GOLD.read_text(encoding="utf-8").splitlines()]
    dice = random.Random(7)  # noqa: S311 (texts to measure with, not secrets)
    for _ in range(count):
        yield " ".join(dice.choices(pieces, k=SENTENCES))


def rate(work: Callable[[], object], count: int) -> float:
    """Return texts a second, the best of three runs."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return count / best


def rival() -> Callable[[Sequence[str]], object]:
    """Return the alternative: vectorise, then multiply by as many columns as our model has."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import HashingVectorizer

    words = HashingVectorizer(n_features=1 << 18, ngram_range=(1, 2), strip_accents="unicode")
    letters = HashingVectorizer(n_features=1 << 18, ngram_range=(3, 5), analyzer="char", strip_accents="unicode")
    weights = np.random.default_rng(7).normal(size=(1 << 19, 8)).astype(np.float32)
    return lambda batch: hstack([words.transform(batch), letters.transform(batch)], format="csr") @ weights


def speed(count: int) -> None:
    """Print texts a second of scoring, ours and the rival's, and of the whole enrichment."""
    batch = list(texts(count))
    enricher = bundled()
    enricher.annotate([RawText(text=batch[0])])
    ours, theirs = model().raw, rival()
    ours_one = rate(lambda: [ours([text]) for text in batch], count)
    theirs_one = rate(lambda: [theirs([text]) for text in batch], count)
    ours_all = rate(lambda: ours(batch), count)
    theirs_all = rate(lambda: theirs(batch), count)
    whole = rate(lambda: enricher.annotate([RawText(text=text) for text in batch]), count)
    print(f"scoring, one at a time    {ours_one:9.0f}/s   HashingVectorizer {theirs_one:9.0f}/s   ratio {ours_one / theirs_one:5.1f}")  # noqa: T201
    print(f"scoring, batched          {ours_all:9.0f}/s   HashingVectorizer {theirs_all:9.0f}/s   ratio {ours_all / theirs_all:5.1f}")  # noqa: T201
    print(f"whole enrichment, batched {whole:9.0f}/s   ({SENTENCES} sentences scored a text)  ratio {whole / theirs_all:5.1f}")  # noqa: T201


def peak(count: int) -> float:
    """Return the peak memory (MB) of a process that enriches `count` texts, batch after batch."""
    command = [sys.executable, "-m", "bench.enrichment", "--only-enrich", str(count)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # noqa: S603 (our own command)


def enrich(count: int) -> None:
    """Enrich `count` texts, keep nothing, print the peak memory in MB."""
    enricher, batch = bundled(), []
    for text in texts(count):
        batch.append(RawText(text=text))
        if len(batch) == BATCH:
            enricher.annotate(batch)
            batch = []
    enricher.annotate(batch)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)  # noqa: T201


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--texts", type=int, default=2_000, help="texts for the speeds")
    parser.add_argument("--scale", type=int, default=100_000, help="texts for the memory, against a tenth of them")
    parser.add_argument("--only-enrich", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only_enrich:
        enrich(options.only_enrich)
        return
    speed(options.texts)
    small, large = peak(options.scale // 10), peak(options.scale)
    print(f"peak memory {small:.0f} MB at {options.scale // 10:,} texts, {large:.0f} MB at {options.scale:,}   ratio {large / small:.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
