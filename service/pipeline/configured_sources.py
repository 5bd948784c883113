"""Turns the sources of the configuration into sources of the catalogue, with validated parameters."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import ValidationError

from crawlers import SOURCES, load_source
from crawlers.base import Params, Source
from crawlers.ways import nearest
from ouidire.errors import ConfigError, UsageError
from ouidire.ids import source_key
from ouidire.settings.configuration import Settings, SourceSettings
from ouidire.settings.problems import problems_of
from ouidire.settings.safety import secret_in_address
from service.pipeline.schedule import Timetable

A_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
"""A moment from which a timetable is looked at, to see how long it may leave a source alone."""


class ConfiguredSource(NamedTuple):
    """One configured source, ready to run.

    `number` is its place in the file; `entity` and `key` are what it is known under, `stated` is the entity
    that its parameters name now, another one where it moved (`formerly`).
    """

    number: int
    settings: SourceSettings
    source: Source[Any]
    params: Params
    entity: str
    key: str
    stated: str

    @property
    def entities(self) -> dict[str, str]:
        """Return the entity that its mentions are known under, by the one that its pages state."""
        return {} if self.stated == self.entity else {self.stated: self.entity}

    @property
    def site(self) -> str:
        """Return the host of its first request; a source of files is a site of its own."""
        first = next(iter(self.source.first_requests(self.params)), None)
        return (urlsplit(first.url).hostname if first else None) or self.key

    def timetable(self, timezone: str) -> Timetable:
        """Return when it is due; a cron line is read in this timezone."""
        wanted = self.settings
        table = Timetable(
            every=wanted.every, cron=wanted.cron, jitter=wanted.jitter, timezone=timezone, name=self.key
        )
        upkeep = self.source.upkeep
        if upkeep is None or table.longest_gap(A_MONDAY) <= upkeep.within / 2:
            return table
        often = min(upkeep.within / 2, wanted.every)  # known mentions are asked for again in time
        return table.model_copy(update={"every": often, "cron": None})

    @property
    def query_kind(self) -> str | None:
        """Return `brand` or `category` for search queries; None for other sources."""
        kind = getattr(self.params, "query_kind", None)
        return None if kind is None else str(kind)


def configured_sources(settings: Settings) -> list[ConfiguredSource]:
    """Return every configured source. Raises ConfigError with all problems of all sources."""
    listed: list[ConfiguredSource] = []
    problems: list[str] = []
    for number, each in enumerate(settings.source):
        try:
            listed.append(configure(number, each, base=settings.base))
        except ConfigError as error:
            problems += error.problems
    seen: dict[str, int] = {}
    for entry in listed:
        if entry.key in seen:
            same = f"collects the same thing as source[{seen[entry.key]}] ({entry.key}); keep one"
            problems.append(f"source[{entry.number}]: {same}")
        seen.setdefault(entry.key, entry.number)
    if problems:
        raise ConfigError(problems)
    return listed


def former_entities(settings: Settings, slug: str) -> dict[str, str]:
    """Return the entities that sources of the catalogue's `slug` are known under, by those that they state.

    Raises ConfigError.
    """
    listed = [
        configure(number, each, base=settings.base)
        for number, each in enumerate(settings.source)
        if each.source == slug and each.formerly
    ]
    return {stated: kept for each in listed for stated, kept in each.entities.items()}


def configure(number: int, settings: SourceSettings, *, base: Path) -> ConfiguredSource:
    """Validate one configured source; a relative path of its parameters is taken from `base`.

    Raises ConfigError with every problem of it.
    """
    prefix = f"source[{number}]"
    if settings.source not in SOURCES:
        raise ConfigError(
            [f"{prefix}.source: no source is called {settings.source!r}; {nearest(settings.source, SOURCES)}"]
        )
    source = load_source(settings.source)
    given = dict(settings.params)
    secrets = [f"{prefix}.params.{each}" for each in _written_secrets(given)]
    if secrets:
        raise ConfigError(secrets)
    if source.about.access == "file" and isinstance(given.get("path"), str):
        given["path"] = str(base / given["path"])
    try:
        params = source.params.model_validate(given)
    except ValidationError as error:
        raise ConfigError(problems_of(error, source.params, prefix=f"{prefix}.params.")) from error
    try:
        list(source.first_requests(params))
    except ConfigError as error:
        raise ConfigError([f"{prefix}.params: {problem}" for problem in error.problems]) from error
    except UsageError as error:
        raise ConfigError([f"{prefix}.params: {error}"]) from error
    if settings.reply and (problems := _reply_problems(source, params)):
        raise ConfigError([f"{prefix}.reply: {problem}" for problem in problems])
    stated = source.entity(params)
    slug, _, former = (settings.formerly or "").partition(":")
    if settings.formerly and (slug != source.slug or not former):
        wanted = f"the key of a source {source.slug}, as `ouidire sources health` shows it"
        raise ConfigError([f"{prefix}.formerly: {settings.formerly!r} is not {wanted}"])
    entity = former or stated
    key = source_key(source.slug, entity)
    return ConfiguredSource(number, settings, source, params, entity, key, stated)


def _reply_problems(source: Source[Any], params: Params) -> list[str]:
    """Return why reviews of a source cannot be answered from here; nothing when they can."""
    if source.replies is None:
        return [f"{source.slug} takes no replies; answer on the platform, and take the line out"]
    lacking = source.replies.lacks(params)
    return [] if lacking is None else [f"answering needs {lacking}"]


def _written_secrets(params: Mapping[str, Any]) -> Iterator[str]:
    """Yield a problem for each address with a secret written out: it would stand in keys, labels and logs."""
    for name, value in params.items():
        for each in value if isinstance(value, list | tuple) else [value]:
            found = secret_in_address(each) if isinstance(each, str) and "://" in each else None
            if found is not None:
                yield (
                    f"{name}: {found} is a secret, and would stand in names, labels and logs; write "
                    "{secret:NAME} in its place, and give the value by the environment variable NAME or a "
                    "file that NAME_FILE names"
                )
