"""Whom the pages of a run are about, compared with whom they were about before.

Names are compared word by word, without accents, capitals and legal forms, so that a brand which adds its
town is the same. It cannot see a company that takes over another's name, ids and authors.
"""

import re
from collections.abc import Iterable

from crawlers.health.comparison import fallen_count
from crawlers.health.facts import RunFacts
from crawlers.reading.dates import fold

SHARED = 0.2
"""Share of known mentions, or of their authors, from which the pages are about the same as before.

A few names of authors are common to any two companies."""
ABSENT = 0.05
"""Share below which a whole listing has nothing of what was known."""
COMPARABLE = 3
"""Authors on both sides from which their names say more than ids, which may be numbers that count from 1."""
TELLING = 10
"""Known mentions from which a whole listing without any of them is another's."""
LONGEST = 80
_COMMON = frozenset(
    ["the", "le", "la", "les", "l", "de", "des", "du", "d", "et", "and", "en", "au", "aux", "a", "sa", "sas",
     "sarl", "eurl", "ltd", "inc", "llc", "gmbh", "avis", "reviews", "review", "opinions", "fr", "com", "www",
     "https", "http"]
)  # fmt: skip
"""Words that companies share: articles, legal forms, what their pages hold."""


def other_subject(facts: RunFacts) -> str | None:
    """Return a sentence when the pages are about another company, shop or app than before, or None."""
    past = facts.past
    if not past.runs or not (facts.mentions or facts.subjects):
        return None
    shared = _shared(facts)
    named = bool(past.subjects and facts.subjects)
    if named and shared < SHARED and not same_names(facts.subjects, past.subjects):
        now, before = _most_named(facts), past.subjects[0]
        return f"the pages are about {_quoted(now)}, before about {_quoted(before)}{_none_known(facts)}"
    if not (facts.enumerates and past.known and facts.mentions):
        return None
    moved = bool(past.hosts and facts.hosts) and set(past.hosts).isdisjoint(facts.hosts)
    if moved and not named and shared < SHARED:
        now, before = min(facts.hosts), past.hosts[0]
        return f"the address leads to {_quoted(now)}, before to {_quoted(before)}{_none_known(facts)}"
    if _is_another_listing(facts):
        return f"the pages show nothing of what was known{_none_known(facts)}"
    return None


def same_names(names: Iterable[str], others: Iterable[str]) -> bool:
    """Return whether one of the names has most of the words of one of the others, or is written the same."""
    listed = [_words(name) for name in others]
    return any(_alike(_words(name), other) for name in names for other in listed)


def _alike(one: frozenset[str], two: frozenset[str]) -> bool:
    least = min(len(one), len(two))
    return one == two or (least > 0 and 2 * len(one & two) > least)


def _words(name: str) -> frozenset[str]:
    words = re.findall(r"\w+", fold(name))
    return frozenset(words) - _COMMON or frozenset(words)


def _shared(facts: RunFacts) -> float:
    """Return the share (0–1) of what could have been known that was: by authors, where there are enough."""
    by_authors = _shared_authors(facts)
    return _shared_ids(facts) if by_authors is None else by_authors


def _shared_ids(facts: RunFacts) -> float:
    compared = min(len(facts.past.known), facts.mentions)
    return facts.known_seen / compared if compared else 0.0


def _shared_authors(facts: RunFacts) -> float | None:
    compared = min(len(facts.past.authors), facts.authored)
    return facts.authors_seen / compared if compared >= COMPARABLE else None


def _is_another_listing(facts: RunFacts) -> bool:
    """Return whether a whole listing has nothing of what was known, neither mentions nor authors.

    One whose every mention is newer than all that was known may be a busy one that shows only its latest,
    unless it declares no more; without dates, one that goes on may be it too.
    """
    past, by_authors = facts.past, _shared_authors(facts)
    if not facts.is_whole or len(past.known) < TELLING or by_authors is None:
        return False
    if facts.unfinished and (past.newest is None or facts.oldest is None):
        return False
    if max(by_authors, _shared_ids(facts)) >= ABSENT:
        return False
    newer = past.newest is not None and facts.oldest is not None and facts.oldest > past.newest
    of_all = facts.declared_total is not None and facts.accounted_for >= facts.declared_total
    return not newer or of_all or fallen_count(facts) is not None


def _none_known(facts: RunFacts) -> str:
    if not facts.past.known or not facts.mentions:
        return ""
    read = facts.mentions
    return f"; of {read} mentions read, {facts.known_seen} were known (of {len(facts.past.known)})"


def _most_named(facts: RunFacts) -> str:
    return max(sorted(facts.subjects), key=lambda name: facts.subjects[name])


def _quoted(name: str) -> str:
    return f'"{" ".join(name.split())[:LONGEST]}"'
