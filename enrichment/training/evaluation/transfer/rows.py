"""Labelled rows of the evaluation between sources, a bounded number of each source and trade.

A source is a site's file (`src`), whatever its trades. Rows are drawn by a hash of their text, so that the
draw is the same everywhere and a larger bound keeps what a smaller one had. The hash is salted: some files
were capped by the plain one, star by star, and its first rows would have another mix of stars than the file.
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
_SALT = "transfer\n"
STAFF = "employee_stars"
"""Stars that employees give their employer: not the opinion of a customer."""


class SourceRow(LabelledRow):
    """A labelled row with its trade, the file (`split`) it is in, and a site's score of 0–10, if any."""

    domain: str
    split: str
    score10: float | None = None

    @property
    def trade_of_site(self) -> str:
        """Name of the site's file and the trade, of which a file may have several."""
        return f"{self.src} / {self.domain}"


def read_rows(folder: Path, split: str, *, most: int) -> list[SourceRow]:
    """Return at most `most` rows of each source and trade of `folder/<split>.jsonl.gz`, of customers only.

    Raises UsageError when there is no such file.
    """
    path = folder / f"{split}.jsonl.gz"
    if not path.exists():
        message = f"{path}: no such file. Give the folder of labelled texts with --data"
        raise UsageError(message)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        raw = [each for each in map(json.loads, lines) if each.get("label_src") != STAFF]
    rows = [
        SourceRow(
            **{name: each[name] for name in LabelledRow.model_fields},
            domain=each.get("domain") or "",
            split=split,
            score10=_score((each.get("extra") or {}).get("score10")),
        )
        for each in raw
    ]
    return bounded(rows, most=most)


def _score(value: object) -> float | None:
    """Return a score of 0–10, None for what is none."""
    try:
        score = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return score if 0 <= score <= 10 else None  # noqa: PLR2004 (the scale)


def bounded(rows: Iterable[SourceRow], *, most: int) -> list[SourceRow]:
    """Return at most `most` rows of each source and trade, in the order of salted hashes of their texts."""
    by_trade: dict[str, list[SourceRow]] = {}
    for row in rows:
        by_trade.setdefault(row.trade_of_site, []).append(row)
    return [
        row
        for trade in sorted(by_trade)
        for row in sorted(by_trade[trade], key=lambda row: text_key(_SALT + row.text))[:most]
    ]


def texts(rows: Sequence[SourceRow]) -> list[str]:
    """Return the texts of rows."""
    return [row.text for row in rows]
