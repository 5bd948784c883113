"""Item records: for each mention its revision, presence, dates and the run whose harvest holds its content.

The texts are not here: they are in the harvests. Revisions only grow, and survive any rebuild of the index.
Beside them: the results pages seen, the events, and the items in quarantine.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import AwareDatetime, Field
from sqlalchemy import Connection, Row, delete, func, or_, select

from ouidire.clock import Precision
from ouidire.documents import EventDocument
from ouidire.frozen import Frozen
from ouidire.items import Presence
from ouidire.state.databases import STREAMED, upsert
from ouidire.state.tables import aliases, events, items, quarantine, runs, snapshots

LIVE: tuple[Presence, ...] = ("present", "vanished")
"""The presences that an index shows: the others are tombstones."""
CHUNK = 500
"""Ids in one `IN (…)`: below SQLite's historical limit of 999 variables."""


class ItemRecord(Frozen):
    """What the state keeps of one item. Run numbers are sequences.

    `kept` names the fields that the harvest of `content_run` does not hold: each stands as an earlier
    reading gave it, in the harvest of the run that it is given with.
    """

    id: str
    source: str
    source_key: str
    revision: int
    presence: Presence
    content: str
    brands: tuple[str, ...] = ()
    published_at: AwareDatetime | None = None
    published_precision: Precision | None = None
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    first_run: int
    changed_run: int
    last_run: int
    content_run: int
    vanished_run: int | None = None
    late: bool = False
    duplicate_of: str | None = None
    suspicion: tuple[str, ...] = ()
    emergent: tuple[str, ...] = ()
    author_key: str | None = None
    url_hash: str | None = None
    text_key: str | None = None
    kept: dict[str, int] = Field(default_factory=dict)


class Snapshot(Frozen):
    """One page of search results as seen once, to compare the next one with.

    `organic` holds its organic results as (canonical URL, title, rating shown).
    """

    id: str
    source_key: str
    page_number: int
    captured_at: AwareDatetime
    run: int
    revision: int
    entries: int
    organic: tuple[tuple[str, str, float | None], ...] = ()


def load_items(connection: Connection, ids: Sequence[str]) -> dict[str, ItemRecord]:
    """Return the records of those ids that have one, by id."""
    found: dict[str, ItemRecord] = {}
    for start in range(0, len(ids), CHUNK):
        for row in connection.execute(select(items).where(items.c.id.in_(ids[start : start + CHUNK]))):
            each = item_record(row)
            found[each.id] = each
    return found


def save_items(connection: Connection, rows: Iterable[ItemRecord]) -> None:
    """Write item records, replacing those of the same id."""
    values = [
        {
            **row.model_dump(),
            "brands": json.dumps(row.brands),
            "suspicion": json.dumps(row.suspicion),
            "emergent": json.dumps(row.emergent),
            "kept": json.dumps(row.kept, sort_keys=True),
        }
        for row in rows
    ]
    if values:
        connection.execute(upsert(connection, items, ["id"]), values)


class ListedItem(NamedTuple):
    """What is needed of an item to tell how a listing moves on."""

    id: str
    published_at: datetime | None
    first_run: int
    last_run: int


def listed_items(connection: Connection, source_key: str, *, run: int, since: int) -> list[ListedItem]:
    """Return the present items that runs of a source showed from one on, and those that `run` found vanished.

    They come in the order of ids. Those last seen by a run of another source key are left out.
    """
    live = or_(items.c.presence == "present", items.c.vanished_run == run)
    query = (
        select(items.c.id, items.c.published_at, items.c.first_run, items.c.last_run)
        .join(runs, runs.c.sequence == items.c.last_run)
        .where(runs.c.source_key == source_key, live, items.c.last_run >= since)
        .order_by(items.c.id)
    )
    return [ListedItem(*row) for row in connection.execute(query)]


class SourceItems(Frozen):
    """How many items of a source are known, how many were seen twice, and the newest date among them."""

    items: int = 0
    seen_twice: int = 0
    newest: AwareDatetime | None = None


def items_past(connection: Connection, source_key: str, *, before: int) -> SourceItems:
    """Return what is known of a source from the runs before one."""
    ours = (runs.c.source_key == source_key, items.c.presence.in_(LIVE), items.c.first_run < before)
    twice = items.c.first_run < items.c.last_run
    row = connection.execute(
        select(func.count(), func.count().filter(twice), func.max(items.c.published_at))
        .join_from(items, runs, runs.c.sequence == items.c.last_run)
        .where(*ours)
    ).one()
    return SourceItems(items=row[0], seen_twice=row[1], newest=row[2])


def present_items(connection: Connection, source_key: str, *, limit: int) -> list[ItemRecord]:
    """Return the present items that a source's runs saw last, the newest first, at most `limit`."""
    query = (
        select(items)
        .join(runs, runs.c.sequence == items.c.last_run)
        .where(runs.c.source_key == source_key, items.c.presence == "present")
        .order_by(items.c.published_at.desc().nulls_last(), items.c.id)
        .limit(limit)
    )
    return [item_record(row) for row in connection.execute(query)]


def seen_before(connection: Connection, source_key: str, moment: datetime, *, limit: int) -> list[ItemRecord]:
    """Return the live items of a source that were last seen before a moment, the longest ago first."""
    ours = (items.c.source_key == source_key, items.c.presence.in_(LIVE), items.c.last_seen_at < moment)
    query = select(items).where(*ours).order_by(items.c.last_seen_at, items.c.id).limit(limit)
    return [item_record(row) for row in connection.execute(query)]


def count_seen_before(connection: Connection, source_key: str, moment: datetime) -> int:
    """Count the live items of a source that were last seen before a moment."""
    ours = (items.c.source_key == source_key, items.c.presence.in_(LIVE), items.c.last_seen_at < moment)
    return int(connection.execute(select(func.count()).select_from(items).where(*ours)).scalar_one())


def items_held_by(connection: Connection, run: int, ids: Sequence[str]) -> dict[str, ItemRecord]:
    """Return the records of those ids whose present content is in the harvest of a run, by id."""
    return {key: each for key, each in load_items(connection, ids).items() if each.content_run == run}


def ids_held_by(connection: Connection, run: int) -> frozenset[str]:
    """Return the ids, in that harvest, of the live items whose content is in it, wholly or in part.

    An item that its site has renamed is held under each of its ids.
    """
    query = select(items.c.id).where(items.c.content_run == run, items.c.presence.in_(LIVE))
    found = {str(row[0]) for row in connection.execute(query)}
    found.update(row.id for row in patched_items(connection) if run in row.kept.values())
    renamed = connection.execute(select(aliases.c.id, aliases.c.item_id))
    return frozenset({*found, *(str(row.id) for row in renamed if row.item_id in found)})


def patched_items(connection: Connection) -> list[ItemRecord]:
    """Return the live items some of whose fields stand as an earlier reading gave them."""
    query = select(items).where(items.c.kept != "{}", items.c.presence.in_(LIVE)).order_by(items.c.id)
    return [item_record(row) for row in connection.execute(query)]


def items_being_erased(connection: Connection) -> list[ItemRecord]:
    """Return the items whose erasure was begun and not finished."""
    return [
        item_record(row)
        for row in connection.execute(select(items).where(items.c.presence == "erasing").order_by(items.c.id))
    ]


def removed_items(connection: Connection) -> Iterator[ItemRecord]:
    """Yield the items that are erased, being erased or expired: an index keeps their tombstones."""
    query = select(items).where(items.c.presence.in_(("erasing", "erased", "expired"))).order_by(items.c.id)
    for row in connection.execute(query.execution_options(**STREAMED)):
        yield item_record(row)


def live_by_source(connection: Connection) -> dict[str, int]:
    """Count the live mentions that an index must hold, by source key."""
    query = (
        select(items.c.source_key, func.count())
        .where(items.c.presence.in_(LIVE))
        .group_by(items.c.source_key)
    )
    return {str(key): int(count) for key, count in connection.execute(query)}


def count_live(connection: Connection) -> dict[str, int]:
    """Count what an index must hold, by kind of document: live mentions, entries of results pages, events."""
    mentions = connection.execute(
        select(func.count()).select_from(items).where(items.c.presence.in_(LIVE))
    ).scalar_one()
    entries = connection.execute(select(func.coalesce(func.sum(snapshots.c.entries), 0))).scalar_one()
    event_count = connection.execute(select(func.count()).select_from(events)).scalar_one()
    return {"mention": int(mentions), "search_result": int(entries), "event": int(event_count)}


def find_items(
    connection: Connection,
    *,
    url_hash: str | None = None,
    author_keys: Sequence[str] = (),
    item_id: str | None = None,
) -> list[ItemRecord]:
    """Return the items of an id, else of a URL, else of authors."""
    if item_id is not None:
        condition = items.c.id == item_id
    elif url_hash is not None:
        condition = items.c.url_hash == url_hash
    else:
        condition = items.c.author_key.in_(list(author_keys))
    return [
        item_record(row) for row in connection.execute(select(items).where(condition).order_by(items.c.id))
    ]


def last_seen_before(connection: Connection, moment: datetime, *, limit: int) -> list[ItemRecord]:
    """Return items last seen before a moment that still have content, oldest first."""
    query = (
        select(items)
        .where(items.c.last_seen_at < moment, items.c.presence.in_(LIVE))
        .order_by(items.c.last_seen_at, items.c.id)
    )
    return [item_record(row) for row in connection.execute(query.limit(limit))]


def source_keys(connection: Connection) -> list[str]:
    """Return every source key that has items, or was ever collected."""
    query = select(items.c.source_key).union(select(runs.c.source_key))
    return sorted(str(row[0]) for row in connection.execute(query))


def save_events(connection: Connection, listed: Iterable[EventDocument], *, run: int) -> None:
    """Write events, replacing those of the same id."""
    values = [
        {"id": each.id, "run": run, "subject_id": each.subject_id, "payload": each.model_dump_json()}
        for each in listed
    ]
    if values:
        connection.execute(upsert(connection, events, ["id"]), values)


def all_events(connection: Connection) -> Iterator[EventDocument]:
    """Yield every event, in the order of ids."""
    query = select(events.c.payload).order_by(events.c.id)
    for row in connection.execute(query.execution_options(**STREAMED)):
        yield EventDocument.model_validate_json(row[0])


def events_of(connection: Connection, subjects: Sequence[str]) -> list[EventDocument]:
    """Return the events of subjects, given by their ids."""
    found: list[EventDocument] = []
    for start in range(0, len(subjects), CHUNK):
        query = (
            select(events.c.payload)
            .where(events.c.subject_id.in_(subjects[start : start + CHUNK]))
            .order_by(events.c.id)
        )
        found += [EventDocument.model_validate_json(row[0]) for row in connection.execute(query)]
    return found


def events_of_run(connection: Connection, run: int) -> list[EventDocument]:
    """Return the events that a run caused, in the order of ids."""
    query = select(events.c.payload).where(events.c.run == run).order_by(events.c.id)
    return [EventDocument.model_validate_json(row[0]) for row in connection.execute(query)]


def drop_events(connection: Connection, ids: Sequence[str]) -> None:
    """Delete events by their ids."""
    for start in range(0, len(ids), CHUNK):
        connection.execute(delete(events).where(events.c.id.in_(ids[start : start + CHUNK])))


def snapshot(connection: Connection, snapshot_id: str) -> Snapshot | None:
    """Return one snapshot; None when there is none of that id."""
    row = connection.execute(select(snapshots).where(snapshots.c.id == snapshot_id)).first()
    return None if row is None else _snapshot(row)


def snapshot_before(connection: Connection, page: Snapshot) -> Snapshot | None:
    """Return the last snapshot of the same query and page number taken before this one; None without one."""
    query = (
        select(snapshots)
        .where(
            snapshots.c.source_key == page.source_key,
            snapshots.c.page_number == page.page_number,
            snapshots.c.captured_at < page.captured_at,
        )
        .order_by(snapshots.c.captured_at.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else _snapshot(row)


def save_snapshot(connection: Connection, page: Snapshot) -> None:
    """Write a snapshot, replacing the one of the same id."""
    connection.execute(
        upsert(connection, snapshots, ["id"]), [{**page.model_dump(), "organic": json.dumps(page.organic)}]
    )


def quarantine_items(connection: Connection, listed: Iterable[tuple[str, str]], *, run: int) -> None:
    """Write down items that can never be processed, given as (id, reason)."""
    values = [{"id": key, "run": run, "reason": reason} for key, reason in listed]
    if values:
        connection.execute(upsert(connection, quarantine, ["id"]), values)


def item_record(row: Row[tuple[object, ...]]) -> ItemRecord:
    """Return the record of a row."""
    fields = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public, if underscored, accessor)
    fields["brands"] = tuple(json.loads(fields["brands"]))
    fields["suspicion"] = tuple(json.loads(fields["suspicion"]))
    fields["emergent"] = tuple(json.loads(fields["emergent"]))
    fields["kept"] = json.loads(fields["kept"])
    return ItemRecord(**fields)


def _snapshot(row: Row[tuple[object, ...]]) -> Snapshot:
    fields = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public, if underscored, accessor)
    fields["organic"] = tuple(tuple(each) for each in json.loads(fields["organic"]))
    return Snapshot(**fields)
