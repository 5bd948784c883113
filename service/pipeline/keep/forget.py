"""Forgetting: what someone asked to have erased, and what is older than the configuration keeps.

Erasure is recorded first (suppressions, and `erasing` on what is known), then done everywhere: harvests
rewritten, the pages that showed the words dropped, enrichments and events forgotten, tombstones in the index.
Killed in the middle, it is taken up again at the next start. Digests already sent are in people's mailboxes:
no system can take them back.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from ouidire.errors import HarvestError
from ouidire.harvest.store import Harvest, HarvestItem, rewrite, sweep
from ouidire.harvest.suppression import remove_suppressed
from ouidire.mention import Mention
from ouidire.state.items import (
    events_of,
    ids_held_by,
    items_being_erased,
    last_seen_before,
    save_items,
    source_keys,
)
from ouidire.state.marks import LINKED
from ouidire.state.measured import MARK as MEASURED
from ouidire.state.people.audit import record_action
from ouidire.state.renames import further_ids
from ouidire.state.runs import run_by_id
from ouidire.state.suppressions import suppress, suppressed
from service.pipeline.index.commit import BATCH, Changes, commit
from service.pipeline.index.readings.withdrawn import emptied, tombstones
from service.pipeline.installation import Installation
from service.pipeline.keep.erasure import author_keys, rows_named

log = structlog.get_logger()
KEPT = ("present", "vanished", "expired")
"""What an erasure begins with; what is being erased already, or is, stays as it is."""


class Forgotten(NamedTuple):
    """What was forgotten: mentions, harvests rewritten, pages dropped, events forgotten.

    `problems` names damaged harvests.
    """

    mentions: int = 0
    harvests: int = 0
    pages: int = 0
    events: int = 0
    problems: tuple[str, ...] = ()


def erase(
    installation: Installation,
    *,
    url: str | None = None,
    author: str | None = None,
    item_id: str | None = None,
    sites: Sequence[str] | None = None,
) -> Forgotten:
    """Erase all mentions of a URL, an author (as the sites show the name) or an id, and suppress them.

    An author is erased on the `sites` named (`service.pipeline.keep.erasure`), by default on all.
    """
    now = installation.clock()
    with installation.state.begin() as connection:
        keys = (
            author_keys(installation, source_keys(connection), author, sites=sites)
            if author is not None
            else []
        )
        rows = rows_named(installation, connection, url=url, author=author, item_id=item_id, sites=sites)
        ids = [row.id for row in rows]
        suppress(connection, [*ids, *further_ids(connection, ids), *keys], now=now)
        begun = [
            row.model_copy(update={"presence": "erasing", "revision": row.revision + 1})
            for row in rows
            if row.presence in KEPT
        ]
        save_items(connection, begun)
    return finish_erasures(installation)


def finish_erasures(installation: Installation) -> Forgotten:
    """Do every erasure that was begun; nothing to do is the usual case.

    Raises HarvestError when a harvest cannot be read.
    """
    with installation.state.read() as connection:
        rows = items_being_erased(connection)
        refused = suppressed(connection)
    if not rows:
        return Forgotten()
    sources = {row.source for row in rows}
    removed = remove_suppressed(
        [each for each in installation.harvests.sealed() if each.manifest.source in sources], refused
    )
    with installation.state.read() as connection:
        events = events_of(connection, [row.id for row in rows])
    now = installation.clock()
    with installation.state.begin() as connection:
        for row in rows:
            record_action(connection, "erase", by=installation.person, at=now, subject=row.id)
    commit(
        installation,
        Changes(
            tombstones=tombstones(rows, events),
            rows=[emptied(row, "erased") for row in rows],
            forgotten_texts=[row.text_key for row in rows if row.text_key],
            dropped_marks=[LINKED, MEASURED],  # what repeated them, and figures made of them
        ),
    )
    log.info("erased", mentions=len(rows), harvests=removed.harvests, pages=removed.pages)
    return Forgotten(len(rows), removed.harvests, removed.pages, len(events))


def retain(installation: Installation) -> Forgotten:
    """Remove what is older than the configuration keeps: raw pages, then mentions last seen too long ago.

    A damaged harvest is told of, and stops nothing.
    """
    now = installation.clock()
    old_pages = now - timedelta(days=installation.settings.harvest.keep_pages_days)
    old_items = now - timedelta(days=installation.settings.harvest.keep_items_days)
    mentions, events = _expire(installation, old_items)
    harvests = pages = 0
    problems: list[str] = []
    for harvest in _readable(installation, problems):
        try:
            done, dropped = _retain_in(installation, harvest, old_pages=old_pages, old_items=old_items)
        except HarvestError as error:
            problems.append(str(error))
            continue
        harvests, pages = harvests + done, pages + dropped
    if harvests or mentions:
        log.info("retention", mentions=mentions, harvests=harvests, pages=pages)
    return Forgotten(mentions, harvests, pages, events, tuple(problems))


def _readable(installation: Installation, problems: list[str]) -> Iterator[Harvest]:
    for folder in installation.harvests.folders():
        try:
            harvest = Harvest(folder)
        except HarvestError as error:
            problems.append(str(error))
            continue
        yield harvest


def _retain_in(
    installation: Installation, harvest: Harvest, *, old_pages: datetime, old_items: datetime
) -> tuple[bool, int]:
    """Rewrite one harvest without what is too old; return whether it was, and how many pages it lost."""
    manifest = harvest.manifest
    finished = manifest.summary.finished_at
    if finished >= max(old_pages, old_items):
        return False, 0
    sweep(harvest)  # a rewriting killed in the middle leaves the old files
    pages = sum(each.records for each in manifest.segments if each.kind == "pages")
    drops_items = (
        finished < old_items
        and not manifest.mentions_expired
        and any(each.kind == "items" for each in manifest.segments)
    )
    drops_pages = bool(pages)  # a page shows mentions: it is kept no longer than they are
    held: frozenset[str] = frozenset()
    if drops_items:
        with installation.state.read() as connection:
            run = run_by_id(connection, manifest.run_id)
            held = ids_held_by(connection, run.sequence) if run is not None else held
        drops_items = not held or any(_expired(each, held) for each in harvest.items())
    if not drops_items and not drops_pages:
        return False, 0
    rewrite(
        harvest,
        drop_items=lambda each: drops_items and _expired(each, held),
        drop_pages=lambda _reference, _page: drops_pages,
        mentions_expired=manifest.mentions_expired or (drops_items and not held),
    )
    return True, pages if drops_pages else 0


def _expired(each: HarvestItem, held: frozenset[str]) -> bool:
    """Whether a line is a mention whose present content is not held here; averages and results pages stay."""
    return isinstance(each.item, Mention) and each.id not in held


def _expire(installation: Installation, moment: datetime) -> tuple[int, int]:
    """Turn mentions last seen too long ago into tombstones: index first, then state.

    Return how many, with their events.
    """
    expired = told = 0
    while True:
        with installation.state.read() as connection:
            rows = last_seen_before(connection, moment, limit=BATCH)
            events = events_of(connection, [row.id for row in rows])
        if not rows:
            return expired, told
        changed = [emptied(row.model_copy(update={"revision": row.revision + 1}), "expired") for row in rows]
        commit(
            installation,
            Changes(
                tombstones=tombstones(changed, events),
                rows=changed,
                forgotten_texts=[row.text_key for row in rows if row.text_key],
            ),
        )
        expired, told = expired + len(rows), told + len(events)
