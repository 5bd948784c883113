"""One language's words, numbers and dates: a catalogue (TOML) with Babel behind it.

A catalogue's sentences are templates with named holes; a hole given a number is filled by that language's
number. The French catalogue is written with ordinary spaces and gets its non-breaking ones here. It cannot
see markup.
"""

import re
import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from ouidire.errors import UsageError
from ouidire.period import Period
from reports.typography import NARROW, WIDE, french

LANGUAGES = ("fr", "en")
_LOCALES = Path(__file__).parents[1] / "locales"
MINUS = "\u2212"
Entry = str | dict[str, str]
_LED = re.compile(r"\b(de|à|contre|sur) (?=\{(?:low|high|was|now|n|of|usual_n|before|after)\})")
"""A French preposition before a figure: no line ends on it."""


@cache
def catalogue(language: str) -> dict[str, Entry]:
    """Return a language's sentences by dotted key; a table of plural forms stays a table.

    Raises UsageError for no such language.
    """
    if language not in LANGUAGES:
        raise UsageError(f"no digest is written in {language!r}; languages are {', '.join(LANGUAGES)}")
    data: dict[str, dict[str, Entry]] = {}
    for name in (f"{language}.toml", f"alerts-{language}.toml"):
        data |= tomllib.loads((_LOCALES / name).read_text(encoding="utf-8"))
    spaced = _spaced if language == "fr" else str
    # Babel's date patterns quote with straight apostrophes: [format] keeps them.
    entries: dict[str, Entry] = {}
    for section, values in data.items():
        for name, given in values.items():
            value = given if section == "format" else _curly(given)
            entries[f"{section}.{name}"] = (
                {form: spaced(text) for form, text in value.items()}
                if isinstance(value, dict)
                else spaced(value)
            )
    return entries


def _spaced(text: str) -> str:
    return _LED.sub(rf"\1{WIDE}", french(text))


def _curly(value: Entry) -> Entry:
    """Write apostrophes as printers do."""
    return (
        {form: text.replace("'", "’") for form, text in value.items()}
        if isinstance(value, dict)
        else value.replace("'", "’")
    )


class Speech:
    """A language, speaking of one kind of period in one timezone."""

    def __init__(
        self, language: str, *, period: Literal["week", "month"] = "week", timezone: str = "UTC"
    ) -> None:
        self.language = language
        self.entries = catalogue(language)
        self.locale = Locale.parse(self.plain("format.locale"))
        self.zone = ZoneInfo(timezone)
        self.fixed = {
            name: self.plain(f"{period}.{name}") for name in ("this", "usual", "incomplete", "period")
        }
        self.period = period

    def plain(self, key: str) -> str:
        """Return an entry as it stands."""
        entry = self.entries[key]
        if isinstance(entry, dict):
            raise KeyError(f"{key} has plural forms")
        return entry

    def has(self, key: str) -> bool:
        """Whether there is such an entry."""
        return key in self.entries

    def say(self, key: str, **values: Any) -> str:  # noqa: ANN401 (numbers, dates already worded, strings)
        """Fill an entry's holes; where it has plural forms, `n` (a number) chooses."""
        entry = self.entries[key]
        if isinstance(entry, dict):
            entry = entry.get(self.locale.plural_form(values["n"]), entry["other"])
        shown = {
            name: self.number(value) if isinstance(value, int | float) else value
            for name, value in values.items()
        }
        return entry.format_map(self.fixed | shown)

    def number(self, value: float, *, digits: int = 0, signed: bool = False) -> str:
        """Write a number with at most `digits` decimals; with `signed`, + before those above 0.

        A true minus sign, never -0.
        """
        rounded = round(value, digits) + 0.0
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        text = str(format_decimal(abs(rounded), format=pattern, locale=self.locale))
        sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
        return sign + text

    def percent(self, ratio: float, *, digits: int = 0, signed: bool = False) -> str:
        """Write a ratio as a percentage."""
        rounded = round(ratio, digits + 2) + 0.0
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
        text = str(format_percent(abs(rounded), format=pattern, locale=self.locale))
        text = text.replace("%", f"{NARROW}%") if self.language == "fr" else text
        return (MINUS if rounded < 0 else "+" if signed and rounded > 0 else "") + text

    def together(self, items: list[str]) -> str:
        """Join items as a sentence does: a, b and c."""
        if len(items) <= 1:
            return "".join(items)
        return self.say("format.list_and", head=", ".join(items[:-1]), tail=items[-1])

    def day(self, moment: datetime, *, form: str = "day") -> str:
        """Write a moment's local day."""
        return self._date(moment.astimezone(self.zone).date(), self.plain(f"format.{form}"))

    def moment(self, moment: datetime) -> str:
        """Write a moment's local day and hour."""
        local = moment.astimezone(self.zone)
        return self._first(
            str(format_datetime(local, self.plain("format.moment"), locale=self.locale)), local.date()
        )

    def span(self, period: Period) -> str:
        """Write a period's days: « du lundi 2 au dimanche 8 mars 2026 », « en février 2026 »."""
        first, last = period.first_day, period.last_day
        if period.kind == "month":
            return self.say("format.month_span", month=self._date(first, self.plain("format.month")))
        form = (
            "same_month_first"
            if first.month == last.month
            else "same_year_first"
            if first.year == last.year
            else "whole"
        )
        whole = self._date(last, self.plain("format.whole"))
        return self.say(
            "format.same_month", first=self._date(first, self.plain(f"format.{form}")), last=whole
        )

    def _date(self, day: date, pattern: str) -> str:
        return self._first(str(format_date(day, pattern, locale=self.locale)), day)

    def _first(self, text: str, day: date) -> str:
        """Write the first day of a month as its language does, and keep a day with its month."""
        if day.day == 1:
            text = " ".join(
                self.plain("format.first_of_month") if part == "1" else part for part in text.split(" ")
            )
        return text.replace(" ", WIDE)
