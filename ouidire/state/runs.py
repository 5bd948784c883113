"""Runs and cursors: each execution of a source, how it ended, and from where the next one starts.

A run is `running` until it ends; one found running at start-up was killed, and ends as `failed` unless its
harvest was sealed. The cursor advances in the transaction that records the end, so that it never covers what
is not safe.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, Literal

from pydantic import AwareDatetime, Field
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    exists,
    func,
    insert,
    not_,
    select,
    update,
)

from ouidire.frozen import Frozen
from ouidire.harvest.manifest import RunHold, RunSummary, Validators
from ouidire.items import RunState
from ouidire.state.databases import STREAMED
from ouidire.state.tables import cursors, items, runs

KILLED = "the process was killed before it ended; nothing of it was kept"
"""The reason of a run found running at start-up without a sealed harvest.

It is made again at once, and then counts for nothing.
"""
RunKind = Literal["collect", "import", "reparse"]


class Run(Frozen):
    """One execution of one source. `sequence` orders ingestion."""

    sequence: int
    id: str
    kind: RunKind
    source: str
    source_key: str
    entity: str
    brands: tuple[str, ...] = ()
    place: str | None = None
    query_kind: str | None = None
    full: bool = True
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    status: RunState
    reason: str = ""
    summary: RunSummary | None = None
    sealed: bool = False
    ingested_at: AwareDatetime | None = None
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    vanished: int = 0
    due_at: AwareDatetime | None = None
    missed: int = 0
    decision: Literal["accepted", "rejected"] | None = None


def is_held(run: Run) -> bool:
    """Return whether nothing of a run's harvest may be used: a person has not accepted it."""
    return run.summary is not None and run.summary.hold is not None and run.decision != "accepted"


class Cursor(Frozen):
    """The newest date that a source's sealed harvests cover, and the validators of its pages."""

    at: AwareDatetime | None = None
    validators: dict[str, Validators] = Field(default_factory=dict)


class Counts(Frozen):
    """How many items a run found new, updated, unchanged or vanished."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    vanished: int = 0


def begin_run(  # noqa: PLR0913 (a run's own facts, all named)
    connection: Connection,
    *,
    run_id: str,
    kind: RunKind,
    source: str,
    source_key: str,
    entity: str,
    brands: Sequence[str],
    place: str | None,
    query_kind: str | None,
    full: bool,
    now: datetime,
    due_at: datetime | None = None,
    missed: int = 0,
) -> Run:
    """Record that a run starts, and return it."""
    connection.execute(
        insert(runs).values(
            id=run_id,
            kind=kind,
            source=source,
            source_key=source_key,
            entity=entity,
            brands=json.dumps(list(brands)),
            place=place,
            query_kind=query_kind,
            full=full,
            started_at=now,
            status="running",
            reason="",
            due_at=due_at,
            missed=missed,
        ),
    )
    found = run_by_id(connection, run_id)
    if found is None:
        raise AssertionError(run_id)
    return found


def end_run(connection: Connection, run: Run, summary: RunSummary, *, sealed: bool) -> None:
    """Record how a run ended and, when its harvest is sealed, advance the source's cursor to what it covers.

    Only collecting advances it: a saved page says nothing of what lies between it and the last run.
    """
    connection.execute(
        update(runs)
        .where(runs.c.id == run.id)
        .values(
            status=summary.status,
            reason=summary.reason,
            finished_at=summary.finished_at,
            summary=summary.model_dump_json(exclude={"validators"}),
            sealed=sealed,
        ),
    )
    if not sealed or run.kind != "collect" or summary.status not in ("ok", "empty", "degraded"):
        return
    before = cursor_of(connection, run.source_key)
    if before.at is not None and before.at > max(summary.finished_at, run.started_at):
        before = before.model_copy(update={"at": None})  # of a clock that was ahead
    at = max((moment for moment in (before.at, summary.cursor) if moment is not None), default=None)
    if summary.status == "degraded":
        at = before.at  # something was missed: the next run must look as far back as this one did
    kept = {**before.validators, **summary.validators} if summary.status != "degraded" else {}
    connection.execute(delete(cursors).where(cursors.c.source_key == run.source_key))
    connection.execute(
        insert(cursors).values(
            source_key=run.source_key,
            at=at,
            run_id=run.id,
            validators=json.dumps({url: each.model_dump(exclude_none=True) for url, each in kept.items()}),
        ),
    )


def cursor_of(connection: Connection, source_key: str) -> Cursor:
    """Return a source's cursor; an empty one when it never ran."""
    row = connection.execute(
        select(cursors.c.at, cursors.c.validators).where(cursors.c.source_key == source_key)
    ).first()
    if row is None:
        return Cursor()
    return Cursor(
        at=row.at, validators={url: Validators(**each) for url, each in json.loads(row.validators).items()}
    )


def forget_cursor(connection: Connection, source_key: str) -> None:
    """Forget how far a source was read: its next run looks as far back as a first one does."""
    connection.execute(delete(cursors).where(cursors.c.source_key == source_key))


def run_by_id(connection: Connection, run_id: str) -> Run | None:
    """Return the run of an id; None when there is none."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
    return None if row is None else _run(row)


def run_by_sequence(connection: Connection, sequence: int) -> Run | None:
    """Return the run of a sequence number; None when there is none."""
    row = connection.execute(select(runs).where(runs.c.sequence == sequence)).first()
    return None if row is None else _run(row)


READ: Final[tuple[RunState, ...]] = ("ok", "empty", "degraded")
"""Statuses of runs that have read what there was, or a part of it."""


def list_runs(
    connection: Connection,
    *,
    source_key: str | None = None,
    kind: RunKind | None = None,
    status: RunState | Sequence[RunState] | None = None,
    full: bool | None = None,
    read: bool = False,
    limit: int | None = None,
) -> list[Run]:
    """Return runs, newest first, that meet every condition given.

    With `read`, those that have read something or that a person accepted: failures between them, however
    many, take no place of the `limit`.
    """
    query = select(runs).order_by(runs.c.sequence.desc())
    if source_key is not None:
        query = query.where(runs.c.source_key == source_key)
    if kind is not None:
        query = query.where(runs.c.kind == kind)
    if status is not None:
        query = query.where(runs.c.status.in_([status] if isinstance(status, str) else list(status)))
    if full is not None:
        query = query.where(runs.c.full.is_(full))
    if read:
        query = query.where(runs.c.status.in_(READ) | (runs.c.decision == "accepted"))
    return [_run(row) for row in connection.execute(query.limit(limit))]


def run_ids(connection: Connection, *, kind: RunKind | None = None) -> frozenset[str]:
    """Return the ids of all runs, or of those of a kind: of a long history nothing else is read."""
    query = select(runs.c.id)
    if kind is not None:
        query = query.where(runs.c.kind == kind)
    return frozenset(connection.execute(query).scalars())


def newest_runs(connection: Connection) -> list[Run]:
    """Return the last collecting run of every source that ever ran, in the order in which they began."""
    newest = select(func.max(runs.c.sequence)).where(runs.c.kind == "collect").group_by(runs.c.source_key)
    return [
        _run(row)
        for row in connection.execute(
            select(runs).where(runs.c.sequence.in_(newest)).order_by(runs.c.sequence)
        )
    ]


def first_run_at(connection: Connection) -> datetime | None:
    """Return when the earliest run of all started; None when there is none."""
    row = connection.execute(select(runs.c.started_at).order_by(runs.c.started_at).limit(1)).first()
    return None if row is None else row.started_at


def start_times(connection: Connection, sequences: Iterable[int]) -> dict[int, datetime]:
    """Return when each of some runs started, by sequence number."""
    wanted = sorted(set(sequences))
    query = select(runs.c.sequence, runs.c.started_at)
    return {
        row.sequence: row.started_at
        for row in (connection.execute(query.where(runs.c.sequence.in_(wanted))) if wanted else ())
    }


def count_runs(connection: Connection, source_key: str) -> int:
    """Count the runs of a source."""
    return int(
        connection.execute(
            select(func.count()).select_from(runs).where(runs.c.source_key == source_key)
        ).scalar_one()
    )


def waiting_runs(connection: Connection) -> list[Run]:
    """Return the ended runs that the index has not wholly acknowledged, oldest first."""
    query = (
        select(runs).where(runs.c.status != "running", runs.c.ingested_at.is_(None)).order_by(runs.c.sequence)
    )
    return [_run(row) for row in connection.execute(query)]


def runs_since(connection: Connection, source_key: str, *, first: int) -> list[Run]:
    """Return the sealed and ingested runs of a source from one on, oldest first."""
    query = select(runs).where(
        runs.c.source_key == source_key,
        runs.c.sequence >= first,
        runs.c.sealed.is_(True),
        runs.c.ingested_at.is_not(None),
    )
    return [_run(row) for row in connection.execute(query.order_by(runs.c.sequence))]


def hold_run(connection: Connection, run: Run, hold: RunHold) -> Run:
    """Hold a run as a whole, since what the state knows speaks against it; return it as it is now."""
    if run.summary is None:
        raise AssertionError(run.id)
    changes = {"hold": hold, "status": "layout_changed", "reason": hold.detail, "complete": False}
    summary = run.summary.model_copy(update=changes)
    connection.execute(
        update(runs)
        .where(runs.c.id == run.id)
        .values(
            status=summary.status,
            reason=summary.reason,
            summary=summary.model_dump_json(exclude={"validators"}),
        )
    )
    return run_by_id(connection, run.id) or run


def answer_run(connection: Connection, run: Run, decision: Literal["accepted", "rejected"]) -> None:
    """Record what a person has decided of a run; one that was held as a whole, once accepted, is ingested."""
    values: dict[str, object] = {"decision": decision}
    if decision == "accepted" and run.summary is not None and run.summary.hold is not None:
        values["ingested_at"] = None
    connection.execute(update(runs).where(runs.c.id == run.id).values(values))


def sealed_runs(connection: Connection) -> Iterator[Run]:
    """Yield every run with a harvest, oldest first."""
    query = select(runs).where(runs.c.status != "running", runs.c.sealed.is_(True)).order_by(runs.c.sequence)
    for row in connection.execute(query.execution_options(**STREAMED)):
        yield _run(row)


def shown_runs(connection: Connection) -> Iterator[Run]:
    """Yield the runs that an index shows (see `count_shown`), oldest first."""
    query = select(runs).where(_shown()).order_by(runs.c.sequence)
    for row in connection.execute(query.execution_options(**STREAMED)):
        yield _run(row)


def count_shown(connection: Connection) -> int:
    """Count the runs that an index shows: the ingested ones but reparses and killed ones made again."""
    return int(connection.execute(select(func.count()).select_from(runs).where(_shown())).scalar_one())


def count_ingested(connection: Connection) -> int:
    """Count the runs that the index has wholly acknowledged; the count only grows."""
    return int(
        connection.execute(
            select(func.count()).select_from(runs).where(runs.c.ingested_at.is_not(None))
        ).scalar_one()
    )


def killed_runs_before(connection: Connection, run: Run) -> list[str]:
    """Return the ids of the killed runs just before this one, which makes them again; latest first."""
    query = (
        select(runs.c.id, runs.c.reason)
        .where(runs.c.source_key == run.source_key, runs.c.kind == "collect", runs.c.sequence < run.sequence)
        .order_by(runs.c.sequence.desc())
    )
    found: list[str] = []
    for row in connection.execute(query):
        if row.reason != KILLED:
            break
        found.append(row.id)
    return found


def _shown() -> ColumnElement[bool]:
    later = runs.alias()
    made_again = exists().where(
        later.c.source_key == runs.c.source_key,
        later.c.kind == "collect",
        later.c.sequence > runs.c.sequence,
        later.c.reason != KILLED,
        later.c.ingested_at.is_not(None),
    )
    killed = and_(runs.c.kind == "collect", runs.c.reason == KILLED)
    return and_(runs.c.ingested_at.is_not(None), runs.c.kind != "reparse", not_(and_(killed, made_again)))


def count_items(connection: Connection, run: Run) -> Counts:
    """Count what a run did to the items, from their records: the same however often it is called."""
    seen = select(func.count()).select_from(items)

    def number(*conditions: object) -> int:
        return int(connection.execute(seen.where(*conditions)).scalar_one())  # type: ignore[arg-type]

    new = number(items.c.first_run == run.sequence)
    updated = number(items.c.changed_run == run.sequence, items.c.first_run != run.sequence)
    touched = number(items.c.last_run == run.sequence)
    vanished = number(items.c.vanished_run == run.sequence)
    return Counts(new=new, updated=updated, unchanged=max(0, touched - new - updated), vanished=vanished)


def mark_ingested(connection: Connection, run: Run, counts: Counts, *, now: datetime) -> None:
    """Record that the index has acknowledged all of a run, with the counts of its items."""
    connection.execute(update(runs).where(runs.c.id == run.id).values(ingested_at=now, **counts.model_dump()))


def _run(row: Row[tuple[object, ...]]) -> Run:
    fields = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public, if underscored, accessor)
    fields["brands"] = tuple(json.loads(fields["brands"]))
    fields["summary"] = RunSummary.model_validate_json(fields["summary"]) if fields["summary"] else None
    return Run(**fields)
