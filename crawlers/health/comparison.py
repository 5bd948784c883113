"""What fell in a run, beside its source's own past and what its site declares.

A source is compared with itself alone, by beta-binomial tails, so that small ones are judged too: what was
lost between past runs says how much may be lost now, how often a field was filled says how often it should
be. Honest noise raises an alarm in at most one run in 200, all tests together (asserted by a simulation). It
cannot see why something fell, nor a fall that is slow.
"""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from crawlers.health.facts import ANOTHERS, INCOMPLETE, WHOLE_TEXT, RunFacts

CHANCE = 0.001
"""Highest probability of a fall by chance alone, for each test of a run; there are about five."""
WHOLE = 0.95
"""Share of what is declared or usual from which nothing is missing that deserves a word: sites count late."""
SLACK = 0.05
"""How far the share of what is declared may fall below the source's usual one."""
USUAL_SHARES = 3
"""Past runs from which the source's own usual share of what it declares is known."""
LOST, KEPT = 1, 19
"""What is taken for granted of any listing, as a beta distribution: one in twenty leaves it between two runs.

The weight of one run of twenty, so that a source's own past soon counts more.
"""
COUNT_WEIGHT = 60
"""Mentions that the past of a count weighs at most: those that come hide some of those that leave."""
RUNS_OF_A_WINDOW = 3
"""Past runs that a source which shows only its latest must have before its number can fall."""
FIELD_WEIGHT = 60
"""Mentions that the past of a field counts for at most: its rate differs a little from week to week."""
FIELD_PRIOR = 0.1
"""Weight of the contrary for a field that was never filled, or never empty: most are all or none."""
FIELD_FALL = 0.15
"""A fall of a field's rate by less than this is never one that deserves a word."""
ROUNDED_FROM = 1_000
"""Declared totals below this are taken as exact; "1,2 k" may stand for 1,150."""


def falls(facts: RunFacts) -> dict[str, str]:
    """Return what fell, in sentences: `found`, `declared`, `incomplete`, `others`, `silent`, a field."""
    counts = {
        "found": fallen_count(facts),
        "declared": _undeclared(facts),
        "incomplete": _incomplete(facts),
        "others": _others(facts),
        "silent": _silent(facts),
    }
    return {name: words for name, words in counts.items() if words is not None} | dict(_fields(facts))


def fallen_count(facts: RunFacts) -> str | None:
    """Return a sentence when far fewer things were found than the source's past lets expect, or None.

    A run that asked only for what is new is judged only where a page says that there is nothing at all.
    """
    past = facts.past.counts
    least = 1 if facts.enumerates or facts.results else RUNS_OF_A_WINDOW
    nothing = facts.found == 0 and facts.says_empty > 0
    if len(past) < least or not (facts.is_whole or nothing):
        return None
    before, now = past[-1], facts.found
    missing = before - now
    if missing <= 1 or now >= WHOLE * before:
        return None
    lost = sum(max(0, one - two) for one, two in pairwise(past))
    kept = sum(min(one, two) for one, two in pairwise(past))
    weight = min(1.0, COUNT_WEIGHT / max(1, lost + kept))
    if _tail(missing, before, LOST + weight * lost, KEPT + weight * kept) >= CHANCE:
        return None
    if nothing:
        return f"the page says that there is nothing, where {before} were found before"
    return f"{now} found, usually {before}"


def _undeclared(facts: RunFacts) -> str | None:
    """Return a sentence when fewer were read than the site declares, beyond what is usual for it, or None."""
    declared, read = facts.declared_total, facts.accounted_for
    if declared is None and _always_declared(facts) and facts.is_whole and read <= facts.past.counts[-1]:
        return "the site no longer declares how many there are, and shows no more than before"
    if not (declared and facts.mentions and facts.is_whole) or facts.unfinished:
        return None
    if read >= WHOLE * _least_meant(declared) or declared - read <= 1:
        return None
    shares = facts.past.shares
    if len(shares) >= USUAL_SHARES and read >= (median(shares) - SLACK) * declared:
        return None
    return f"the site declares {declared} but {read} were read"


def _always_declared(facts: RunFacts) -> bool:
    past = facts.past
    return facts.mentions > 0 and len(past.shares) == len(past.counts) >= USUAL_SHARES


def _least_meant(declared: int) -> int:
    """Return the least that a declared total may stand for: half a unit below its last non-zero digit."""
    if declared < ROUNDED_FROM:
        return declared
    unit = 1
    while declared % (10 * unit) == 0:
        unit *= 10
    return declared - unit // 2


def _incomplete(facts: RunFacts) -> str | None:
    """Return a sentence when more parts of pages than usual could not be read whole, or None."""
    parts = facts.rejected.get(INCOMPLETE, 0)
    if parts <= facts.past.incomplete:
        return None
    what = f" ({facts.incomplete})" if facts.incomplete else ""
    return f"{parts} part{'s' if parts > 1 else ''} of the pages could not be read whole{what}"


def _others(facts: RunFacts) -> str | None:
    """Return a sentence when more mentions than usual are about somebody else, or None."""
    others = facts.rejected.get(ANOTHERS, 0)
    if others <= facts.past.others:
        return None
    return f"{others} left out, which are about another ({facts.others})"


def _silent(facts: RunFacts) -> str | None:
    """Return a sentence when an engine of a metasearch did not answer that did in the last good run, or None.

    On a first run none is known to be silent as a rule: each that did not answer counts.
    """
    fallen = {name: why for name, why in facts.silent.items() if name not in facts.past.silent}
    if not fallen:
        return None
    named = ", ".join(f"{name} ({why})" if why else name for name, why in fallen.items())
    one = "one engine" if len(fallen) == 1 else f"{len(fallen)} engines"
    return f"{one} did not answer: {named}"


def _fields(facts: RunFacts) -> Iterator[tuple[str, str]]:
    for name, past in sorted(facts.past.fields.items()):
        if not (facts.mentions and past.n and name in facts.filled):
            continue
        filled, n, usual = facts.filled[name], facts.mentions, past.filled / past.n
        weight = min(past.n, FIELD_WEIGHT)
        if filled / n > usual - FIELD_FALL:
            continue
        full, empty = usual * weight + FIELD_PRIOR, (1 - usual) * weight + FIELD_PRIOR
        if _tail(n - filled, n, empty, full) < CHANCE:
            yield name, f"{_words(name)} in {filled / n:.0%} of {n} mentions, usually {usual:.0%}"


def _words(field: str) -> str:
    return "a text of its own, shown whole," if field == WHOLE_TEXT else f"{field} filled"


def _tail(count: int, n: int, a: float, b: float) -> float:
    from ouidire.measures.quantiles import beta_binomial_tail

    return beta_binomial_tail(count, n, a, b)
