"""Shingles: the three-word runs of texts, as hashes, made once for all linkers of a window.

Two texts that share most of theirs say nearly the same (Broder, "On the resemblance and containment of
documents", 1997); of a paraphrase or a translation they show nothing.
"""

import hashlib
from collections.abc import Sequence

import numpy as np

from enrichment.base import LinkSubject, LinkWindow, Shingles
from enrichment.lexicons.words import words

MIN_WORDS = 8
RUN = 3
MAX_WORDS = 2_000
"""Words read of a text; what follows changes no verdict of ours on reviews."""


def shingled(subjects: Sequence[LinkSubject]) -> LinkWindow:
    """Return the window of some mentions; each text is read once, in order.

    Memory grows by 8 bytes a word, whatever the texts take themselves.
    """
    return LinkWindow(subjects, [shingles_of(each.text) for each in subjects])


def shingles_of(text: str) -> Shingles:
    """Return the shingles of a text, masks left out; none for a text too short (8 words) to be compared."""
    found = words(text)[:MAX_WORDS]
    if len(found) < MIN_WORDS:
        return np.zeros(0, dtype=np.uint64)
    runs = {" ".join(found[start : start + RUN]) for start in range(len(found) - RUN + 1)}
    return np.unique(np.fromiter(map(_hash, runs), dtype=np.uint64, count=len(runs)))


def overlap(one: Shingles, other: Shingles) -> float:
    """Return the share (0–1) of their shingles that two texts have in common: Jaccard's coefficient.

    One of them must have any.
    """
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


def _hash(run: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
    )
