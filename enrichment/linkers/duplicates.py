"""Finds near-duplicates: the mentions of a window that repeat an older one, on whatever source.

Two texts are near-duplicates when their sets of three-word runs overlap by 80% or more (Jaccard). Candidates
come from MinHash bands (Broder, "On the resemblance and containment of documents", 1997), then are compared
exactly, so that chance adds no false one. It cannot see a paraphrase or a translation; texts under eight
words say too little ("Très bien, je recommande") for a repetition to mean anything, and are never linked.
"""

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from enrichment.base import LinkWindow, Shingles
from enrichment.linkers.shingles import overlap
from ouidire.frozen import Frozen

THRESHOLD = 0.8
BANDS, ROWS = 16, 4
"""At 80% overlap a pair is found with probability 1 − (1 − 0.8⁴)¹⁶ > 0.999; at 40%, compared in 34 of 100."""
_LAST_PEERS = 4
"""With how many of the latest members of a bucket, besides its oldest, a text is compared.

A flood of look-alikes then costs a constant per text.
"""


class Duplicate(Frozen):
    """The oldest mention of the window that a mention repeats, and how much they overlap (0.8–1)."""

    duplicate_of: str
    similarity: float = Field(ge=0, le=1)


class DuplicateLinker:
    """Finds `duplicate_of` over a window.

    Memory grows by about 0.2 kB a mention, beside the window. It reads the shingles alone, and no text.
    """

    name = "duplicates"
    version = 1
    requires = ()

    def link(self, window: LinkWindow) -> dict[str, Duplicate]:
        """Return, by mention id, the oldest mention that it repeats; originals are absent.

        Age is the date, then the id: the order of the window does not count.
        """
        subjects = window.subjects
        order = sorted(range(len(subjects)), key=lambda index: (subjects[index].at, subjects[index].id))
        shingles = [window.shingles[index] for index in order]
        roots = list(range(len(order)))
        found: dict[str, Duplicate] = {}
        for place, candidates in _candidates(shingles):
            link = _first(shingles, place, candidates, roots)
            if link:
                roots[place], similarity = link
                found[subjects[order[place]].id] = Duplicate(
                    duplicate_of=subjects[order[roots[place]]].id, similarity=round(similarity, 4)
                )
        return found


def _first(
    shingles: Sequence[Shingles], place: int, candidates: Sequence[int], roots: Sequence[int]
) -> tuple[int, float] | None:
    """Return the original of the oldest candidate that overlaps enough, and that overlap."""
    for candidate in candidates:
        similarity = overlap(shingles[place], shingles[candidate])
        if similarity >= THRESHOLD:
            return roots[candidate], similarity
    return None


def _coefficients() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return fixed odd multipliers and offsets: one random order of the hashes per row."""
    seeds = [
        hashlib.blake2b(f"minhash{row}".encode(), digest_size=16).digest() for row in range(BANDS * ROWS)
    ]
    factors = np.array([int.from_bytes(seed[:8], "big") | 1 for seed in seeds], dtype=np.uint64)
    offsets = np.array([int.from_bytes(seed[8:], "big") for seed in seeds], dtype=np.uint64)
    return factors, offsets


_FACTORS, _OFFSETS = _coefficients()


def _bands(shingles: Shingles) -> NDArray[np.uint64]:
    """Return one hash per band of the text's MinHash signature."""
    orders = shingles[:, None] * _FACTORS + _OFFSETS
    # multiplication leaves the low bits poor: a text's minimum must not hang on them alone
    orders ^= orders >> np.uint64(29)
    smallest = (orders * np.uint64(0xBF58476D1CE4E5B9)).min(axis=0).reshape(BANDS, ROWS)
    mixed = np.zeros(BANDS, dtype=np.uint64)
    for row in range(ROWS):
        mixed = (mixed ^ smallest[:, row]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(32)
    return mixed


def _candidates(shingles: Sequence[Shingles]) -> Iterator[tuple[int, list[int]]]:
    """Yield each place, oldest first, with the older places that share one of its bands, oldest first."""
    signatures = np.zeros((len(shingles), BANDS), dtype=np.uint64)
    places = np.flatnonzero(np.array([len(own) for own in shingles], dtype=np.int64))
    for place in places.tolist():
        signatures[place] = _bands(shingles[place])
    peers: dict[int, set[int]] = {}
    for band in range(BANDS):
        keys = signatures[places, band]
        by_key = places[np.argsort(keys, kind="stable")]
        same = np.flatnonzero(signatures[by_key[1:], band] == signatures[by_key[:-1], band])
        first, last = -1, -2
        for position in same.tolist():
            first = position if position != last + 1 else first
            last = position
            members = by_key[max(first, position + 1 - _LAST_PEERS) : position + 1].tolist()
            peers.setdefault(int(by_key[position + 1]), set()).update((int(by_key[first]), *members))
    for place in sorted(peers):
        yield place, sorted(peers[place])
