"""Rebuild of the index, aside, from what is kept: harvests, items, annotations, events and measures.

One pass over the harvests, in the order of their runs; each mention comes out once, from the run that holds
its present content, with its present revision. Nothing is inferred again but what no analyser of today's
version has read. A run that was half ingested when the index was lost gives what the state had taken of it;
ingesting goes on from there.
"""

from collections.abc import Callable, Iterator

from ouidire.batches import batched
from ouidire.documents import Document, Kind
from ouidire.engines.answers import AssistantAnswer
from ouidire.harvest.store import HarvestItem
from ouidire.index import IndexStatus
from ouidire.mention import RatingSummary
from ouidire.serp import SearchPage, SuggestionList
from ouidire.state.enrichments import store_annotations
from ouidire.state.items import all_events, count_live, patched_items, removed_items, snapshot
from ouidire.state.measured import all_measured, no_longer_measured
from ouidire.state.people.decisions import load_decisions
from ouidire.state.runs import Run, count_shown, is_held, run_by_sequence, sealed_runs, shown_runs
from service.pipeline.index.annotate import MentionAnnotator
from service.pipeline.index.decisions.apply import with_decisions
from service.pipeline.index.documents import mention_document
from service.pipeline.index.engines.answers import answer_document
from service.pipeline.index.engines.suggestions import suggestion_document
from service.pipeline.index.readings.known import Parts, kept_parts, present_mentions
from service.pipeline.index.run_documents import filled_documents, run_document, summary_document
from service.pipeline.index.search_pages import is_usable, result_documents
from service.pipeline.installation import Installation


def rebuild(installation: Installation, *, on_progress: Callable[[int], None] | None = None) -> IndexStatus:
    """Build a new index aside, check its counts against the state, and swap it in.

    Raises IndexUnavailable, leaving the old index in place, when the counts differ; HarvestError when a
    harvest is damaged.
    """
    index = installation.bare_index()
    with installation.state.read() as connection:
        expected = {**count_live(connection), "run": count_shown(connection)}
    return index.rebuild(
        with_progress(_documents(installation), on_progress),
        tombstones=tombstones(installation),
        expected=expected,
    )


def _documents(installation: Installation) -> Iterator[Document]:
    annotator = MentionAnnotator(installation.settings)
    with installation.state.read() as view:
        parts = kept_parts(installation, patched_items(view))
        for run in sealed_runs(view):
            if not is_held(run):
                yield from _documents_of_run(installation, run, annotator, parts)
        yield from all_events(view)
        yield from all_measured(view)
        for run in shown_runs(view):
            yield run_document(run)
            yield from filled_documents(run)


def _documents_of_run(
    installation: Installation, run: Run, annotator: MentionAnnotator, parts: Parts
) -> Iterator[Document]:
    items = installation.harvests.open(run.source, run.source_key, run.id).items()
    for batch in batched(items, installation.settings.enrichment.batch):
        for each in batch:
            if isinstance(each.item, RatingSummary):
                yield summary_document(each.item, each.id, run=run, seen_at=each.seen_at)
            elif isinstance(each.item, SearchPage):
                yield from _documents_of_page(installation, run, each)
            elif isinstance(each.item, SuggestionList) and is_usable(run):
                yield suggestion_document(each.item, each.id, run=run)
            elif isinstance(each.item, AssistantAnswer):
                yield answer_document(
                    each.item,
                    each.id,
                    run=run,
                    brands=installation.settings.brand,
                    sites=installation.settings.sites.catalogue,
                )
        yield from _documents_of_mentions(installation, run, batch, annotator, parts)


def _documents_of_page(installation: Installation, run: Run, each: HarvestItem) -> Iterator[Document]:
    with installation.state.read() as connection:
        known = snapshot(connection, each.id)
    if known is not None and known.run == run.sequence and isinstance(each.item, SearchPage):
        yield from result_documents(
            each.item,
            each.id,
            run=run,
            revision=known.revision,
            brands=installation.settings.brand,
            sites=installation.settings.sites.catalogue,
        )


def _documents_of_mentions(
    installation: Installation,
    run: Run,
    batch: list[HarvestItem],
    annotator: MentionAnnotator,
    parts: Parts,
) -> Iterator[Document]:
    """Yield the mentions whose present content this harvest holds, under the run that last changed each."""
    with installation.state.read() as connection:
        live = present_mentions(connection, run, batch, parts)
        present = {key: mention for key, (_, mention) in live.items()}
        rows = {key: row for key, (row, _) in live.items()}
        changers = {
            number: run_by_sequence(connection, number) or run
            for number in {row.changed_run for row in rows.values()}
        }
        annotated_mentions = annotator.annotate(connection, list(present.values()))
        decisions = load_decisions(connection, list(rows))
    fresh = [row for annotated in annotated_mentions for row in annotated.fresh]
    if fresh:
        with installation.state.begin() as connection:
            store_annotations(connection, fresh)
    for row, annotated in zip(rows.values(), annotated_mentions, strict=True):
        document = mention_document(annotated, row, changers[row.changed_run])
        yield with_decisions(document, decisions[row.id]) if row.id in decisions else document


def tombstones(installation: Installation) -> Iterator[tuple[Kind, str, int]]:
    """Yield what is gone: its kind, its id, and the revision of its tombstone."""
    with installation.state.read() as connection:
        for row in removed_items(connection):
            yield "mention", row.id, row.revision
        for key, revision in no_longer_measured(connection):
            yield "measure", key, revision


def with_progress(
    documents: Iterator[Document], on_progress: Callable[[int], None] | None
) -> Iterator[Document]:
    """Yield the documents; call `on_progress` with how many there were, every 500."""
    for number, document in enumerate(documents, start=1):
        if on_progress is not None and number % 500 == 0:
            on_progress(number)
        yield document
