"""Comparison of the index with the state, before any figure is read from it.

The index is disposable and is made anew, empty, where it is missing; the state knows what it must hold. It
is written before the state, so that it may be ahead of it for a moment and never behind. It cannot see a
document whose content was changed by hand.
"""

from typing import NamedTuple

from ouidire.errors import IndexUnavailable
from ouidire.index import Query
from ouidire.state.items import live_by_source
from service.pipeline.index_backend import dead_letters
from service.pipeline.installation import Installation

SOURCES = 10_000
"""Source keys that are compared; an installation has some tens."""
NAMED = 3


class MissingMentions(NamedTuple):
    """One source of which the index holds fewer live mentions than the state knows."""

    source_key: str
    held: int
    known: int


def missing_mentions(installation: Installation) -> list[MissingMentions]:
    """Return the sources of which the index lacks mentions, by source key; empty where it lacks none.

    What the server refused for good and is kept aside counts as held. Raises IndexUnavailable.
    """
    with installation.state.read() as connection:
        known = live_by_source(connection)
    if not known:
        return []
    buckets = installation.index.facet(Query(), "source_key", size=SOURCES)
    held = {str(bucket.value): bucket.n for bucket in buckets}
    short = [
        MissingMentions(key, held.get(key, 0), count)
        for key, count in sorted(known.items())
        if held.get(key, 0) < count
    ]
    aside = dead_letters(installation.settings).count()
    return short if sum(each.known - each.held for each in short) > aside else []


def require_complete(installation: Installation) -> None:
    """Raise IndexUnavailable, saying what to do, where the index lacks mentions that the state knows."""
    short = missing_mentions(installation)
    if not short:
        return
    named = "; ".join(f"{each.source_key}: {each.held} of {each.known}" for each in short[:NAMED])
    more = f"; and {len(short) - NAMED} more sources" if len(short) > NAMED else ""
    raise IndexUnavailable(
        f"the index lacks mentions that the state knows ({named}{more}): nothing is told from it; "
        "make it anew with `ouidire index rebuild`"
    )
