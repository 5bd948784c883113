"""What a cell says as people would read it: its words, its date, and whether it heads a row of sums.

It cannot know a timezone or an order of day and month that a cell does not state: its caller gives both.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from crawlers.reading.dates import stated_date
from crawlers.reading.extract import clean, decimal, fold, html_to_text
from crawlers.reading.tables import Cell

DATED = re.compile(r"\d{4}|\d{1,2}\s?[-/.]\s?\d{1,2}|\d\s?[-/.]?\s?[^\W\d]{3,}")
"""What a date in a cell looks like, at least."""
_RELATIVE = re.compile(
    r"\b(?:il y a|hier|avant[ -]hier|aujourd'?hui|ago|yesterday|today|last (?:week|month|year)|derniere?"
    r"|vor (?:\d+|eine[mr]?)|gestern|heute|hace|ayer|hoy|fa|ieri|oggi|geleden|gisteren|vandaag|ontem|hoje)\b"
)
"""Words of a date that is told from the moment of writing."""
LONGEST_RELATIVE = 40
COMPARED = 20
"""Cells of two columns that are compared."""
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""Before it dates are read that are only compared."""
_SUMMARY = re.compile(
    r"(?:(?:sous[ -]?)?total(?: general)?|grand total|sub ?total|totaux|somme|sum|mediane?"
    r"|(?:note |score )?moyen(?:nes?)?(?: generale| globale| des notes)?"
    r"|(?:overall |global )?(?:average|mean)(?: rating| score| stars?)?"
    r"|(?:total|nombre|number|count)(?: of| d'| des?)? ?(?:avis|reviews?|ratings?|reponses?|responses?))"
    r"(?: ?[:=] ?[\d.,]{1,12}(?: ?(?:%|/ ?\d{1,3}))?)?"
)
"""The first cell of a row of sums or means, its figure beside it or not."""
_QUOTED = re.compile(r'="(.*)"', re.DOTALL)
"""A cell that keeps a spreadsheet from taking its text for a number."""
_SERIAL = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?")
_NUMERIC = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-]\d{2,4}")
_MONTHS = 12
LANGUAGES = {
    "francais": "fr", "french": "fr", "anglais": "en", "english": "en", "allemand": "de", "german": "de",
    "espagnol": "es", "spanish": "es", "italien": "it", "italian": "it", "neerlandais": "nl", "dutch": "nl",
    "portugais": "pt",
}  # fmt: skip


class DayOrder(NamedTuple):
    """How many dates of a column can only be read with the day first, only with the month first, or both."""

    days_first: int
    months_first: int
    either: int


def cell_words(cell: Cell) -> str:
    """Return a cell's text, as people would read it: no markup, no mark of a spreadsheet's."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if cell is None:
        return ""
    text = str(cell)
    quoted = _QUOTED.fullmatch(text.strip())
    return clean(html_to_text(quoted[1] if quoted else text))


def is_sum(cells: Iterable[Cell]) -> str | None:
    """Return the first filled cell of a row where it says that the row holds sums or means, else None."""
    first = next((str(cell) for cell in cells if cell not in (None, "")), "")
    return first if _SUMMARY.fullmatch(fold(first).strip(" :")) else None


def without_serial(stated: object, *, timezone: tzinfo) -> object:
    """Return what a cell states as a date; days since 1899-12-30, a spreadsheet's date, as a moment."""
    if isinstance(stated, str) and _SERIAL.fullmatch(stated):
        return datetime(1899, 12, 30, tzinfo=timezone) + timedelta(days=decimal(stated) or 0)
    return stated


def is_dated(cell: Cell) -> bool:
    """Return whether a cell may state a date."""
    if isinstance(cell, datetime | date) or DATED.search(str(cell)):
        return True
    text = str(cell)
    return len(text) <= LONGEST_RELATIVE and bool(_RELATIVE.search(fold(text)))


def is_relative(cell: Cell) -> bool:
    """Return whether a cell states a date in words from the moment of writing ("il y a un mois")."""
    return is_dated(cell) and not isinstance(cell, datetime | date) and not DATED.search(str(cell))


def are_same_moments(column: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Return whether two columns state the same days, each in its own form."""
    if len(column) != len(other):
        return False
    return all(
        _may_agree(one, another) for one, another in zip(column[:COMPARED], other[:COMPARED], strict=True)
    )


def _may_agree(cell: Cell, other: Cell) -> bool:
    days = [
        {
            stated.at
            for day_first in (True, False)
            if (stated := stated_date(each, fetched_at=LATEST, day_first=day_first)) is not None
        }
        for each in (cell, other)
    ]
    return any(abs(one - another) < timedelta(days=1) for one in days[0] for another in days[1])


def day_order(cells: Iterable[Cell]) -> DayOrder:
    """Return how the numeric dates of a column can be read."""
    pairs = [(int(match[1]), int(match[2])) for cell in cells if (match := _NUMERIC.match(str(cell).strip()))]
    days = sum(first > _MONTHS >= second for first, second in pairs)
    months = sum(second > _MONTHS >= first for first, second in pairs)
    both = sum(first <= _MONTHS and second <= _MONTHS and first != second for first, second in pairs)
    return DayOrder(days, months, both)


def read_language(stated: str) -> str | None:
    """Return the two letters of the language that a cell names ("fr_FR", "Français"), or None."""
    folded = fold(stated)
    match = re.match(r"[a-z]{2}(?![a-z])", folded)
    return match[0] if match else LANGUAGES.get(folded)
