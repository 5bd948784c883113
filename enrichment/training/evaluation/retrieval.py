"""Measures how well the embedding finds texts: `python -m enrichment.training.evaluation.retrieval --help`.

A query is one sentence of a dev text; the text to be found is the rest of it, among all the others. Recall@10
of the shipped int8 vectors is set beside the base model's ("query: " and "passage: " before its texts, as its
authors prescribe).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrichment.analysers.embedding import quantised
from enrichment.analysers.sentences import split
from enrichment.models.encoder import Encoder
from enrichment.training.data import LabelledRow, read
from enrichment.training.encoder.embedding import base_vectors

PAIRS, FRENCH = 400, 300
SHORTEST, LONGEST = 5, 18
"""Words of a query."""
NEAREST = 10


def pairs(rows: Sequence[LabelledRow]) -> tuple[list[str], list[str]]:
    """Return queries and the texts they are from, without the query's sentence; French before English."""
    queries: list[str] = []
    texts: list[str] = []
    for language, wanted in (("fr", FRENCH), ("en", PAIRS - FRENCH)):
        found = 0
        for row in rows:
            spans = split(row.text)
            if row.lang != language or len(spans) < 3 or found == wanted:  # noqa: PLR2004 (something must be left)
                continue
            sentences = [row.text[start:end] for start, end in spans]
            query = max(
                (each for each in sentences if SHORTEST <= len(each.split()) <= LONGEST),
                key=len,
                default=None,
            )
            if query:
                queries.append(query)
                texts.append(" ".join(each for each in sentences if each is not query))
                found += 1
    return queries, texts


def recall(queries: NDArray[np.float32], texts: NDArray[np.float32]) -> float:
    """Return the share of queries whose text is among the ten nearest."""
    near = queries @ texts.T
    return float(np.mean((near > np.diag(near)[:, None]).sum(1) < NEAREST))


def ours(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the shipped vectors, quantised, as unit vectors."""
    found = [
        quantised(each.vector) for each in encoder.read(texts, [()] * len(texts)) if each.vector is not None
    ]
    whole = np.array(found, np.float32)
    return np.asarray(whole / np.linalg.norm(whole, axis=1, keepdims=True))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both recalls; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path("enrichment/models/weights"))
    options = parser.parse_args(arguments)
    queries, texts = pairs(read(options.data, "dev"))
    encoder = Encoder(options.model)
    shipped = recall(ours(encoder, queries), ours(encoder, texts))
    base = recall(base_vectors(options.base, queries, "query: "), base_vectors(options.base, texts))
    sys.stdout.write(
        f"{len(queries)} pairs: recall@{NEAREST} {shipped:.3f}, base {base:.3f}, ratio {shipped / base:.3f}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
