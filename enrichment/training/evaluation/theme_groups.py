"""Judges vectors for grouping: do groups found without labels agree with the subjects that people gave?

Sentences of three trades on which the read-out was not fitted: French restaurants (SemEval 2016, the seven
commonest categories, sentences of one category), English airlines (reasons of complaint, given by hand), and
sentences of ours on museums and other trades (`tests/eval/aspects_blind`, one aspect each). Groups are
KMeans' with as many groups as subjects; the figure is the adjusted mutual information, averaged over seeds,
with the least and the most. Beside it the share of a sentence's ten nearest that have its subject. The
encoder's heads had seen restaurants' sentences; airlines' tweets were read for their sides alone.
"""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from enrichment.analysers.embedding import quantised
from enrichment.models.encoder import bundled
from enrichment.models.files import WEIGHTS
from enrichment.training.encoder.embedding import states

SEEDS = 5
NEAREST = 10
CATEGORIES = 7
REASONS = 700
"""Sentences of airlines read at most: the first of the file."""
AIM = 0.25
Floats = NDArray[np.float32]


class LabelledSentences(NamedTuple):
    """Sentences of one trade, each with its one subject."""

    name: str
    texts: list[str]
    subjects: list[str]


class GroupScore(NamedTuple):
    """How well groups agree with subjects: AMI (mean, least, most over seeds), and neighbours' share."""

    ami: float
    least: float
    most: float
    neighbours: float


def trades(data: Path, pinned: Path | None = None) -> Iterator[LabelledSentences]:
    """Yield each trade's sentences; those whose file is absent are left out."""
    restaurants = data / "absa" / "fr_restaurants_train.jsonl.gz"
    if restaurants.exists():
        rows = [
            (row["text"], {each["category"] for each in row["aspects"]})
            for row in _rows(restaurants)
            if not row.get("out_of_scope")
        ]
        yield _labelled(
            "French restaurants", [(text, next(iter(own))) for text, own in rows if len(own) == 1], CATEGORIES
        )
    if (data / "train.jsonl.gz").exists():
        reasons = [
            (row["text"], row["extra"]["neg_reason"])
            for row in _rows(data / "train.jsonl.gz")
            if row["domain"] == "airline_tweet" and (row.get("extra") or {}).get("neg_reason")
        ]
        known = [each for each in reasons if each[1] != "Can't Tell"]
        yield _labelled("English airlines", known[:REASONS], CATEGORIES)
    if pinned is not None:
        gold = (pinned / "aspects_blind" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
        ours = [(row["text"], list(row["aspects"])) for row in map(json.loads, gold)]
        yield _labelled("ours, several trades", [(text, own[0]) for text, own in ours if len(own) == 1], 13)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _labelled(name: str, pairs: Sequence[tuple[str, str]], most: int) -> LabelledSentences:
    """Keep the sentences of the commonest subjects."""
    counted = Counter(subject for _, subject in pairs)
    kept = {subject for subject, _ in counted.most_common(most)}
    chosen = [(text, subject) for text, subject in pairs if subject in kept]
    return LabelledSentences(name, [text for text, _ in chosen], [subject for _, subject in chosen])


def by_words(texts: Sequence[str]) -> Floats:
    """Return TF-IDF of words and pairs, reduced to at most 200 dimensions by SVD."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    weighed = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2).fit_transform(texts)
    dims = min(200, min(weighed.shape) - 1)
    return np.asarray(TruncatedSVD(dims, random_state=0).fit_transform(weighed), np.float32)


def by_meaning(texts: Sequence[str]) -> Floats:
    """Return the vectors for search, as they are kept."""
    found = bundled().read(texts, [()] * len(texts))
    return np.array([quantised(each.vector) for each in found if each.vector is not None], np.float32)


def by_states(texts: Sequence[str]) -> Floats:
    """Return the encoder's mean states without a read-out, centred."""
    from importlib import resources

    with resources.as_file(WEIGHTS) as folder:
        found = states(folder, texts)
    return np.asarray(found - found.mean(0), np.float32)


def by_themes(texts: Sequence[str]) -> Floats:
    """Return the vectors for grouping, as they are kept."""
    found = bundled().read(texts, [()] * len(texts))
    return np.array([quantised(each.themes[0]) for each in found if each.themes is not None], np.float32)


WAYS: Mapping[str, Callable[[Sequence[str]], Floats]] = {
    "words (TF-IDF, SVD 200)": by_words,
    "encoder, mean states": by_states,
    "vectors for search": by_meaning,
    "**vectors for themes**": by_themes,
}


def agreement(vectors: Floats, subjects: Sequence[str]) -> GroupScore:
    """Return how well groups of vectors agree with subjects."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_mutual_info_score

    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    labels = np.array(subjects)
    groups = len(set(subjects))
    scores = [
        float(
            adjusted_mutual_info_score(labels, KMeans(groups, n_init=10, random_state=seed).fit_predict(unit))
        )
        for seed in range(SEEDS)
    ]
    near = unit @ unit.T
    np.fill_diagonal(near, -2)
    first = np.argsort(-near, axis=1)[:, :NEAREST]
    share = float((labels[first] == labels[:, None]).mean())
    return GroupScore(float(np.mean(scores)), min(scores), max(scores), share)


def theme_section(data: Path | None, pinned: Path | None = None) -> Iterator[str]:
    """Yield the section of the page; nothing without labelled texts."""
    if data is None:
        return
    yield "\n## Vectors for themes\n"
    yield (
        "Groups found without labels (KMeans, as many as subjects) against subjects that people gave: "
        "adjusted mutual information, mean of"
    )
    yield (
        f"five seeds with the least and the most. The aim: {AIM} on French restaurants and on another trade. "
        "The read-out was fitted on none of these;"
    )
    yield "the encoder's own heads had read sentences of restaurants.\n"
    yield from theme_rows(data, pinned)


def theme_rows(data: Path, pinned: Path | None = None) -> Iterator[str]:
    """Yield the table, a row for each trade and way."""
    yield "| trade | sentences | subjects | vectors | AMI | same subject among the ten nearest |"
    yield "|---|---|---|---|---|---|"
    for trade in trades(data, pinned):
        for name, way in WAYS.items():
            found = agreement(way(trade.texts), trade.subjects)
            sizes = f"{len(trade.texts)} | {len(set(trade.subjects))}"
            figures = f"{found.ami:.2f} ({found.least:.2f}–{found.most:.2f}) | {found.neighbours:.2f}"
            yield f"| {trade.name} | {sizes} | {name} | {figures} |"
