"""A service on a simulated clock: the real loop, timers, state, index and digest; only crawls are made up.

Time jumps from one thing that happens to the next. The process can be stopped, killed in the middle of
whatever it does, and started late: what the state then holds is what a killed process would have left there.
"""

import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

import apscheduler.schedulers.base
from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy import update

from ouidire.harvest.manifest import RunSummary
from ouidire.settings.configuration import settings_from
from ouidire.state.runs import end_run, list_runs, run_by_id
from ouidire.state.tables import runs
from service.pipeline.collect.crawl_source import begin
from service.pipeline.installation import Installation
from service.serve.scheduler.events import CrawlFinished, PassFinished, Stop, TimerFired
from service.serve.scheduler.loop import SchedulerLoop
from service.serve.scheduler.timer import JobTimer

NEVER = datetime.max.replace(tzinfo=UTC)


def nothing_fails(key, now):
    return False


class Clockwork(BaseScheduler):
    """APScheduler without its thread: it processes jobs when it is asked to."""

    def wakeup(self):
        pass

    def shutdown(self, *, wait):
        super().shutdown(wait)


class Simulation:
    """One installation and its clock.

    `lasting` is how long a crawl of a source takes; `failing` says when one fails.
    """

    def __init__(
        self,
        folder,
        configuration,
        *,
        start,
        monkeypatch,
        lasting=timedelta(minutes=7),
        failing=nothing_fails,
    ):
        self.settings = settings_from(configuration, base=folder)
        self.now = start
        self.lasting = lasting
        self.failing = failing
        self.events = []
        self.order = count()
        self.loop = None
        self.crawled = []
        self.steps = 0
        simulation = self

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return simulation.now.astimezone(tz or UTC)

        monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Clock)

    # --- The process ---

    def start(self):
        assert self.loop is None
        self.installation = Installation(self.settings)
        self.installation.clock = lambda: self.now
        self.scheduler = Clockwork(timezone=UTC)
        self.fired = []
        self.timer = JobTimer(self.installation.state, self.fired.append, scheduler=self.scheduler)
        self.loop = SchedulerLoop(self.installation, self.timer, self, collect=self.collect)
        self.loop.start()
        self.fire()

    def stop(self):
        """A graceful stop: what is under way ends first."""
        self.loop.handle(Stop())
        while not self.loop.finished:
            self.happen()
        self.close()

    def kill(self):
        """The process is gone, whatever it was doing."""
        for key in [crawl.key for crawl in self.loop.view.crawls]:
            with self.installation.state.begin() as connection:
                last = list_runs(connection, source_key=key, limit=1)[0]
                connection.execute(
                    update(runs)
                    .where(runs.c.id == last.id)
                    .values(status="running", reason="", finished_at=None, summary=None)
                )
        self.timer.stop()
        self.loop.release_lock()
        self.close()

    def close(self):
        self.installation.close()
        self.loop = None
        self.events = []

    # --- Time ---

    def fire(self):
        self.scheduler._process_jobs()
        while self.fired:
            names, self.fired[:] = self.fired[:], []
            for name in names:
                self.loop.handle(TimerFired(name))
            self.scheduler._process_jobs()

    def happen(self):
        at, _, event = heapq.heappop(self.events)
        self.now = max(self.now, at)
        self.loop.handle(event() if callable(event) else event)

    def until(self, moment):
        """Let time pass, with or without a process."""
        while self.loop is not None:
            self.steps += 1
            times = list(self.timer.times().values())
            timer = max(min(times), self.now) if times else NEVER
            event = self.events[0][0] if self.events else NEVER
            if min(timer, event) > moment:
                break
            if event <= timer:
                self.happen()
            else:
                self.now = timer
                self.fire()
        self.now = moment

    # --- The workers ---

    def crawl(self, key, work):
        run = work(lambda: False)
        heapq.heappush(self.events, (self.now + self.lasting, next(self.order), CrawlFinished(key, run)))

    def process_pending(self, work):
        heapq.heappush(
            self.events,
            (self.now + timedelta(seconds=20), next(self.order), lambda: PassFinished(work())),
        )

    def cancel_all(self):
        raise AssertionError("nothing takes that long here")

    def collect(self, installation, wanted, *, due=None, **_):
        run = begin(installation, wanted, now=self.now, full=True, kind="collect", due=due)
        with installation.state.begin() as connection:
            status = "failed" if self.failing(wanted.key, self.now) else "empty"
            end_run(
                connection,
                run,
                RunSummary(status=status, started_at=self.now, finished_at=self.now + self.lasting),
                sealed=False,
            )
            self.crawled.append((wanted.key, self.now))
            return run_by_id(connection, run.id)
