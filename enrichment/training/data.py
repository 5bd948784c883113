"""Reads the labelled rows that models are trained and evaluated on: JSON lines, gzipped, a file per split.

The texts belong to their authors and stay outside the repository; only weights and figures come back.
"""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrichment.analysers.advocacy import PASSIVE_FROM, PROMOTER_FROM
from ouidire.errors import UsageError
from ouidire.frozen import Frozen

LABELS = ("neg", "neu", "pos")
STARS_OF = {"neg": (0, 1), "neu": (2,), "pos": (3, 4)}
"""The stars that a bare label allows, from 0 for one star."""
DETRACTOR, PASSIVE, PROMOTER = range(3)


class LabelledRow(Frozen):
    """One labelled text of the site `src`: stars 1–5, or a label, or an asked score 0–10 (`nps`)."""

    text: str
    lang: str
    stars: int | None
    label: str | None
    nps: float | None
    src: str


def read(folder: Path, split: str) -> list[LabelledRow]:
    """Return the rows of `folder/<split>.jsonl.gz`; raises UsageError when there is no such file."""
    path = folder / f"{split}.jsonl.gz"
    if not path.exists():
        message = f"{path}: no such file. Give the folder of labelled texts with --data"
        raise UsageError(message)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        raw = [json.loads(line) for line in lines]
    return [LabelledRow(**{name: each[name] for name in LabelledRow.model_fields}) for each in raw]


def allowed_stars(rows: Sequence[LabelledRow]) -> NDArray[np.float32]:
    """Return rows × 5, 1 where a row may have that many stars: one for stars, one or two for a bare label."""
    allowed = np.zeros((len(rows), 5), dtype=np.float32)
    for place, row in enumerate(rows):
        if row.stars is not None:
            allowed[place, row.stars - 1] = 1
        elif row.label is not None:
            allowed[place, list(STARS_OF[row.label])] = 1
    return allowed


def nps_class(score: float) -> int:
    """Return the class of an asked score: 0–6 detractor, 7–8 passive, 9–10 promoter."""
    if score >= PROMOTER_FROM:
        return PROMOTER
    return PASSIVE if score >= PASSIVE_FROM else DETRACTOR


def balanced(groups: Sequence[str], power: float) -> NDArray[np.float64]:
    """Return a weight per row: its group's size to the minus `power`; 1 makes groups count alike, 0 rows."""
    _, places, sizes = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    weights = sizes.astype(np.float64)[places] ** -power
    return np.asarray(weights / weights.sum())
