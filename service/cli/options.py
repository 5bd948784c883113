"""Options that commands share, how they are read, and how a command opens an installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ouidire.errors import UsageError

if TYPE_CHECKING:
    from ouidire.period import Period
    from ouidire.settings.configuration import Settings
    from ouidire.settings.editions import Every
    from service.pipeline.installation import Installation

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration.", envvar="OUIDIRE_CONFIG")]
Now = Annotated[str | None, typer.Option("--now", help="Take this moment (ISO 8601) for the present.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

DEFAULT_CONFIG = Path("ouidire.toml")


def moment(text: str | None) -> datetime | None:
    """Read a moment given by a user. Raises UsageError."""
    from ouidire.clock import parse_moment

    return None if text is None else parse_moment(text)


def settings_of(config: Path) -> "Settings":
    """Read the configuration. Raises ConfigError."""
    from ouidire.settings.configuration import load_settings

    return load_settings(config)


@contextmanager
def opened(config: Path, now: str | None = None, *, writes: bool = True) -> Iterator["Installation"]:
    """Open the installation that a configuration describes; with `writes`, alone."""
    from service.pipeline.installation import Installation

    installation = Installation(settings_of(config), now=moment(now))
    try:
        if writes:
            with installation.exclusive():
                yield installation
        else:
            yield installation
    finally:
        installation.close()


def period_named(text: str | None, *, timezone: str, now: datetime, kind: "Every" = "week") -> "Period":
    """Return the period called `2026-W10` or `2026-02`; the last full one of a kind without a name.

    Raises UsageError.
    """
    from ouidire.period import last_full_period, period_of

    if text is None:
        return last_full_period(kind, now, timezone=timezone)
    try:
        if "W" in text.upper():
            year, week = text.upper().split("-W")
            return period_of("week", date.fromisocalendar(int(year), int(week), 1), timezone=timezone)
        return period_of("month", date.fromisoformat(f"{text}-01"), timezone=timezone)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no period; write a week like 2026-W10 or a month like 2026-02"
        ) from error


def pairs(texts: list[str]) -> dict[str, str]:
    """Read `name=value` pairs given by a user. Raises UsageError."""
    read: dict[str, str] = {}
    for pair in texts:
        name, found, value = pair.partition("=")
        if not found or not name.strip():
            raise UsageError(f"{pair!r} is no pair; write it like score=Note")
        read[name.strip()] = value.strip()
    return read
