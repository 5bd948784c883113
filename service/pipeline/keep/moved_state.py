"""A state in another database: moved there, or put there from a backup, in one transaction.

Every row is read back and compared before anything is committed. What is cut short leaves the target as it
was, and the source in force.
"""

import secrets
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from ouidire.errors import UsageError
from ouidire.settings.configuration import StateSettings
from ouidire.state import State, open_state
from ouidire.state.databases import open_engine
from ouidire.state.databases.copying import (
    TableSum,
    copy_rows,
    is_empty,
    read_dump,
    revision_of,
    sums_of,
    write_dump,
)
from ouidire.state.marks import MOVED, drop_mark, mark_of, set_mark
from ouidire.state.migrate import HEAD, stamped, upgrade_in
from ouidire.state.runs import list_runs
from service.pipeline.installation import Installation

MOVING = "moving"
"""The mark by which a move sees that its target is not its source."""


class MovedState(NamedTuple):
    """A state that was moved: where to, and the rows and sums of each table, the same on both."""

    url: str
    tables: dict[str, TableSum]


def move_state(installation: Installation, url: str) -> MovedState:
    """Copy the state into another database and compare; the former one is refused from then on.

    The caller holds the installation's lock. What was moved away from the target before is replaced. Raises
    UsageError for a run that is not ended, a target that is the same or holds another state, StateError and
    ConfigError as `open_state`.
    """
    StateSettings(url=url)
    source, target = installation.state, open_state(url)
    try:
        _refuse_same(source, target)
        with source.begin() as former:
            drop_mark(former, MOVING)
            if list_runs(former, status="running", limit=1):
                raise UsageError("a run is not ended: wait for it, or `ouidire run` ends one that was killed")
            tables = _fill(former, target, url)
            set_mark(former, MOVED, _where(url, installation.clock()))
    finally:
        target.close()
    return MovedState(url, tables)


def _refuse_same(source: State, target: State) -> None:
    """Raise UsageError where both are one database, however its address is written."""
    token = secrets.token_hex(16)
    with source.begin() as connection:
        set_mark(connection, MOVING, token)
    with target.read() as connection:
        if mark_of(connection, MOVING) == token:
            raise UsageError("the state is there already: name another database")


def _fill(former: Connection, target: State, url: str) -> dict[str, TableSum]:
    """Copy rows into a target that is empty, was moved away from, or is such a copy already."""
    with target.begin() as present:
        away = mark_of(present, MOVED) is not None
        if not away and not is_empty(present):
            sums = sums_of(present)
            if sums != sums_of(former):
                raise UsageError(f"{url} holds another state already: name an empty database")
            return sums
        return copy_rows(former, present)


def _where(url: str, now: datetime) -> str:
    return f"to {url}, {now:%Y-%m-%d %H:%M} UTC"


def holds_rows(url: str) -> bool:
    """Return whether a database holds a state with any row. Raises StateError, ConfigError."""
    state = State(open_engine(url))
    try:
        with state.read() as connection:
            return stamped(connection) is not None and not is_empty(connection)
    finally:
        state.close()


def dump_state(state: State, path: Path) -> dict[str, TableSum]:
    """Write a state into a file that any database can take, and return the sums of its tables."""
    with state.read() as connection:
        return write_dump(connection, path, revision=HEAD)


def restore_state(url: str, kept: Path) -> None:
    """Put a kept state, a dump or SQLite's file, into a database that is empty.

    Raises StateError where the dump is damaged, or a newer version's.
    """
    if kept.suffix == ".db":
        _restore_file(url, kept)
        return
    revision = revision_of(kept)
    state = State(open_engine(url))
    try:
        with state.begin() as connection:
            current = stamped(connection)
            if current is None:
                upgrade_in(connection, None, to=revision)
            read_dump(connection, kept)
            if current is None and revision != HEAD:
                upgrade_in(connection, revision)
    finally:
        state.close()


def _restore_file(url: str, kept: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "state.db"  # opened, a former version's is migrated
        shutil.copyfile(kept, copy)
        source = open_state(f"sqlite:///{copy}")
        target = open_state(url)
        try:
            with source.read() as former, target.begin() as present:
                copy_rows(former, present)
        finally:
            source.close()
            target.close()
