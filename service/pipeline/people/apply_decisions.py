"""The pass over what people decided since the last one: documents that show it, under a new revision.

The index is written before the state, as everywhere: killed in between, the next pass writes the same again.
Figures that were kept are measured anew. It cannot see whether a decision was right.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from ouidire.batches import batched
from ouidire.state.items import LIVE, load_items
from ouidire.state.measured import MARK as MEASURED
from ouidire.state.people.decisions import pending_decisions
from service.pipeline.index.commit import BATCH, Changes, commit
from service.pipeline.installation import Installation

log = structlog.get_logger()


def apply_decisions(installation: Installation) -> int:
    """Write the documents of mentions of which something was decided; return how many.

    Nothing decided is the usual case and costs one query. Raises IndexUnavailable when the index cannot take
    them.
    """
    with installation.state.read() as connection:
        pending = pending_decisions(connection)
    if not pending:
        return 0
    done = sum(_apply_to(installation, batch, pending) for batch in batched(sorted(pending), BATCH))
    log.info("decisions applied", mentions=done)
    return done


def _apply_to(installation: Installation, ids: Sequence[str], pending: Mapping[str, datetime]) -> int:
    with installation.state.read() as connection:
        rows = {key: row for key, row in load_items(connection, ids).items() if row.presence in LIVE}
    held = installation.index.get_many("mention", sorted(rows))
    moved = [row.model_copy(update={"revision": row.revision + 1}) for row in rows.values() if row.id in held]
    documents = [held[row.id].model_copy(update={"revision": row.revision}) for row in moved]
    commit(
        installation,
        Changes(
            documents=documents,
            rows=moved,
            settled=[(key, pending[key]) for key in ids],
            dropped_marks=(MEASURED,) if moved else (),
        ),
    )
    return len(moved)
