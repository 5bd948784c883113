"""What the conductor is told, and what it shows."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from ouidire.settings.configuration import Settings
from ouidire.state.runs import Run
from service.pipeline.run_due import Done


class TimerFired(NamedTuple):
    """The alarm rang for a job."""

    job: str


class Ended(NamedTuple):
    """A crawl came back; without a `run`, `problem` says why there is none."""

    key: str
    run: Run | None
    problem: str = ""


class PassFinished(NamedTuple):
    """What follows crawling was done; without `done`, `problem` says why not."""

    done: Done | None
    problem: str = ""


class Reload(NamedTuple):
    """The configuration was read again."""

    settings: Settings


class Stop(NamedTuple):
    """Finish: begin nothing new."""


Event = TimerFired | Ended | PassFinished | Reload | Stop
Post = Callable[[Event], None]


class RunningCrawl(NamedTuple):
    """A crawl under way."""

    key: str
    site: str
    began_at: datetime


class View(NamedTuple):
    """What the conductor does at one moment; made anew at each look, never changed.

    `waits_for` names who holds the lock.
    """

    started_at: datetime
    looked_at: datetime
    flights: tuple[RunningCrawl, ...] = ()
    waiting: tuple[str, ...] = ()
    tending: bool = False
    next_times: tuple[tuple[str, datetime], ...] = ()
    waits_for: str = ""
    problems: tuple[str, ...] = ()
    reloaded_at: datetime | None = None
    changes: tuple[str, ...] = ()
    stopping: bool = False
