"""Vectors for grouping by theme: of the whole text and of each sentence, 64 small integers each.

They are a linear read-out of what the encoder computed already (`enrichment.models.encoder`): texts of the
same subject are near by their cosine, whatever they say of it. The version holds the hash of the read-out's
weights: themes that were found with other weights are never compared with these.
"""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import Any

from enrichment.analysers.embedding import quantised
from enrichment.base import Analyser, Subject
from enrichment.models.encoder import THEMES
from enrichment.models.files import WEIGHTS
from ouidire.text.vectors import pack_rows

VERSION = 1
_HASHED = 1_000_000


@cache
def version() -> int:
    """Return the version: ours, then six digits of the hash of the weights."""
    found = int(sha256(WEIGHTS.joinpath(THEMES).read_bytes()).hexdigest(), 16)
    return VERSION * _HASHED + found % _HASHED


class ThemeVectorAnalyser(Analyser):
    """Fills `theme_vectors`; None where the text says nothing or the model has no such read-out."""

    name = "theme_vectors"
    requires: tuple[str, ...] = ("reading",)
    fills: tuple[str, ...] = ("theme_vectors",)

    def __init__(self) -> None:
        self.version = version()

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Return the packed vectors of each reading: the whole first, then its sentences in order."""
        return [
            {
                "theme_vectors": pack_rows(quantised(row) for row in subject.reading.themes)
                if subject.reading and subject.reading.themes is not None
                else None
            }
            for subject in batch
        ]
