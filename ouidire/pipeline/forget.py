"""Forgetting: what someone asked to have erased, and what is older than the configuration keeps.

Erasure is recorded first (suppressions, and `erasing` on what is known), then done everywhere: harvests rewritten, the
pages that showed the words dropped, enrichments and events forgotten, tombstones in the index. Killed in the middle, it is
taken up again at the next start. Digests already sent are in people's mailboxes: no system can take them back.
"""

from datetime import timedelta
from typing import NamedTuple

import structlog

from ouidire.harvest import Harvest, HarvestItem, rewrite
from ouidire.ids import author_key, canonical_url, digest
from ouidire.pipeline.installation import Installation
from ouidire.state.enrichments import forget
from ouidire.state.items import Known, drop_events, erasing, find_items, last_seen_before, save_items, source_keys
from ouidire.state.suppressions import suppress

log = structlog.get_logger()
EXPIRE_CHUNK = 500


class Forgotten(NamedTuple):
    """What was forgotten: mentions, harvests rewritten, pages dropped, events forgotten."""

    mentions: int = 0
    harvests: int = 0
    pages: int = 0
    events: int = 0


def erase(house: Installation, *, url: str | None = None, author: str | None = None, item_id: str | None = None) -> Forgotten:
    """Erase all mentions of a URL, an author (as the sites show the name) or an id, and refuse them for ever."""
    now = house.clock()
    with house.state.begin() as connection:
        keys = [author_key(house.secret, key, author) for key in source_keys(connection)] if author is not None else []
        rows = find_items(connection, url_hash=digest(canonical_url(url)) if url else None, author_keys=keys, item_id=item_id)
        suppress(connection, [*(row.id for row in rows), *keys], now=now)
        begun = [row.model_copy(update={"presence": "erasing", "revision": row.revision + 1}) for row in rows if row.presence != "erased"]
        save_items(connection, begun)
    return finish_erasures(house)


def finish_erasures(house: Installation) -> Forgotten:
    """Do every erasure that was begun; nothing to do is the usual case."""
    with house.state.read() as connection:
        rows = erasing(connection)
    if not rows:
        return Forgotten()
    ids = {row.id for row in rows}
    harvests = pages = 0
    for harvest in house.harvests.sealed():
        if harvest.manifest.source in {row.source for row in rows}:
            dropped = _without(harvest, ids)
            harvests += dropped is not None
            pages += dropped or 0
    with house.state.begin() as connection:
        events = drop_events(connection, sorted(ids))
    house.index.delete("event", [(each, 2) for each in events])
    house.index.delete("mention", [(row.id, row.revision) for row in rows])
    with house.state.begin() as connection:
        forget(connection, [row.text_key for row in rows if row.text_key])
        save_items(connection, [_emptied(row, "erased") for row in rows])
    log.info("erased", mentions=len(rows), harvests=harvests, pages=pages)
    return Forgotten(len(rows), harvests, pages, len(events))


def retain(house: Installation) -> Forgotten:
    """Remove what is older than the configuration keeps: raw pages, then mentions last seen too long ago."""
    now = house.clock()
    old_pages = now - timedelta(days=house.settings.harvest.keep_pages_days)
    old_items = now - timedelta(days=house.settings.harvest.keep_items_days)
    mentions = _expire(house)
    harvests = pages = 0
    for harvest in house.harvests.sealed():
        finished = harvest.manifest.summary.finished_at
        drops_items = finished < old_items and any(each.kind == "items" for each in harvest.manifest.segments)
        held = sum(each.records for each in harvest.manifest.segments if each.kind == "pages")
        if drops_items or (finished < old_pages and held):
            rewrite(harvest, drop_items=_all if drops_items else _none, drop_pages=_all)
            harvests, pages = harvests + 1, pages + held
    if harvests or mentions:
        log.info("retention", mentions=mentions, harvests=harvests, pages=pages)
    return Forgotten(mentions, harvests, pages)


def _all(_: object) -> bool:
    return True


def _none(_: object) -> bool:
    return False


def _expire(house: Installation) -> int:
    """Turn mentions last seen too long ago into tombstones: index first, then state."""
    moment = house.clock() - timedelta(days=house.settings.harvest.keep_items_days)
    expired = 0
    while True:
        with house.state.read() as connection:
            rows = last_seen_before(connection, moment, limit=EXPIRE_CHUNK)
        if not rows:
            return expired
        changed = [_emptied(row.model_copy(update={"revision": row.revision + 1}), "expired") for row in rows]
        house.index.delete("mention", [(row.id, row.revision) for row in changed])
        with house.state.begin() as connection:
            forget(connection, [row.text_key for row in rows if row.text_key])
            events = drop_events(connection, [row.id for row in rows])
            save_items(connection, changed)
        house.index.delete("event", [(each, 2) for each in events])
        expired += len(rows)


def _emptied(row: Known, presence: str) -> Known:
    return row.model_copy(
        update={"presence": presence, "content": "", "author_key": None, "url_hash": None, "text_key": None, "duplicate_of": None}
    )


def _without(harvest: Harvest, ids: set[str]) -> int | None:
    """Rewrite a harvest without some mentions and the pages that showed them; None when it had none of them."""
    pages: set[str] = set()
    found = False
    for each in harvest.items():
        if each.id in ids:
            found = True
            if each.page is not None:
                pages.add(each.page)
    if not found:
        return None

    def dropped(item: HarvestItem) -> bool:
        return item.id in ids

    rewrite(harvest, drop_items=dropped, drop_pages=lambda reference: reference in pages)
    return len(pages)
