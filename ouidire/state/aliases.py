"""Aliases: further ids under which a site shows a mention that is known under another."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from ouidire.frozen import Frozen
from ouidire.state.items import CHUNK, upsert
from ouidire.state.tables import aliases


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


def further_ids(connection: Connection, item_ids: Sequence[str]) -> list[str]:
    """Return the further ids of some known mentions, in order."""
    found: list[str] = []
    for start in range(0, len(item_ids), CHUNK):
        chosen = item_ids[start : start + CHUNK]
        query = select(aliases.c.id).where(aliases.c.item_id.in_(chosen)).order_by(aliases.c.id)
        found += [str(row.id) for row in connection.execute(query)]
    return found
