"""Links between mentions (near-duplicates, suspicion), computed over the same window of the index each time.

What is found is kept with what is known of the items, so that a rebuilt index has it too. A link stays when
its original leaves the window: the figures of a past week do not move because time goes on; reasons for
suspicion stay with what has left it. The window's texts are never in memory together: ids, dates, authors and
stars are, some 200 bytes a mention, beside what linkers keep.
"""

from array import array
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast, overload

import numpy as np

from enrichment.base import LinkSubject, LinkWindow
from enrichment.linkers.duplicates import DuplicateLinker
from enrichment.linkers.shingles import shingled
from enrichment.linkers.suspicion import SuspicionLinker
from ouidire.batches import batched
from ouidire.index import MentionIndex, Query, Range, Term
from ouidire.state.items import LIVE, ItemRecord, load_items
from ouidire.state.marks import LINKED, mark_of, set_mark
from ouidire.state.runs import count_ingested
from service.pipeline.index.commit import BATCH, Changes, commit
from service.pipeline.index.readings.boilerplate import without_boilerplate
from service.pipeline.index.readings.respondents import without_respondents
from service.pipeline.installation import Installation

WINDOW_DAYS = 60
RULES = 2
"""Version of what is made here of the linkers' findings: when it changes, the window is linked again."""
TEXTS_KEPT = 2 * BATCH
"""Texts in memory at once: whoever reads them goes through the window in order."""


def link_waiting(installation: Installation) -> int:
    """Link what was ingested since the last time; nothing is read when nothing was.

    Return how many links changed.
    """
    with installation.state.read() as connection:
        taken = f"{RULES}:{DuplicateLinker.version}:{SuspicionLinker.version}:{count_ingested(connection)}"
        if mark_of(connection, LINKED) == taken:
            return 0
    since = installation.clock() - timedelta(days=WINDOW_DAYS)
    window = shingled(_window(installation, since))
    originals = _originals(window)
    changed = _save_originals(installation, window, originals, since=since)
    changed += _save_reasons(installation, window, _reasons(window._replace(originals=originals)))
    with installation.state.begin() as connection:
        set_mark(connection, LINKED, taken)
    return changed


def link_duplicates(installation: Installation) -> int:
    """Find near-duplicates alone among the mentions of the last days; return how many links changed.

    The window is by date of the mention, so that running it again at the same moment finds the same.
    """
    since = installation.clock() - timedelta(days=WINDOW_DAYS)
    window = shingled(_window(installation, since))
    return _save_originals(installation, window, _originals(window), since=since)


def _window(installation: Installation, since: datetime) -> Sequence[LinkSubject]:
    """Return the mentions since a moment, each read from the index when it is looked at."""
    return cast("Sequence[LinkSubject]", IndexWindow(installation.index, since))


def _originals(window: LinkWindow) -> dict[str, str]:
    found = {key: each.duplicate_of for key, each in DuplicateLinker().link(window).items()}
    if not found:
        return found
    return without_respondents(window.subjects, without_boilerplate(window.subjects, found))


def _reasons(window: LinkWindow) -> dict[str, tuple[str, ...]]:
    return {key: found.reasons for key, found in SuspicionLinker().link(window).items()}


_FIELDS = ("id", "period_at", "source_key", "place", "author_key", "stars", "asked_score")


class MentionFacts(NamedTuple):
    """What a linker may look at beside the text."""

    source_key: str
    place: str | None
    author_key: str | None
    stars: float | None
    asked_score: float | None


class IndexWindow(Sequence["InWindow"]):
    """The mentions since a moment, oldest first (ties by id); a text is fetched when it is read."""

    def __init__(self, index: MentionIndex, since: datetime) -> None:
        self._index = index
        ids: list[str] = []
        moments = array("q")
        facts: list[MentionFacts] = []
        sources: dict[tuple[str, str | None], tuple[str, str | None]] = {}
        for each in index.scan(Query(where=(Range(field="period_at", gte=since),)), _FIELDS):
            ids.append(str(each["id"]))
            moments.append(int(each["period_at"].timestamp() * 1e6))
            where = (str(each["source_key"]), each["place"])
            said = (each["author_key"], each["stars"], each["asked_score"])
            facts.append(MentionFacts(*sources.setdefault(where, where), *said))
        order = np.argsort(
            np.array(moments, dtype=np.int64), kind="stable"
        ).tolist()  # the scan is ordered by id
        self.ids = [ids[place] for place in order]
        self.facts = [facts[place] for place in order]
        self._moments = array("q", (moments[place] for place in order))
        self._texts: OrderedDict[int, str] = OrderedDict()
        self._ahead = 0

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> "InWindow": ...
    @overload
    def __getitem__(self, place: slice) -> "Sequence[InWindow]": ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [InWindow(self, each) for each in range(*place.indices(len(self)))]
        return InWindow(self, range(len(self))[place])

    def moment(self, place: int) -> str:
        """Return the date of a mention as ISO 8601, UTC."""
        return datetime.fromtimestamp(self._moments[place] / 1e6, UTC).isoformat(timespec="microseconds")

    def text(self, place: int) -> str:
        """Return the masked text of a mention."""
        if place not in self._texts:
            if place == 0:  # a linker goes through the window again
                self._ahead = 0
            last = min(place + BATCH, len(self)) if place == self._ahead else place + 1
            wanted = {self.ids[each]: each for each in range(place, last)}
            self._ahead = max(self._ahead, last)
            for each in self._index.scan(
                Query(where=(Term(field="id", any_of=tuple(wanted)),)), ("id", "text")
            ):
                self._texts[wanted[str(each["id"])]] = str(each["text"] or "")
            while len(self._texts) > TEXTS_KEPT:
                self._texts.popitem(last=False)
        return self._texts.get(place, "")


class InWindow:
    """One mention of a window, as a linker sees it (`LinkSubject`)."""

    __slots__ = ("_place", "_window")

    def __init__(self, window: IndexWindow, place: int) -> None:
        self._window, self._place = window, place

    @property
    def id(self) -> str:
        """Its id."""
        found: str = self._window.ids[self._place]
        return found

    @property
    def _facts(self) -> MentionFacts:
        found: MentionFacts = self._window.facts[self._place]
        return found

    @property
    def source_key(self) -> str:
        """Its source key."""
        return self._facts.source_key

    @property
    def place(self) -> str | None:
        """Its place."""
        return self._facts.place

    @property
    def author_key(self) -> str | None:
        """Its author's keyed hash."""
        return self._facts.author_key

    @property
    def stars(self) -> float | None:
        """Its stars (0–5)."""
        return self._facts.stars

    @property
    def asked_score(self) -> float | None:
        """The score that was asked for (0–10)."""
        return self._facts.asked_score

    @property
    def at(self) -> str:
        """Its date."""
        return self._window.moment(self._place)

    @property
    def text(self) -> str:
        """Its masked text."""
        return self._window.text(self._place)


def _save_originals(
    installation: Installation, window: LinkWindow, originals: Mapping[str, str], *, since: datetime
) -> int:
    """Write the links that changed, by batches; return how many.

    A link to an original that has left the window stays.
    """
    changed = 0
    for ids in batched((each.id for each in window.subjects), BATCH):
        with installation.state.read() as connection:
            rows = load_items(connection, ids)
            linked = load_items(
                connection, sorted({row.duplicate_of for row in rows.values() if row.duplicate_of})
            )
        left = {
            key
            for key, row in linked.items()
            if row.presence in LIVE and (row.published_at or row.first_seen_at) < since
        }
        moved = [
            row.model_copy(update={"duplicate_of": originals.get(key), "revision": row.revision + 1})
            for key, row in rows.items()
            if row.duplicate_of != originals.get(key) and row.duplicate_of not in left
        ]
        changed += _write(installation, moved, "duplicate_of")
    return changed


def _save_reasons(
    installation: Installation, window: LinkWindow, reasons: Mapping[str, tuple[str, ...]]
) -> int:
    """Write the reasons that changed, by batches; return of how many mentions."""
    changed = 0
    for ids in batched((each.id for each in window.subjects), BATCH):
        with installation.state.read() as connection:
            rows = load_items(connection, ids)
        moved = [
            row.model_copy(update={"suspicion": reasons.get(key, ()), "revision": row.revision + 1})
            for key, row in rows.items()
            if row.suspicion != reasons.get(key, ())
        ]
        changed += _write(installation, moved, "suspicion")
    return changed


def _write(installation: Installation, moved: list[ItemRecord], field: str) -> int:
    """Write one field of rows that moved, to the index and then to the state; return how many rows."""
    if not moved:
        return 0
    held = installation.index.get_many("mention", [row.id for row in moved])
    documents = [
        held[row.id].model_copy(update={field: getattr(row, field), "revision": row.revision})
        for row in moved
        if row.id in held
    ]
    commit(installation, Changes(documents=documents, rows=moved))
    return len(moved)
