"""The configuration: one TOML file, validated as a whole; every error at once, each with its key and a hint.

Secrets never stand in the file: it names an environment variable (`*_env`) or a file (`*_file`) that holds
them. A source's own parameters are kept as written here and validated by the source
(`service.pipeline.configured_sources`), since this package sees no crawler.
"""

import os
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

from pydantic import Field, ValidationError, field_validator, model_validator

from ouidire.errors import ConfigError
from ouidire.frozen import Frozen
from ouidire.settings.alerts import AlertSettings, ChannelSettings
from ouidire.settings.brand import Brand
from ouidire.settings.cron import problem_of, shortest_gap
from ouidire.settings.durations import Duration
from ouidire.settings.editions import (
    BUILT_IN,
    EditionSettings,
    Recipient,
    ReportLanguage,
    problems_of_editions,
    unknown_editions,
    unknown_timezone,
)
from ouidire.settings.fetch import FetchSettings
from ouidire.settings.file_text import read_text, read_toml
from ouidire.settings.index import IndexSettings
from ouidire.settings.problems import problems_of, suggestion, twice
from ouidire.settings.safety import hidden_letters, is_loopback, secret_in_address
from ouidire.settings.serve import ServeSettings
from ouidire.settings.sites import SiteSettings

_LOGIN = re.compile(r"//[^/?#@:]+(?=[:@])")
"""The user's name in an address: a database's may look like anything."""


class SourceSettings(Frozen):
    """One thing to collect: a source of the catalogue, its parameters, and the brands that it concerns."""

    source: str = Field(description="A name of the catalogue: `ouidire sources list`.")
    title: str | None = Field(
        default=None, description="What the digest calls it; the site's name by default."
    )
    brands: tuple[str, ...] = Field(
        default=(),
        description="Slugs of the brands it speaks of; may be empty for feeds and category searches.",
    )
    every: Duration = Field(
        default=timedelta(days=1), description="How often it is due, counted from when it last began."
    )
    cron: str | None = Field(
        default=None,
        description="When it is due, in the place of `every`: a cron line in the brand's timezone, "
        "as in `30 6 * * 1-5`.",
    )
    jitter: Duration = Field(
        default=timedelta(),
        description="Each time comes up to so much later, so that what is due together is spread.",
    )
    full_every: Duration = Field(
        default=timedelta(weeks=1),
        description="How often everything is read again, so that edits and deletions are seen; "
        "runs between ask for what is new.",
    )
    place: str | None = Field(
        default=None, description="The shop or place it speaks of, where the site does not say."
    )
    formerly: str | None = Field(
        default=None,
        description="The key that it had before its address or name changed, as `ouidire sources health` "
        "shows it: it goes on under that key, with its past. An empty text says that it has none.",
    )
    reply: bool = Field(
        default=False,
        description="Whether people may answer its reviews from here, by the platform's API: "
        "google_business, trustpilot_api, play_owner and appstore_connect.",
    )
    params: dict[str, Any] = Field(default_factory=dict, description="The source's own parameters.")

    @model_validator(mode="after")
    def _one_timetable(self) -> "SourceSettings":
        if self.cron is not None and "every" in self.model_fields_set:
            raise ValueError("every and cron: both say when it is due; keep one")
        problem = None if self.cron is None else problem_of(self.cron)
        if problem is not None:
            raise ValueError(f"cron: {problem}")
        if self.jitter * 2 > shortest_gap(self.every, self.cron):
            raise ValueError("jitter: it may be half the time between two runs at most")
        return self


class StateSettings(Frozen):
    """The precious state: runs, cursors, items known, deliveries."""

    url: str | None = Field(
        default=None,
        description="Where it is kept: `sqlite:///<data>/state.db` by default, or "
        "`postgresql+psycopg://user:{secret:NAME}@host/database` (extra `postgres`).",
    )

    @field_validator("url")
    @classmethod
    def _no_secret(cls, url: str | None) -> str | None:
        if url is not None and secret_in_address(_LOGIN.sub("//user", url)) is not None:
            raise ValueError("a password would stand in the file; write {secret:NAME} in its place")
        return url


class HarvestSettings(Frozen):
    """What was collected, and for how long it is kept."""

    folder: Path | None = Field(default=None, description="`<data>/harvest` by default.")
    keep_pages_days: int = Field(default=180, ge=1, description="Raw pages are removed after so many days.")
    keep_items_days: int = Field(
        default=1095,
        ge=1,
        description="Mentions are removed, everywhere, so many days after they were last seen.",
    )


class PrivacySettings(Frozen):
    """What is hidden."""

    key_file: Path | None = Field(
        default=None,
        description="The key of author hashes; `<data>/key` by default, made at first use. Back it up.",
    )
    mask_names: bool = Field(default=False, description="Mask first names of staff in verbatims too.")


class EnrichmentSettings(Frozen):
    """How texts are read."""

    batch: int = Field(default=256, ge=1, le=10_000, description="Texts analysed together.")
    model: str | None = Field(
        default=None,
        pattern=r"^hub:[\w./~-]+$",
        description="Another model for sentiment, as `hub:<name or folder>` (extra `torch`); "
        "the bundled one by default.",
    )


class SmtpSettings(Frozen):
    """The mail server; without it digests are written to the outbox folder."""

    host: str = Field(description="Its name or address.")
    port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="`tls` from the first byte, usually on port 465; `none` only on your own machine.",
    )
    user: str | None = Field(default=None, description="Who signs in; nobody by default.")
    password_env: str | None = Field(
        default=None, description="Environment variable that holds the password."
    )
    password_file: Path | None = Field(default=None, description="File that holds the password.")
    clear_text: bool = Field(
        default=False,
        description="The password may cross the network unencrypted: within one machine only.",
    )
    timeout: float = Field(
        default=30.0, gt=0, description="Seconds before an answer of the server is given up."
    )

    @model_validator(mode="after")
    def _encrypted(self) -> "SmtpSettings":
        has_secret = self.user is not None or self.password_env or self.password_file
        if self.security == "none" and has_secret and not (self.clear_text or is_loopback(self.host)):
            raise ValueError(
                'smtp.security: with "none" the password crosses the network unencrypted; '
                'write "starttls" or "tls", or smtp.clear_text = true where it stays within one machine'
            )
        return self


class DigestSettings(Frozen):
    """Who sends the digest, and where it goes when there is no mail server."""

    sender: str = Field(default="Ouï-dire <ouidire@localhost>", description="The From address.")
    reply_to: str | None = Field(
        default=None, description="Where answers to a digest go, when not to its sender."
    )
    unsubscribe: str | None = Field(
        default=None, description="Address to which people write to leave the list (List-Unsubscribe)."
    )
    bounces: str | None = Field(
        default=None,
        pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$",
        description="Address to which mail servers report what they could not deliver "
        "(the envelope's sender); the sender's by default.",
    )
    operator: str | None = Field(
        default=None,
        pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$",
        description="Address of whoever runs the service: it gets one mail in place of a digest of a brand "
        "whose sources all failed; `bounces` by default.",
    )
    outbox: Path | None = Field(
        default=None, description="Folder for messages when there is no [smtp]; `<data>/outbox` by default."
    )
    start: date | None = Field(
        default=None,
        description="The day from which mail is sent by itself; by default once a person has tried it: "
        "`ouidire report send --test ADDRESS`.",
    )
    weekday: int = Field(default=1, ge=1, le=7, description="Day of the digest, 1 = Monday.")
    hour: int = Field(default=7, ge=0, le=23, description="Local hour from which it is due.")
    wait: Duration = Field(
        default=timedelta(),
        ge=timedelta(),
        le=timedelta(days=6),
        description="How long after its hour a digest waits for what is missing from it (sources, harvests) "
        "to be put right, before it goes as incomplete: `12h`; by default it does not wait.",
    )


class Settings(Frozen):
    """The whole configuration. Relative paths are taken from the folder of its file."""

    base: Path = Field(default=Path(), exclude=True)
    timezone: str = Field(default="Europe/Paris", description="The brand's timezone: weeks begin there.")
    language: ReportLanguage = Field(
        default="fr", description="Language of the digest where a recipient names none."
    )
    templates: Path | None = Field(
        default=None,
        description="Folder with templates of your own in place of ours, by the same names: "
        "`ouidire report templates`.",
    )
    data: Path = Field(default=Path("var"), description="Folder for everything that Ouï-dire keeps.")
    brand: tuple[Brand, ...] = Field(min_length=1, description="Monitored brands: ours and the competitors'.")
    source: tuple[SourceSettings, ...] = ()
    fetch: FetchSettings = Field(default_factory=FetchSettings)
    index: IndexSettings = Field(default_factory=IndexSettings)
    state: StateSettings = Field(default_factory=StateSettings)
    harvest: HarvestSettings = Field(default_factory=HarvestSettings)
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)
    enrichment: EnrichmentSettings = Field(default_factory=EnrichmentSettings)
    digest: DigestSettings = Field(default_factory=DigestSettings)
    smtp: SmtpSettings | None = None
    serve: ServeSettings = Field(default_factory=ServeSettings)
    edition: tuple[EditionSettings, ...] = Field(
        default=(), description="Editions beside the built-in ones, which need no table."
    )
    recipient: tuple[Recipient, ...] = ()
    alerts: AlertSettings = Field(default_factory=AlertSettings)
    channel: tuple[ChannelSettings, ...] = ()
    sites: SiteSettings = Field(default_factory=SiteSettings)

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(unknown_timezone(name))
        return name

    @model_validator(mode="after")
    def _closed(self) -> "Settings":
        slugs = [brand.slug for brand in self.brand]
        problems = [f"brand: {slug!r} stands twice" for slug in twice(slugs)]
        former = [slug for brand in self.brand for slug in brand.formerly or ()]
        problems += [
            f"brand: formerly {slug!r} stands twice, or is the slug of a brand"
            for slug in sorted({slug for slug in former if (former + slugs).count(slug) > 1})
        ]
        if not any(brand.role == "own" for brand in self.brand):
            problems.append('brand: none is ours; give one role = "own"')
        named = [(f"source[{i}]", each.brands) for i, each in enumerate(self.source)]
        named += [(f"recipient[{i}]", each.brands) for i, each in enumerate(self.recipient)]
        named += [(f"channel[{i}]", each.brands) for i, each in enumerate(self.channel)]
        problems += [f"channel: {name!r} stands twice" for name in twice(each.name for each in self.channel)]
        named += [(f"edition[{i}]", each.brands) for i, each in enumerate(self.edition)]
        problems += problems_of_editions(self.edition, self.recipient)
        problems += unknown_editions(self.edition, [each.editions for each in self.channel])
        for key, brands in named:
            problems += [
                f"{key}.brands: no brand has the slug {slug!r}{suggestion(slug, slugs)}"
                for slug in brands
                if slug not in slugs
            ]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def path(self, given: Path | None, name: str) -> Path:
        """Resolve a configured path, or the default `name` under the data folder."""
        return (self.base / given) if given is not None else self.base / self.data / name

    @property
    def template_folder(self) -> Path | None:
        """The folder of templates of the installation's own, if it has one."""
        return None if self.templates is None else self.base / self.templates

    @property
    def state_url(self) -> str:
        """The SQLAlchemy URL of the state."""
        return self.state.url or f"sqlite:///{self.path(None, 'state.db')}"

    @property
    def editions(self) -> dict[str, EditionSettings]:
        """Every edition by its name: those of the file, and the built-in ones that it does not name anew."""
        return {each.name: each for each in (*BUILT_IN, *self.edition)}

    @property
    def own_brands(self) -> tuple[Brand, ...]:
        """Our brands, in the file's order."""
        return tuple(brand for brand in self.brand if brand.role == "own")


def load_settings(path: Path) -> Settings:
    """Read and validate a configuration.

    Raises:
        ConfigError: it cannot be read, or with every problem found.
    """
    return settings_from_text(read_text(path), path=path)


def settings_from_text(text: str, *, path: Path) -> Settings:
    """Validate the text of a configuration that lies, or will lie, at `path`.

    Raises:
        ConfigError: it is no TOML, or with every problem found.
    """
    data = read_toml(text, path=path)
    if "base" in data:
        raise ConfigError([f"{path}: base: unknown key; remove it"])
    return settings_from(data, base=path.resolve().parent, name=str(path))


def settings_from(data: dict[str, Any], *, base: Path, name: str = "configuration") -> Settings:
    """Validate a configuration already read.

    Raises:
        ConfigError: with every problem found.
    """
    hidden = [f"{name}: {line}" for line in hidden_letters(data)]
    if hidden:
        raise ConfigError(hidden)
    try:
        return Settings.model_validate({**data, "base": base})
    except ValidationError as error:
        raise ConfigError([f"{name}: {line}" for line in problems_of(error, Settings)]) from error


def secret(*, env: str | None, file: Path | None, what: str) -> str | None:
    """Return a secret from its environment variable or file; None when neither is configured.

    Raises:
        ConfigError: one is configured but cannot be read.
    """
    if env is not None:
        value = os.environ.get(env)
        if not value:
            raise ConfigError([f"{what}_env: the environment variable {env} is not set"])
        return value
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError([f"{what}_file: {file} cannot be read: {error.strerror}"]) from error
    return None
