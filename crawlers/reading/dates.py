"""Dates as pages state them: ISO 8601, RFC 822, in words, numeric, or relative to the moment of fetching.

It cannot know a timezone that a page does not state: such times are read in the `timezone` given (UTC by
default). It reads French, English, German, Spanish, Italian, Dutch and Portuguese itself, and asks dateparser
for other languages.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Literal

from crawlers.reading.budget import may_look_up
from crawlers.reading.date_words import DAYS_BACK, MONTH, NUMBERS, UNIT
from crawlers.reading.offsets import OFFSET, named_zone, read_offset
from ouidire.clock import Precision, StatedDate

LONGEST = 120
"""Characters: no page states a date in more; longer text is prose."""
EARLIEST = 1990
"""Years before the web are null values (1970, 0001, 1900 …), not dates of reviews."""
LARGEST_EPOCH = 1e15
"""A number beyond it states no moment, neither in seconds nor in milliseconds."""
LATENESS = timedelta(days=1)
"""A date further than this after the fetch is wrong: no timezone explains it."""

_NULL = re.compile(r"-0001(?!\d)|(?<!\d)000[01]-\d\d-\d\d")
"""How databases write that there is no date: 0000-00-00, year 1, or WordPress's "30 Nov -0001"."""
_ISO = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:(?:T|,?\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    rf"(?:\s?([ap])\.?m\b\.?)?(?:\s?({OFFSET})(?!\w))?)?",
    re.IGNORECASE,
)
_NO_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?|(0?[1-9]|1[0-2])[/.](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z)?)?")
_RFC822 = re.compile(
    r"(?:[a-z]{3,9}\.?,?\s+)?\d{1,2}[\s-][a-z]{3,9}\.?[\s-]\d{2,4}\s+\d{1,2}:\d{2}", re.IGNORECASE
)
_HALF_DAY = re.compile(r"\d\s?[ap]\.?m\b", re.IGNORECASE)
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?!\d)")
_TIME = re.compile(
    r"(?<!\d)(\d{1,2})\s?(?::|h|u|\.(?=\d{2}(?:[.:]\d{2})?\s?[ap]\.?m\b))\s?(\d{2})(?:[:.](\d{2}))?\s*(?:([ap])\.?m)?\b"
    r"|(?<!\d)(\d{1,2})\s*([ap])\.?m\b"
)
_THEN_OFFSET = re.compile(rf"\s?({OFFSET})(?!\w)")
# A year of two digits ends the text or stands before a time: "12-févr-26", "12 févr. 26 14:05".
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.[\s/-]{0,3}|(?:er|st|nd|rd|th)?[\s/-]{1,3})(?:de\s|of\s)?([a-z]{3,10})\.?,?"
    r"(?:[\s/-]{1,3}(?:de\s)?(\d{4}|\d{2}(?=$|\s(?:a\s)?\d{1,2}\s?[:h])))?(?!\d)"
)
_CTIME = re.compile(
    r"(?:[a-z]{3,9}\.?,?\s)?([a-z]{3,10})\.?\s(\d{1,2}),?\s(\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m)?)\s"
    rf"(?:({OFFSET})\s)?(\d{{4}})"
)
"""What Unix and Java print: "Thu Feb 12 14:05:22 CET 2026"."""
_MONTH_DAY = re.compile(r"\b([a-z]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?(?!\d)")
_MONTH_YEAR = re.compile(r"\b([a-z]{3,10})\.?\s+(?:de\s+)?(\d{4})(?!\d)")
_NUMBERS = "|".join(sorted(NUMBERS, key=len, reverse=True))
_ALL_UNITS = "|".join(sorted(UNIT, key=len, reverse=True))
_AGO = re.compile(rf"\b(\d{{1,4}}|{_NUMBERS})\s?\+?\s*({_ALL_UNITS})\b")
_AGO_WORD = re.compile(r"\b(il y a|ya|ago|vor|hace|fa|ha|atras|geleden|depuis)\b")


def fold(text: str) -> str:
    """Return the text in lower case, without accents and typographic apostrophes, for matching only."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()


def stated_date(  # noqa: PLR0911 (one exit for each form, tried from the strictest)
    value: object,
    *,
    fetched_at: datetime,
    midnight: Literal["moment", "day"] = "moment",
    day_first: bool = True,
    timezone: tzinfo = UTC,
    other_languages: bool = True,
) -> StatedDate | None:
    """Return the date that `value` (text, epoch seconds or milliseconds, date, datetime) states, or None.

    `midnight="day"` reads an exact local midnight as a bare day, which is what most publishing systems mean
    by it. `day_first` decides 03/04/2026. Years are taken from `fetched_at` where the text has none. None for
    what is no date, for years before 1990 and for anything later than a day after `fetched_at`.
    """
    if isinstance(value, datetime):
        return _stated(value if value.tzinfo else value.replace(tzinfo=timezone), midnight, fetched_at)
    if isinstance(value, date):
        return _day(value.year, value.month, value.day, fetched_at)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _epoch(float(value), fetched_at) if abs(value) < LARGEST_EPOCH else None
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        return None
    text = " ".join(value.split())
    if _NULL.search(text):
        return None
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return _epoch(float(text), fetched_at)
    timezone = named_zone(text) or timezone
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _from_iso(match, midnight, timezone, fetched_at)
    if match := _NO_DAY.fullmatch(text):
        year, month = match[1] or match[4], match[2] or match[3]
        return _coarse(int(year), int(month or 1), "month" if month else "year", fetched_at)
    if _RFC822.match(text) and not _HALF_DAY.search(text) and (moment := _rfc822(text)):
        return _stated(moment, midnight, fetched_at)
    return _in_words(fold(text), fetched_at, midnight, timezone, day_first=day_first) or (
        _elsewhere(text, fetched_at) if other_languages else None
    )


def _in_words(
    text: str, fetched_at: datetime, midnight: str, zone: tzinfo, *, day_first: bool
) -> StatedDate | None:
    if (match := _ISO.search(text)) and _looks_alone(text, match):
        return _from_iso(match, midnight, zone, fetched_at)
    if match := _NUMERIC.search(text):
        first, second, year = (int(part) for part in match.groups())
        year += 2000 if len(match[3]) == 2 else 0  # noqa: PLR2004 (a two-digit year is of this century: the web's)
        month, day = (first, second) if (second > 12 or (not day_first and first <= 12)) else (second, first)  # noqa: PLR2004
        return _with_time(year, month, day, text[match.end() :], midnight, zone, fetched_at)
    return _with_month_name(text, fetched_at, midnight, zone) or _relative(text, fetched_at)


def _with_month_name(text: str, fetched_at: datetime, midnight: str, zone: tzinfo) -> StatedDate | None:
    if (match := _CTIME.fullmatch(text)) and match[1] in MONTH:
        rest = f" {match[3]} {match[4] or ''}"
        return _with_time(int(match[5]), MONTH[match[1]], int(match[2]), rest, midnight, zone, fetched_at)
    if match := next((m for m in _DAY_MONTH.finditer(text) if m[2] in MONTH), None):
        month, day = MONTH[match[2]], int(match[1])
        year = _year(match[3], month, day, fetched_at)
        return _with_time(year, month, day, text[match.end() :], midnight, zone, fetched_at)
    if match := next((m for m in _MONTH_DAY.finditer(text) if m[1] in MONTH), None):
        month, day = MONTH[match[1]], int(match[2])
        year = _year(match[3], month, day, fetched_at)
        return _with_time(year, month, day, text[match.end() :], midnight, zone, fetched_at)
    if match := next((m for m in _MONTH_YEAR.finditer(text) if m[1] in MONTH), None):
        return _coarse(int(match[2]), MONTH[match[1]], "month", fetched_at)
    return None


def _relative(text: str, fetched_at: datetime) -> StatedDate | None:
    if _AGO_WORD.search(text) or re.fullmatch(r"(?:edited\s+)?\d{1,3}\s?(?:min|h|d|j|days?|jours?)", text):
        for match in _AGO.finditer(text):
            number, unit = _number(match[1]), UNIT.get(match[2])
            if number is not None and unit is not None:
                return _back(number, unit, fetched_at)
    for words in sorted(DAYS_BACK, key=len, reverse=True):
        if re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", text):
            return _back(DAYS_BACK[words], "day", fetched_at)
    return None


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() else NUMBERS.get(word)


def _back(number: int, unit: str, fetched_at: datetime) -> StatedDate | None:
    now = fetched_at.astimezone(UTC)
    if unit in {"month", "year"}:
        months = now.year * 12 + now.month - 1 - number * (12 if unit == "year" else 1)
        if months < EARLIEST * 12:
            return None
        moment = now.replace(year=months // 12, month=months % 12 + 1, day=min(now.day, 28))
    else:
        seconds = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}[unit]
        moment = now - timedelta(seconds=seconds * number)
    if moment.year < EARLIEST:
        return None
    return StatedDate(at=moment.replace(hour=12, minute=0, second=0, microsecond=0), precision="relative")


def _from_iso(match: re.Match[str], midnight: str, zone: tzinfo, fetched_at: datetime) -> StatedDate | None:
    parts = [*match.groups(), None, None]
    year, month, day = (int(part or 0) for part in parts[:3])
    if parts[3] is None:
        return _day(year, month, day, fetched_at)
    compact = match.re is _COMPACT
    fraction, half, offset = ("0", None, parts[6]) if compact else (parts[6] or "0", parts[7], parts[8])
    stated_zone = read_offset(offset) if offset else None
    try:
        moment = datetime(
            year,
            month,
            day,
            _hour(int(parts[3]), half),
            int(parts[4] or 0),
            int(parts[5] or 0),
            int(fraction[:6].ljust(6, "0")),
            stated_zone or zone,
        )
    except ValueError:
        return None
    return _stated(moment, midnight, fetched_at)


def _hour(hour: int, half: str | None) -> int:
    """Return the hour of 24; `half` is the "a" or "p" of a.m. and p.m., which 13 and more need not."""
    if not half or hour > 12:  # noqa: PLR2004 (hours of half a day)
        return hour
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _rfc822(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=read_offset(text.rsplit(" ", 1)[-1]) or UTC)
    return moment


def _with_time(
    year: int, month: int, day: int, rest: str, midnight: str, zone: tzinfo, fetched_at: datetime
) -> StatedDate | None:
    match = _TIME.search(rest[:24])
    if match is None:
        return _day(year, month, day, fetched_at)
    after = _THEN_OFFSET.match(rest[match.end() :])
    stated_zone = read_offset(after[1]) if after else None
    hour = _hour(int(match[1] or match[5]), match[4] or match[6])
    try:
        moment = datetime(
            year, month, day, hour, int(match[2] or 0), int(match[3] or 0), tzinfo=stated_zone or zone
        )
    except ValueError:
        return _day(year, month, day, fetched_at)
    return _stated(moment, midnight, fetched_at)


def _year(stated: str | None, month: int, day: int, fetched_at: datetime) -> int:
    """Return the stated year (two digits are of this century), or the latest in which the day has come."""
    if stated:
        return int(stated) + (2000 if len(stated) == 2 else 0)  # noqa: PLR2004 (two digits)
    return fetched_at.year - ((month, day) > (fetched_at.month, fetched_at.day + 1))


def _looks_alone(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
    return not any(character.isdigit() for character in around)


def _epoch(value: float, fetched_at: datetime) -> StatedDate | None:
    seconds = value / 1000 if value >= 1e11 else value  # noqa: PLR2004 (seconds reach 1e11 in the year 5138)
    if not 631152000 <= seconds < 1e11:  # noqa: PLR2004 (1990-01-01)
        return None
    return _stated(datetime.fromtimestamp(seconds, UTC), "moment", fetched_at)


def _stated(moment: datetime, midnight: str, fetched_at: datetime) -> StatedDate | None:
    if midnight == "day" and (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return _day(moment.year, moment.month, moment.day, fetched_at)
    try:
        at = moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return StatedDate(at=at) if at.year >= EARLIEST and at <= fetched_at + LATENESS else None


def _day(
    year: int, month: int, day: int, fetched_at: datetime, precision: Precision = "day"
) -> StatedDate | None:
    try:
        at = datetime(year, month, day, 12, tzinfo=UTC)
    except ValueError:
        return None
    return (
        StatedDate(at=at, precision=precision) if year >= EARLIEST and at <= fetched_at + LATENESS else None
    )


def _coarse(year: int, month: int, precision: Precision, fetched_at: datetime) -> StatedDate | None:
    return _day(year, month, 1, fetched_at, precision)


def _elsewhere(text: str, fetched_at: datetime) -> StatedDate | None:
    """Return what dateparser makes of a short text that looks like a date.

    It knows 200 locales and takes some 50 ms, so that a page has a budget of it.
    """
    if len(text) > LONGEST // 3:
        return None
    dated = re.search(r"(?<!\d)\d{1,2}\W{1,3}[^\W\d_]{3}.{0,40}\d{4}", text) or re.search(
        r"[\u0370-\U0010ffff]", text
    )
    if not dated or not re.search(r"\d", text):
        return None
    return _asked(text, fetched_at.astimezone(UTC).replace(tzinfo=None)) if may_look_up(text) else None


@lru_cache(maxsize=512)
def _asked(text: str, base: datetime) -> StatedDate | None:
    from dateparser.date import DateDataParser

    settings = {
        "RELATIVE_BASE": base,
        "TIMEZONE": "UTC",
        "TO_TIMEZONE": "UTC",
        "PREFER_DATES_FROM": "past",
        "STRICT_PARSING": False,
    }
    try:
        found = DateDataParser(settings=settings).get_date_data(text)
    except (ValueError, OverflowError, RecursionError, TypeError):
        return None
    if found.date_obj is None:
        return None
    day = found.date_obj
    kinds: dict[str, Precision] = {"month": "month", "year": "year", "week": "relative"}
    precision = kinds.get(found.period or "day", "day")
    return _day(
        day.year,
        day.month,
        1 if precision in {"month", "year"} else day.day,
        base.replace(tzinfo=UTC),
        precision,
    )
