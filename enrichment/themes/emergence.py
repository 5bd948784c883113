"""Finds new subjects of a week by a test of rates over the vectors of its sentences and of the weeks before.

Where nothing is new, a sentence's neighbourhood holds sentences of this week in the proportion in which its
sources' sentences are of this week. So a neighbourhood is new where it holds more than chance would put there
(binomial tail), all neighbourhoods being tested as one family (Holm). Neighbourhoods are found without
looking at weeks: around the mean of a sentence's nearest, which gathers a subject that is told in many ways;
the sentence itself is not counted. A subject of a few authors, or of too few sentences, is none. It cannot
name a subject (`enrichment.themes.labels`), nor see one that grows slowly over many weeks.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
WIDTH = 64
"""Numbers of a sentence's vector."""
NEAREST = 8
"""Sentences whose mean, with the seed, is the centre of a neighbourhood."""
RADII = (0.55, 0.65, 0.75)
"""Cosines from which a sentence is within a neighbourhood: a subject may be narrow or wide."""
ALPHA = 0.05
LEAST, AUTHORS = 8, 5
"""Sentences of the week, and different authors, that a new subject has at least."""
LEAST_NOW, LEAST_BEFORE = 40, 160
"""Sentences of the week and of the weeks before below which nothing is tested."""
SAME = 0.9
"""Cosine from which two centres are one."""
AT_ONCE = 256
"""Centres compared with all sentences at once: what is in memory grows with the window alone."""


class WeekWindow(NamedTuple):
    """The sentences of a week and of the weeks before it, one row each.

    `vectors` are unit vectors, `now` says which are of the week; `sources` and `authors` are numbers that
    stand for a source key and for an author (for the mention, where its author is not known).
    """

    vectors: Floats
    now: Booleans
    sources: Integers
    authors: Integers


class NewSubject(NamedTuple):
    """One new subject: its anchor, a unit vector, the cosine from which a sentence is of it, and its members.

    `members` are rows of the window that are of the week, the nearest first; `before` counts those of the
    weeks before. `p` is adjusted for all that was tested.
    """

    anchor: Floats
    radius: float
    members: Integers
    before: int
    p: float


class _Tested(NamedTuple):
    centre: int
    radius: float
    p: float


def unit_rows(rows: NDArray[np.int8]) -> Floats:
    """Return rows of small integers as unit vectors; rows of zeros stay zeros."""
    wide = rows.astype(np.float32)
    return np.asarray(wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-9), np.float32)


def new_subjects(window: WeekWindow, *, alpha: float = ALPHA) -> list[NewSubject]:
    """Return the new subjects of a week, the surest first, none of whose sentences is in two.

    The chance that any is found in a week that brings none is at most `alpha`. The same window gives the
    same subjects.
    """
    seeds = np.flatnonzero(window.now)
    if len(seeds) < LEAST_NOW or len(window.now) - len(seeds) < LEAST_BEFORE:
        return []
    shares = _shares(window)
    centres, owners = _centres(window.vectors, seeds)
    tested = sorted(
        _tests(window, shares, centres, owners), key=lambda each: (each.p, each.centre, each.radius)
    )
    found: list[NewSubject] = []
    taken = np.zeros(len(window.now), bool)
    for each in tested:
        left = len(tested) - len(found)
        if each.p * left >= alpha:
            break
        subject = _subject(window, shares, centres[each.centre], each, left, taken)
        if subject is not None and subject.p < alpha:
            found.append(subject)
            taken |= window.vectors @ subject.anchor >= subject.radius
    return found


def _shares(window: WeekWindow) -> Floats:
    """Return, for each sentence, the share of its source's sentences that are of the week."""
    counted = np.bincount(window.sources)
    now = np.bincount(window.sources, weights=window.now)
    return np.asarray((now / np.maximum(counted, 1))[window.sources], np.float32)


def _centres(vectors: Floats, seeds: Integers) -> tuple[Floats, Integers]:
    """Return the centres of neighbourhoods, each once, and the seed of each; weeks are not looked at.

    Of centres that are one, the one with most sentences around it is kept.
    """
    centres, crowds = [], []
    for part in _parts(seeds):
        near = vectors[part] @ vectors.T
        near[np.arange(len(part)), part] = -2
        nearest = np.argpartition(-near, NEAREST, axis=1)[:, :NEAREST]
        means = vectors[part] + vectors[np.sort(nearest, axis=1)].sum(axis=1)
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        centres.append(means)
        crowds.append((means @ vectors.T >= RADII[0]).sum(axis=1))
    every, crowd = np.concatenate(centres), np.concatenate(crowds)
    kept: list[int] = []
    alive = np.ones(len(every), bool)
    for place in np.argsort(-crowd, kind="stable"):
        if alive[place]:
            kept.append(int(place))
            alive &= every @ every[place] < SAME
    return every[kept], seeds[kept]


def _tests(window: WeekWindow, shares: Floats, centres: Floats, owners: Integers) -> Iterator[_Tested]:
    """Yield the test of each centre at each radius: by how many of its sentences are of the week."""
    for part in _parts(np.arange(len(centres))):
        near = centres[part] @ window.vectors.T
        near[np.arange(len(part)), owners[part]] = -2
        for radius in RADII:
            inside = (near >= radius).astype(np.float32)
            every = inside.sum(axis=1)
            now = inside @ window.now.astype(np.float32)
            expected = (inside @ shares) / np.maximum(every, 1)
            chances = binom.sf(now - 1, every, np.clip(expected, 0, 1))
            yield from (
                _Tested(int(centre), radius, float(p)) for centre, p in zip(part, chances, strict=True)
            )


def _subject(
    window: WeekWindow, shares: Floats, centre: Floats, tested: _Tested, left: int, taken: Booleans
) -> NewSubject | None:
    """Return the subject of a test, judged again author by author; None where too little is left of it.

    An author who says the same ten times is counted once, in the week and before.
    """
    near = window.vectors @ centre
    inside = (near >= tested.radius) & ~taken
    members = np.flatnonzero(inside & window.now)
    if len(members) < LEAST or len(np.unique(window.authors[members])) < AUTHORS:
        return None
    rows = np.flatnonzero(inside)
    pairs = np.unique(np.stack([window.authors[rows], window.now[rows]]), axis=1, return_index=True)[1]
    once = rows[pairs]
    n, now = len(once), int(window.now[once].sum())
    p = float(binom.sf(now - 1, n, float(shares[once].mean()))) if n else 1.0
    order = members[np.argsort(-near[members], kind="stable")]
    before = int((inside & ~window.now).sum())
    return NewSubject(centre, tested.radius, order, before, min(1.0, max(p, tested.p) * left))


def _parts(rows: Integers) -> Iterator[Integers]:
    yield from (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def nearest_theme(vectors: Floats, anchors: Sequence[Floats], radii: Sequence[float]) -> Integers:
    """Return, for each sentence, the number of the theme that it is of; −1 where it is of none.

    Themes are asked in their order, the oldest first: one that is opened later takes nothing from those that
    are there, so that what was found of a sentence stays.
    """
    found = np.full(len(vectors), -1, np.int64)
    for number, (anchor, radius) in enumerate(zip(anchors, radii, strict=True)):
        found[(found < 0) & (vectors @ anchor >= radius)] = number
    return found
