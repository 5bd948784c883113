"""Hashes of passwords: Argon2id (RFC 9106) by argon2-cffi; scrypt hashes of former versions still verify."""

import hashlib
import hmac
import re
import secrets
from base64 import b64decode
from functools import cache

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from ouidire.errors import UsageError

SHORTEST = 12
"""Characters: fewer can be guessed, whatever the hash."""
_LONGEST = 1024
_MEMORY = 256 * 1024 * 1024
"""Bytes that one verification may take: four times what argon2-cffi's default needs."""
_SCRYPT = re.compile(
    r"scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/=]{16,64})\$([A-Za-z0-9+/=]{24,128})"
)


def hashed(password: str) -> str:
    """Return the hash of a new password, to keep in its place.

    Raises UsageError for one that is too short.
    """
    if len(password) < SHORTEST:
        raise UsageError(f"a password needs {SHORTEST} characters at least")
    return PasswordHasher().hash(password)


@cache
def nobodys_hash() -> str:
    """Return the hash of a password that nobody knows: a try for no account takes as long as any other."""
    return PasswordHasher().hash(secrets.token_hex(32))


def is_hash(text: str) -> bool:
    """Return whether a text is a hash that `verify_password` can check, in reasonable memory."""
    if is_scrypt(text):
        return True
    try:
        return extract_parameters(text).memory_cost * 1024 <= _MEMORY
    except InvalidHashError:
        return False


def is_scrypt(text: str) -> bool:
    """Return whether a text is a hash of the form that former versions printed."""
    found = _SCRYPT.fullmatch(text)
    return found is not None and 128 * int(found[1]) * int(found[2]) <= _MEMORY


def verify_password(password: str, kept: str) -> bool:
    """Return whether a password is the one whose hash was kept; it takes as long when it is not."""
    if len(password) > _LONGEST:
        return False
    verify = _verify_scrypt if is_scrypt(kept) else PasswordHasher().verify
    try:
        return verify(kept, password)
    except (VerificationError, ValueError):  # another password, or a hash that is none
        return False


def _verify_scrypt(kept: str, password: str) -> bool:
    """Verify against `scrypt$n$r$p$salt$hash` (RFC 7914), salt and hash in base64."""
    _, n, r, p, salt, wanted = kept.split("$")
    expected = b64decode(wanted)
    made = hashlib.scrypt(
        password.encode(),
        salt=b64decode(salt),
        n=int(n),
        r=int(r),
        p=int(p),
        maxmem=2 * _MEMORY,
        dklen=len(expected),
    )
    return hmac.compare_digest(made, expected)
