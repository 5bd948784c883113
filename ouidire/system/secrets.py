"""Secrets by name: an environment variable NAME, or the file that NAME_FILE names."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from ouidire.errors import ConfigError

IN_URL = re.compile(r"\{secret:([A-Za-z_][A-Za-z0-9_]*)\}")


def read_secret(name: str, environment: Mapping[str, str] | None = None) -> str:
    """Return a secret, without the blanks around it. Raises ConfigError when it is missing or unreadable."""
    known = os.environ if environment is None else environment
    value, file = known.get(name, ""), known.get(f"{name}_FILE")
    if not value and file:
        try:
            value = Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = f"the file that {name}_FILE names cannot be read ({type(error).__name__})"
            raise ConfigError([f"secret {name}: {reason}"]) from error
    value = value.strip()
    if not value:
        advice = f"set the environment variable {name}, or {name}_FILE to a file that holds it"
        raise ConfigError([f"secret {name} is missing: {advice}"])
    return value


def read_line(name: str, environment: Mapping[str, str] | None = None) -> str:
    """Return a secret of one line. Raises ConfigError when it is missing or has several."""
    value = read_secret(name, environment)
    if not value.isprintable():
        raise ConfigError([f"secret {name} holds line breaks or control characters; give one line"])
    return value


def insert_secrets(url: str) -> str:
    """Return a URL with each `{secret:NAME}` replaced by that secret, quoted.

    Raises ConfigError when one is missing.
    """
    return IN_URL.sub(lambda match: quote(read_line(match[1]), safe=""), url)
