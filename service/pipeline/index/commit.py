"""One step of work written whole: to the index first, then to the state, in one transaction.

The state is what work is decided from; it must never know of a step that the index does not hold. Killed, or
refused by the index, between the two, the state has not moved: the next pass decides the same and writes the
same revisions, which the index takes as rewritten. It cannot see whether a step was decided from the state
alone; a caller that reads the index as well must expect there what an interrupted commit left.

Nothing else in `service` writes to the index, but for a rebuild and a move, which fill one aside.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from ouidire.documents import Document, EventDocument, Kind, MentionDocument
from ouidire.state.enrichments import CachedAnnotation, delete_annotations, store_annotations
from ouidire.state.holds import Hold, save_holds
from ouidire.state.items import (
    ItemRecord,
    Snapshot,
    drop_events,
    quarantine_items,
    save_events,
    save_items,
    save_snapshot,
)
from ouidire.state.marks import drop_mark
from ouidire.state.measured import Measured, save_measured
from ouidire.state.people.decisions import forget_decisions, load_decisions, settle_decisions
from ouidire.state.renames import Alias, save_aliases
from ouidire.state.runs import Counts, Run, mark_ingested
from service.pipeline.index.decisions.apply import with_decisions
from service.pipeline.index_backend import dead_letters
from service.pipeline.installation import Installation

BATCH = 500
"""Items that a pass over many commits at once: what is in memory, and what a crash has done again."""


class Tombstone(NamedTuple):
    """What takes a document's place in the index: its kind and id, and the revision of its end."""

    kind: Kind
    id: str
    revision: int


class IngestedMark(NamedTuple):
    """The end of an ingestion: the run that the index holds all of, what it did, and when."""

    run: Run
    counts: Counts
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """The changes of one step, to the index and to the state: all of them are written, or none is believed.

    `events` go to both, under the run that found them; so do `measures`, one without a document as a
    tombstone. A tombstone of an event removes it from the state too; one of a mention drops its dead letters.
    `holds` and `aliases` are what a site's wholesale changes come to, without a document of their own.
    `forgotten_texts` are keys of texts whose annotations are removed, `failures` (id, reason) items that no
    analyser could read, `dropped_marks` the names of work over the whole corpus that has to be done again.
    `settled` are mentions (id, moment) whose documents hold what people had decided until that moment.
    """

    run: Run | None = None
    events: Sequence[EventDocument] = ()
    documents: Sequence[Document] = ()
    measures: Sequence[Measured] = ()
    tombstones: Sequence[Tombstone] = ()
    rows: Sequence[ItemRecord] = ()
    snapshots: Sequence[Snapshot] = ()
    holds: Sequence[Hold] = ()
    aliases: Sequence[Alias] = ()
    annotations: Sequence[tuple[str, str, int, CachedAnnotation]] = ()
    failures: Sequence[tuple[str, str]] = ()
    forgotten_texts: Sequence[str] = ()
    dropped_marks: Sequence[str] = ()
    settled: Sequence[tuple[str, datetime]] = ()
    ingested: IngestedMark | None = None

    def __post_init__(self) -> None:
        if self.run is None and (self.events or self.failures):
            message = "events and failures are kept under the run that found them: name it"
            raise ValueError(message)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not any(getattr(self, each.name) for each in fields(self) if each.name != "run")


def commit(installation: Installation, changes: Changes) -> None:
    """Write changes to the index, then to the state; nothing is touched where there are none.

    Raises IndexUnavailable when the index cannot take them all; the state is then as it was.
    """
    if changes.is_empty:
        return
    _write_to_index(installation, changes)
    with installation.state.begin() as connection:
        _write_to_state(connection, changes)


def _write_to_index(installation: Installation, changes: Changes) -> None:
    """Write documents, then tombstones.

    Events come before the documents whose change they are of: where the index holds such a document, it holds
    its event. What people decided of a mention is put into its document here, whoever made that.
    """
    measured = [each.document for each in changes.measures if each.document is not None]
    documents = [*changes.events, *_decided(installation, changes.documents), *measured]
    if documents:
        installation.index.upsert(documents)
    gone = [
        *changes.tombstones,
        *(Tombstone("measure", each.id, each.revision) for each in changes.measures if each.document is None),
    ]
    for kind in dict.fromkeys(each.kind for each in gone):
        installation.index.delete(kind, [(each.id, each.revision) for each in gone if each.kind == kind])
    mentions = _ids(changes.tombstones, "mention")
    if mentions:
        dead_letters(installation.settings).forget("mention", frozenset(mentions))


def _decided(installation: Installation, documents: Sequence[Document]) -> list[Document]:
    """Return documents, those of mentions as people have decided of them."""
    ids = [each.id for each in documents if isinstance(each, MentionDocument)]
    if not ids:
        return list(documents)
    with installation.state.read() as connection:
        decisions = load_decisions(connection, ids)
    return [
        with_decisions(each, decisions[each.id])
        if isinstance(each, MentionDocument) and each.id in decisions
        else each
        for each in documents
    ]


def _write_to_state(connection: Connection, changes: Changes) -> None:
    save_items(connection, changes.rows)
    if changes.run is not None:
        save_events(connection, changes.events, run=changes.run.sequence)
        quarantine_items(connection, changes.failures, run=changes.run.sequence)
    drop_events(connection, _ids(changes.tombstones, "event"))
    forget_decisions(connection, _ids(changes.tombstones, "mention"))
    settle_decisions(connection, changes.settled)
    for each in changes.snapshots:
        save_snapshot(connection, each)
    save_holds(connection, changes.holds)
    save_aliases(connection, changes.aliases)
    store_annotations(connection, changes.annotations)
    delete_annotations(connection, changes.forgotten_texts)
    save_measured(connection, changes.measures)
    for mark in changes.dropped_marks:
        drop_mark(connection, mark)
    if changes.ingested is not None:
        run, counts, at = changes.ingested
        mark_ingested(connection, run, counts, now=at)


def _ids(tombstones: Sequence[Tombstone], kind: Kind) -> list[str]:
    return [each.id for each in tombstones if each.kind == kind]
