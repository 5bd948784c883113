"""The scheduler loop: one thread that handles events, decides what is due, and starts worker threads for it.

It never blocks on work: crawls, and the passes that follow them, run in worker threads and come back as
events. Everything is decided again at each step from the state and the clock, so that an event lost, late or
handled twice changes nothing. The installation's lock is held only while something is running: in between,
other commands may work.
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
from service.pipeline.collect.due import due_now, last_of, last_runs, runs_ahead
from service.pipeline.configured_sources import ConfiguredSource, configured_sources
from service.pipeline.index.annotate import MentionAnnotator
from service.pipeline.installation import Installation
from service.pipeline.run_due import Done, process_pending
from service.pipeline.schedule import Due, Timetable, digest_time, due_time, is_ahead
from service.serve.scheduler.events import (
    CrawlFinished,
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
from service.serve.scheduler.source_watch import SourceWatch
from service.serve.scheduler.timer import JobTimer

log = structlog.get_logger()
PATIENCE = timedelta(hours=1)
"""A digest waits so long for crawls that were due before it; then it goes, and says what it has not seen."""
LOCK_WAIT = timedelta(seconds=15)
FIRST_RETRY, LAST_RETRY = timedelta(minutes=5), timedelta(hours=1)
INGEST = "ingest"
PENDING_AFTER = {REPORT: {REPORT}, RETENTION: {RETENTION}, AGAIN: {INGEST, REPORT}}
"""What the next pass has to do once the timer of a job has fired; the other jobs only have a step made."""
ADDRESS = re.compile(r"[^\s@<]{1,128}+@[^\s@>]++")


class Workers(Protocol):
    """Runs crawls and passes. Starting one never raises; its outcome comes back as an event."""

    def crawl(self, key: str, work: Callable[[Callable[[], bool]], Run]) -> None:
        """Start a crawl; `work` is given a function that returns whether it was cancelled."""

    def process_pending(self, work: Callable[[], Done]) -> None:
        """Start a pass over what is pending."""

    def cancel_all(self) -> None:
        """Have every crawl under way end at once."""


class DurationMetrics(Protocol):
    """Counts how long work takes, in seconds."""

    def observe_crawl(self, source: str, status: str, seconds: float) -> None:
        """Count a crawl."""

    def observe_pass(self, seconds: float) -> None:
        """Count a pass."""


class SchedulerLoop:
    """The scheduler loop of one installation. Only `view` may be read by other threads."""

    def __init__(
        self,
        installation: Installation,
        timer: JobTimer,
        workers: Workers,
        *,
        metrics: DurationMetrics | None = None,
        collect: Callable[..., Run] = collect,
    ) -> None:
        self._installation = installation
        self._timer = timer
        self._workers = workers
        self._collect = collect
        self._metrics = metrics
        self._watch = SourceWatch()
        self._sources: dict[str, ConfiguredSource] = {}
        self._running: dict[str, RunningCrawl] = {}
        self._retry_at: dict[str, datetime] = {}
        self._pending = {INGEST, REPORT}
        self._processing = False
        self._failures = 0
        self._lock: ExitStack | None = None
        self._annotator: MentionAnnotator | None = None
        now = installation.clock()
        self.view = View(started_at=now, looked_at=now)

    @property
    def finished(self) -> bool:
        """Return whether it was asked to stop and nothing is running any more."""
        return self.view.stopping and not self._running and not self._processing

    def start(self) -> None:
        """Start the timers, and make the first step: what was due while nothing ran is done now, once."""
        self._load_sources()
        self._timer.start(self._jobs(), now=self._installation.clock())
        self.step()

    def handle(self, event: Event) -> None:
        """Take in an event, and make a step."""
        match event:
            case TimerFired(job):
                self._pending |= PENDING_AFTER.get(job, set())
            case CrawlFinished():
                self._crawl_finished(event)
            case PassFinished(done, problem):
                self._processing = False
                self._schedule_retry((problem,) if done is None else done.problems)
            case Reload(settings):
                self._reconfigure(settings)
            case Stop():
                self._timer.stop()
                self.view = self.view._replace(stopping=True)
        self.step()

    def step(self) -> None:
        """Start whatever is due and can be started now; set the timers; show a new view."""
        now = self._installation.clock()
        if not self.view.stopping and is_ahead(self.view.looked_at, now=now):
            self._timer.pull_forward(now=now)
        due = {} if self.view.stopping else self._due(now)
        if (due or self._can_process(now, due)) and self._has_lock(now):
            due = self._due(now)  # a killed run that was just found is due again
            self._start_crawls(due)
            if self._can_process(now, due):
                self._start_pass(now, due)
        if not self._running and not self._processing:
            self.release_lock()
        if not self.view.stopping:
            self._set_timers(now)
        self.view = self.view._replace(
            looked_at=now,
            crawls=tuple(self._running.values()),
            waiting=tuple(key for key in due if key not in self._running),
            processing=self._processing,
        )

    def show_life(self) -> None:
        """Show that the loop is alive, without a step; a clock that went back holds up no timer."""
        now = self._installation.clock()
        if not self.view.stopping and is_ahead(self.view.looked_at, now=now):
            self._timer.pull_forward(now=now)
        self.view = self.view._replace(looked_at=now)

    def show_refused(self, problems: tuple[str, ...]) -> None:
        """Show that a new configuration was refused; the old one stays."""
        changes = tuple(f"refused: {each}" for each in problems)
        self.view = self.view._replace(reloaded_at=self._installation.clock(), changes=changes)

    def cancel_all(self) -> None:
        """Have crawls under way end at once; what is ended so is due again at the next start."""
        log.warning("crawls are ended before they are done", crawls=len(self._running))
        self._workers.cancel_all()

    def release_lock(self) -> None:
        """Release the installation's lock where it is held, whatever is running."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # --- Crawls ---

    def _due(self, now: datetime) -> dict[str, Due]:
        """Return the sources that are due and not running; one that could not start waits for its retry."""
        self._retry_at = {
            key: until for key, until in self._retry_at.items() if now < until <= now + FIRST_RETRY
        }
        held = self._running.keys() | self._retry_at.keys()
        due = due_now(self._installation, self._sources.values(), slack=timedelta())
        return {key: why for key, why in due.items() if key not in held}

    def _start_crawls(self, due: dict[str, Due]) -> None:
        """Start crawls: one at a time for a site, and as many at once as the configuration says."""
        ahead = runs_ahead(self._installation, [self._sources[key] for key in due]) if due else {}
        for key, why in due.items():
            wanted = self._sources[key]
            busy = any(each.site == wanted.site for each in self._running.values())
            if busy or len(self._running) >= self._installation.settings.fetch.parallel:
                continue
            if key in ahead:
                self._show_problems((ahead[key],))
            self._running[key] = RunningCrawl(key, wanted.site, self._installation.clock())
            self._workers.crawl(key, partial(self._crawl, wanted, why))

    def _crawl(self, wanted: ConfiguredSource, why: Due, cancelled: Callable[[], bool]) -> Run:
        return self._collect(self._installation, wanted, due=why, stop=cancelled)

    def _crawl_finished(self, event: CrawlFinished) -> None:
        self._running.pop(event.key, None)
        self._pending.add(INGEST)
        run = event.run
        if run is None:
            self._retry_at[event.key] = self._installation.clock() + FIRST_RETRY
            self._show_problems((f"{event.key}: {event.problem}",))
        elif run.finished_at is not None and self._metrics:
            seconds = (run.finished_at - run.started_at).total_seconds()
            self._metrics.observe_crawl(run.source, run.status, seconds)

    # --- Passes: indexing, reports, alerts, retention ---

    def _can_process(self, now: datetime, due: dict[str, Due]) -> bool:
        """Return whether a pass can start now and would have something to do."""
        return not self._processing and not self.view.stopping and bool(self._ready(now, due))

    def _ready(self, now: datetime, due: dict[str, Due]) -> set[str]:
        """Return what is pending and waits for no crawl."""
        return self._pending - {REPORT} if self._digest_waits(now, due) else set(self._pending)

    def _digest_waits(self, now: datetime, due: dict[str, Due]) -> bool:
        """Return whether a digest should still wait for crawls."""
        settings = self._installation.settings
        if not self._running and not due:
            return False
        period = last_full_period("week", now, timezone=settings.timezone)
        hour = digest_time(period, weekday=settings.digest.weekday, hour=settings.digest.hour)
        return now < max(hour, min(self.view.started_at, now)) + PATIENCE

    def _start_pass(self, now: datetime, due: dict[str, Due]) -> None:
        ready = self._ready(now, due)
        self._pending -= ready
        self._processing = True
        self._workers.process_pending(
            partial(self._process, retention=RETENTION in ready, reports=REPORT in ready)
        )

    def _process(self, *, retention: bool, reports: bool) -> Done:
        """Make one pass, in a worker thread."""
        installation = self._installation
        self._annotator = self._annotator or MentionAnnotator(installation.settings)
        started = installation.clock()
        done = process_pending(installation, annotator=self._annotator, retention=retention, reports=reports)
        if self._metrics:
            self._metrics.observe_pass((installation.clock() - started).total_seconds())
        return done

    def _schedule_retry(self, problems: tuple[str, ...]) -> None:
        """Show what could not be done, and have it tried again: soon at first, then less and less often."""
        self._failures = self._failures + 1 if problems else 0
        if problems:
            wait = min(FIRST_RETRY * 2 ** min(self._failures - 1, 8), LAST_RETRY)
            self._timer.set(AGAIN, self._installation.clock() + wait)
        self._show_problems(problems)

    def _show_problems(self, problems: tuple[str, ...]) -> None:
        for problem in problems:
            log.warning("not done", reason=ADDRESS.sub("…", problem))
        self.view = self.view._replace(problems=problems)

    # --- Timers, lock and configuration ---

    def _set_timers(self, now: datetime) -> None:
        """Set each source's timer to when the schedule says; a timetable alone knows nothing of runs."""
        with self._installation.state.read() as connection:
            lasts = last_runs(connection, self._sources.values())
        self._watch.compare(lasts.values())
        times = self._timer.times()
        for key, each in self._sources.items():
            last = last_of(lasts[key]) if key in lasts else None
            at = due_time(each.timetable(self._installation.settings.timezone), last, now=now)
            if at is not None and at > now and times.get(job_of(key)) != at:
                self._timer.set(job_of(key), at)
                times[job_of(key)] = at
        self.view = self.view._replace(next_times=tuple(sorted(times.items(), key=lambda each: each[1])))

    def _has_lock(self, now: datetime) -> bool:
        """Return whether the lock is held, taking it first where it is free; killed runs are ended then."""
        if self._lock is not None:
            return True
        stack = ExitStack()
        try:
            stack.enter_context(self._installation.exclusive())
        except LockHeld as error:
            if not self.view.waits_for:
                log.warning("waiting", reason=str(error))
            self.view = self.view._replace(waits_for=str(error))
            self._timer.set(HEALTH, now + LOCK_WAIT)
            return False
        self._lock = stack
        self.view = self.view._replace(waits_for="")
        for run in recover(self._installation):
            self._pending.add(INGEST)
            log.warning("taken up again", run=run.id, source=run.source)
        return True

    def _load_sources(self) -> None:
        self._sources = {each.key: each for each in configured_sources(self._installation.settings)}

    def _jobs(self) -> dict[str, Timetable]:
        return jobs_of(self._installation.settings, list(self._sources.values()))

    def _reconfigure(self, settings: Settings) -> None:
        """Take over a configuration that was checked; crawls under way end by the old one."""
        old = self._installation.settings
        changes = changed(old, settings)
        self._installation.settings = merged(old, settings)
        self._load_sources()
        self._timer.keep(self._jobs())
        self._annotator = None
        self._pending |= {INGEST, REPORT}
        log.info("configuration read again", changes=list(changes))
        self.view = self.view._replace(reloaded_at=self._installation.clock(), changes=changes)
