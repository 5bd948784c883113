"""The events that the scheduler loop handles, and the view of itself that it shows to other threads."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from ouidire.settings.configuration import Settings
from ouidire.state.runs import Run
from service.pipeline.run_due import Done


class TimerFired(NamedTuple):
    """The time of a job has come."""

    job: str


class CrawlFinished(NamedTuple):
    """A crawl ended; without a `run`, `problem` says why there is none."""

    key: str
    run: Run | None
    problem: str = ""


class PassFinished(NamedTuple):
    """A pass (indexing, reports, alerts, retention) ended; without `done`, `problem` says why."""

    done: Done | None
    problem: str = ""


class Reload(NamedTuple):
    """The configuration was read again, and is valid."""

    settings: Settings


class Stop(NamedTuple):
    """Start nothing new, and end once what is running has ended."""


Event = TimerFired | CrawlFinished | PassFinished | Reload | Stop
PostEvent = Callable[[Event], None]


class RunningCrawl(NamedTuple):
    """A crawl under way: the key of its source, the site it reads, when it started."""

    key: str
    site: str
    started_at: datetime


class View(NamedTuple):
    """What the scheduler loop does at one moment; made anew at each step, never changed.

    `looked_at` is the last sign of life; `processing` says whether a pass is under way; `waits_for` names who
    holds the installation's lock.
    """

    started_at: datetime
    looked_at: datetime
    crawls: tuple[RunningCrawl, ...] = ()
    waiting: tuple[str, ...] = ()
    processing: bool = False
    next_times: tuple[tuple[str, datetime], ...] = ()
    waits_for: str = ""
    problems: tuple[str, ...] = ()
    reloaded_at: datetime | None = None
    changes: tuple[str, ...] = ()
    stopping: bool = False
