"""Collect: one run of one source, from the moment it is due to its honest end in the state.

A run is recorded before its child process starts and ended after its harvest is sealed. One found running at start-up was
killed: a sealed harvest ends it as its manifest says, an unsealed one is discarded and the run has failed.
"""

from collections.abc import Callable
from datetime import datetime
from statistics import median
from typing import Literal

import structlog

from ouidire.harvest import Harvest, RunSummary
from ouidire.ids import digest
from ouidire.job import CrawlJob
from ouidire.pipeline.catalogue import Configured
from ouidire.pipeline.installation import Installation
from ouidire.schedule import SLACK
from ouidire.state.runs import Run, begin_run, count_runs, cursor_of, end_run, list_runs, run_by_id
from ouidire.state.suppressions import suppressed

log = structlog.get_logger()
PAST_RUNS = 12
"""How many past runs of a source say what is usual for it."""
KILLED = "the process was killed before it ended; nothing of it was kept"

Progress = Callable[[int, int], None]
"""Called with (pages, items) while a run goes on."""


def recover(house: Installation) -> list[Run]:
    """End every run that a killed process left running. Returns them."""
    with house.state.read() as connection:
        left = list_runs(connection, status="running")
    ended: list[Run] = []
    for run in reversed(left):
        if house.harvests.is_sealed(run.source, run.source_key, run.id):
            summary, sealed = house.harvests.open(run.source, run.source_key, run.id).manifest.summary, True
        else:
            house.harvests.discard(run.source, run.source_key, run.id)
            summary, sealed = _failure(run, KILLED, house.clock()), False
        ended.append(_ended(house, run, summary, sealed=sealed))
        log.warning("recovered", run=run.id, source=run.source, status=summary.status)
    return ended


def collect(
    house: Installation,
    wanted: Configured,
    *,
    full: bool = False,
    kind: Literal["collect", "import"] = "collect",
    on_progress: Progress | None = None,
) -> Run:
    """Run one source and return how it ended; one source failing never raises.

    Everything is asked for with `full`, and whenever the last full run is `full_every` old; otherwise what is newer than the
    source's cursor.
    """
    now = house.clock()
    with house.state.read() as connection:
        cursor = cursor_of(connection, wanted.key)
        past = list_runs(connection, source_key=wanted.key, limit=PAST_RUNS)
        refused = suppressed(connection)
    full = full or _full_is_due(past, wanted, now=now)
    run = _begin(house, wanted, now=now, full=full, kind=kind)
    job = CrawlJob(
        run_id=run.id,
        slug=wanted.source.slug,
        source_key=wanted.key,
        entity=wanted.entity,
        params=wanted.params.model_dump(mode="json"),
        folder=str(house.harvests.folder(run.source, run.source_key, run.id)),
        since=None if full else cursor.at,
        now=house.fixed_now,
        author_secret=house.secret.hex(),
        suppressed=tuple(sorted(refused)),
        validators={} if full else cursor.validators,
        fetch=house.settings.fetch,
        **_usual(past),
    )
    summary = _crawl(job, wanted, on_progress)
    sealed = house.harvests.is_sealed(run.source, run.source_key, run.id)
    if not sealed:
        house.harvests.discard(run.source, run.source_key, run.id)
        summary = _failure(run, summary.reason, house.clock())
    return _ended(house, run, summary, sealed=sealed)


def _crawl(job: CrawlJob, wanted: Configured, on_progress: Progress | None) -> RunSummary:
    if wanted.source.about.access == "file":
        from crawlers.run import run as read_files

        # a file shows what it holds, never that the rest is gone
        return read_files(job, on_progress=on_progress).summary.model_copy(update={"complete": False})
    from crawlers.spawn import run_job

    return run_job(job, on_progress=on_progress).summary


def _full_is_due(past: list[Run], wanted: Configured, *, now: datetime) -> bool:
    last = next((run.started_at for run in past if run.full and run.status in ("ok", "empty", "degraded")), None)
    every = wanted.settings.full_every
    return last is None or now - last >= every - min(SLACK, every / 10)


def _begin(house: Installation, wanted: Configured, *, now: datetime, full: bool, kind: Literal["collect", "import"]) -> Run:
    with house.state.begin() as connection:
        number = count_runs(connection, wanted.key)
        run_id = f"{now:%Y%m%dT%H%M%S}-{digest(wanted.key, str(number), size=4)}"
        return begin_run(
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
        )


def _ended(house: Installation, run: Run, summary: RunSummary, *, sealed: bool) -> Run:
    with house.state.begin() as connection:
        end_run(connection, run, summary, sealed=sealed)
        ended = run_by_id(connection, run.id) or run
    log.info("run ended", run=run.id, source=run.source, status=summary.status, pages=summary.pages, items=summary.items)
    return ended


def _failure(run: Run, reason: str, now: datetime) -> RunSummary:
    return RunSummary(status="failed", reason=reason, started_at=run.started_at, finished_at=max(now, run.started_at))


def _usual(past: list[Run]) -> dict[str, object]:
    """What is usual for a source: medians over its past good runs."""
    good = [run.summary for run in past if run.status == "ok" and run.summary is not None and run.summary.items > 0]
    fields = sorted({name for each in good for name in each.fill_rates})
    return {
        "first": not good,
        "usual_fill": {name: median(each.fill_rates.get(name, 0.0) for each in good) for name in fields},
        "usual_items": median(each.items for each in good if each.complete) if any(each.complete for each in good) else None,
    }


def harvest_of(house: Installation, run: Run) -> Harvest:
    """Open a run's harvest. Raises HarvestError when there is none."""
    return house.harvests.open(run.source, run.source_key, run.id)
