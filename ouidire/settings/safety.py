"""What a configuration must not say: secrets in the clear, secrets within addresses, letters nobody sees.

Looked at is what is written; what an address leads to is not.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SECRET_NAMES = re.compile(
    r"(?<![a-z])(?:[a-z]++[_-]){0,3}(?:token|secret|signature|sig|password|passwd|pwd|pass|jwt|credential|hmac)"
    r"|auth|authorization|auth[_-]?key|api[_-]?key|access[_-]?key|private[_-]?key|apikey|key|subscription-key"
    r"|session|sessionid|session_id|sid|phpsessid|jsessionid",
    re.IGNORECASE,
)
"""Names of parameters whose value opens something."""
_WORD = re.compile(r"[a-z]{2,24}(?:[-+_ ][a-z]{1,24}){0,5}")
_PLACEHOLDER = re.compile(r"\{secret:[A-Za-z_][A-Za-z0-9_]*\}")
_SEGMENT = re.compile(r"(?=[^/]{0,200}\d)(?=[^/]{0,200}[A-Za-z])[A-Za-z0-9_-]{24,200}")
_RANDOM = 8
"""Changes between letters, capitals and digits that words and dates do not have."""
_HIDDEN = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029")
"""Characters that reorder or hide what stands beside them."""


def is_loopback(host: str) -> bool:
    """Return whether a host can be reached from this machine alone."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def hidden_letters(value: Any, key: str = "") -> Iterator[str]:  # noqa: ANN401 (TOML)
    """Yield one problem for each text of a configuration with control characters, or ones that reorder it."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from hidden_letters(each, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from hidden_letters(each, f"{key}[{number}]")
    elif isinstance(value, str):
        for letter in value:
            if unicodedata.category(letter) in ("Cc", "Cs") or letter in _HIDDEN:
                yield f"{key}: it holds a character that cannot be seen (U+{ord(letter):04X}); type it again"
                break


def secret_in_address(url: str) -> str | None:
    """Return what of an address looks like a secret written out, as words for a message; None without one.

    `{secret:NAME}` is none: it is put in when the request is made, and nowhere else.
    """
    try:
        parts = urlsplit(_PLACEHOLDER.sub("", url))
        pairs = parse_qsl(f"{parts.query}&{parts.fragment}", separator="&")
    except ValueError:
        return None
    if parts.password or (parts.username and not _WORD.fullmatch(parts.username)):
        return "the user and password before @"
    for name, value in (*pairs, *_matrix(parts.path)):
        if SECRET_NAMES.fullmatch(name) and value and not (name == "key" and _WORD.fullmatch(value)):
            return f"the value of {name}"
    return None


def secret_in_path(url: str) -> bool:
    """Return whether a part of an address' path looks like a token, as it does in private feeds."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return False
    return any(_SEGMENT.fullmatch(part) and _changes(part) >= _RANDOM for part in path.split("/"))


def _matrix(path: str) -> list[tuple[str, str]]:
    """Return the parameters that a path holds: `/feed;token=…` and `/token=…/`."""
    found = (part.partition("=") for part in re.split(r"[/;]", path))
    return [(name, value) for name, equals, value in found if equals]


def _changes(text: str) -> int:
    kinds = [(each.isdigit(), each.isupper()) for each in text]
    return sum(before != after for before, after in pairwise(kinds))
