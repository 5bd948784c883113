"""Aliases: further ids under which a site shows a mention that is known under another."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from ouidire.frozen import Frozen
from ouidire.state.items import CHUNK, ItemRecord, item_record, upsert
from ouidire.state.tables import aliases, items, runs

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
