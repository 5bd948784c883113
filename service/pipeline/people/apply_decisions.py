"""The pass over what people decided since the last one: documents that show it, under a new revision.

A document is made again from its harvest and what analysers had found, so that what is undone leaves no
trace. The index is written before the state, as everywhere: killed in between, the next pass writes the same
again. Figures that were kept are measured anew. It cannot see whether a decision was right.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from ouidire.batches import batched
from ouidire.documents import Document
from ouidire.errors import HarvestError
from ouidire.state.items import LIVE, ItemRecord, load_items
from ouidire.state.measured import MARK as MEASURED
from ouidire.state.people.decisions import load_decisions, pending_decisions
from ouidire.state.runs import run_by_sequence
from service.pipeline.index.annotate import CacheRow, MentionAnnotator
from service.pipeline.index.commit import BATCH, Changes, commit
from service.pipeline.index.documents import mention_document
from service.pipeline.index.readings.known import known_mentions
from service.pipeline.installation import Installation

log = structlog.get_logger()


def apply_decisions(installation: Installation, *, annotator: MentionAnnotator | None = None) -> int:
    """Write the documents of mentions of which something was decided; return how many.

    Nothing decided is the usual case and costs two queries. Raises IndexUnavailable when the index cannot
    take them, HarvestError, once all others are done, for mentions whose harvest is damaged: they wait.
    """
    with installation.state.read() as connection:
        pending = pending_decisions(connection)
    if not pending:
        return 0
    done, waiting = 0, 0
    for batch in batched(sorted(pending), BATCH):
        moved, damaged = _apply_to(installation, batch, pending, annotator)
        done, waiting = done + moved, waiting + damaged
    log.info("decisions applied", mentions=done)
    if waiting:
        raise HarvestError(f"what people corrected of {waiting} mentions waits: their harvest is damaged")
    return done


def _apply_to(
    installation: Installation,
    ids: Sequence[str],
    pending: Mapping[str, datetime],
    annotator: MentionAnnotator | None,
) -> tuple[int, int]:
    """Write one batch; return how many documents were written, and how many wait."""
    with installation.state.read() as connection:
        rows = {key: row for key, row in load_items(connection, ids).items() if row.presence in LIVE}
        corrected = {key for key, each in load_decisions(connection, ids).items() if each.corrections}
    held = installation.index.get_many("mention", sorted(rows))
    moved = {
        key: row.model_copy(update={"revision": row.revision + 1}) for key, row in rows.items() if key in held
    }
    made, fresh, damaged = _made_again(
        installation, [row for key, row in moved.items() if key in corrected], annotator
    )
    written = [row for key, row in moved.items() if key not in damaged]
    documents: list[Document] = [
        made[row.id] if row.id in made else held[row.id].model_copy(update={"revision": row.revision})
        for row in written
    ]
    commit(
        installation,
        Changes(
            documents=documents,
            rows=written,
            annotations=fresh,
            settled=[(key, pending[key]) for key in ids if key not in damaged],
            dropped_marks=(MEASURED,) if written else (),
        ),
    )
    return len(written), len(damaged)


def _made_again(
    installation: Installation, rows: Sequence[ItemRecord], annotator: MentionAnnotator | None
) -> tuple[dict[str, Document], list[CacheRow], frozenset[str]]:
    """Return documents made from harvests, what had to be read for them, and the ids of damaged harvests."""
    if not rows:
        return {}, [], frozenset()
    known = known_mentions(installation, rows)
    listed = [row for row in rows if row.id in known.mentions]
    used = annotator or MentionAnnotator(installation.settings)
    with installation.state.read() as connection:
        annotated = used.annotate(connection, [known.mentions[row.id] for row in listed])
        runs = {row.changed_run: run_by_sequence(connection, row.changed_run) for row in listed}
    made: dict[str, Document] = {}
    for row, each in zip(listed, annotated, strict=True):
        run = runs[row.changed_run]
        if run is not None and each.failure is None:
            made[row.id] = mention_document(each, row, run)
    return made, [row for each in annotated for row in each.fresh], known.unreadable
