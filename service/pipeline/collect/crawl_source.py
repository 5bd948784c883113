"""Collect: one run of one source, from the moment it is due to the record of its end in the state.

A run is recorded before its child process starts and ended after its harvest is sealed. One found running at
start-up was killed: a sealed harvest ends it as its manifest says, an unsealed one is discarded and the run
has failed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import structlog

from crawlers.job import CrawlJob, Progress
from ouidire.errors import HarvestError
from ouidire.harvest.manifest import RunSummary
from ouidire.harvest.store import Harvest
from ouidire.ids import digest
from ouidire.items import RunStatus
from ouidire.state.marks import asked_runs
from ouidire.state.runs import (
    KILLED,
    Cursor,
    Run,
    begin_run,
    count_runs,
    cursor_of,
    end_run,
    list_runs,
    run_by_id,
)
from ouidire.state.suppressions import suppressed
from service.pipeline.collect.budgets import spent_today
from service.pipeline.collect.known_again import known_again
from service.pipeline.collect.source_past import files_of, identity_of, past_of
from service.pipeline.configured_sources import ConfiguredSource
from service.pipeline.installation import Installation
from service.pipeline.schedule import SLACK, Due, is_ahead

log = structlog.get_logger()
FULLY_READ: tuple[RunStatus, ...] = ("ok", "empty", "degraded")
"""A full run that ended so need not be made again before its time."""


def recover(installation: Installation) -> list[Run]:
    """End every run that a killed process left running, and return them."""
    with installation.state.read() as connection:
        left = list_runs(connection, status="running")
    ended: list[Run] = []
    for run in reversed(left):
        sealed = not installation.harvests.discard(run.source, run.source_key, run.id)
        try:
            summary = (
                harvest_of(installation, run).manifest.summary
                if sealed
                else _failure(run, KILLED, installation.clock())
            )
        except HarvestError as error:
            summary, sealed = _failure(run, str(error), installation.clock()), False
        ended.append(_ended(installation, run, summary, sealed=sealed))
        log.warning("recovered", run=run.id, source=run.source, status=summary.status)
    return ended


def collect(
    installation: Installation,
    wanted: ConfiguredSource,
    *,
    full: bool = False,
    kind: Literal["collect", "import"] = "collect",
    due: Due | None = None,
    on_progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
    as_of: datetime | None = None,
) -> Run:
    """Run one source and return how it ended; one source failing never raises.

    Everything is asked for with `full`, whenever the last full run is `full_every` old, and where a message
    of its site says that known things changed; otherwise what is newer than the source's cursor. `due` is
    what made it run: times missed before it are written to the log and into the next digest. When `stop`
    returns true, the run is ended as a killed one: nothing of it is kept, and it is due again at once.
    `as_of` is when the files that are imported were exported, where that is known.
    """
    now = installation.clock()
    with installation.state.read() as connection:
        cursor = cursor_of(connection, wanted.key)
        last_full = list_runs(
            connection, source_key=wanted.key, kind="collect", status=FULLY_READ, full=True, limit=1
        )
        past = past_of(connection, wanted.key, now=now)
        identity = identity_of(connection, wanted.key)
        files = files_of(connection, wanted.key) if kind == "import" else ()
        refused = suppressed(connection)
        began = {wanted.key: last_full[0].started_at} if last_full else {}
        asked = asked_runs(connection, [wanted.key], last_full=began).get(wanted.key)
        budgets = wanted.source.budgets(wanted.params)
        spent = spent_today(connection, budgets, now=now)
    full = full or (asked is not None and asked.full) or _full_is_due(last_full, wanted, now=now)
    run = begin(installation, wanted, now=now, full=full, kind=kind, due=due)
    job = CrawlJob(
        run_id=run.id,
        slug=wanted.source.slug,
        source_key=wanted.key,
        entity=wanted.entity,
        entities=wanted.entities,
        params=wanted.params.model_dump(mode="json"),
        folder=str(installation.harvests.folder(run.source, run.source_key, run.id)),
        since=None if full else _since(cursor, now=now),
        now=installation.fixed_now,
        author_secret=installation.secret.hex(),
        suppressed=tuple(sorted(refused)),
        validators={} if full else cursor.validators,
        fetch=installation.settings.fetch,
        past=past,
        identity=identity,
        budgets=budgets,
        spent=spent,
        files=files,
        as_of=as_of,
        imports=kind == "import",
        again=known_again(installation, wanted, now=now) if kind == "collect" else (),
    )
    reason = _crawl(job, wanted, on_progress, stop)
    sealed = not installation.harvests.discard(run.source, run.source_key, run.id)
    if sealed:
        summary = harvest_of(installation, run).manifest.summary
    else:
        summary = _failure(run, reason, installation.clock())
    return _ended(installation, run, summary, sealed=sealed)


def _crawl(
    job: CrawlJob, wanted: ConfiguredSource, on_progress: Progress | None, stop: Callable[[], bool] | None
) -> str:
    """Crawl, and return the run's reason; what it found is in its harvest, if that was sealed."""
    from crawlers.run import run as read_files
    from crawlers.spawn import STOPPED, run_job

    try:
        if wanted.source.about.access == "file":
            manifest = read_files(job, on_progress=on_progress)
        else:
            manifest = run_job(job, on_progress=on_progress, stop=stop)
    except HarvestError as error:
        return str(error)
    except OSError as error:
        advice = "look at the disk and at who may write to it"
        return f"the harvest could not be written: {error.strerror or error}; {advice}"
    return KILLED if manifest.summary.reason == STOPPED else manifest.summary.reason


def _full_is_due(last_full: list[Run], wanted: ConfiguredSource, *, now: datetime) -> bool:
    every = wanted.settings.full_every
    if not last_full or is_ahead(last_full[0].started_at, now=now):
        return True
    return now - last_full[0].started_at >= every - min(SLACK, every / 10)


def _since(cursor: Cursor, *, now: datetime) -> datetime | None:
    """Return from when on a source is asked; None for all where its cursor lies in the future."""
    return None if cursor.at is None or is_ahead(cursor.at, now=now) else cursor.at


def begin(
    installation: Installation,
    wanted: ConfiguredSource,
    *,
    now: datetime,
    full: bool,
    kind: Literal["collect", "import"],
    due: Due | None,
) -> Run:
    """Record that a run of a source starts, and return it; what was missed before it is logged."""
    with installation.state.begin() as connection:
        number = count_runs(connection, wanted.key)
        run_id = f"{now:%Y%m%dT%H%M%S}-{digest(wanted.key, str(number), size=4)}"
        run = begin_run(
            connection,
            run_id=run_id,
            kind=kind,
            source=wanted.source.slug,
            source_key=wanted.key,
            entity=wanted.entity,
            brands=wanted.settings.brands,
            place=wanted.settings.place,
            query_kind=wanted.query_kind,
            full=full,
            now=now,
            due_at=due.at if due else None,
            missed=due.missed if due else 0,
        )
    if run.missed:
        log.warning(
            "runs missed",
            run=run.id,
            source=run.source,
            key=run.source_key,
            missed=run.missed,
            due_at=str(run.due_at),
        )
    return run


def _ended(installation: Installation, run: Run, summary: RunSummary, *, sealed: bool) -> Run:
    with installation.state.begin() as connection:
        end_run(connection, run, summary, sealed=sealed)
        ended = run_by_id(connection, run.id) or run
    log.info(
        "run ended",
        run=run.id,
        source=run.source,
        status=summary.status,
        pages=summary.pages,
        items=summary.items,
    )
    return ended


def _failure(run: Run, reason: str, now: datetime) -> RunSummary:
    return RunSummary(
        status="failed", reason=reason, started_at=run.started_at, finished_at=max(now, run.started_at)
    )


def harvest_of(installation: Installation, run: Run) -> Harvest:
    """Open a run's harvest. Raises HarvestError when there is none."""
    return installation.harvests.open(run.source, run.source_key, run.id)
