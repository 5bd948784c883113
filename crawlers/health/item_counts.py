"""The counting of a run's items into its facts: fields filled, texts shown whole, mentions known before.

Nothing is kept of an item but a number, so that memory stays flat however long a run is.
"""

from collections.abc import Sequence
from datetime import datetime

from crawlers.health.facts import WHOLE_TEXT, RunFacts
from crawlers.health.past import ID_DIGITS
from ouidire.items import Item, Parsed
from ouidire.mention import Mention, RatingSummary
from ouidire.serp import SearchPage
from ouidire.text.excerpts import is_excerpt

SUBJECTS_KEPT = 20
"""Names of what the pages of a run are about; a listing of products has more, and none is its own."""
TEXTS_KEPT = 50_000
"""Texts of a run among which a repeated one is noticed."""


class ItemCounts:
    """Counts the items of one run into its facts; `fields` are those whose filling is watched."""

    def __init__(self, facts: RunFacts, *, fields: Sequence[str], started_at: datetime) -> None:
        self._facts = facts
        self._fields = tuple(fields)
        self._started_at = started_at
        self._known = set(facts.past.known)
        self._authors = set(facts.past.authors)
        self._texts_seen: set[int] = set()

    def is_known(self, item_id: str) -> bool:
        """Return whether the source had an item before that was not met yet in this run."""
        return item_id[:ID_DIGITS] in self._known

    def count(self, item_id: str, item: Item) -> None:
        """Count an item that is kept."""
        facts = self._facts
        facts.items += 1
        if not isinstance(item, Mention | RatingSummary):
            facts.results += 1
            facts.entries += len(item.entries) if isinstance(item, SearchPage) else 1
            return
        self._name(item.subject)
        if not isinstance(item, Mention):
            return
        facts.mentions += 1
        for name in self._fields:
            value = getattr(item, "author_key" if name == "author" else name, None)
            facts.filled[name] += value is not None and value != ""
        facts.filled[WHOLE_TEXT] += not item.text or self._is_whole(item.text)
        if item.published and item.published.at <= self._started_at:
            at = item.published.at
            facts.newest = max(facts.newest or at, at)
            facts.oldest = min(facts.oldest or at, at)
            facts.overlapping += facts.past.newest is not None and at <= facts.past.newest
        self.recognise(item_id, item)

    def count_page(self, parsed: Parsed) -> None:
        """Count whose a page is, where what it lists lies, and which engines were silent."""
        self._facts.silent |= parsed.silent
        self._name(parsed.subject)
        if parsed.site:
            self._facts.sites[parsed.site] += 1

    def _name(self, subject: str | None) -> None:
        subjects = self._facts.subjects
        if subject and (subject in subjects or len(subjects) < SUBJECTS_KEPT):
            subjects[subject] += 1

    def recognise(self, item_id: str, item: Item) -> None:
        """Count a mention that the source had before, and its author, each once."""
        if not isinstance(item, Mention):
            return
        short, author = item_id[:ID_DIGITS], (item.author_key or "")[:ID_DIGITS]
        if short in self._known:
            self._known.discard(short)
            self._facts.known_seen += 1
        self._facts.authored += bool(author)
        if author in self._authors:
            self._authors.discard(author)
            self._facts.authors_seen += 1

    def fill_rates(self) -> dict[str, float]:
        """Return the share (0–1) of mentions that have each watched field; nothing without mentions."""
        n = self._facts.mentions
        return {name: self._facts.filled[name] / n for name in (*self._fields, WHOLE_TEXT)} if n else {}

    def _is_whole(self, text: str) -> bool:
        """Return whether a text is neither an excerpt nor, word for word, another one of this run."""
        before = len(self._texts_seen)
        if before < TEXTS_KEPT:
            self._texts_seen.add(hash(text))
            if len(self._texts_seen) == before:
                return False
        return not is_excerpt(text)
