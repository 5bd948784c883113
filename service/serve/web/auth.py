"""Sessions and forms: cookies signed by itsdangerous under the installation's key and the password's hash.

A session is an id, its end, an account's name and its stamp in a signed cookie; what was ended before that is
in the state. A changed configured password changes the signing key, which ends every session; that of an
account changes its stamp.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from itsdangerous import BadData, Signer, URLSafeSerializer

from ouidire.system.person import ANYBODY

SESSION, FORM = "ouidire_session", "ouidire_form"
"""Names of the cookies; over https, `__Host-` stands before them."""
LASTING = timedelta(hours=12)


class Session(NamedTuple):
    """A session of ours: its id, when it ends by itself, and whose it is, by name and stamp."""

    id: str
    until: datetime
    name: str
    stamp: str


def cookie_name(name: str, *, secure: bool) -> str:
    """Return a cookie's name; browsers take `__Host-` ones only from https and from this very host."""
    return f"__Host-{name}" if secure else name


class Auth:
    """Signs and reads the sessions and forms of one installation; `kept` is the password's hash, if any."""

    def __init__(self, secret: bytes, kept: str | None) -> None:
        key = secret + (kept or "").encode()
        self._sessions = URLSafeSerializer(
            key,
            salt="ouidire: sessions, version 3",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
        self._forms = Signer(
            key, salt="ouidire: forms, version 2", key_derivation="hmac", digest_method=hashlib.sha256
        )

    def new_session(self, *, now: datetime, name: str = ANYBODY, stamp: str = "") -> str:
        """Return the value of a new session's cookie."""
        ends = int((now + LASTING).timestamp())
        return str(self._sessions.dumps([secrets.token_urlsafe(16), ends, name, stamp]))

    def session_of(self, cookies: Mapping[str, str], *, now: datetime, secure: bool) -> Session | None:
        """Return the session in a request's cookies, if we signed it and it has not ended by itself."""
        try:
            held = self._sessions.loads(cookies.get(cookie_name(SESSION, secure=secure), ""))
        except BadData:
            return None
        session_id, ends, name, stamp = held
        until = datetime.fromtimestamp(ends, UTC)
        return Session(session_id, until, name, stamp) if now < until else None

    def csrf_pair(self, cookies: Mapping[str, str], *, secure: bool) -> tuple[str, str]:
        """Return the cookie and the hidden field of a form: only a page of ours can hold both."""
        cookie = cookies.get(cookie_name(FORM, secure=secure)) or secrets.token_urlsafe(16)
        return cookie, self._forms.get_signature(cookie).decode()

    def valid_csrf(self, cookies: Mapping[str, str], field: str, *, secure: bool) -> bool:
        """Return whether a form came from a page of ours."""
        cookie = cookies.get(cookie_name(FORM, secure=secure), "")
        return bool(cookie) and self._forms.verify_signature(cookie, field)
