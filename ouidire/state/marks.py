"""Marks: how far work over the whole corpus has come, so that it is not repeated when nothing has changed."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from ouidire.ids import digest
from ouidire.state.databases import upsert
from ouidire.state.tables import marks

RECOVERING = "recovering"
"""The mark of a state that is being recovered: it is not complete yet, and nothing may be told of it."""
RESTORED = "restored"
"""The mark of a state that was put back from a backup: when that was taken, until the index is rebuilt."""
MOVED = "moved"
"""The mark of a state that was moved: where to, and when; nothing may be done with it any more."""
KEY = "key"
"""The mark of the key that the state was made with: a hash of it."""
LINKED = "duplicates"
"""The mark of what linking (near-duplicates, suspicion) has taken into account."""


def mark_of(connection: Connection, name: str) -> str | None:
    """Return the value of a mark; None when the work was never done, or must be done again."""
    value: str | None = connection.execute(select(marks.c.value).where(marks.c.name == name)).scalar()
    return value


def set_mark(connection: Connection, name: str, value: str) -> None:
    """Set how far a piece of work has come."""
    connection.execute(upsert(connection, marks, ["name"]), [{"name": name, "value": value}])


def drop_mark(connection: Connection, name: str) -> None:
    """Delete a mark, so that its work is done again."""
    connection.execute(delete(marks).where(marks.c.name == name))


class AskedRun(NamedTuple):
    """A run that a site's message has asked for: when, and whether everything is to be read again."""

    at: datetime
    full: bool


def ask_for_run(connection: Connection, source_key: str, *, at: datetime, full: bool) -> None:
    """Record that a site's message asks for a run of a source; what was asked before is not forgotten.

    A full run that was asked for stands until a later one has begun (see `asked_runs`).
    """
    before = asked_runs(connection, [source_key]).get(source_key)
    full_at = at if full else None
    if before is not None and before.full and full_at is None:
        full_at = _held(connection, source_key)[1]
    value = {"at": at.isoformat(), "full_at": full_at.isoformat() if full_at else None}
    set_mark(connection, _asked(source_key), json.dumps(value))


def asked_runs(
    connection: Connection, source_keys: Iterable[str], *, last_full: dict[str, datetime] | None = None
) -> dict[str, AskedRun]:
    """Return the runs that were asked for, by source key.

    A full one counts as such until a full run has begun after it: `last_full` holds when the last did.
    """
    found: dict[str, AskedRun] = {}
    for key in source_keys:
        at, full_at = _held(connection, key)
        if at is not None:
            began = (last_full or {}).get(key)
            found[key] = AskedRun(at, full=full_at is not None and (began is None or began < full_at))
    return found


def _asked(source_key: str) -> str:
    return f"asked:{digest('asked', source_key)}"


def _held(connection: Connection, source_key: str) -> tuple[datetime | None, datetime | None]:
    value = mark_of(connection, _asked(source_key))
    if value is None:
        return None, None
    held = json.loads(value)
    full_at = held.get("full_at")
    return datetime.fromisoformat(held["at"]), datetime.fromisoformat(full_at) if full_at else None
