"""The configuration's `[index]`: which back-end, and how Elasticsearch is reached. It connects to nothing."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from ouidire.frozen import Frozen
from ouidire.settings.safety import is_loopback

Backend = Literal["sqlite", "elasticsearch"]


class IndexSettings(Frozen):
    """Where documents are searched."""

    backend: Backend = Field(
        default="sqlite", description="The embedded index, or an Elasticsearch 8.x or 9.x that you run."
    )
    path: Path | None = Field(
        default=None,
        description="SQLite: its file; `<data>/index.db` by default. Disposable: it can be rebuilt.",
    )
    url: tuple[str, ...] = Field(
        default=(),
        description="Elasticsearch: where it answers, one address for each node that we may ask, "
        'as `["https://localhost:9200"]`.',
    )
    prefix: str = Field(
        default="ouidire",
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        max_length=60,
        description="Elasticsearch: what the names of our indices begin with; one for each installation.",
    )
    ca_file: Path | None = Field(
        default=None,
        description="Elasticsearch: the authority that signed its certificate, where systems do not know it.",
    )
    user: str | None = Field(default=None, description="Elasticsearch: our user; or give an API key.")
    password_env: str | None = Field(
        default=None, description="Environment variable that holds the user's password."
    )
    password_file: Path | None = Field(default=None, description="File that holds the user's password.")
    api_key_env: str | None = Field(
        default=None, description="Environment variable that holds an API key, as Elasticsearch encodes it."
    )
    api_key_file: Path | None = Field(default=None, description="File that holds an API key.")
    clear_text: bool = Field(
        default=False,
        description="Elasticsearch: the password or key may cross the network unencrypted: within one "
        "machine, as among containers.",
    )
    replicas: str = Field(
        default="0-1",
        pattern=r"^(\d+-(\d+|all)|false)$",
        description="Elasticsearch: copies of each index, as many as there are nodes for.",
    )
    patience: float = Field(
        default=60.0,
        gt=0,
        le=3600,
        description="Elasticsearch: seconds that a write waits for one that is away or busy "
        "before harvests wait.",
    )
    timeout: float = Field(
        default=60.0, gt=0, le=3600, description="Elasticsearch: seconds that one request may take."
    )

    @field_validator("url", mode="before")
    @classmethod
    def _one_or_more(cls, given: object) -> object:
        return (given,) if isinstance(given, str) else given

    @field_validator("url")
    @classmethod
    def _addresses(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"{url!r} is no address of a server; write one like https://localhost:9200")
            if parts.username or parts.password:
                raise ValueError(
                    "no secret stands in an address: give index.user, and index.password_env "
                    "or index.password_file"
                )
        ports = {"http": 80, "https": 443}
        return tuple(
            url if urlsplit(url).port else f"{url.rstrip('/')}:{ports[urlsplit(url).scheme]}" for url in urls
        )

    @model_validator(mode="after")
    def _complete(self) -> "IndexSettings":
        if self.backend == "elasticsearch" and not self.url:
            raise ValueError("index.url: say where Elasticsearch answers, as https://localhost:9200")
        if self.user is not None and self.password_env is None and self.password_file is None:
            raise ValueError("index.user: give its password by index.password_env or index.password_file")
        if self.user is not None and (self.api_key_env is not None or self.api_key_file is not None):
            raise ValueError("index.user: give a user or an API key, not both")
        secret = self.user is not None or self.api_key_env is not None or self.api_key_file is not None
        plain = [url for url in self.url if url.startswith("http:")]
        remote = [url for url in plain if not is_loopback(urlsplit(url).hostname or "")]
        if self.backend == "elasticsearch" and secret and remote and not self.clear_text:
            raise ValueError(
                f"index.url: by {remote[0]} the password or key crosses the network unencrypted; "
                "write https, or index.clear_text = true where it stays within one machine"
            )
        return self
