"""Offsets from Greenwich as people and tools write them: "+01:00", "GMT+1", "UTC", "CET", "AEDT".

It cannot tell apart names that several countries use: "CST" is read as Central America's, "IST" as India's.
"""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1,
    "cest": 2, "mest": 2, "eet": 2, "eest": 3, "sast": 2, "msk": 3, "ist": 5.5, "hkt": 8, "sgt": 8,
    "awst": 8, "jst": 9, "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10,
}  # fmt: skip
"""Named offsets, in hours east of Greenwich."""
OFFSET = r"\(?(?:(?:utc|gmt)?\s?[+-]\d{1,4}(?::\d{2})?|[a-z]{1,4})\)?"
"""A pattern (case ignored, no groups) of what `read_offset` may know."""
_SIGNED = re.compile(r"(?:utc|gmt)?\s?([+-])(\d{1,4})(?::(\d{2}))?")
_LARGEST = 14 * 60
_NAMED = re.compile(r":\d\d.{0,12}[\s\[(]([A-Z][A-Za-z]+/[A-Z][A-Za-z_]+)[\])]?\Z")


def read_offset(text: str) -> tzinfo | None:
    """Return the offset that a short text states, or None where it states none that exists.

    One or two digits are hours, three or four hours and minutes: "GMT+1", "+0530", "GMT+100" (one hour).
    """
    stated = text.strip(" ()").lower()
    if stated in ZONES:
        return _offset(ZONES[stated] * 60)
    match = _SIGNED.fullmatch(stated)
    if match is None:
        return None
    sign, digits, minutes = match.groups()
    short = len(digits) <= 2  # noqa: PLR2004 (hours alone)
    total = int(digits) * 60 + int(minutes or 0) if short else int(digits[:-2]) * 60 + int(digits[-2:])
    if total > _LARGEST:
        return None
    return _offset(-total if sign == "-" else total)


def _offset(minutes: float) -> tzinfo:
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


@lru_cache(maxsize=256)
def named_zone(text: str) -> tzinfo | None:
    """Return the timezone that a text ends with by its name ("14:05 America/New_York"), if there is one."""
    match = _NAMED.search(text)
    if match is None:
        return None
    try:
        return ZoneInfo(match[1])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def known_timezone(name: str) -> str:
    """Return a timezone's name. Raises ValueError, with what to write, where there is none of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"{name!r} is no timezone; write it like Europe/Paris"
        raise ValueError(message) from error
    return name


TimezoneName = Annotated[str, AfterValidator(known_timezone)]
"""A parameter that names a timezone."""
