"""Durations as a configuration writes them: `30m`, `12h`, `1d`, `2w`."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_duration(text: object) -> object:
    """Read `30m`, `12h`, `1d` or `2w`; anything else is left for pydantic to refuse."""
    if isinstance(text, timedelta):
        return text
    match = re.fullmatch(r"\s*(\d{1,5})\s*([mhdw])\s*", text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("write a duration like 30m, 12h, 1d or 2w")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
