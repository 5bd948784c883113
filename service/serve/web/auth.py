"""Who may see the pages: one password, sessions that are signed and end, forms that only our own pages can send, few tries.

Nothing is stored: a session is a signed date in a cookie, and a changed password ends them all. It cannot
tell people apart.
"""

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from service.serve.web.passwords import verify_password

SESSION, FORM = "ouidire_session", "ouidire_form"
"""Names of the cookies."""
LASTING = timedelta(hours=12)
TRIES, TRIES_OF_ALL = 5, 50
"""Wrong passwords in a quarter of an hour before one address, or everybody, has to wait."""
WINDOW = timedelta(minutes=15)
_REMEMBERED = 1024
_PURPOSE = b"ouidire: sessions, version 1"


class Attempts:
    """Wrong passwords of late, by address; the oldest addresses are forgotten first, and everybody's are counted together too."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, list[datetime]] = OrderedDict()
        self._all: list[datetime] = []

    def wait(self, who: str, *, now: datetime) -> timedelta:
        """Return how long an address has to wait before its next try; nothing is the usual case."""
        waits = [self._wait(self._failed.get(who, []), TRIES, now), self._wait(self._all, TRIES_OF_ALL, now)]
        return max(waits)

    def failed(self, who: str, *, now: datetime) -> None:
        """Count a wrong password."""
        fresh = [at for at in self._failed.pop(who, []) if now - at < WINDOW]
        self._failed[who] = [*fresh, now][-TRIES:]
        self._all = [*(at for at in self._all if now - at < WINDOW), now][-TRIES_OF_ALL:]
        while len(self._failed) > _REMEMBERED:
            self._failed.popitem(last=False)

    def passed(self, who: str) -> None:
        """Forget an address's wrong passwords: it knew the right one."""
        self._failed.pop(who, None)
        self._all = self._all[:-1]

    @staticmethod
    def _wait(failed: list[datetime], limit: int, now: datetime) -> timedelta:
        fresh = [at for at in failed if now - at < WINDOW]
        return fresh[-limit] + WINDOW - now if len(fresh) >= limit else timedelta()


class Auth:
    """Sessions and forms of one installation, for one password hash."""

    def __init__(self, secret: bytes, kept: str | None) -> None:
        self._key = hmac.digest(secret, _PURPOSE + (kept or "").encode(), "sha256")
        self._kept = kept
        self._known: str | None = None
        self.attempts = Attempts()

    @property
    def closed(self) -> bool:
        """Whether a password is needed at all."""
        return self._kept is not None

    def verify_password(self, password: str) -> bool:
        """Whether this is the password; the right one is known again at once, as a scraper's is every few seconds."""
        told = self._signed("password", password)
        if self._known is not None and _same(self._known, told):
            return True
        right = self._kept is not None and verify_password(password, self._kept)
        self._known = told if right else self._known
        return right

    def session(self, *, now: datetime) -> str:
        """Return the cookie of a new session."""
        told = f"{int((now + LASTING).timestamp())}.{secrets.token_urlsafe(12)}"
        return f"{told}.{self._signed('session', told)}"

    def has_session(self, cookies: Mapping[str, str], *, now: datetime) -> bool:
        """Whether a request's cookies hold a session of ours that has not ended."""
        told, _, signature = cookies.get(SESSION, "").rpartition(".")
        ends = told.partition(".")[0]
        if not _same(self._signed("session", told), signature) or not ends.isdecimal():
            return False
        return now < datetime.fromtimestamp(int(ends), UTC)

    def form(self, cookies: Mapping[str, str]) -> tuple[str, str]:
        """Return the cookie and the hidden field of a form: only a page of ours can hold both."""
        cookie = cookies.get(FORM) or secrets.token_urlsafe(16)
        return cookie, self._signed("form", cookie)

    def valid_csrf(self, cookies: Mapping[str, str], field: str) -> bool:
        """Whether a form came from a page of ours."""
        cookie = cookies.get(FORM, "")
        return bool(cookie) and _same(self._signed("form", cookie), field)

    def _signed(self, what: str, told: str) -> str:
        return hmac.new(self._key, f"{what}\n{told}".encode(), "sha256").hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "surrogatepass"))
