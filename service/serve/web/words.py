"""The words of the service's pages in French and English, with dates and durations as a person says them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta

from ouidire.settings.editions import ReportLanguage
from ouidire.text.catalogue import catalogue
from ouidire.text.translated import translated

_PATTERNS = {"fr": "EEE d MMM, HH:mm", "en": "EEE d MMM, HH:mm"}


class PageWords:
    """One language's words. `now` and `timezone` are for dates."""

    def __init__(self, language: ReportLanguage, *, now: datetime, timezone: str) -> None:
        self.language = language
        self._sentences = catalogue(language, "pages")
        self._now = now
        self._zone = ZoneInfo(timezone)

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence, its placeholders filled; where it has plural forms, the number `n` chooses."""
        return self._sentences.fill(key, **values)

    def has(self, key: str) -> bool:
        """Return whether there is such a sentence."""
        return key in self._sentences

    def status(self, status: str) -> str:
        """Return what a status is called; one that has no name keeps its own."""
        key = f"statuses.{status}"
        return self(key) if self.has(key) else status

    def problem(self, message: str) -> str:
        """Return what is wrong, said in the page's language where it is known there."""
        return translated(message, self.language)

    def at(self, moment: datetime) -> str:
        """Return a local date and time."""
        return format_datetime(moment.astimezone(self._zone), _PATTERNS[self.language], locale=self.language)

    def ago(self, moment: datetime) -> str:
        """Return how far a moment is from now, to the nearest larger unit."""
        if abs(moment - self._now) < timedelta(seconds=30):
            return self("now")
        return format_timedelta(moment - self._now, add_direction=True, locale=self.language, threshold=1.2)

    def lasting(self, seconds: float) -> str:
        """Return a duration."""
        if seconds < 60:  # noqa: PLR2004 (seconds of a minute)
            return f"{seconds:.0f} s".replace(" ", "\u202f")
        return format_timedelta(
            timedelta(seconds=seconds), locale=self.language, format="narrow", threshold=1.5
        ).replace(" ", "\u202f")


def language_of(wanted: str | None, accepts: str, default: ReportLanguage) -> ReportLanguage:
    """Return a page's language: the one asked for, else the browser's first that we have, else `default`."""
    if wanted in ("fr", "en"):
        return "fr" if wanted == "fr" else "en"
    for part in accepts.lower().split(","):
        tag = part.split(";")[0].strip()[:2]
        if tag in ("fr", "en"):
            return "fr" if tag == "fr" else "en"
    return default
