"""The conductor: one thread that hears what happened, looks at what is due, and sends others to do it.

It decides and never works: crawls and what follows them run in the crew's threads and come back as events.
Everything is decided again at each look from the state and the clock, so that an event lost, late or heard
twice changes nothing. The installation's lock is held only while something is under way: between, other
commands may work.
"""

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from ouidire.period import last_full_period
from ouidire.settings.configuration import Settings
from ouidire.state.runs import Run
from ouidire.system.locks import LockHeld
from service.pipeline.collect.crawl_source import collect, recover
from service.pipeline.collect.due import due_now, last_of, last_runs
from service.pipeline.configured_sources import Configured, configured_sources
from service.pipeline.index.annotate import MentionAnnotator
from service.pipeline.installation import Installation
from service.pipeline.run_due import Done, process_pending
from service.pipeline.schedule import Due, digest_time, due_time
from service.serve.scheduler.events import (
    Ended,
    Event,
    PassFinished,
    Reload,
    RunningCrawl,
    Stop,
    TimerFired,
    View,
)
from service.serve.scheduler.jobs import AGAIN, HEALTH, REPORT, RETENTION, job_of, jobs_of
from service.serve.scheduler.reload import changed, merged
from service.serve.scheduler.source_alarms import SourceWatch
from service.serve.scheduler.timer import JobTimer

log = structlog.get_logger()
PATIENCE = timedelta(hours=1)
"""A digest waits so long for crawls that were due before it; then it goes, and says what it has not seen."""
LOCK_WAIT = timedelta(seconds=15)
FIRST_RETRY, LAST_RETRY = timedelta(minutes=5), timedelta(hours=1)
INGEST = "ingest"
ADDRESS = re.compile(r"[^\s@<]+@[^\s@>]+")


class Workers(Protocol):
    """Those who work. What they are sent to do never raises; its outcome comes back as an event."""

    def crawl(self, key: str, work: Callable[[Callable[[], bool]], Run]) -> None:
        """Have a crawl made; `work` is given what to ask whether to stop."""

    def process_pending(self, work: Callable[[], Done]) -> None:
        """Have done what follows crawling."""

    def cancel_all(self) -> None:
        """Have every crawl under way end at once."""


class Measure(Protocol):
    """Who counts how long things take, in seconds."""

    def crawled(self, source: str, status: str, seconds: float) -> None:
        """Count a run."""

    def tended(self, seconds: float) -> None:
        """Count what follows runs."""


class SchedulerLoop:
    """One installation's conductor. Only `view` may be read by other threads."""

    def __init__(
        self,
        installation: Installation,
        alarm: JobTimer,
        crew: Workers,
        *,
        measure: Measure | None = None,
        collect: Callable[..., Run] = collect,
    ) -> None:
        self._house = installation
        self._alarm = alarm
        self._crew = crew
        self._collect = collect
        self._measure = measure
        self._watch = SourceWatch()
        self._sources: dict[str, Configured] = {}
        self._flights: dict[str, RunningCrawl] = {}
        self._retry_at: dict[str, datetime] = {}
        self._dirty = {INGEST, REPORT}
        self._tending = False
        self._failures = 0
        self._lock: ExitStack | None = None
        self._reader: MentionAnnotator | None = None
        now = installation.clock()
        self.view = View(started_at=now, looked_at=now)

    @property
    def finished(self) -> bool:
        """Whether it was told to stop and nothing is under way any more."""
        return self.view.stopping and not self._flights and not self._tending

    def begin(self) -> None:
        """Start: what was due while nothing ran is done now, once."""
        self._configure()
        self._alarm.start(
            jobs_of(self._house.settings, list(self._sources.values())), now=self._house.clock()
        )
        self.look()

    def hear(self, event: Event) -> None:
        """Take in what happened, and look."""
        match event:
            case TimerFired(job):
                self._dirty |= {REPORT: {REPORT}, RETENTION: {RETENTION}, AGAIN: {INGEST, REPORT}}.get(
                    job, set()
                )
            case Ended(key, run, problem):
                self._flights.pop(key, None)
                self._dirty.add(INGEST)
                if run is not None and run.finished_at is not None and self._measure:
                    self._measure.crawled(
                        run.source, run.status, (run.finished_at - run.started_at).total_seconds()
                    )
                if run is None:
                    self._retry_at[key] = self._house.clock() + FIRST_RETRY
                    self._note((f"{key}: {problem}",))
            case PassFinished(done, problem):
                self._tending = False
                self._take_stock((problem,) if done is None else done.problems)
            case Reload(settings):
                self._reconfigure(settings)
            case Stop():
                self._alarm.stop()
                self.view = self.view._replace(stopping=True)
        self.look()

    def look(self) -> None:
        """Look at what is due, and have done what can be done now."""
        now = self._house.clock()
        due = {} if self.view.stopping else self._due(now)
        if (due or self._may_tend(now, due)) and self._locked(now):
            due = self._due(now)  # a killed run that was just found is due again
            self._send(due)
            if self._may_tend(now, due):
                self._tend(now, due)
        if not self._flights and not self._tending and self._lock is not None:
            self._lock.close()
            self._lock = None
        if not self.view.stopping:
            self._plan(now)
        self.view = self.view._replace(
            looked_at=now,
            flights=tuple(self._flights.values()),
            waiting=tuple(key for key in due if key not in self._flights),
            tending=self._tending,
        )

    def beat(self) -> None:
        """Show that the conductor is alive."""
        self.view = self.view._replace(looked_at=self._house.clock())

    def refuse(self, problems: tuple[str, ...]) -> None:
        """Show that a configuration was refused; the old one stays."""
        self.view = self.view._replace(
            reloaded_at=self._house.clock(), changes=tuple(f"refused: {each}" for each in problems)
        )

    def cancel_all(self) -> None:
        """Wait no longer for crawls: what is ended so is due again at the next start."""
        log.warning("crawls are ended before they are done", crawls=len(self._flights))
        self._crew.cancel_all()

    def release(self) -> None:
        """Let go of the lock, whatever is under way."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # --- Crawling ---

    def _due(self, now: datetime) -> dict[str, Due]:
        self._retry_at = {key: until for key, until in self._retry_at.items() if until > now}
        free = [
            each
            for key, each in self._sources.items()
            if key not in self._flights and key not in self._retry_at
        ]
        return due_now(self._house, free, slack=timedelta())

    def _send(self, due: dict[str, Due]) -> None:
        """Send crawls off: one at a time to a site, and as many at once as the configuration says."""
        for key, why in due.items():
            wanted = self._sources[key]
            busy = any(each.site == wanted.site for each in self._flights.values())
            if busy or len(self._flights) >= self._house.settings.fetch.parallel:
                continue
            self._flights[key] = RunningCrawl(key, wanted.site, self._house.clock())
            self._crew.crawl(key, partial(self._crawl, wanted, why))

    def _crawl(self, wanted: Configured, why: Due, stop: Callable[[], bool]) -> Run:
        return self._collect(self._house, wanted, due=why, stop=stop)

    # --- What follows ---

    def _may_tend(self, now: datetime, due: dict[str, Due]) -> bool:
        return (
            not self._tending
            and not self.view.stopping
            and bool(self._dirty - ({REPORT} if self._waits(now, due) else set()))
        )

    def _waits(self, now: datetime, due: dict[str, Due]) -> bool:
        """Whether a digest should still wait for crawls."""
        settings = self._house.settings
        if not self._flights and not due.keys():
            return False
        period = last_full_period("week", now, timezone=settings.timezone)
        hour = digest_time(period, weekday=settings.digest.weekday, hour=settings.digest.hour)
        return now < max(hour, self.view.started_at) + PATIENCE

    def _tend(self, now: datetime, due: dict[str, Due]) -> None:
        taken = self._dirty - ({REPORT} if self._waits(now, due) else set())
        self._dirty -= taken
        self._tending = True
        self._crew.process_pending(partial(self._work, retention=RETENTION in taken, reports=REPORT in taken))

    def _work(self, *, retention: bool, reports: bool) -> Done:
        self._reader = self._reader or MentionAnnotator(self._house.settings)
        began = self._house.clock()
        done = process_pending(self._house, reader=self._reader, retention=retention, reports=reports)
        if self._measure:
            self._measure.tended((self._house.clock() - began).total_seconds())
        return done

    def _take_stock(self, problems: tuple[str, ...]) -> None:
        """Note what could not be done, and have it tried again: soon at first, then less and less often."""
        self._failures = self._failures + 1 if problems else 0
        if problems:
            wait = min(FIRST_RETRY * 2 ** min(self._failures - 1, 8), LAST_RETRY)
            self._alarm.set(AGAIN, self._house.clock() + wait)
        self._note(problems)

    def _note(self, problems: tuple[str, ...]) -> None:
        for problem in problems:
            log.warning("not done", reason=ADDRESS.sub("…", problem))
        self.view = self.view._replace(problems=problems)

    # --- Time, lock and configuration ---

    def _plan(self, now: datetime) -> None:
        """Set each source's alarm to when the schedule says; the alarm's own idea of it knows nothing of runs."""
        with self._house.state.read() as connection:
            lasts = last_runs(connection, self._sources.values())
        self._watch.look(lasts.values())
        times = self._alarm.times()
        for key, each in self._sources.items():
            at = due_time(
                each.timetable(self._house.settings.timezone), last_of(lasts[key]) if key in lasts else None
            )
            if at is not None and at > now and times.get(job_of(key)) != at:
                self._alarm.set(job_of(key), at)
                times[job_of(key)] = at
        self.view = self.view._replace(next_times=tuple(sorted(times.items(), key=lambda each: each[1])))

    def _locked(self, now: datetime) -> bool:
        if self._lock is not None:
            return True
        stack = ExitStack()
        try:
            stack.enter_context(self._house.exclusive())
        except LockHeld as error:
            if not self.view.waits_for:
                log.warning("waiting", reason=str(error))
            self.view = self.view._replace(waits_for=str(error))
            self._alarm.set(HEALTH, now + LOCK_WAIT)
            return False
        self._lock = stack
        self.view = self.view._replace(waits_for="")
        for run in recover(self._house):
            self._dirty.add(INGEST)
            log.warning("taken up again", run=run.id, source=run.source)
        return True

    def _configure(self) -> None:
        self._sources = {each.key: each for each in configured_sources(self._house.settings)}

    def _reconfigure(self, settings: Settings) -> None:
        """Take over a configuration that was checked; crawls under way end by the old one."""
        old = self._house.settings
        changes = changed(old, settings)
        self._house.settings = merged(old, settings)
        self._configure()
        self._alarm.keep(jobs_of(self._house.settings, list(self._sources.values())))
        self._reader = None
        self._dirty |= {INGEST, REPORT}
        log.info("configuration read again", changes=list(changes))
        self.view = self.view._replace(reloaded_at=self._house.clock(), changes=changes)
