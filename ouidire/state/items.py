"""The items known: for each mention its revision, presence, dates and the run whose harvest holds its present content.

The texts are not here: they are in the harvests. Revisions only grow, and survive any rebuild of the index.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import Connection, Insert, Row, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from ouidire.clock import Precision
from ouidire.documents import EventDocument
from ouidire.frozen import Frozen
from ouidire.state.tables import events, items, quarantine, runs, snapshots

LIVE = ("present", "vanished")
"""What an index shows: the others are tombstones."""
CHUNK = 500
"""Ids in one `IN (…)`: below SQLite's historical limit of 999 variables."""


class ItemRecord(Frozen):
    """One item known. Run numbers are sequences."""

    id: str
    source: str
    source_key: str
    revision: int
    presence: str
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
    author_key: str | None = None
    url_hash: str | None = None
    text_key: str | None = None


class Snapshot(Frozen):
    """One results page seen: its organic results as (canonical URL, title, rating shown), for entrants and exits."""

    id: str
    source_key: str
    page_number: int
    captured_at: AwareDatetime
    run: int
    revision: int
    entries: int
    organic: tuple[tuple[str, str, float | None], ...] = ()


def known(connection: Connection, ids: Sequence[str]) -> dict[str, ItemRecord]:
    """Return those of the ids that are known."""
    found: dict[str, ItemRecord] = {}
    for start in range(0, len(ids), CHUNK):
        for row in connection.execute(select(items).where(items.c.id.in_(ids[start : start + CHUNK]))):
            each = _known(row)
            found[each.id] = each
    return found


def save_items(connection: Connection, rows: Iterable[ItemRecord]) -> None:
    """Write items known, replacing."""
    values = [
        {**row.model_dump(), "brands": json.dumps(row.brands), "suspicion": json.dumps(row.suspicion)}
        for row in rows
    ]
    if values:
        connection.execute(replacing(connection, items, ["id"]), values)


def unseen(connection: Connection, source_key: str, *, run: int, limit: int) -> list[ItemRecord]:
    """Return present items last seen by an earlier run of the same listing, which this run did not see; the first `limit` by id."""
    query = (
        select(items)
        .join(runs, runs.c.sequence == items.c.last_run)
        .where(runs.c.source_key == source_key, items.c.presence == "present", items.c.last_run < run)
        .order_by(items.c.id)
        .limit(limit)
    )
    return [_known(row) for row in connection.execute(query)]


def held_by(connection: Connection, run: int, ids: Sequence[str]) -> dict[str, ItemRecord]:
    """Return those of the ids whose present content is in the harvest of a run."""
    return {key: each for key, each in known(connection, ids).items() if each.content_run == run}


def ids_held(connection: Connection, run: int) -> frozenset[str]:
    """Return the ids of the live items whose present content is in the harvest of a run."""
    query = select(items.c.id).where(items.c.content_run == run, items.c.presence.in_(LIVE))
    return frozenset(str(row[0]) for row in connection.execute(query))


def erasing(connection: Connection) -> list[ItemRecord]:
    """Return the items whose erasure was begun and not finished."""
    return [
        _known(row)
        for row in connection.execute(select(items).where(items.c.presence == "erasing").order_by(items.c.id))
    ]


def gone(connection: Connection) -> Iterator[ItemRecord]:
    """Yield the items that are erased (or being so) or expired: an index keeps their tombstones."""
    for row in connection.execute(
        select(items).where(items.c.presence.in_(("erasing", "erased", "expired"))).order_by(items.c.id)
    ):
        yield _known(row)


def count_live(connection: Connection) -> dict[str, int]:
    """Count what an index must hold, by kind of document: live mentions, entries of results pages, events."""
    mentions = connection.execute(
        select(func.count()).select_from(items).where(items.c.presence.in_(LIVE))
    ).scalar_one()
    entries = connection.execute(select(func.coalesce(func.sum(snapshots.c.entries), 0))).scalar_one()
    told = connection.execute(select(func.count()).select_from(events)).scalar_one()
    return {"mention": int(mentions), "search_result": int(entries), "event": int(told)}


def find_items(
    connection: Connection,
    *,
    url_hash: str | None = None,
    author_keys: Sequence[str] = (),
    item_id: str | None = None,
) -> list[ItemRecord]:
    """Return the items of a URL, of authors or of an id."""
    if item_id is not None:
        condition = items.c.id == item_id
    elif url_hash is not None:
        condition = items.c.url_hash == url_hash
    else:
        condition = items.c.author_key.in_(list(author_keys))
    return [_known(row) for row in connection.execute(select(items).where(condition).order_by(items.c.id))]


def last_seen_before(connection: Connection, moment: datetime, *, limit: int) -> list[ItemRecord]:
    """Return items last seen before a moment that still have content, oldest first."""
    query = (
        select(items)
        .where(items.c.last_seen_at < moment, items.c.presence.in_(LIVE))
        .order_by(items.c.last_seen_at, items.c.id)
    )
    return [_known(row) for row in connection.execute(query.limit(limit))]


def source_keys(connection: Connection) -> list[str]:
    """Return every source key that has items, or was ever collected."""
    query = select(items.c.source_key).union(select(runs.c.source_key))
    return sorted(str(row[0]) for row in connection.execute(query))


def save_events(connection: Connection, listed: Iterable[EventDocument], *, run: int) -> None:
    """Keep events, replacing."""
    values = [
        {"id": each.id, "run": run, "subject_id": each.subject_id, "payload": each.model_dump_json()}
        for each in listed
    ]
    if values:
        connection.execute(replacing(connection, events, ["id"]), values)


def all_events(connection: Connection) -> Iterator[EventDocument]:
    """Yield every event kept, by id."""
    for row in connection.execute(select(events.c.payload).order_by(events.c.id)):
        yield EventDocument.model_validate_json(row[0])


def events_of(connection: Connection, subjects: Sequence[str]) -> list[EventDocument]:
    """Return the events of subjects."""
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
    """Return the events that a run told of."""
    query = select(events.c.payload).where(events.c.run == run).order_by(events.c.id)
    return [EventDocument.model_validate_json(row[0]) for row in connection.execute(query)]


def drop_events(connection: Connection, subjects: Sequence[str]) -> None:
    """Forget the events of subjects."""
    for start in range(0, len(subjects), CHUNK):
        connection.execute(delete(events).where(events.c.subject_id.in_(subjects[start : start + CHUNK])))


def drop_events_by_id(connection: Connection, ids: Sequence[str]) -> None:
    """Forget events."""
    for start in range(0, len(ids), CHUNK):
        connection.execute(delete(events).where(events.c.id.in_(ids[start : start + CHUNK])))


def snapshot(connection: Connection, snapshot_id: str) -> Snapshot | None:
    """Return one results page seen."""
    row = connection.execute(select(snapshots).where(snapshots.c.id == snapshot_id)).first()
    return None if row is None else _snapshot(row)


def snapshot_before(connection: Connection, page: Snapshot) -> Snapshot | None:
    """Return the last results page of the same query seen before this one."""
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
    """Write a results page seen, replacing."""
    connection.execute(
        replacing(connection, snapshots, ["id"]), [{**page.model_dump(), "organic": json.dumps(page.organic)}]
    )


def quarantined(connection: Connection, listed: Iterable[tuple[str, str]], *, run: int) -> None:
    """Keep aside items that can never be processed, with the reason."""
    values = [{"id": key, "run": run, "reason": reason} for key, reason in listed]
    if values:
        connection.execute(replacing(connection, quarantine, ["id"]), values)


def replacing(connection: Connection, table: object, keys: list[str]) -> Insert:
    """An insert that replaces the row of the same key, in the words of the connection's database."""
    maker = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = maker(table)  # type: ignore[arg-type]
    changed = {column.name: column for column in statement.excluded if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed) if changed else insert(table)  # type: ignore[arg-type]


def _known(row: Row[tuple[object, ...]]) -> ItemRecord:
    fields = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public, if underscored, accessor)
    fields["brands"] = tuple(json.loads(fields["brands"]))
    fields["suspicion"] = tuple(json.loads(fields["suspicion"]))
    return ItemRecord(**fields)


def _snapshot(row: Row[tuple[object, ...]]) -> Snapshot:
    fields = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public, if underscored, accessor)
    fields["organic"] = tuple(tuple(each) for each in json.loads(fields["organic"]))
    return Snapshot(**fields)
