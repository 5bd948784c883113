"""Passwords, kept as scrypt hashes (RFC 7914) with the standard library: `scrypt$n$r$p$salt$hash`, salt and hash in base64."""

import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode

from ouidire.errors import UsageError

SHORTEST = 12
"""Characters: fewer can be guessed, whatever the hash."""
_N, _R, _P = 2**15, 8, 3
"""32 MiB and about a tenth of a second for each try: OWASP's second choice for scrypt (Password Storage Cheat Sheet)."""
_MEMORY = 128 * 1024 * 1024
_LONGEST = 1024
_FORM = re.compile(
    r"scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/=]{16,64})\$([A-Za-z0-9+/=]{24,128})"
)


def hashed(password: str) -> str:
    """Return the hash of a new password, to keep in its place.

    Raises UsageError for one that is too short.
    """
    if len(password) < SHORTEST:
        raise UsageError(f"a password needs {SHORTEST} characters at least")
    salt = secrets.token_bytes(16)
    made = hashlib.scrypt(password.encode(), salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=32)
    return f"scrypt${_N}${_R}${_P}${b64encode(salt).decode()}${b64encode(made).decode()}"


def is_hash(text: str) -> bool:
    """Whether a text is a hash that `verify_password` can check."""
    found = _FORM.fullmatch(text)
    return found is not None and 128 * int(found[1]) * int(found[2]) <= _MEMORY // 2


def verify_password(password: str, kept: str) -> bool:
    """Whether a password is the one whose hash was kept; it takes as long when it is not."""
    found = _FORM.fullmatch(kept)
    if found is None or len(password) > _LONGEST:
        return False
    wanted = b64decode(found[5])
    sizes = {"n": int(found[1]), "r": int(found[2]), "p": int(found[3])}
    made = hashlib.scrypt(
        password.encode(), salt=b64decode(found[4]), **sizes, maxmem=_MEMORY, dklen=len(wanted)
    )
    return hmac.compare_digest(made, wanted)
