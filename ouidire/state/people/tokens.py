"""Tokens with which programs ask: shown once, kept as a hash, each with scopes, limits and an end.

A token is `ouidire_<id>_<secret>`; its secret has 256 random bits, so that a plain SHA-256 keeps it safe.
"""

import hashlib
import hmac
import json
import re
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, get_args

from pydantic import AwareDatetime
from sqlalchemy import Connection, insert, select, update

from ouidire.errors import UsageError
from ouidire.frozen import Frozen
from ouidire.state.people.accounts import SightLimits, limits_of, limits_row
from ouidire.state.tables import api_tokens

TokenScope = Literal["read", "export", "decide", "operate", "mcp"]
SCOPES: tuple[TokenScope, ...] = get_args(TokenScope)
LONGEST_LABEL = 80
USED_EVERY = timedelta(hours=1)
"""A use is written down at most so often."""
_TOKEN = re.compile(r"ouidire_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


class AccessToken(Frozen):
    """A token, without its secret."""

    id: str
    label: str
    scopes: tuple[TokenScope, ...]
    limits: SightLimits = SightLimits()
    by: str = ""
    at: AwareDatetime
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None = None
    used_at: AwareDatetime | None = None

    def holds(self, now: datetime) -> bool:
        """Return whether it opens anything at a moment."""
        return self.revoked_at is None and now < self.expires_at


class NewToken(NamedTuple):
    """A token that was just made, and its text, which is shown this once."""

    token: AccessToken
    text: str


def create_token(
    connection: Connection,
    label: str,
    *,
    scopes: tuple[TokenScope, ...],
    limits: SightLimits,
    by: str,
    at: datetime,
    lasting: timedelta,
) -> NewToken:
    """Make a token and keep the hash of its secret. Raises UsageError for a label or a time that is none."""
    name = " ".join(label.split())
    if not name or len(name) > LONGEST_LABEL:
        raise UsageError(f"give the token a name of {LONGEST_LABEL} characters at most: what it is for")
    if not scopes:
        raise UsageError(f"say what it may do: {', '.join(SCOPES)}")
    if lasting <= timedelta():
        raise UsageError("a token ends after some time, as in --expires 90d")
    secret = secrets.token_urlsafe(32)
    token = AccessToken(
        id=secrets.token_hex(6),
        label=name,
        scopes=tuple(each for each in SCOPES if each in scopes),
        limits=limits,
        by=by,
        at=at,
        expires_at=at + lasting,
    )
    connection.execute(insert(api_tokens), [{**_row(token), "secret_hash": _hash(secret)}])
    return NewToken(token, f"ouidire_{token.id}_{secret}")


def find_token(connection: Connection, text: str, *, now: datetime) -> AccessToken | None:
    """Return the token of a text; None for one that is none, has ended or was revoked."""
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    row = connection.execute(select(api_tokens).where(api_tokens.c.id == found[1])).mappings().first()
    if row is None or not hmac.compare_digest(str(row["secret_hash"]), _hash(found[2])):
        return None
    token = _token(dict(row))
    return token if token.holds(now) else None


def mark_used(connection: Connection, token_id: str, *, at: datetime) -> None:
    """Write down when a token was used."""
    connection.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(used_at=at))


def list_tokens(connection: Connection) -> tuple[AccessToken, ...]:
    """Return all tokens, the newest first."""
    query = select(api_tokens).order_by(api_tokens.c.at.desc(), api_tokens.c.id)
    return tuple(_token(dict(row)) for row in connection.execute(query).mappings())


def revoke_token(connection: Connection, token_id: str, *, at: datetime) -> AccessToken:
    """Have a token open nothing any more. Raises UsageError where there is none of this id that stands."""
    row = connection.execute(select(api_tokens).where(api_tokens.c.id == token_id)).mappings().first()
    if row is None or row["revoked_at"] is not None:
        raise UsageError(f"there is no token {token_id!r} that stands; `ouidire token list` shows all")
    connection.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(revoked_at=at))
    return _token({**row, "revoked_at": at})


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _row(token: AccessToken) -> dict[str, Any]:
    values = token.model_dump(exclude={"limits", "scopes"})
    return {**values, **limits_row(token.limits), "scopes": json.dumps(token.scopes)}


def _token(row: dict[str, Any]) -> AccessToken:
    plain = ("id", "label", "by", "at", "expires_at", "revoked_at", "used_at")
    return AccessToken(
        scopes=tuple(json.loads(row["scopes"])), limits=limits_of(row), **{name: row[name] for name in plain}
    )
