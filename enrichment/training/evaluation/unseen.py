"""Reads texts of sources never seen in training: the SemEval sentences, for evaluation alone.

`dev` holds the sources of the training texts, so that it cannot say what becomes of another trade or brand.
These sentences can, for polarity: a sentence counts where all its opinions agree, its label being theirs.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from enrichment.training.data import LABELS, LabelledRow

SETS = {
    "French restaurants": "fr_restaurants_train.jsonl.gz",
    "English restaurants": "en_restaurants15_test.jsonl.gz",
    "English hotels": "en_hotels15_test.jsonl.gz",
    "Dutch restaurants": "nl_restaurants16_train.jsonl.gz",
}


def sentences(folder: Path) -> Iterator[LabelledRow]:
    """Yield the sentences of every set that `folder`/absa holds, with the set's name as their source."""
    for name, file in SETS.items():
        path = folder / "absa" / file
        if not path.exists():
            continue
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                polarities = {each["polarity"] for each in row["aspects"]}
                label = _label(polarities)
                if label and not row.get("out_of_scope"):
                    yield LabelledRow(
                        text=row["text"], lang=row["lang"], stars=None, label=label, nps=None, src=name
                    )


def _label(polarities: set[str]) -> str | None:
    """Return the label of a sentence; None where it has no opinion, or several that differ."""
    if len(polarities) != 1:
        return None
    return next((label for label in LABELS if next(iter(polarities)).startswith(label[:3])), None)
