"""Near-duplicates: which mention of a window repeats an older one, on whatever source.

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

from enrichment.base import LinkSubject
from enrichment.lexicons.words import words
from ouidire.frozen import Frozen

MIN_WORDS = 8
RUN = 3
THRESHOLD = 0.8
BANDS, ROWS = 16, 4
"""At 80% overlap a pair is found with chance 1 − (1 − 0.8⁴)¹⁶ > 0.999; at 40%, compared in vain with chance 0.34."""
MAX_WORDS = 2_000
"""Words read of a text; what follows changes no verdict of ours on reviews."""
_LAST_PEERS = 4
"""With how many of the latest members of a bucket, besides its oldest, a text is compared: a flood of look-alikes costs
a constant per text."""


class Duplicate(Frozen):
    """A mention that repeats another: the oldest of its kind in the window, and how much they overlap (0.8–1)."""

    duplicate_of: str
    similarity: float = Field(ge=0, le=1)


class DuplicateLinker:
    """Finds `duplicate_of` over a window.

    Memory grows by about 0.7 kB a mention, beside the texts handed in.
    """

    name = "duplicates"
    version = 1

    def link(self, window: Sequence[LinkSubject]) -> dict[str, Duplicate]:
        """Return, by mention id, the oldest mention that it repeats; originals are absent.

        Age is the date, then the id: the order of the window does not count.
        """
        order = sorted(range(len(window)), key=lambda index: (window[index].at, window[index].id))
        signatures = np.zeros((len(order), BANDS), dtype=np.uint64)
        told = np.zeros(len(order), dtype=bool)
        for place, index in enumerate(order):
            shingles = shingles_of(window[index].text)
            if shingles:
                signatures[place] = _bands(shingles)
                told[place] = True
        roots = list(range(len(order)))
        found: dict[str, Duplicate] = {}
        for place, candidates in _candidates(signatures, told):
            link = self._first(window, order, place, candidates, roots)
            if link:
                roots[place], similarity = link
                found[window[order[place]].id] = Duplicate(
                    duplicate_of=window[order[roots[place]]].id, similarity=round(similarity, 4)
                )
        return found

    @staticmethod
    def _first(
        window: Sequence[LinkSubject],
        order: Sequence[int],
        place: int,
        candidates: Sequence[int],
        roots: Sequence[int],
    ) -> tuple[int, float] | None:
        """Return the original of the oldest candidate that overlaps enough, and that overlap."""
        own = shingles_of(window[order[place]].text)
        for candidate in candidates:
            other = shingles_of(window[order[candidate]].text)
            similarity = len(own & other) / len(own | other)
            if similarity >= THRESHOLD:
                return roots[candidate], similarity
        return None


def shingles_of(text: str) -> frozenset[int]:
    """Return the hashes of a text's three-word runs, masks left out; empty for a text too short to be told apart."""
    found = words(text)[:MAX_WORDS]
    if len(found) < MIN_WORDS:
        return frozenset()
    runs = (" ".join(found[start : start + RUN]) for start in range(len(found) - RUN + 1))
    return frozenset(_hash(run) for run in runs)


def _hash(run: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
    )


def _coefficients() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return fixed odd multipliers and offsets: one random order of the hashes per row."""
    seeds = [
        hashlib.blake2b(f"minhash{row}".encode(), digest_size=16).digest() for row in range(BANDS * ROWS)
    ]
    factors = np.array([int.from_bytes(seed[:8], "big") | 1 for seed in seeds], dtype=np.uint64)
    offsets = np.array([int.from_bytes(seed[8:], "big") for seed in seeds], dtype=np.uint64)
    return factors, offsets


_FACTORS, _OFFSETS = _coefficients()


def _bands(shingles: frozenset[int]) -> NDArray[np.uint64]:
    """Return one hash per band of the text's MinHash signature."""
    values = np.fromiter(shingles, dtype=np.uint64, count=len(shingles))
    orders = values[:, None] * _FACTORS + _OFFSETS
    # multiplication leaves the low bits poor: a text's minimum must not hang on them alone
    orders ^= orders >> np.uint64(29)
    smallest = (orders * np.uint64(0xBF58476D1CE4E5B9)).min(axis=0).reshape(BANDS, ROWS)
    mixed = np.zeros(BANDS, dtype=np.uint64)
    for row in range(ROWS):
        mixed = (mixed ^ smallest[:, row]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(32)
    return mixed


def _candidates(signatures: NDArray[np.uint64], told: NDArray[np.bool_]) -> Iterator[tuple[int, list[int]]]:
    """Yield each place, oldest first, with the older places that share one of its bands, oldest first."""
    peers: dict[int, set[int]] = {}
    places = np.flatnonzero(told)
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
