"""The words of the explorer in French and English: sentences, numbers, dates, and what values are called."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta

from ouidire.settings.editions import ReportLanguage
from ouidire.text import numbers
from ouidire.text.catalogue import catalogue
from reports.explore.value_words import Names, value_word

_PATTERNS = {"day": "d MMM y", "month": "MMMM y"}


class ExplorerWords:
    """One language's words. `names` are what brands and sources are called, by filter and value."""

    def __init__(
        self,
        language: ReportLanguage,
        *,
        now: datetime,
        timezone: str,
        names: Names,
    ) -> None:
        self.language = language
        self._sentences = catalogue(language, "explorer", "queues", "people", "sources")
        self._now = now
        self._zone = ZoneInfo(timezone)
        self._names = names

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence, its placeholders filled; where it has plural forms, the number `n` chooses."""
        return self._sentences.fill(key, **values)

    def has(self, key: str) -> bool:
        """Return whether there is such a sentence."""
        return key in self._sentences

    def filter(self, name: str) -> str:
        """Return what a filter is called."""
        return self(f"filter.{name}")

    def value(self, name: str, value: str) -> str:
        """Return what a value of a filter is called; one from outside keeps its own name, made harmless."""
        return value_word(self.language, name, value, self._names)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number as the language writes it."""
        return numbers.number(value, self._sentences.locale, digits=digits)

    def percent(self, ratio: float, digits: int = 0) -> str:
        """Return a ratio as a percentage."""
        return numbers.percent(ratio, self._sentences.locale, digits=digits)

    def points(self, ratio: float) -> str:
        """Return a difference of ratios in points, with its sign."""
        return numbers.number(100 * ratio, self._sentences.locale, digits=1, signed=True)

    def day(self, day: date, form: str = "day") -> str:
        """Return a local day, or its month."""
        return format_date(day, _PATTERNS[form], locale=self.language)

    def local(self, moment: datetime, form: str = "day") -> str:
        """Return the local day of a moment."""
        return self.day(moment.astimezone(self._zone).date(), form)

    def at(self, moment: datetime) -> str:
        """Return a local date and time."""
        return format_datetime(moment.astimezone(self._zone), "d MMM y, HH:mm", locale=self.language)

    def ago(self, moment: datetime) -> str:
        """Return how far a moment is from now; "just now" within a minute of it."""
        if abs((moment - self._now).total_seconds()) < 60:  # noqa: PLR2004 (seconds of a minute)
            return self("just_now")
        return format_timedelta(moment - self._now, add_direction=True, locale=self.language, threshold=1.2)
