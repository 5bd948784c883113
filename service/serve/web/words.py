"""The words of the service's pages, in French and English; dates and durations as a person says them."""

import re
import tomllib
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta

from ouidire.settings.editions import ReportLanguage

_PATTERNS = {"fr": "EEE d MMM, HH:mm", "en": "EEE d MMM, HH:mm"}


@cache
def _words(language: ReportLanguage) -> dict[str, Any]:
    data = tomllib.loads(files("service.serve.web").joinpath("words.toml").read_text(encoding="utf-8"))
    return {key: _french(each) if language == "fr" else each for key, each in data[language].items()}


def _french(text: Any) -> Any:  # noqa: ANN401 (a sentence, or a table of them)
    if isinstance(text, dict):
        return {key: _french(each) for key, each in text.items()}
    return re.sub(r" ([;!?])", "\u202f\\1", text).replace(" :", "\u00a0:").replace("'", "’")


class PageWords:
    """One language's words. `now` and `timezone` are for dates."""

    def __init__(self, language: ReportLanguage, *, now: datetime, timezone: str) -> None:
        self.language = language
        self._now = now
        self._zone = ZoneInfo(timezone)

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence, its holes filled."""
        return str(_words(self.language)[key]).format(**values)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in _words(self.language)

    def count(self, key: str, n: int) -> str:
        """Return a sentence about a number: `key_one` or `key_many`, or `key_none` where that is said."""
        if n == 0 and self.has(f"{key}_none"):
            return self(f"{key}_none")
        return self(f"{key}_one") if n == 1 else self(f"{key}_many", n=n)

    def status(self, status: str) -> str:
        """Return what a status is called."""
        return str(_words(self.language)["statuses"].get(status, status))

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
    """Return the language of a page: the one asked for, else the browser's first that we have, else the installation's."""
    if wanted in ("fr", "en"):
        return "fr" if wanted == "fr" else "en"
    for part in accepts.lower().split(","):
        tag = part.split(";")[0].strip()[:2]
        if tag in ("fr", "en"):
            return "fr" if tag == "fr" else "en"
    return default
