"""Finds reasons to read a review with care.

Invited, incentivised, templated, part of a burst, duplicate; never that it is false.

- `invited`, `incentivised`: its author says so (`lexicons/suspicion.tsv`).
- `duplicate`: it and another author's text overlap by 80% or more (`enrichment.linkers.duplicates`),
  whichever came first.
- `templated`: with at least two others of the same source it shares most of its three-word runs: one
  template, a few words changed.
- `burst`: one place gets, within two days, far more ratings of one pole than its own pace of the window
  explains.

It works over a window of mentions and is recomputed whole. It cannot see who paid, nor tell a campaign that
invites everyone from one that invites the happy; a place that opens, or becomes famous, looks like a burst.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, get_args

import numpy as np

from enrichment.base import LinkSubject, LinkWindow, Shingles
from enrichment.lexicons import patterns
from ouidire.annotations import SuspicionReason
from ouidire.frozen import Frozen

REASONS: Final[tuple[SuspicionReason, ...]] = get_args(SuspicionReason)
TEMPLATE_OVERLAP, TEMPLATE_SIZE = 0.5, 3
"""Share of three-word runs (Jaccard) that two texts of one template share, and how many texts make one."""
MOST_SHARING = 60
"""A run of words that more texts share is a set phrase ("je recommande ce produit"): it shows no template."""
DAYS = 2
MOST_LIKELY = 1e-4
"""A burst is a count whose probability, at the place's own pace (Poisson), is below this."""
LEAST, LEAST_DAYS, ONE_SIDED = 8, 21, 0.8
"""Least ratings within the two days, days of the window outside them, and share of ratings at one pole."""
HIGH, LOW = 4.5, 1.5
READ = 2_000


class Suspicion(Frozen):
    """Why a mention is to be read with care, in alphabetical order."""

    reasons: tuple[SuspicionReason, ...]


class SuspicionLinker:
    """Finds reasons over a window whose near-duplicates were found before.

    Memory grows by about 0.5 kB a mention, beside the window.
    """

    name = "suspicion"
    version = 1
    requires = ("duplicates",)

    def link(self, window: LinkWindow) -> dict[str, Suspicion]:
        """Return, by mention id, the reasons found; mentions without one are absent.

        The order of the window does not count. Raises ValueError for a window whose near-duplicates
        (`originals`) were not looked for.
        """
        copies = window.originals
        if copies is None:
            message = "suspicion requires duplicates: give their originals with the window"
            raise ValueError(message)
        subjects = window.subjects
        found: dict[str, set[SuspicionReason]] = defaultdict(set)
        for each in subjects:
            if admitted := _admitted(each.text):
                found[each.id] |= admitted
        for key in _duplicates(subjects, copies):
            found[key].add("duplicate")
        for key in _templated(subjects, window.shingles) - copies.keys() - set(copies.values()):
            found[key].add("templated")
        for key in _bursts(subjects):
            found[key].add("burst")
        return {key: Suspicion(reasons=tuple(sorted(found[key]))) for key in sorted(found)}


def _admitted(text: str) -> set[SuspicionReason]:
    """Return the reasons that an author states."""
    return {
        reason
        for each in patterns.find("suspicion", text[:READ])
        for reason in REASONS
        if each.entry.what == reason
    }


def _duplicates(window: Sequence[LinkSubject], copies: Mapping[str, str]) -> Iterator[str]:
    authors = {each.id: each.author_key for each in window}
    for key, original in copies.items():
        if authors[key] is None or authors[key] != authors[original]:
            yield key
            yield original


def _templated(window: Sequence[LinkSubject], runs: Sequence[Shingles]) -> set[str]:
    """Return the ids of texts that share most of their runs with two of their source, by other authors."""
    sizes = np.array([len(own) for own in runs], dtype=np.int64)
    if not sizes.any():
        return set()
    whole, owner = np.concatenate(runs), np.repeat(np.arange(len(runs)), sizes)
    order = np.lexsort((owner, whole))
    whole, owner = whole[order], owner[order]
    starts = np.flatnonzero(np.diff(whole, prepend=whole[0] ^ np.uint64(1)))
    ends = np.append(starts[1:], len(whole))
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if 1 < end - start <= MOST_SHARING:
            places = owner[start:end].tolist()
            for position, one in enumerate(places):
                for other in places[position + 1 :]:
                    shared[one, other] += 1
    like: dict[int, set[int]] = defaultdict(set)
    for (one, other), count in shared.items():
        alike = count / (sizes[one] + sizes[other] - count)
        if alike >= TEMPLATE_OVERLAP and _two_authors(window[one], window[other]):
            like[one].add(other)
            like[other].add(one)
    return {window[place].id for place, others in like.items() if len(others) >= TEMPLATE_SIZE - 1}


def _two_authors(one: LinkSubject, other: LinkSubject) -> bool:
    return one.source_key == other.source_key and (
        one.author_key is None or one.author_key != other.author_key
    )


def _bursts(window: Sequence[LinkSubject]) -> set[str]:
    places: dict[tuple[str, str | None], list[tuple[datetime, float, str]]] = defaultdict(list)
    for each in window:
        if each.stars is not None:
            places[each.source_key, each.place].append((datetime.fromisoformat(each.at), each.stars, each.id))
    return {key for rated in places.values() for key in _burst(sorted(rated))}


def _burst(rated: Sequence[tuple[datetime, float, str]]) -> set[str]:
    found: set[str] = set()
    days = (rated[-1][0] - rated[0][0]) / timedelta(days=1) - DAYS
    if days < LEAST_DAYS:
        return found
    last = 0
    for first, (moment, _, _) in enumerate(rated):
        while last < len(rated) and rated[last][0] < moment + timedelta(days=DAYS):
            last += 1
        inside = rated[first:last]
        pace = (len(rated) - len(inside)) / days * DAYS
        if len(inside) < LEAST or _at_least(len(inside), pace) >= MOST_LIKELY:
            continue
        for pole in (
            [each for each in inside if each[1] >= HIGH],
            [each for each in inside if each[1] <= LOW],
        ):
            if len(pole) >= ONE_SIDED * len(inside):
                found |= {key for _, _, key in pole}
    return found


def _at_least(count: int, pace: float) -> float:
    """Return the probability of `count` or more where `pace` are expected (Poisson)."""
    term = below = math.exp(-pace)
    for number in range(1, count):
        term *= pace / number
        below += term
    return max(0.0, 1 - below)
