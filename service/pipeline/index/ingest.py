"""Ingest: from a sealed harvest to the index, so that doing it twice, or being killed in the middle, changes nothing.

Order, for each batch: decide from the state, write to the index, then commit to the state. Killed between the
last two, the next ingestion decides the same again and writes the same revisions, which the index takes as
rewritten. A run is marked ingested only after the index has acknowledged everything of it, its run document
included.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import structlog

from ouidire.documents import Document, EventDocument, MentionDocument
from ouidire.errors import HarvestError
from ouidire.harvest.store import HarvestItem
from ouidire.ids import digest
from ouidire.mention import Mention, RatingSummary
from ouidire.serp import SearchPage
from ouidire.state.enrichments import store_annotations
from ouidire.state.items import (
    ItemRecord,
    load_items,
    quarantine_items,
    save_events,
    save_items,
    unseen_items,
)
from ouidire.state.runs import (
    KILLED,
    Counts,
    Run,
    count_items,
    killed_runs_before,
    mark_ingested,
    run_by_id,
    start_times,
    waiting_runs,
)
from ouidire.state.suppressions import suppressed
from service.pipeline.index.annotate import AnnotatedMention, MentionAnnotator
from service.pipeline.index.decide import ChangeKind, Decision, decide, relevant_brands
from service.pipeline.index.documents import (
    filled_documents,
    mention_document,
    run_document,
    summary_document,
)
from service.pipeline.index.search_pages import IndexedResultPage, ingest_page
from service.pipeline.installation import Installation
from service.pipeline.keep.forget import forget_refused

log = structlog.get_logger()
VANISH_CHUNK = 500
GONE_REVISION = 3
"""Of the tombstone of a run: above the two that its document has had."""


class Ingested(NamedTuple):
    """What one ingestion did."""

    run: Run
    counts: Counts


class WithoutSuppressed:
    """The items of a harvest but for those of people who asked to be forgotten; `left_out` counts these."""

    def __init__(self, items: Iterable[HarvestItem], refused: frozenset[str]) -> None:
        self._items, self._refused = items, refused
        self.left_out = 0

    def __iter__(self) -> Iterator[HarvestItem]:
        for each in self._items:
            if each.id in self._refused or (
                isinstance(each.item, Mention) and each.item.author_key in self._refused
            ):
                self.left_out += 1
            else:
                yield each


def ingest_waiting(
    installation: Installation, *, reader: MentionAnnotator | None = None, problems: list[str] | None = None
) -> list[Ingested]:
    """Ingest every ended run that the index has not wholly taken, oldest first.

    A damaged harvest waits, for it may be restored, and stops none of the others: it is told of in `problems`
    or, without that, raised as HarvestError once the others are done. Raises IndexUnavailable when the index
    cannot take any: all wait.
    """
    with installation.state.read() as connection:
        waiting = waiting_runs(connection)
    if not waiting:
        return []
    chosen = reader or MentionAnnotator(installation.settings)
    done: list[Ingested] = []
    damaged: list[str] = []
    for run in waiting:
        try:
            done.append(ingest(installation, run, reader=chosen))
        except HarvestError as error:
            damaged.append(f"run {run.id} of {run.source_key} waits: {error}")
            log.warning("harvest damaged", run=run.id, source=run.source)
    if problems is not None:
        problems += damaged
    elif damaged:
        raise HarvestError("\n".join(damaged))
    return done


def ingest(installation: Installation, run: Run, *, reader: MentionAnnotator) -> Ingested:
    """Bring one run into the index.

    Raises IndexUnavailable when the index cannot take it: the harvest waits.
    """
    if run.sealed:
        with installation.state.read() as connection:
            refused = suppressed(connection)
        harvest = installation.harvests.open(run.source, run.source_key, run.id)
        wanted = WithoutSuppressed(harvest.items(), refused)
        for batch in _batched(wanted, installation.settings.enrichment.batch):
            _take(installation, run, batch, reader)
        if wanted.left_out:  # someone asked to be forgotten after this was collected
            forget_refused(harvest, refused)
        if run.summary is not None and run.summary.complete and run.kind == "collect":
            _vanish(installation, run)
    with installation.state.read() as connection:
        counts = count_items(connection, run)
        again = killed_runs_before(connection, run) if run.kind == "collect" and run.reason != KILLED else []
    now = installation.clock()
    done = run.model_copy(update={**counts.model_dump(), "ingested_at": now})
    if run.kind != "reparse":  # it says nothing of how the source is
        installation.index.upsert([run_document(done), *filled_documents(done)])
    if again:  # killed and made again: nothing was missed, and nobody need be told
        installation.index.delete("run", [(each, GONE_REVISION) for each in again])
    with installation.state.begin() as connection:
        mark_ingested(connection, run, counts, now=now)
        ended = run_by_id(connection, run.id) or done
    log.info("ingested", run=run.id, source=run.source, **counts.model_dump())
    return Ingested(ended, counts)


def _take(installation: Installation, run: Run, batch: list[HarvestItem], reader: MentionAnnotator) -> None:
    """Ingest one batch of harvested items."""
    documents: list[Document] = [
        summary_document(each.item, each.id, run=run, seen_at=each.seen_at)
        for each in batch
        if isinstance(each.item, RatingSummary)
    ]
    pages = [
        ingest_page(installation, run, each.item, each.id)
        for each in batch
        if isinstance(each.item, SearchPage)
    ]
    decisions = _decisions(installation, run, [each for each in batch if isinstance(each.item, Mention)])
    changed = [each for each in decisions if each.changed]
    with installation.state.read() as connection:
        readings = reader.annotate(connection, [each.mention for each in changed])
    rows = [each.row for each in decisions if not each.changed]
    kinds: dict[str, ChangeKind] = {}
    mentions: list[MentionDocument] = []
    failures: list[tuple[str, str]] = []
    for decision, reading in zip(changed, readings, strict=True):
        row = decision.row.model_copy(update={"text_key": reading.key})
        mentions.append(mention_document(reading, row, run))
        rows.append(row)
        if reading.failure is not None:
            failures.append((row.id, reading.failure))
        if decision.event is not None:
            kinds[row.id] = decision.event
    _write(
        installation,
        run,
        [*documents, *mentions],
        rows=rows,
        events=_change_events(installation, kinds, mentions, run),
        pages=pages,
        readings=readings,
        failures=failures,
    )


def _write(
    installation: Installation,
    run: Run,
    documents: list[Document],
    *,
    rows: list[ItemRecord],
    events: list[EventDocument],
    pages: list[IndexedResultPage],
    readings: list[AnnotatedMention],
    failures: list[tuple[str, str]],
) -> None:
    """Write one batch: to the index first, events before what they tell of, then to the state, in one transaction."""
    installation.index.upsert(
        [
            *events,
            *(each for page in pages for each in page.events),
            *documents,
            *(each for page in pages for each in page.documents),
        ]
    )
    for page in pages:
        if page.removed:
            installation.index.delete("search_result", page.removed)
        if page.untold:
            installation.index.delete("event", page.untold)
    with installation.state.begin() as connection:
        save_items(connection, rows)
        save_events(
            connection, [*events, *(each for page in pages for each in page.events)], run=run.sequence
        )
        store_annotations(connection, [said for reading in readings for said in reading.fresh])
        quarantine_items(connection, failures, run=run.sequence)
        for page in pages:
            page.save(connection)


def _decisions(installation: Installation, run: Run, batch: list[HarvestItem]) -> list[Decision]:
    """Decide what each harvested mention is: those already settled by this run, and those off topic, are left out."""
    with installation.state.read() as connection:
        before = load_items(connection, [each.id for each in batch])
        missed = start_times(
            connection, (row.vanished_run for row in before.values() if row.vanished_run is not None)
        )
    best: dict[str, tuple[HarvestItem, Mention]] = {}
    for each in batch:
        if isinstance(each.item, Mention) and (each.id not in best or each.item.extent == "full"):
            best[each.id] = (each, each.item)
    decided: list[Decision] = []
    for each, mention in best.values():
        brands = relevant_brands(mention, run, installation.settings.brand)
        if brands is None:
            continue
        row = before.get(each.id)
        missed_at = missed.get(row.vanished_run) if row is not None and row.vanished_run is not None else None
        decision = decide(
            mention, each.id, seen_at=each.seen_at, run=run, brands=brands, before=row, missed_at=missed_at
        )
        if decision is not None:
            decided.append(decision)
    return decided


def _vanish(installation: Installation, run: Run) -> None:
    """Mark what a complete enumeration no longer showed."""
    while True:
        with installation.state.read() as connection:
            missing = unseen_items(connection, run.source_key, run=run.sequence, limit=VANISH_CHUNK)
        if not missing:
            return
        rows: list[ItemRecord] = []
        documents: list[Document] = []
        events: list[EventDocument] = []
        held = installation.index.get_many("mention", [row.id for row in missing])
        for row in missing:
            changed = row.model_copy(
                update={"presence": "vanished", "revision": row.revision + 1, "vanished_run": run.sequence}
            )
            rows.append(changed)
            before = held.get(row.id)
            if isinstance(before, MentionDocument):
                document = before.model_copy(update={"presence": "vanished", "revision": changed.revision})
                documents.append(document)
                events.append(_event("vanished", document, before, run))
        installation.index.upsert([*events, *documents])
        with installation.state.begin() as connection:
            save_items(connection, rows)
            save_events(connection, events, run=run.sequence)


def _change_events(
    installation: Installation,
    kinds: Mapping[str, ChangeKind],
    documents: Sequence[MentionDocument],
    run: Run,
) -> list[EventDocument]:
    """Return the events of changed mentions: those that `kinds` names, in the order of their documents.

    Taken up again after a kill, an event is what was written the first time: the index may hold the new text
    already.
    """
    told = [each for each in documents if each.id in kinds]
    if not told:
        return []
    before = installation.index.get_many("mention", [each.id for each in told])
    again = [
        _event_id(kinds[each.id], each)
        for each in told
        if each.id in before and before[each.id].revision >= each.revision
    ]
    written = installation.index.get_many("event", again) if again else {}
    events: list[EventDocument] = []
    for each in told:
        first, held = written.get(_event_id(kinds[each.id], each)), before.get(each.id)
        if isinstance(first, EventDocument):
            events.append(first)
        else:
            events.append(
                _event(kinds[each.id], each, held if isinstance(held, MentionDocument) else None, run)
            )
    return events


def _event_id(kind: str, document: MentionDocument) -> str:
    return digest("event", kind, document.id, str(document.revision))


def _event(kind: str, document: MentionDocument, before: MentionDocument | None, run: Run) -> EventDocument:
    return EventDocument.model_validate(
        {
            "id": _event_id(kind, document),
            "revision": 1,
            "type": kind,
            "at": run.started_at,
            "run_id": run.id,
            "source": run.source,
            "source_key": document.source_key,
            "brands": document.brands,
            "subject_id": document.id,
            "subject": document.title,
            "url": document.url,
            "before": _short(before.text) if before else None,
            "after": _short(document.text) if kind != "vanished" else None,
            "stars_before": before.stars if before else None,
            "stars_after": document.stars if kind != "vanished" else None,
        },
    )


def _short(text: str) -> str:
    return text if len(text) <= 400 else text[:399].rstrip() + "…"  # noqa: PLR2004 (what an event shows)


def _batched(items: Iterable[HarvestItem], size: int) -> Iterator[list[HarvestItem]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
