"""Renames: further ids under which a site shows a known mention, and former slugs of brands."""

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, exists, func, or_, select, update

from ouidire.documents import EventDocument
from ouidire.frozen import Frozen
from ouidire.state.databases import upsert
from ouidire.state.items import CHUNK, ItemRecord, item_record
from ouidire.state.tables import aliases, deliveries, events, items, measured, runs

SAID = 16
"""Digits of a content hash that are of what the author said: the rest is of what its site adds."""


class Alias(Frozen):
    """One further id of a known mention, and the sequence of the run that showed it first."""

    id: str
    item_id: str
    run: int


def save_aliases(connection: Connection, listed: Iterable[Alias]) -> None:
    """Write aliases, replacing those of the same id."""
    values = [each.model_dump() for each in listed]
    if values:
        connection.execute(upsert(connection, aliases, ["id"]), values)


def known_ids(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the id that each of some ids is known under; those without an alias are left out."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(aliases.c.id, aliases.c.item_id).where(aliases.c.id.in_(ids[start : start + CHUNK]))
        found.update((str(row.id), str(row.item_id)) for row in connection.execute(query))
    return found


def further_ids(connection: Connection, item_ids: Sequence[str]) -> dict[str, str]:
    """Return the further ids of some known mentions, each with the id that it is known under."""
    found: dict[str, str] = {}
    for start in range(0, len(item_ids), CHUNK):
        chosen = item_ids[start : start + CHUNK]
        query = select(aliases.c.id, aliases.c.item_id).where(aliases.c.item_id.in_(chosen))
        found.update(
            (str(row.id), str(row.item_id)) for row in connection.execute(query.order_by(aliases.c.id))
        )
    return found


def possible_items(
    connection: Connection, source_key: str, *, said: Sequence[str], authors: Sequence[str]
) -> list[ItemRecord]:
    """Return the present items of a source that say what some hashes are of, or are of some authors."""
    found: dict[str, ItemRecord] = {}
    ours = (
        select(items)
        .join(runs, runs.c.sequence == items.c.last_run)
        .where(runs.c.source_key == source_key, items.c.presence == "present")
    )
    for column, values in ((func.substr(items.c.content, 1, SAID), said), (items.c.author_key, authors)):
        for start in range(0, len(values), CHUNK):
            query = ours.where(column.in_(values[start : start + CHUNK]))
            found.update((row.id, row) for row in map(item_record, connection.execute(query)))
    return [found[key] for key in sorted(found)]


class BrandRuns(Frozen):
    """The first and the last run of a brand, by sequence, and the keys of the sources read for it."""

    first: int
    last: int
    source_keys: frozenset[str]


def brands_of_runs(connection: Connection) -> dict[str, BrandRuns]:
    """Return the brands that sources were read for."""
    spans = (func.min(runs.c.sequence), func.max(runs.c.sequence))
    query = select(runs.c.brands, runs.c.source_key, *spans).group_by(runs.c.brands, runs.c.source_key)
    found: dict[str, BrandRuns] = {}
    for listed, key, first, last in connection.execute(query):
        for slug in json.loads(listed):
            before = found.get(slug, BrandRuns(first=first, last=last, source_keys=frozenset()))
            found[slug] = BrandRuns(
                first=min(first, before.first),
                last=max(last, before.last),
                source_keys=before.source_keys | {key},
            )
    return found


class SourceRuns(Frozen):
    """A source that was read: its brands, and how many mentions its runs found new."""

    source_key: str
    source: str
    entity: str
    brands: tuple[str, ...]
    mentions: int


def keys_read(connection: Connection) -> frozenset[str]:
    """Return the keys of the sources that were ever read."""
    return frozenset(connection.execute(select(runs.c.source_key).distinct()).scalars())


def sources_of_runs(connection: Connection) -> dict[str, SourceRuns]:
    """Return the sources that were ever read, by key."""
    columns = (runs.c.source_key, runs.c.source, runs.c.entity, runs.c.brands)
    query = select(*columns, func.sum(runs.c.new)).group_by(*columns).order_by(func.max(runs.c.sequence))
    found: dict[str, SourceRuns] = {}
    for key, source, entity, brands, mentions in connection.execute(query):
        before = found.get(key)
        found[key] = SourceRuns(
            source_key=key,
            source=source,
            entity=entity,
            brands=tuple(json.loads(brands)),
            mentions=int(mentions or 0) + (before.mentions if before else 0),
        )
    return found


def places_of(connection: Connection) -> dict[str, tuple[str | None, ...]]:
    """Return the places that the runs of each source were made for, by key; None for none."""
    query = select(runs.c.source_key, runs.c.place).distinct()
    found: dict[str, tuple[str | None, ...]] = {}
    for key, place in connection.execute(query.order_by(runs.c.source_key, runs.c.place)):
        found[key] = (*found.get(key, ()), place)
    return found


def rename_place(connection: Connection, source_key: str, *, former: str | None, now: str) -> None:
    """Put a place in the stead of a former one, or of none, in the runs of a source."""
    place = runs.c.place.is_(None) if former is None else runs.c.place == former
    wanted = (runs.c.source_key == source_key, place)
    connection.execute(update(runs).where(*wanted).values(place=now))


def has_mentions_of(connection: Connection, slug: str) -> bool:
    """Return whether the state holds a mention of a brand."""
    wanted = select(items.c.id).where(items.c.brands.contains(json.dumps(slug), autoescape=True))
    return bool(connection.execute(select(exists(wanted))).scalar_one())


def is_named_anywhere(connection: Connection, slug: str) -> bool:
    """Return whether anything in the state is of a brand: mentions, runs, events, measures or deliveries."""
    quoted = json.dumps(slug)
    conditions = (
        items.c.brands.contains(quoted, autoescape=True),
        runs.c.brands.contains(quoted, autoescape=True),
        events.c.payload.contains(f'"brands":[{quoted}', autoescape=True),
        measured.c.brand == slug,
        deliveries.c.brand == slug,
    )
    return any(
        connection.execute(select(exists(select(1).where(condition)))).scalar_one()
        for condition in conditions
    )


def rename_brands(connection: Connection, slugs: Mapping[str, str]) -> None:
    """Put the present slug of each brand in the place of its former one: items, runs, events and deliveries.

    What bears both is of the present one, once. A delivery that was made under both slugs stays as it is.
    """
    for table in (items, runs):
        for (listed,) in connection.execute(select(table.c.brands).distinct()).all():
            now = json.dumps(list(renamed_brands(json.loads(listed), slugs)))
            if now != listed and any(slug in slugs for slug in json.loads(listed)):
                connection.execute(update(table).where(table.c.brands == listed).values(brands=now))
    named = or_(*(events.c.payload.contains(json.dumps(slug), autoescape=True) for slug in slugs))
    for key, payload in connection.execute(select(events.c.id, events.c.payload).where(named)).all():
        event = EventDocument.model_validate_json(payload)
        event = event.model_copy(update={"brands": renamed_brands(event.brands, slugs)})
        connection.execute(update(events).where(events.c.id == key).values(payload=event.model_dump_json()))
    for former, present in slugs.items():
        made = deliveries.alias()
        same = [made.c[name] == deliveries.c[name] for name in ("report", "edition", "period", "recipient")]
        twice = exists().where(made.c.brand == present, *same)
        connection.execute(
            update(deliveries).where(deliveries.c.brand == former, ~twice).values(brand=present)
        )


def renamed_brands(listed: Sequence[str], slugs: Mapping[str, str]) -> tuple[str, ...]:
    """Return slugs of brands with the present ones in the place of former ones, each once, in order."""
    return tuple(sorted({slugs.get(slug, slug) for slug in listed}))
