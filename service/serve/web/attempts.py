"""Checks passwords: the right one is never held up for long, wrong ones are slowed down, address by address.

A password is verified slowly (Argon2), one at a time. Once the right one was seen, it is recognised at once
and before any limit. It cannot tell people behind one proxy apart, nor machines of one IPv6 network.
"""

import asyncio
import hmac
import ipaddress
import secrets
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import NamedTuple

from fastapi.concurrency import run_in_threadpool

from ouidire.clock import Clock
from service.serve.web.passwords import verify_password

FREE_TRIES = 4
"""Wrong passwords from one address that cost nothing: people mistype."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(seconds=60)
"""The wait after one more than that; it doubles with each further one, as far as the second."""
WINDOW = timedelta(minutes=15)
"""How long a wrong password counts."""
PAUSE = 0.5
"""Seconds that a patient try from a slowed address costs: two guesses a second, from all of them together."""
PATIENT = 4
"""Patient tries that may wait at the same time: more would use up the connections of everybody."""
_REMEMBERED = 1024


def network_of(host: str) -> str:
    """Return what tries are counted by: an IPv4 address, or the /64 network of an IPv6 address.

    What is no address, as a client may write it into `X-Forwarded-For`, is counted together.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


class Attempts:
    """Wrong passwords of late, by address; the oldest addresses are forgotten first."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, list[datetime]] = OrderedDict()

    def wait(self, host: str, *, now: datetime) -> timedelta:
        """Return how long an address has to wait before its next try; zero is the usual case."""
        fresh = self._fresh(host, now)
        over = len(fresh) - FREE_TRIES
        if over <= 0:
            return timedelta()
        wait = min(FIRST_WAIT * (1 << min(over - 1, 8)), LONGEST_WAIT)
        return max(timedelta(), fresh[-1] + wait - now)

    def failed(self, host: str, *, now: datetime) -> None:
        """Count a wrong password."""
        fresh = self._fresh(host, now)
        self._failed.pop(network_of(host), None)
        self._failed[network_of(host)] = [*fresh, now][-2 * FREE_TRIES :]
        while len(self._failed) > _REMEMBERED:
            self._failed.popitem(last=False)

    def passed(self, host: str) -> None:
        """Forget the wrong passwords of an address: it knew the right one."""
        self._failed.pop(network_of(host), None)

    def _fresh(self, host: str, now: datetime) -> list[datetime]:
        return [at for at in self._failed.get(network_of(host), []) if now - at < WINDOW]


class Checked(NamedTuple):
    """What became of a try; `wait` is the seconds after which another one is looked at."""

    right: bool
    wait: int = 0


class PasswordCheck:
    """Checks tries of passwords; `kept` is the configured one's hash. One event loop calls it."""

    def __init__(self, kept: str | None, clock: Clock) -> None:
        self._kept = kept
        self._clock = clock
        self._attempts = Attempts()
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[str, bytes] = OrderedDict()
        self._slot = asyncio.Lock()
        self._slow_lane = asyncio.Lock()
        self._patient = 0

    async def check(
        self, password: str, host: str, *, patient: bool = False, kept: str | None = None
    ) -> Checked:
        """Return whether this is the password whose hash is `kept`, the configured one's without it.

        From an address that is slowed down, a try is not looked at before its wait is over; a `patient` one
        is, after a pause.
        """
        against = self._kept if kept is None else kept
        if self._is_known(password, against):
            return Checked(right=True)
        if patient and self._attempts.wait(host, now=self._clock()):
            return await self._slowly(password, host, against)
        async with self._slot:
            wait = self._attempts.wait(host, now=self._clock())
            if wait:
                return Checked(right=False, wait=max(1, round(wait.total_seconds())))
            return Checked(right=await self._verified(password, host, against))

    async def _slowly(self, password: str, host: str, against: str | None) -> Checked:
        if self._patient >= PATIENT:
            return Checked(right=False, wait=1)
        self._patient += 1
        try:
            async with self._slow_lane:
                await asyncio.sleep(PAUSE)
            async with self._slot:
                return Checked(right=await self._verified(password, host, against))
        finally:
            self._patient -= 1

    async def _verified(self, password: str, host: str, against: str | None) -> bool:
        if against is None:
            return False
        self._attempts.failed(host, now=self._clock())  # first: a request that is cut short counts too
        if not await run_in_threadpool(verify_password, password, against):
            return False
        self._attempts.passed(host)
        self._right[against] = self._digest(password)
        while len(self._right) > _REMEMBERED:
            self._right.popitem(last=False)
        return True

    def _is_known(self, password: str, against: str | None) -> bool:
        """Return whether this is the password that was verified before, as a scraper's is all the time."""
        known = self._right.get(against or "")
        return known is not None and hmac.compare_digest(known, self._digest(password))

    def _digest(self, password: str) -> bytes:
        return hmac.digest(self._key, password.encode(), "sha256")
