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
    words = _other_name(facts) or _other_place(facts)
    if (
        words is None
        and past.known
        and facts.mentions
        and (_is_another_listing(facts) or _is_new_past(facts))
    ):
        words = "the pages show nothing of what was known"
    return None if words is None else f"{words}{_none_known(facts)}"


def _other_name(facts: RunFacts) -> str | None:
    """Return what the pages are about and were before, where that differs and little was known, or None."""
    past = facts.past
    if not (past.subjects and facts.subjects) or _shared(facts) >= SHARED:
        return None
    if same_names(facts.subjects, past.subjects):
        return None
    return f"the pages are about {_quoted(_most_named(facts))}, before about {_quoted(past.subjects[0])}"


def _other_place(facts: RunFacts) -> str | None:
    """Return where the pages, or what they list, lie now and before, where that differs, or None."""
    past = facts.past
    if not (past.known and facts.mentions) or _shared(facts) >= SHARED:
        return None
    if _differ(past.sites, facts.sites):
        return f"what is listed lies on {_quoted(min(facts.sites))}, before on {_quoted(past.sites[0])}"
    named = bool(past.subjects and facts.subjects)
    if facts.enumerates and not named and _differ(past.hosts, facts.hosts):
        return f"the address leads to {_quoted(min(facts.hosts))}, before to {_quoted(past.hosts[0])}"
    return None


def _differ(before: tuple[str, ...], now: Iterable[str]) -> bool:
    """Return whether both hold something, and nothing in common."""
    found = set(now)
    return bool(before and found) and found.isdisjoint(before)


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
    if not (facts.enumerates and facts.is_whole) or len(past.known) < TELLING or by_authors is None:
        return False
    if facts.unfinished and (past.newest is None or facts.oldest is None):
        return False
    if max(by_authors, _shared_ids(facts)) >= ABSENT:
        return False
    newer = past.newest is not None and facts.oldest is not None and facts.oldest > past.newest
    of_all = facts.declared_total is not None and facts.accounted_for >= facts.declared_total
    return not newer or of_all or fallen_count(facts) is not None


def _is_new_past(facts: RunFacts) -> bool:
    """Return whether of much that is no newer than what was known nothing is: a new past has come with it."""
    if facts.imports or min(len(facts.past.known), facts.overlapping) < TELLING or facts.known_seen:
        return False
    return (_shared_authors(facts) or 0.0) < ABSENT


def _none_known(facts: RunFacts) -> str:
    if not facts.past.known or not facts.mentions:
        return ""
    read = facts.mentions
    return f"; of {read} mentions read, {facts.known_seen} were known (of {len(facts.past.known)})"


def _most_named(facts: RunFacts) -> str:
    return max(sorted(facts.subjects), key=lambda name: facts.subjects[name])


def _quoted(name: str) -> str:
    return f'"{" ".join(name.split())[:LONGEST]}"'
