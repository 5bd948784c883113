"""Re-enrichment: mentions annotated by other versions of the analysers are annotated again, from harvests.

What is up to date is known by the versions that its document names, so that a second pass, or one taken up
after a kill, does the rest and no more. The index is written before the state, as when ingesting: killed in
between, the next pass writes the same revision again.
"""

from collections.abc import Callable
from typing import Any

from ouidire.batches import batched
from ouidire.frozen import Frozen
from ouidire.index import Query, Term
from ouidire.mention import Mention
from ouidire.state.items import ItemRecord, patched_items
from ouidire.state.measured import MARK as MEASURED
from ouidire.state.runs import Run, run_by_sequence, sealed_runs
from service.pipeline.index.annotate import MentionAnnotator
from service.pipeline.index.commit import Changes, commit
from service.pipeline.index.documents import mention_document
from service.pipeline.index.readings.known import kept_parts, present_mentions
from service.pipeline.installation import Installation


class Reenriched(Frozen):
    """Counts of one pass: mentions seen, those annotated again, those that could not be."""

    mentions: int = 0
    changed: int = 0
    failed: int = 0


def reenrich(installation: Installation, *, on_progress: Callable[[int], None] | None = None) -> Reenriched:
    """Annotate again every live mention whose document names other versions of the analysers.

    Raises HarvestError when a harvest is damaged.
    """
    annotator = MentionAnnotator(installation.settings)
    with installation.state.read() as view:
        runs = list(sealed_runs(view))
        parts = kept_parts(installation, patched_items(view))
    seen = changed = failed = 0
    for run in runs:
        items = installation.harvests.open(run.source, run.source_key, run.id).items()
        for batch in batched(items, installation.settings.enrichment.batch):
            with installation.state.read() as connection:
                present = present_mentions(connection, run, batch, parts)
            done, refused = _annotate_again(installation, run, present, annotator)
            seen, changed, failed = seen + len(present), changed + done, failed + refused
            if on_progress is not None:
                on_progress(seen)
    return Reenriched(mentions=seen, changed=changed, failed=failed)


def _annotate_again(
    installation: Installation,
    run: Run,
    present: dict[str, tuple[ItemRecord, Mention]],
    annotator: MentionAnnotator,
) -> tuple[int, int]:
    indexed = _indexed_versions(installation, sorted(present))
    stale = {
        key: pair
        for key, pair in present.items()
        if key in indexed
        and not (indexed[key][0] == annotator.versions and indexed[key][1] == pair[0].revision)
    }
    if not stale:
        return 0, 0
    with installation.state.read() as connection:
        annotated_mentions = annotator.annotate(connection, [mention for _, mention in stale.values()])
        changers = {
            number: run_by_sequence(connection, number) or run
            for number in {row.changed_run for row, _ in stale.values()}
        }
    rows: list[ItemRecord] = []
    documents = []
    failed = 0
    for (row, _), annotated in zip(stale.values(), annotated_mentions, strict=True):
        if annotated.failure is not None:
            failed += 1
            continue
        rows.append(row.model_copy(update={"revision": row.revision + 1, "text_key": annotated.key}))
        documents.append(mention_document(annotated, rows[-1], changers[row.changed_run]))
    commit(
        installation,
        Changes(
            documents=documents,
            rows=rows,
            annotations=[row for annotated in annotated_mentions for row in annotated.fresh],
            dropped_marks=[MEASURED] if rows else (),  # what figures were made of has changed
        ),
    )
    return len(rows), failed


def _indexed_versions(installation: Installation, ids: list[str]) -> dict[str, tuple[tuple[str, ...], int]]:
    """Return the versions and the revision that the index holds of each mention."""
    if not ids:
        return {}
    rows: list[dict[str, Any]] = list(
        installation.index.scan(
            Query(where=(Term(field="id", any_of=tuple(ids)),)), ("id", "versions", "revision")
        )
    )
    return {str(row["id"]): (tuple(row["versions"] or ()), int(row["revision"])) for row in rows}
