"""Withdrawn mentions of services whose terms want what is deleted there to be deleted here.

Their words leave the index, the annotations and every harvest, and nothing keeps them from coming back where
the service shows them again. It cannot see which services want that: their sources say so (`Source.erases`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import structlog

from crawlers import SOURCES, load_source
from ouidire.batches import batched
from ouidire.documents import EventDocument
from ouidire.harvest.suppression import remove_suppressed
from ouidire.items import Presence
from ouidire.state.items import LIVE, ItemRecord, events_of, find_items, load_items
from ouidire.state.marks import LINKED
from ouidire.state.renames import further_ids
from ouidire.state.runs import Run
from service.pipeline.index.commit import BATCH, Changes, Tombstone, commit
from service.pipeline.installation import Installation

log = structlog.get_logger()


class Dropped(NamedTuple):
    """What was dropped: mentions, harvests rewritten, pages dropped, events."""

    mentions: int = 0
    harvests: int = 0
    pages: int = 0
    events: int = 0


def erases(slug: str) -> bool:
    """Return whether what the service of a source shows as removed is erased here."""
    return slug in SOURCES and load_source(slug).erases


def departed_authors(run: Run) -> frozenset[str]:
    """Return the keyed hashes of authors whose account a run has seen go, where their words are erased."""
    return frozenset(run.summary.departed) if run.summary and erases(run.source) else frozenset()


def drop_withdrawn(installation: Installation, run: Run) -> Dropped:
    """Drop the known mentions that a run has seen removed, whatever else is thought of the run.

    All mentions of an author whose account is gone are among them.

    One that the run shows all the same has lost its author alone: what was known of it goes, and the run's
    own reading comes in its place. Raises HarvestError when a harvest cannot be read.
    """
    withdrawn = run.summary.withdrawn if run.summary else ()
    departed = departed_authors(run)
    if not (withdrawn or departed) or not erases(run.source):
        return Dropped()
    own = installation.harvests.open(run.source, run.source_key, run.id)
    wanted = frozenset(withdrawn)
    shown = {each.id for each in own.items() if each.id in wanted}
    rows: list[ItemRecord] = []
    for ids in batched(withdrawn, BATCH):
        with installation.state.read() as connection:
            found = load_items(connection, ids)
        rows += [
            row
            for row in found.values()
            if row.presence in LIVE
            and row.last_run <= run.sequence
            and not (row.id in shown and (row.author_key is None or row.last_run == run.sequence))
        ]
    for authors in batched(sorted(departed), BATCH):
        with installation.state.read() as connection:
            found_of = find_items(connection, author_keys=authors)
        named = {row.id for row in rows}
        rows += [
            row
            for row in found_of
            if row.id not in named and row.presence in LIVE and row.source_key == run.source_key
        ]
    return drop_mentions(installation, rows, besides=run.id)


def drop_mentions(
    installation: Installation, rows: Sequence[ItemRecord], *, besides: str | None = None
) -> Dropped:
    """Drop known mentions from the index and from every harvest of their sources, but for one run's.

    Raises HarvestError when a harvest cannot be read, IndexUnavailable when the index cannot take it.
    """
    if not rows:
        return Dropped()
    ids = [row.id for row in rows]
    with installation.state.read() as connection:
        events = events_of(connection, ids)
        refused = frozenset((*ids, *further_ids(connection, ids)))
    sources = {row.source for row in rows}
    removed = remove_suppressed(
        [
            each
            for each in installation.harvests.sealed()
            if each.manifest.source in sources and each.manifest.run_id != besides
        ],
        refused,
    )
    changed = [row.model_copy(update={"revision": row.revision + 1}) for row in rows]
    commit(
        installation,
        Changes(
            tombstones=tombstones(changed, events),
            rows=[emptied(row, "expired") for row in changed],
            forgotten_texts=[row.text_key for row in rows if row.text_key],
            dropped_marks=[LINKED],
        ),
    )
    log.info("withdrawn words dropped", mentions=len(rows), harvests=removed.harvests, pages=removed.pages)
    return Dropped(len(rows), removed.harvests, removed.pages, len(events))


def tombstones(rows: Sequence[ItemRecord], events: Sequence[EventDocument]) -> list[Tombstone]:
    """Return the tombstones of mentions, and before them those of their events."""
    return [
        *(Tombstone("event", each.id, each.revision + 1) for each in events),
        *(Tombstone("mention", row.id, row.revision) for row in rows),
    ]


def emptied(row: ItemRecord, presence: Presence) -> ItemRecord:
    """Return the record of a mention whose words are gone."""
    return row.model_copy(
        update={
            "presence": presence,
            "content": "",
            "author_key": None,
            "url_hash": None,
            "text_key": None,
            "duplicate_of": None,
            "suspicion": (),
            "emergent": (),
            "kept": {},
        }
    )
