"""Ingestion of a sealed harvest into the index; twice, or killed in the middle, it changes nothing more.

Each batch is decided from the state and committed: index first, then state (`commit`). A run is marked
ingested only after the index has acknowledged everything of it, its run document included.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import structlog

from ouidire.batches import batched
from ouidire.documents import MentionDocument
from ouidire.engines.answers import AssistantAnswer
from ouidire.errors import HarvestError
from ouidire.harvest.store import HarvestItem
from ouidire.harvest.suppression import WithoutSuppressed, remove_suppressed
from ouidire.mention import Mention, RatingSummary
from ouidire.serp import SearchPage, SuggestionList
from ouidire.state.holds import Hold
from ouidire.state.items import LIVE, load_items
from ouidire.state.renames import known_ids
from ouidire.state.runs import (
    KILLED,
    Counts,
    Run,
    count_items,
    hold_run,
    is_held,
    killed_runs_before,
    run_by_id,
    start_times,
    waiting_runs,
)
from ouidire.state.suppressions import suppressed
from service.pipeline.index.annotate import MentionAnnotator
from service.pipeline.index.change_events import change_events
from service.pipeline.index.commit import Changes, IngestedMark, Tombstone, commit
from service.pipeline.index.decide import NOTHING_STANDS, Decision, decide, relevant_brands
from service.pipeline.index.documents import mention_document
from service.pipeline.index.engines.answers import answer_document
from service.pipeline.index.engines.suggestions import suggestion_document
from service.pipeline.index.readings.asking import hold_measures, question, stranger_hold
from service.pipeline.index.readings.examine import Examination, examine
from service.pipeline.index.readings.vanish import mark_vanished, mark_withdrawn
from service.pipeline.index.readings.withdrawn import departed_authors, drop_withdrawn, erases
from service.pipeline.index.run_documents import filled_documents, run_document, summary_document
from service.pipeline.index.search_pages import ingest_page, is_usable
from service.pipeline.installation import Installation

log = structlog.get_logger()
GONE_REVISION = 3
"""Of the tombstone of a run: above the two that its document has had."""


class Ingested(NamedTuple):
    """One run ingested, with what became of its items, and what a person is asked about it.

    `unread` are why texts of it could not be analysed, one reason for each.
    """

    run: Run
    counts: Counts
    asked: tuple[Hold, ...] = ()
    unread: tuple[str, ...] = ()


def ingest_waiting(
    installation: Installation,
    *,
    annotator: MentionAnnotator | None = None,
    problems: list[str] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Ingested]:
    """Ingest every ended run that the index has not wholly taken, oldest first.

    A damaged harvest waits, for it may be restored, and stops none of the others: it is named in `problems`
    or, without that, raised as HarvestError once the others are done. Raises IndexUnavailable when the index
    cannot take any: all wait. `on_progress` is called with the items done and all that wait, as they grow.
    """
    with installation.state.read() as connection:
        waiting = waiting_runs(connection)
    if not waiting:
        return []
    used = annotator or MentionAnnotator(installation.settings)
    done: list[Ingested] = []
    damaged: list[str] = []
    asked: list[str] = []
    total, before = sum(map(_items_of, waiting)), 0
    for run in waiting:
        count = None if on_progress is None else partial(_count, on_progress, before, total)
        before += _items_of(run)
        try:
            done.append(ingest(installation, run, annotator=used, on_batch=count))
            asked += [question(each) for each in done[-1].asked]
            asked += _unread_line(done[-1])
        except HarvestError as error:
            damaged.append(f"run {run.id} of {run.source_key} waits: {error}")
            log.warning("harvest damaged", run=run.id, source=run.source)
    if problems is not None:
        problems += [*damaged, *asked]
    elif damaged:
        raise HarvestError("\n".join(damaged))
    return done


def _items_of(run: Run) -> int:
    return run.summary.items if run.summary is not None and run.sealed else 0


def _count(on_progress: Callable[[int, int], None], before: int, total: int, done: int) -> None:
    """Say how many items of all runs are done; a harvest may hold more than its summary counts."""
    on_progress(min(before + done, total), total)


def ingest(
    installation: Installation,
    run: Run,
    *,
    annotator: MentionAnnotator,
    answered: bool = False,
    on_batch: Callable[[int], None] | None = None,
) -> Ingested:
    """Write one run to the index; with `answered` once more, since a person accepted what it changes.

    `on_batch` is called with the number of items done after each batch.

    Raises IndexUnavailable when the index cannot take it, AnalysisUnavailable when no text can be read
    here: the harvest waits.
    """
    found = Examination()
    unread: list[str] = []
    done_items = 0
    if run.sealed and run.kind == "collect" and not answered:
        drop_withdrawn(installation, run)
    if run.sealed and not is_held(run):
        with installation.state.read() as connection:
            refused = suppressed(connection) | departed_authors(run)
        harvest = installation.harvests.open(run.source, run.source_key, run.id)
        found = examine(installation, run, WithoutSuppressed(harvest.items(), refused), answered=answered)
        commit(
            installation,
            Changes(holds=found.holds, aliases=found.aliases, measures=hold_measures(found, run)),
        )
        if found.withheld:
            with installation.state.begin() as connection:
                run = hold_run(connection, run, stranger_hold(found))
        wanted = WithoutSuppressed(() if found.withheld else harvest.items(), refused)
        for batch in batched(wanted, installation.settings.enrichment.batch):
            unread += _ingest_batch(installation, run, batch, annotator, found)
            done_items += len(batch)
            if on_batch is not None:
                on_batch(done_items)
        if wanted.left_out:  # someone asked to be forgotten after this was collected
            remove_suppressed([harvest], refused)
        complete = run.summary is not None and run.summary.complete and run.kind == "collect"
        if complete and not found.withheld and not answered:
            mark_vanished(installation, run, renamed=found.renamed)
        if run.kind == "collect" and not found.withheld and not answered and not erases(run.source):
            mark_withdrawn(installation, run)
    with installation.state.read() as connection:
        counts = count_items(connection, run)
        again = killed_runs_before(connection, run) if run.kind == "collect" and run.reason != KILLED else []
    now = installation.clock()
    done = run.model_copy(update={**counts.model_dump(), "ingested_at": now})
    shown = run.kind != "reparse"  # a reparse says nothing of how the source is
    commit(
        installation,
        Changes(
            documents=[run_document(done), *filled_documents(done)] if shown else (),
            # killed and made again: nothing was missed
            tombstones=[Tombstone("run", each, GONE_REVISION) for each in again],
            ingested=IngestedMark(run, counts, now),
        ),
    )
    with installation.state.read() as connection:
        ended = run_by_id(connection, run.id) or done
    for hold in found.holds:
        log.warning("site change", run=run.id, source=run.source, kind=hold.kind, status=hold.status)
    log.info("ingested", run=run.id, source=run.source, **counts.model_dump())
    held = tuple(each for each in found.holds if each.status == "held")
    return Ingested(ended, counts, held, tuple(unread))


def _unread_line(done: Ingested) -> list[str]:
    """Return the line that tells of texts that no analyser could read; nothing where there is none."""
    if not done.unread:
        return []
    why = ", ".join(sorted(set(done.unread)))
    count = (
        f"run {done.run.id} of {done.run.source_key}: {len(done.unread)} texts could not be analysed ({why})"
    )
    return [f"{count}; they are counted, and are in no other figure; `ouidire reenrich` tries again"]


def _ingest_batch(
    installation: Installation,
    run: Run,
    batch: list[HarvestItem],
    annotator: MentionAnnotator,
    found: Examination,
) -> list[str]:
    """Ingest one batch of harvested items; return why texts of it could not be analysed."""
    summaries = [
        summary_document(each.item, each.id, run=run, seen_at=each.seen_at)
        for each in batch
        if isinstance(each.item, RatingSummary)
    ]
    pages = [
        ingest_page(installation, run, each.item, each.id)
        for each in batch
        if isinstance(each.item, SearchPage) and is_usable(run)
    ]
    suggestions = [
        suggestion_document(each.item, each.id, run=run)
        for each in batch
        if isinstance(each.item, SuggestionList) and is_usable(run)
    ]
    answers = [
        answer_document(
            each.item,
            each.id,
            run=run,
            brands=installation.settings.brand,
            sites=installation.settings.sites.catalogue,
        )
        for each in batch
        if isinstance(each.item, AssistantAnswer)
    ]
    decisions = _decide_all(
        installation, run, [each for each in batch if isinstance(each.item, Mention)], found
    )
    changed = [each for each in decisions if each.changed]
    with installation.state.read() as connection:
        annotated_mentions = annotator.annotate(connection, [each.mention for each in changed])
    rows = [each.row for each in decisions if not each.changed]
    mentions: list[MentionDocument] = []
    failures: list[tuple[str, str]] = []
    for decision, annotated in zip(changed, annotated_mentions, strict=True):
        row = decision.row.model_copy(update={"text_key": annotated.key})
        mentions.append(mention_document(annotated, row, run))
        rows.append(row)
        if annotated.failure is not None:
            failures.append((row.id, annotated.failure))
    kinds = {each.row.id: each.event for each in changed if each.event is not None}
    commit(
        installation,
        Changes(
            run=run,
            events=[
                *change_events(installation.index, kinds, mentions, run),
                *(each for page in pages for each in page.events),
            ],
            documents=[
                *summaries,
                *suggestions,
                *answers,
                *mentions,
                *(each for page in pages for each in page.documents),
            ],
            tombstones=[each for page in pages for each in page.tombstones],
            rows=rows,
            snapshots=[page.snapshot for page in pages],
            annotations=[row for annotated in annotated_mentions for row in annotated.fresh],
            failures=failures,
        ),
    )
    return [reason for _, reason in failures]


def _decide_all(
    installation: Installation, run: Run, batch: list[HarvestItem], found: Examination
) -> list[Decision]:
    """Decide on each harvested mention; those off topic, or settled by this run already, are left out."""
    with installation.state.read() as connection:
        known = known_ids(connection, [each.id for each in batch])
        batch = [each.model_copy(update={"id": known.get(each.id, each.id)}) for each in batch]
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
        row = before.get(each.id)
        brands = relevant_brands(mention, run, installation.settings.brand)
        if brands is None and row is not None and row.presence in LIVE and each.page is None:
            brands = ()  # asked for again: an edit is followed though it names the brand no longer
        if brands is None:
            continue
        taken, standing = mention, NOTHING_STANDS
        if row is not None and row.presence in LIVE and mention.extent != "summary":
            if found.answered and row.last_run != run.sequence:
                continue
            settled = found.settle(mention, row, seen_at=each.seen_at)
            if settled is None:
                continue
            taken, standing = settled
        missed_at = missed.get(row.vanished_run) if row is not None and row.vanished_run is not None else None
        decision = decide(
            taken,
            each.id,
            seen_at=each.seen_at,
            run=run,
            brands=brands,
            before=row,
            missed_at=missed_at,
            standing=standing,
        )
        if decision is not None:
            decided.append(decision)
    return decided
