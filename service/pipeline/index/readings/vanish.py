"""Marks what a complete enumeration no longer shows as vanished, but for what left a window at its end."""

from collections.abc import Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from ouidire.batches import batched
from ouidire.documents import EventDocument, MentionDocument
from ouidire.state.items import ItemRecord, listed_items, load_items
from ouidire.state.runs import Run, list_runs
from service.pipeline.index.change_events import mention_event
from service.pipeline.index.commit import BATCH, Changes, commit
from service.pipeline.index.readings.windows import is_window
from service.pipeline.installation import Installation

log = structlog.get_logger()
LOOK_BACK = 60
"""Runs that have read something among which the complete one before this is looked for: two months daily."""


class Missing(NamedTuple):
    """The ids of what a complete run no longer shows, and whether the listing has only moved on.

    `accepted` says that a person has accepted since that the page is about something else.
    """

    ids: tuple[str, ...]
    window: bool
    accepted: bool


def mark_vanished(installation: Installation, run: Run, *, renamed: bool) -> None:
    """Mark what a complete enumeration no longer showed.

    Nothing is marked where the listing is a window. Where the site has `renamed` its mentions wholesale, what
    is left over of the former names is marked without an event, as is what a page no longer shows that a
    person has accepted as another: nobody has withdrawn it.
    """
    with installation.state.read() as connection:
        missing = _missing(connection, run)
    if missing.window:
        log.info(
            "a window: nothing counts as withdrawn", run=run.id, source=run.source, left=len(missing.ids)
        )
        return
    for ids in batched(missing.ids, BATCH):
        with installation.state.read() as connection:
            rows = load_items(connection, ids)
        present = [row for row in rows.values() if row.presence == "present"]
        _mark(installation, run, present, quiet=renamed or missing.accepted)


def mark_withdrawn(installation: Installation, run: Run) -> None:
    """Mark the known mentions that a run, complete or not, has seen removed or no longer public.

    What a later run has seen stands.
    """
    for ids in batched(run.summary.withdrawn if run.summary else (), BATCH):
        with installation.state.read() as connection:
            rows = load_items(connection, ids)
        present = [row for row in rows.values() if row.presence == "present" and row.last_run <= run.sequence]
        _mark(installation, run, present, quiet=False)


def _mark(installation: Installation, run: Run, missing: Sequence[ItemRecord], *, quiet: bool) -> None:
    held = installation.index.get_many("mention", [row.id for row in missing])
    rows: list[ItemRecord] = []
    documents: list[MentionDocument] = []
    events: list[EventDocument] = []
    for row in missing:
        changed = row.model_copy(
            update={"presence": "vanished", "revision": row.revision + 1, "vanished_run": run.sequence}
        )
        rows.append(changed)
        before = held.get(row.id)
        if isinstance(before, MentionDocument):
            document = before.model_copy(update={"presence": "vanished", "revision": changed.revision})
            documents.append(document)
            if not quiet:
                events.append(mention_event("vanished", document, before, run))
    commit(installation, Changes(run=run, events=events, documents=documents, rows=rows))


def _missing(connection: Connection, run: Run) -> Missing:
    """Return what was shown until the complete run before this one, or since, and no more.

    What an earlier complete run did not show any more was judged then. What a killed pass has marked already
    counts too, so that it is judged as it was.
    """
    whole = _runs_before(connection, run, full=True)
    earlier = [each for each in whole if each.summary is not None and each.summary.complete]
    since = earlier[0].sequence if earlier else 0
    lately = _runs_before(connection, run, full=None)
    accepted = any(each.decision == "accepted" for each in lately if each.sequence > since)
    listed = listed_items(connection, run.source_key, run=run.sequence, since=since)
    missing = [each for each in listed if each.last_run < run.sequence]
    window = is_window(
        [each.published_at for each in missing],
        [each.published_at for each in listed if each.last_run >= run.sequence > each.first_run],
        length=_length(run),
        length_before=_length(earlier[0]) if earlier else None,
    )
    return Missing(tuple(each.id for each in missing), window, accepted)


def _runs_before(connection: Connection, run: Run, *, full: bool | None) -> list[Run]:
    listed = list_runs(
        connection, source_key=run.source_key, kind="collect", full=full, read=True, limit=LOOK_BACK
    )
    return [each for each in listed if each.sequence < run.sequence]


def _length(run: Run) -> int | None:
    return run.summary.items if run.summary is not None else None
