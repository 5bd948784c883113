"""One language's words, numbers and dates in a mail: the catalogue's sentences, and dates by Babel.

It cannot see markup.
"""

from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime

from ouidire.period import Period
from ouidire.text import numbers
from ouidire.text.catalogue import catalogue
from ouidire.text.typography import WIDE

DayForm = Literal["day", "weekday", "month", "week_label", "month_label"]
"""How a day is written: with its month, its weekday, its month alone, or short, under a chart."""


class Localizer:
    """Sentences, numbers and dates of one language, for one kind of period, in one timezone."""

    def __init__(
        self, language: str, *, period: Literal["week", "month"] = "week", timezone: str = "UTC"
    ) -> None:
        self.language = language
        self.sentences = catalogue(language, "digest", "alerts", "brief", "stats")
        self.locale = Locale.parse(self.plain("format.locale"))
        self.zone = ZoneInfo(timezone)
        self.fixed = {
            name: self.plain(f"{period}.{name}")
            for name in ("this", "usual", "incomplete", "period", "longest", "fewest")
        }
        self.period = period

    def plain(self, key: str) -> str:
        """Return an entry as it stands. Raises KeyError for one with plural forms."""
        return self.sentences.text(key)

    def has(self, key: str) -> bool:
        """Whether there is such an entry."""
        return key in self.sentences

    def say(self, key: str, **values: Any) -> str:  # noqa: ANN401 (numbers, dates already worded, strings)
        """Return a sentence, its placeholders filled; where it has plural forms, the number `n` chooses."""
        return self.sentences.fill(key, **(self.fixed | values))

    def number(self, value: float, *, digits: int = 0, signed: bool = False) -> str:
        """Return a number with `digits` decimals; with `signed`, + before those above 0."""
        return numbers.number(value, self.locale, digits=digits, signed=signed)

    def percent(self, ratio: float, *, digits: int = 0, signed: bool = False) -> str:
        """Return a ratio as a percentage."""
        return numbers.percent(ratio, self.locale, digits=digits, signed=signed)

    def together(self, items: list[str]) -> str:
        """Return items joined as a sentence does: a, b and c."""
        if len(items) <= 1:
            return "".join(items)
        return self.say("format.list_and", head=", ".join(items[:-1]), tail=items[-1])

    def day(self, moment: datetime, *, form: DayForm = "day") -> str:
        """Return a moment's local day."""
        return self._date(moment.astimezone(self.zone).date(), self.plain(f"format.{form}"))

    def moment(self, moment: datetime) -> str:
        """Return a moment's local day and hour."""
        local = moment.astimezone(self.zone)
        return self._first(
            str(format_datetime(local, self.plain("format.moment"), locale=self.locale)), local.date()
        )

    def span(self, period: Period) -> str:
        """Return a period's days: « du lundi 2 au dimanche 8 mars 2026 », « en février 2026 »."""
        first, last = period.first_day, period.last_day
        if period.kind == "month":
            return self.say("format.month_span", month=self._date(first, self.plain("format.month")))
        form = "whole"
        if first.year == last.year:
            form = "same_month_first" if first.month == last.month else "same_year_first"
        return self.say(
            "format.same_month",
            first=self._date(first, self.plain(f"format.{form}")),
            last=self._date(last, self.plain("format.whole")),
        )

    def _date(self, day: date, pattern: str) -> str:
        return self._first(str(format_date(day, pattern, locale=self.locale)), day)

    def _first(self, text: str, day: date) -> str:
        """Return a date with the first of a month as its language writes it, and no place to break a line."""
        if day.day == 1:
            text = " ".join(
                self.plain("format.first_of_month") if part == "1" else part for part in text.split(" ")
            )
        return text.replace(" ", WIDE)
