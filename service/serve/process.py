"""The process: one to an installation, its signals, its heartbeat, and its end.

SIGTERM and SIGINT finish what is under way, as long as `serve.stop_seconds` allow, and end; a second one does
not wait. SIGHUP reads the configuration again: a wrong one is told of and changes nothing.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType

import structlog

from ouidire.errors import ConfigError
from ouidire.settings.configuration import Settings, load_settings
from ouidire.system.locks import lock
from service.pipeline.configured_sources import configured_sources
from service.pipeline.installation import Installation
from service.serve.scheduler.events import Event, Reload, Stop, TimerFired, View
from service.serve.scheduler.loop import SchedulerLoop
from service.serve.scheduler.timer import JobTimer
from service.serve.scheduler.workers import WorkerThreads
from service.serve.web.server import Site

log = structlog.get_logger()
HEARTBEAT = 5.0
"""Seconds without news after which the conductor shows that it is alive."""
ENDING = timedelta(seconds=20)
"""How long crawls may take to end once they were told to."""


def serve(config: Path) -> None:
    """Serve the installation that a configuration describes, until a signal.

    Raises ConfigError for a wrong configuration, and Held when another service has the installation.
    """
    settings = load_settings(config)
    installation = Installation(settings)
    busy = "another `ouidire serve` has this installation ({holder}); stop it first"
    try:
        with lock(settings.path(None, "service.lock"), now=installation.clock(), busy=busy):
            _Service(installation, config).run()
    finally:
        installation.close()


class _Service:
    """What the process holds together."""

    def __init__(self, installation: Installation, config: Path) -> None:
        self._house = installation
        self._config = config
        self._inbox: SimpleQueue[Event | None] = SimpleQueue()
        alarm = JobTimer(installation.state, lambda name: self._inbox.put(TimerFired(name)))
        self._site = Site(installation, self._seen)
        self._conductor = SchedulerLoop(
            installation, alarm, WorkerThreads(self._inbox.put), measure=self._site.metrics
        )
        self._reload = self._stop = 0
        self._given_up = False

    def run(self) -> None:
        """Serve until told to stop, and end well."""
        with self._site.open(), self._signals():
            log.info(
                "serving",
                pid=os.getpid(),
                sources=len(configured_sources(self._house.settings)),
                at=self._site.address,
            )
            self._conductor.begin()
            told = False
            deadline = None
            while not self._conductor.finished and not self._given_up:
                self._next()
                if self._reload:
                    self._reload = 0
                    self._read_again()
                if self._stop and not told:
                    told = True
                    deadline = self._house.clock() + timedelta(
                        seconds=self._house.settings.serve.stop_seconds
                    )
                    log.info("stopping", crawls=len(self._conductor.view.flights))
                    self._conductor.hear(Stop())
                if deadline is not None and (self._stop > 1 or self._house.clock() >= deadline):
                    self._conductor.cancel_all()
                    deadline, self._given_up = self._finish()
            self._conductor.release()
            log.info("stopped", complete=not self._given_up)

    def _finish(self) -> tuple[None, bool]:
        """Let what was told to end do so; return whether something did not."""
        until = self._house.clock() + ENDING
        while not self._conductor.finished and self._house.clock() < until:
            self._next()
        return None, not self._conductor.finished

    def _next(self) -> None:
        try:
            event = self._inbox.get(timeout=HEARTBEAT)
        except Empty:
            event = None
        if event is None:
            self._conductor.beat()
        else:
            self._conductor.hear(event)

    def _seen(self) -> View:
        return self._conductor.view

    def _read_again(self) -> None:
        try:
            settings = _checked(self._config)
        except ConfigError as error:
            log.warning("configuration refused", problems=error.problems)
            self._conductor.refuse(tuple(error.problems))
            return
        self._conductor.hear(Reload(settings))

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Take signals as news: the handlers only count, and wake the loop."""

        def counted(name: str) -> Callable[[int, FrameType | None], None]:
            def hear(_number: int, _frame: FrameType | None) -> None:
                setattr(self, name, getattr(self, name) + 1)
                self._inbox.put(None)

            return hear

        wanted = {signal.SIGTERM: "_stop", signal.SIGINT: "_stop", signal.SIGHUP: "_reload"}
        before = {number: signal.signal(number, counted(name)) for number, name in wanted.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _checked(config: Path) -> Settings:
    """Read a configuration with everything that it says of sources. Raises ConfigError."""
    settings = load_settings(config)
    configured_sources(settings)
    return settings
