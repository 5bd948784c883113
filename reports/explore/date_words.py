"""Dates as people write them, French or English, read as spans of days.

`02/03/2026` is the second of March, as everywhere in Europe; `semaine 10`, `S10 2026`, `2026-W10`, `mars
2026`, `T1 2026`, `du 2 au 15 mars 2026`, `depuis le 02/03/2026`, `hier`, `la semaine dernière`, `30 derniers
jours`. What names no year is the latest such time that has begun. It cannot read holidays, nor relative dates
such as « il y a trois semaines ».
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

from reports.explore.date_span import DateSpan, is_moving, months_of, week_of, year_of
from reports.explore.problem import ViewError

LONGEST = 100
"""Characters of a date: more is none."""
_MONTHS = (
    ("janvier", "janv", "jan", "january"),
    ("fevrier", "fevr", "fev", "february", "feb"),
    ("mars", "march", "mar"),
    ("avril", "avr", "april", "apr"),
    ("mai", "may"),
    ("juin", "june", "jun"),
    ("juillet", "juil", "july", "jul"),
    ("aout", "august", "aug"),
    ("septembre", "sept", "sep", "september"),
    ("octobre", "oct", "october"),
    ("novembre", "nov", "november"),
    ("decembre", "dec", "december"),
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_MONTH = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_WEEKDAY = re.compile(
    r"^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday),? "
)
_ALIASES = {
    "aujourd'hui": "today",
    "ce jour": "today",
    "hier": "yesterday",
    "cette semaine": "this-week",
    "this week": "this-week",
    "la semaine derniere": "last-week",
    "semaine derniere": "last-week",
    "last week": "last-week",
    "ce mois": "this-month",
    "ce mois-ci": "this-month",
    "this month": "this-month",
    "le mois dernier": "last-month",
    "mois dernier": "last-month",
    "last month": "last-month",
}
_LAST_DAYS = re.compile(
    r"(?:les? )?(?:last |past )?([0-9]{1,4}) ?(?:derniers? )?(?:j|jours?|days?|d)(?: derniers)?"
)
_YEAR, _NUMBER = r"(?P<year>[0-9]{4})", r"(?P<number>[0-9]{1,2})"
_DAY = r"(?P<day>[0-9]{1,2})(?:er|st|nd|rd|th)?"
_SHORT_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_ANY_MONTH, _OF = rf"(?P<named>{_MONTH})\.?", r"(?: de)? ?[-/ ]?"
_DAYS_OF = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}[-/.]{_NUMBER}[-/.]{_DAY}",
        rf"{_DAY}[-/. ]{_NUMBER}(?:[-/. ]{_SHORT_YEAR})?",
        rf"{_DAY} {_ANY_MONTH}(?:,? {_YEAR})?",
        rf"{_ANY_MONTH} {_DAY}(?:,? {_YEAR})?",
    )
)
_MONTHS_OF = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}[-/.]{_NUMBER}",
        rf"{_NUMBER}[-/.]{_YEAR}",
        rf"{_ANY_MONTH}(?:,? {_YEAR})?",
    )
)
_WEEKS_OF = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}[- ]?(?:w|s|semaine |week ) ?{_NUMBER}",
        rf"(?:la )?(?:semaine|sem\.?|s|week|w) ?{_NUMBER}(?:{_OF}{_YEAR})?",
    )
)
_QUARTERS_OF = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}[- ]?[tq](?P<number>[1-4])",
        rf"[tq](?P<number>[1-4])(?:{_OF}{_YEAR})?",
        rf"(?P<number>[1-4])(?:er|e|eme|ere) trimestre(?:{_OF}{_YEAR})?",
    )
)
_YEAR_ALONE = re.compile(_YEAR)
_RANGES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\A(?P<first>.*?) ?(?:\.\.|…|→) ?(?P<last>.*)",
        r"\A(?:du |de |d'|from )?(?P<first>.+?) (?:au|a|to|until|-|–|—) (?P<last>.+)",
        r"\A(?:entre|between) (?:le )?(?P<first>.+?) (?:et|and) (?P<last>.+)",
        r"(?:depuis|a partir de|a compter de|des|since|from) (?P<first>.+)",
        r"(?:jusqu'au|jusqu'a|jusqu'en|until|up to) (?P<last>.+)",
    )
)
_BEFORE = re.compile(r"(?:avant|before) (.+)")
_ARTICLE = re.compile(r"^(?:le |la |l'|du |en |the )")
_BARE_DAY = re.compile(_DAY)


def parse_dates(text: str, *, today: date) -> DateSpan:
    """Return the span of days that a text names; `today` is the reader's local day.

    Raises ViewError for what is no date, with the ways to write one.
    """
    shown = text.strip()
    folded = _folded(shown) if len(shown) <= LONGEST else ""
    try:
        found = _span(folded, today) if folded else None
    except (ValueError, OverflowError) as error:
        raise ViewError("no_such_date", value=shown) from error
    if found is None:
        raise ViewError("date", value=shown)
    return found


def _span(text: str, today: date) -> DateSpan | None:
    one = _one(text, today)
    if one is not None:
        return one
    before = _BEFORE.fullmatch(text)
    if before is not None:
        limit = _one(before[1], today)
        first = limit.bounds(today).first if limit else None
        return None if first is None else DateSpan(last=first - timedelta(days=1))
    for pattern in _RANGES:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        parts = match.groupdict()
        found = _range(parts.get("first") or "", parts.get("last") or "", today)
        if found is not None:
            return found
    return None


def _range(first_text: str, last_text: str, today: date) -> DateSpan | None:
    """Return the span between two times; what the first leaves out (month, year) is the last's."""
    end = _one(last_text, today) if last_text else None
    last = end.bounds(today).last if end else None
    if bool(last_text) != (last is not None):
        return None
    bare = _BARE_DAY.fullmatch(first_text)
    if bare is not None and last is not None:
        return DateSpan(first=last.replace(day=int(bare["day"])), last=last)
    start = _one(first_text, last or today) if first_text else None
    first = start.bounds(today).first if start else None
    if bool(first_text) != (first is not None) or (first is None and last is None):
        return None
    return DateSpan(first=first, last=last)


def _one(text: str, today: date) -> DateSpan | None:
    """Return the span that one time names: a moving one, a day, a week, a month, a quarter or a year."""
    text = text.strip(" ,")
    alias = _ALIASES.get(text, text)
    if is_moving(alias):
        return DateSpan(moving=alias)
    days = _LAST_DAYS.fullmatch(text)
    if days is not None and is_moving(f"{int(days[1])}d"):
        return DateSpan(moving=f"{int(days[1])}d")
    text = _WEEKDAY.sub("", _ARTICLE.sub("", text))
    ways: tuple[tuple[tuple[re.Pattern[str], ...], Callable[[dict[str, str], int], DateSpan]], ...] = (
        (_DAYS_OF, _day),
        (_WEEKS_OF, _week),
        (_MONTHS_OF, _month),
        (_QUARTERS_OF, _quarter),
        ((_YEAR_ALONE,), lambda _parts, year: year_of(year)),
    )
    for patterns, build in ways:
        for pattern in patterns:
            match = pattern.fullmatch(text)
            if match is not None:
                parts = {name: value for name, value in match.groupdict().items() if value is not None}
                return _in_year(parts, build, today)
    return None


def _in_year(
    parts: dict[str, str], build: Callable[[dict[str, str], int], DateSpan], today: date
) -> DateSpan:
    """Return a time in the year it names; without one, the latest that has begun."""
    if "year" in parts:
        year = int(parts["year"])
        return build(parts, year if len(parts["year"]) > 2 else 2000 + year)  # noqa: PLR2004 (`26` is 2026)
    found = build(parts, today.year)
    if found.first is not None and found.first > today:
        return build(parts, today.year - 1)
    return found


def _day(parts: dict[str, str], year: int) -> DateSpan:
    day = date(year, _month_number(parts), int(parts["day"]))
    return DateSpan(first=day, last=day)


def _week(parts: dict[str, str], year: int) -> DateSpan:
    return week_of(year, int(parts["number"]))


def _month(parts: dict[str, str], year: int) -> DateSpan:
    return months_of(year, _month_number(parts))


def _quarter(parts: dict[str, str], year: int) -> DateSpan:
    return months_of(year, 3 * int(parts["number"]) - 2, 3)


def _month_number(parts: dict[str, str]) -> int:
    return _MONTH_OF[parts["named"]] if "named" in parts else int(parts["number"])


def _folded(text: str) -> str:
    """Return a text in small letters without accents, its blanks single and its apostrophes straight."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("…", "..").casefold())
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())
