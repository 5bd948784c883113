"""The service's process: one to an installation, its signals, its heartbeat, and its end.

SIGTERM and SIGINT finish what is running, as long as `serve.stop_seconds` allow, and end; a second one does
not wait. SIGHUP reads the configuration again: a wrong one is logged and changes nothing.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
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
"""Seconds without an event after which the scheduler loop shows that it is alive."""
ENDING = timedelta(seconds=20)
"""How long crawls may take to end once they were cancelled."""


def serve(config: Path) -> None:
    """Serve the installation that a configuration describes, until a signal.

    Raises ConfigError for a wrong configuration, and LockHeld when another service has the installation.
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
    """The web site, the scheduler loop and the queue of events of one process."""

    def __init__(self, installation: Installation, config: Path) -> None:
        self._installation = installation
        self._config = config
        self._events: SimpleQueue[Event | None] = SimpleQueue()
        timer = JobTimer(installation.state, lambda name: self._events.put(TimerFired(name)))
        self._site = Site(installation, self._view)
        workers = WorkerThreads(self._events.put)
        self._loop = SchedulerLoop(installation, timer, workers, metrics=self._site.metrics)
        self._reloads = self._stops = 0
        self._given_up = False

    def run(self) -> None:
        """Serve until a signal, and end well."""
        with self._site.open(), self._signals():
            sources = len(configured_sources(self._installation.settings))
            log.info("serving", pid=os.getpid(), sources=sources, at=self._site.address)
            self._loop.start()
            deadline = None
            asked = False
            while not self._loop.finished and not self._given_up:
                self._handle_next()
                if self._reloads:
                    self._reloads = 0
                    self._read_configuration()
                if self._stops and not asked:
                    asked = True
                    deadline = self._ask_to_stop()
                if deadline is not None and (self._stops > 1 or self._installation.clock() >= deadline):
                    deadline = None
                    self._cancel()
            self._loop.release_lock()
            log.info("stopped", complete=not self._given_up)

    def _ask_to_stop(self) -> datetime:
        """Have the loop start nothing new; return when it is no longer waited for."""
        wait = timedelta(seconds=self._installation.settings.serve.stop_seconds)
        deadline = self._installation.clock() + wait
        log.info("stopping", crawls=len(self._loop.view.crawls))
        self._loop.handle(Stop())
        return deadline

    def _cancel(self) -> None:
        """Cancel the crawls, and wait for them to end; give up where something does not."""
        self._loop.cancel_all()
        until = self._installation.clock() + ENDING
        while not self._loop.finished and self._installation.clock() < until:
            self._handle_next()
        self._given_up = not self._loop.finished

    def _handle_next(self) -> None:
        """Handle the next event; without one for a while, or after a signal, only show life."""
        try:
            event = self._events.get(timeout=HEARTBEAT)
        except Empty:
            event = None
        if event is None:
            self._loop.show_life()
        else:
            self._loop.handle(event)

    def _view(self) -> View:
        return self._loop.view

    def _read_configuration(self) -> None:
        try:
            settings = _checked(self._config)
        except ConfigError as error:
            log.warning("configuration refused", problems=error.problems)
            self._loop.show_refused(tuple(error.problems))
            return
        self._loop.handle(Reload(settings))

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Count signals while the block runs: the handlers do no more than that, and wake the loop."""

        def counter(name: str) -> Callable[[int, FrameType | None], None]:
            def count(_number: int, _frame: FrameType | None) -> None:
                setattr(self, name, getattr(self, name) + 1)
                self._events.put(None)

            return count

        wanted = {signal.SIGTERM: "_stops", signal.SIGINT: "_stops", signal.SIGHUP: "_reloads"}
        before = {number: signal.signal(number, counter(name)) for number, name in wanted.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _checked(config: Path) -> Settings:
    """Read a configuration and check the parameters of its sources. Raises ConfigError."""
    settings = load_settings(config)
    configured_sources(settings)
    return settings
