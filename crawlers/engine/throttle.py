"""When a site may be asked again: after a Retry-After, a backoff, or the delay that its robots.txt asks for.

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


class Throttle:
    """Limits the requests to each host: how many at once, from which moment on, or none.

    A host is `host:port` as the URL has it. Used from one event loop.
    """

    def __init__(self, concurrency: int = 1) -> None:
        self._concurrency = concurrency
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._not_before: dict[str, float] = {}
        self._crawl_delay: dict[str, float] = {}
        self._refusing: set[str] = set()
        self._stopped = asyncio.Event()

    @property
    def stopped(self) -> bool:
        """Whether the run is being ended."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End every wait."""
        self._stopped.set()

    def slot(self, host: str) -> asyncio.Semaphore:
        """Return the semaphore that limits the requests under way at a host."""
        if host not in self._slots:
            self._slots[host] = asyncio.Semaphore(self._concurrency)
        return self._slots[host]

    def delay(self, host: str, seconds: float) -> None:
        """Send nothing to a host for so many seconds from now, or longer where that was asked before."""
        self._not_before[host] = max(self._not_before.get(host, 0.0), monotonic() + seconds)

    def set_crawl_delay(self, host: str, seconds: float) -> None:
        """Leave at least so many seconds between two requests to a host, `LONGEST_CRAWL_DELAY` at most.

        Of several that are asked for, the longest holds.
        """
        self._crawl_delay[host] = max(self._crawl_delay.get(host, 0.0), min(seconds, LONGEST_CRAWL_DELAY))

    def crawl_delay(self, host: str) -> float:
        """Return the seconds to leave between two requests to a host, 0 where nothing asks for any."""
        return self._crawl_delay.get(host, 0.0)

    def block(self, host: str) -> None:
        """Send nothing more to a host that refused us, for the rest of the run."""
        self._refusing.add(host)

    def is_blocked(self, host: str) -> bool:
        """Return whether a host refused us earlier in this run."""
        return host in self._refusing

    async def wait(self, host: str) -> None:
        """Wait until a request may be sent to the host, or the run is stopped."""
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
    """Return the seconds to wait before the `attempt`-th new try (1…): `delay` seconds, doubled each time."""
    return min(max(delay, SHORTEST_BACKOFF) * 2.0**attempt, LONGEST_BACKOFF)


def retry_after(value: str | None, *, answered_at: datetime) -> datetime | None:
    """Return the moment that a Retry-After header gives (RFC 9110, 10.2.3), in seconds or as an HTTP date.

    None when it is absent or unreadable.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return answered_at + min(timedelta(days=MOST_DAYS), timedelta(seconds=float(text[:9])))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
