"""The configuration of alerts: their kinds, hours, frequency, and channels other than e-mail."""

from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, model_validator

from ouidire.frozen import Frozen
from ouidire.settings.safety import secret_in_address

AlertKind = Literal["volume", "polarity", "hostile_result", "deletions", "source_broken"]
ALERT_KINDS: tuple[AlertKind, ...] = get_args(AlertKind)


class AlertSettings(Frozen):
    """What is sent at once to the recipients with `alerts = true` and to every `[[channel]]`.

    Hours are local, in the brand's timezone.
    """

    kinds: tuple[AlertKind, ...] = Field(
        default=ALERT_KINDS, description="What is sent; all kinds by default."
    )
    per_day: int = Field(
        default=3,
        ge=1,
        le=50,
        description="Messages to one recipient or channel in one day; what is beyond is sent later.",
    )
    quiet_from: int = Field(
        default=21, ge=0, le=23, description="Hour from which nothing is sent; what is held is sent later."
    )
    quiet_to: int = Field(
        default=7,
        ge=0,
        le=23,
        description="Hour until which nothing is sent; the same as `quiet_from`: no quiet hours.",
    )
    again_after_days: int = Field(
        default=3,
        ge=1,
        le=30,
        description="Days before unusual volume or polarity of the same brand is sent again.",
    )


class ChannelSettings(Frozen):
    """A way for alerts, and for the first screen of digests, other than e-mail.

    The address of Slack or Teams is a secret: it is named, never written here.
    """

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,47}$", description="What the ledger and the logs call it."
    )
    kind: Literal["webhook", "slack", "teams"] = Field(
        description="What it is: a webhook of yours, or one of Slack's or Teams' own."
    )
    url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s]+$",
        description="Where it is posted (a webhook of your own only).",
    )
    url_env: str | None = Field(default=None, description="Environment variable that holds the address.")
    url_file: Path | None = Field(default=None, description="File that holds the address.")
    secret_env: str | None = Field(
        default=None, description="Environment variable that holds the secret by which a webhook is signed."
    )
    secret_file: Path | None = Field(default=None, description="File that holds it.")
    brands: tuple[str, ...] = Field(
        default=(), description="Brands that it gets something about; all our own by default."
    )
    alerts: bool = Field(default=True, description="Whether it gets alerts.")
    editions: tuple[str, ...] = Field(
        default=(), description="Editions of the digest whose first screen it gets, by name; none by default."
    )
    language: Literal["fr", "en"] | None = Field(default=None, description="The configuration's by default.")
    timeout: float = Field(default=10.0, gt=0, le=120, description="Seconds for each answer.")

    @model_validator(mode="after")
    def _addressed(self) -> "ChannelSettings":
        given = [name for name in ("url", "url_env", "url_file") if getattr(self, name) is not None]
        if not (self.alerts or self.editions):
            raise ValueError("it gets nothing: name some `editions`, or let `alerts` be true")
        if len(given) != 1:
            raise ValueError("give the address once: url_env or url_file (or url, for a webhook of your own)")
        if self.kind != "webhook" and self.url is not None:
            raise ValueError(
                f"the address of {self.kind} is a secret: give url_env or url_file instead of url"
            )
        if self.url is not None and (found := secret_in_address(self.url)):
            raise ValueError(f"url: {found} is a secret: give the address by url_env or url_file instead")
        if self.kind != "webhook" and (self.secret_env or self.secret_file):
            raise ValueError(f"{self.kind} checks no signature: remove the secret")
        return self
