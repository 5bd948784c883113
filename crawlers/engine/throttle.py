"""When a site may be asked again: after a Retry-After, after a backoff, after the pause its robots.txt asks for.

Beside Scrapy's own delay between requests and its auto-throttle, which know nothing of these. A wait ends at
once when the run is stopped.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

LONGEST_BACKOFF = 60.0
LONGEST_CRAWL_DELAY = 60.0
"""Seconds; a robots.txt that asks for more would turn a run of 60 pages into an hour of waiting."""
SHORTEST_BACKOFF = 0.05
MOST_DAYS = 3650


class Pace:
    """Per host (`host:port` as the URL has it): how many requests at once, not before when, and whether it refused us."""

    def __init__(self, concurrency: int = 1) -> None:
        self._concurrency = concurrency
        self._places: dict[str, asyncio.Semaphore] = {}
        self._not_before: dict[str, float] = {}
        self._crawl_delay: dict[str, float] = {}
        self._refused: set[str] = set()
        self._stopped = asyncio.Event()

    @property
    def stopped(self) -> bool:
        """Whether the run is being ended."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End every wait."""
        self._stopped.set()

    def place(self, host: str) -> asyncio.Semaphore:
        """Return what limits the requests under way at a host."""
        if host not in self._places:
            self._places[host] = asyncio.Semaphore(self._concurrency)
        return self._places[host]

    def hold(self, host: str, seconds: float) -> None:
        """Ask a host nothing for so long."""
        self._not_before[host] = max(self._not_before.get(host, 0.0), monotonic() + seconds)

    def space(self, host: str, seconds: float) -> None:
        """Leave at least so long between two requests to a host."""
        self._crawl_delay[host] = min(seconds, LONGEST_CRAWL_DELAY)

    def refuse(self, host: str) -> None:
        """Note that a host refused us: it is left alone for the rest of the run."""
        self._refused.add(host)

    def refused(self, host: str) -> bool:
        """Whether a host refused us earlier in this run."""
        return host in self._refused

    async def turn(self, host: str) -> None:
        """Wait until the host may be asked, or the run is stopped."""
        while not self.stopped:
            left = self._not_before.get(host, 0.0) - monotonic()
            if left <= 0:
                break
            try:
                await asyncio.wait_for(self._stopped.wait(), left)
            except TimeoutError:
                continue
        if host in self._crawl_delay:
            self._not_before[host] = monotonic() + self._crawl_delay[host]


def backoff(delay: float, attempt: int) -> float:
    """Return the seconds to wait before the `attempt`-th new try (1…): the site's delay, doubled each time."""
    return min(max(delay, SHORTEST_BACKOFF) * 2.0**attempt, LONGEST_BACKOFF)


def retry_after(value: str | None, *, answered_at: datetime) -> datetime | None:
    """Read a Retry-After header (RFC 9110, 10.2.3): seconds or an HTTP date; None when absent or unreadable."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return answered_at + min(timedelta(days=MOST_DAYS), timedelta(seconds=float(text[:9])))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
