"""Who works: the name that the audit has of whoever runs a command or a service."""

import os

PERSON = "OUIDIRE_USER"
"""The variable of the environment that names who works."""
ANYBODY = "operator"
"""Who works where nobody has given a name."""


def person() -> str:
    """Return the name under which this process works: OUIDIRE_USER, else "operator"."""
    return os.environ.get(PERSON, "").strip() or ANYBODY
