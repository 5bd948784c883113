"""The status of the service as plain data: what its page shows, and whether it is alive.

No words, no HTML.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from ouidire import __version__
from ouidire.frozen import Frozen
from ouidire.state.counts import (
    count_unconfirmed,
    count_waiting,
    last_good,
    mailings,
    missed_by_key,
    unsubscribed_by_report,
)
from ouidire.state.runs import Run, list_runs, newest_runs
from reports.words.status_words import status_key
from service.pipeline.collect.due import AHEAD, last_of
from service.pipeline.configured_sources import ConfiguredSource, configured_sources
from service.pipeline.installation import Installation
from service.pipeline.schedule import due_time, is_ahead
from service.pipeline.source_names import SourceName, source_names
from service.serve.scheduler.events import View
from service.serve.scheduler.jobs import REPORT

RECENT = 12
MAILINGS = 8
LOOKING_BACK = timedelta(days=7)
ALIVE = timedelta(minutes=2)
"""A scheduler loop that has shown no sign of life for so long is stuck."""

StatusTone = Literal["good", "note", "bad", "flat"]
ServiceVerdict = Literal["well", "ill", "stopping", "stuck"]
TONES: dict[str, StatusTone] = {
    "ok": "good",
    "empty": "good",
    "running": "flat",
    "never_run": "flat",
    "degraded": "note",
    "blocked": "note",
    "refused_by_robots": "note",
}
"""How each status looks; what is not named is bad."""
URGENCY: dict[StatusTone, int] = {"bad": 0, "note": 1, "good": 2, "flat": 2}
"""What wants a look stands first; the rest in the configuration's order."""


class SourceLine(Frozen):
    """One source: how it is, when it was read, when it will be.

    `missed` counts due runs of the last week that never began.
    """

    name: str
    kind: str
    key: str
    status: str
    tone: StatusTone
    last_run: AwareDatetime | None = None
    last_good: AwareDatetime | None = None
    next_run: AwareDatetime | None = None
    reason: str = ""
    missed: int = 0


class RunLine(Frozen):
    """One run that ended, or goes on."""

    name: str
    status: str
    tone: StatusTone
    at: AwareDatetime
    seconds: float | None = None
    new: int = 0
    updated: int = 0
    vanished: int = 0


class MailLine(Frozen):
    """One mailing, by what became of its mails; `claimed` ones are in doubt."""

    report: str
    brand: str
    period: str
    at: AwareDatetime
    statuses: dict[str, int]
    tone: StatusTone


class ServiceStatus(Frozen):
    """Everything that the page shows. `doubts` counts messages of which nobody knows whether they left."""

    version: str
    now: AwareDatetime
    started_at: AwareDatetime
    timezone: str
    verdict: ServiceVerdict
    ill: int
    sources: tuple[SourceLine, ...]
    runs: tuple[RunLine, ...]
    mails: tuple[MailLine, ...]
    next_digest: AwareDatetime | None = None
    recipients: int = 0
    left: int = 0
    waiting: int = 0
    doubts: int = 0
    under_way: int = 0
    waits_for: str = ""
    problems: tuple[str, ...] = ()
    reloaded_at: AwareDatetime | None = None
    changes: tuple[str, ...] = ()


def is_alive(view: View, *, now: datetime) -> bool:
    """Return whether the scheduler loop has shown a sign of life of late."""
    return abs(now - view.looked_at) < ALIVE


def status_of(installation: Installation, view: View) -> ServiceStatus:
    """Return the status of an installation. Raises StateError when the state cannot be read."""
    now = installation.clock()
    settings = installation.settings
    sources = {each.key: each for each in configured_sources(settings)}
    with installation.state.read() as connection:
        newest = {run.source_key: run for run in newest_runs(connection)}
        good, missed = last_good(connection), missed_by_key(connection, since=now - LOOKING_BACK)
        recent = list_runs(connection, limit=RECENT)
        mailed, left = mailings(connection, limit=MAILINGS), unsubscribed_by_report(connection)
        waiting = count_waiting(connection)
        # what is being sent is claimed as well
        doubts = 0 if view.processing else count_unconfirmed(connection)
    names = source_names(settings, list(sources.values()))
    lines = tuple(
        _source(
            each,
            names[key].whole,
            newest.get(key),
            good.get(key),
            missed.get(key, 0),
            timezone=settings.timezone,
            now=now,
        )
        for key, each in sources.items()
    )
    ill = sum(line.tone in ("bad", "note") for line in lines)
    return ServiceStatus(
        version=__version__,
        now=now,
        started_at=view.started_at,
        timezone=settings.timezone,
        verdict=_verdict(view, alive=is_alive(view, now=now), ill=bool(ill or view.problems or doubts)),
        ill=ill,
        sources=tuple(sorted(lines, key=lambda line: URGENCY[line.tone])),
        runs=tuple(_run(each, names) for each in recent),
        mails=tuple(
            MailLine(
                report=each.report,
                brand=each.brand,
                period=each.period,
                at=each.last_at,
                statuses=each.statuses,
                tone=_mailed(each.statuses),
            )
            for each in mailed
        ),
        next_digest=dict(view.next_times).get(REPORT),
        recipients=len(settings.recipient),
        left=sum(left.values()),
        waiting=waiting,
        doubts=doubts,
        under_way=len(view.crawls),
        waits_for=view.waits_for,
        problems=view.problems,
        reloaded_at=view.reloaded_at,
        changes=view.changes,
    )


def _verdict(view: View, *, alive: bool, ill: bool) -> ServiceVerdict:
    if view.stopping:
        return "stopping"
    if not alive:
        return "stuck"
    return "ill" if ill else "well"


def _source(
    each: ConfiguredSource,
    name: str,
    run: Run | None,
    good: datetime | None,
    missed: int,
    *,
    timezone: str,
    now: datetime,
) -> SourceLine:
    status = "never_run" if run is None else run.status
    words = "never_run" if run is None else _words_of(run, read_before=good is not None)
    ahead = run is not None and is_ahead(run.started_at, now=now)
    reason = run.reason if run else ""
    return SourceLine(
        name=name,
        kind=each.source.slug,
        key=each.key,
        status=words,
        tone="note" if ahead and status in ("ok", "empty") else TONES.get(status, "bad"),
        last_run=run.started_at if run else None,
        last_good=good,
        next_run=due_time(each.timetable(timezone), last_of(run), now=now) if run else None,
        reason=AHEAD if ahead else reason,
        missed=missed,
    )


def _words_of(run: Run, *, read_before: bool) -> str:
    """Return the key of the words for how a run ended, as the digest and `ouidire sources health` have it."""
    return status_key(run.source, run.status, reason=run.reason, read_before=read_before)


def _run(run: Run, names: Mapping[str, SourceName]) -> RunLine:
    known = names.get(run.source_key)
    return RunLine(
        name=known.whole if known else run.source_key,
        status=_words_of(run, read_before=True),
        tone=TONES.get(run.status, "bad"),
        at=run.started_at,
        seconds=(run.finished_at - run.started_at).total_seconds() if run.finished_at else None,
        new=run.new,
        updated=run.updated,
        vanished=run.vanished,
    )


def _mailed(statuses: dict[str, int]) -> StatusTone:
    if statuses.keys() & {"failed", "refused"}:
        return "bad"
    return "note" if "claimed" in statuses else "good"
