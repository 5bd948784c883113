"""Labelled rows of the evaluation between sources, a bounded number of each source.

A source is a site's file and a trade (`src`, `domain`): reviews of coffee shops and of food delivery on one
site are two. Rows are drawn by the hash of their text, so that the draw is the same everywhere and a larger
bound keeps what a smaller one had.
"""

import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from enrichment.training.data import LabelledRow
from enrichment.training.evaluation.transfer.states import text_key
from ouidire.errors import UsageError

NEVER_SEEN = ("train2", "dev2")
"""Files that hold no text, source or brand of the shipped model's training, but for a few trades."""
_OF = " / "
STAFF = "employee_stars"
"""Stars that employees give their employer: not the opinion of a customer."""


class SourceRow(LabelledRow):
    """A labelled row with its trade and the file (`split`) it is in."""

    domain: str
    split: str

    @property
    def source(self) -> str:
        """Name of the source: the site's file, and the trade where the file has several."""
        return f"{self.src}{_OF}{self.domain}" if self.split in NEVER_SEEN else self.src


def site_of(source: str) -> str:
    """Return the site's file of a source's name."""
    return source.partition(_OF)[0]


def read_rows(folder: Path, split: str, *, most: int) -> list[SourceRow]:
    """Return at most `most` rows of each source of `folder/<split>.jsonl.gz`, those of customers only.

    Raises UsageError when there is no such file.
    """
    path = folder / f"{split}.jsonl.gz"
    if not path.exists():
        message = f"{path}: no such file. Give the folder of labelled texts with --data"
        raise UsageError(message)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        raw = [each for each in map(json.loads, lines) if each.get("label_src") != STAFF]
    names = SourceRow.model_fields.keys() - {"split", "domain"}
    rows = [
        SourceRow(**{name: each[name] for name in names}, domain=each.get("domain") or "", split=split)
        for each in raw
    ]
    return bounded(rows, most=most)


def bounded(rows: Iterable[SourceRow], *, most: int) -> list[SourceRow]:
    """Return at most `most` rows of each source, in the order of the hashes of their texts."""
    by_source: dict[str, list[SourceRow]] = {}
    for row in rows:
        by_source.setdefault(row.source, []).append(row)
    return [
        row
        for source in sorted(by_source)
        for row in sorted(by_source[source], key=lambda row: text_key(row.text))[:most]
    ]


def texts(rows: Sequence[SourceRow]) -> list[str]:
    """Return the texts of rows."""
    return [row.text for row in rows]
