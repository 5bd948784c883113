"""The configuration of the digest's editions and of its recipients."""

import difflib
from collections.abc import Sequence
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, field_validator

from ouidire.frozen import Frozen
from ouidire.settings.problems import suggestion

ReportLanguage = Literal["fr", "en"]
Role = Literal["brand", "executive", "customer_service", "place"]
Every = Literal["week", "month"]
FILTERS = ("places", "subjects", "sources", "languages")


def unknown_timezone(name: str) -> str:
    """Return what is said of a name that is no timezone, with the nearest one that is."""
    close = difflib.get_close_matches(name, available_timezones(), n=1)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    return f"{name!r} is no timezone; write one like Europe/Paris{meant}"


class Filters(Frozen):
    """Which mentions are read: those that have one of the values of each kind named; all, where none is."""

    places: tuple[str, ...] = Field(default=(), description="Shops or places, as mentions name them.")
    subjects: tuple[str, ...] = Field(default=(), description="Products or apps, as mentions name them.")
    sources: tuple[str, ...] = Field(default=(), description="Names of the catalogue of sources.")
    languages: tuple[str, ...] = Field(
        default=(), description="Languages of the texts, as two letters: fr, en."
    )

    def disjoint(self, other: "Filters") -> tuple[str, ...]:
        """Return the kinds of value that both name without having one in common: nothing would be read."""
        mine, theirs = ({name: set(getattr(each, name)) for name in FILTERS} for each in (self, other))
        return tuple(
            name for name in FILTERS if mine[name] and theirs[name] and not mine[name] & theirs[name]
        )

    def within(self, other: "Filters") -> "Filters":
        """Return what both let through."""
        chosen = {}
        for name in FILTERS:
            mine, theirs = getattr(self, name), getattr(other, name)
            chosen[name] = (
                tuple(value for value in mine if value in theirs) if mine and theirs else mine or theirs
            )
        return Filters(**chosen)


class EditionSettings(Filters):
    """One edition of the digest: for whom, how often, of which mentions.

    Built in: `brand`, `executive`, `customer_service`, `month`.
    """

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]*$",
        description="What recipients call it: small letters, digits, - and _.",
    )
    role: Role = Field(
        default="brand",
        description="Whose digest it is: `brand` (everything), `executive` (the essentials), "
        "`customer_service` (effort, service, irritation, who leaves), "
        "`place` (a shop or a product: no first page, no share of voice).",
    )
    every: Every = Field(default="week", description="`week`, of the last full one, or `month`.")
    brands: tuple[str, ...] = Field(
        default=(), description="Brands it is about, one digest each; all our own by default."
    )


class Recipient(Filters):
    """One address. Its own filters narrow those of the editions that it reads."""

    address: str = Field(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$", description="A bare e-mail address.")
    language: ReportLanguage | None = Field(
        default=None, description="The language it reads; the configuration's by default."
    )
    brands: tuple[str, ...] = Field(default=(), description="Brands it reads of; all our own by default.")
    editions: tuple[str, ...] = Field(
        default=("brand",), min_length=1, description="Editions it reads, by name."
    )
    alerts: bool = Field(
        default=False, description="Whether it gets alerts too, as they arise: see `[alerts]`."
    )
    timezone: str | None = Field(
        default=None, description="Where it reads: its weeks and hours begin there; the brand's by default."
    )

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str | None) -> str | None:
        if name is not None and name not in available_timezones():
            raise ValueError(unknown_timezone(name))
        return name


BUILT_IN = (
    EditionSettings(name="brand"),
    EditionSettings(name="executive", role="executive"),
    EditionSettings(name="customer_service", role="customer_service"),
    EditionSettings(name="month", every="month"),
)
"""Editions that need no configuration; one of the same name in the file stands in its place."""


def unknown_editions(
    editions: tuple[EditionSettings, ...], of_channels: Sequence[tuple[str, ...]]
) -> list[str]:
    """Return one line for each edition that a channel names and that there is not."""
    known = [each.name for each in (*BUILT_IN, *editions)]
    return [
        f"channel[{at}].editions: no edition is called {name!r}{suggestion(name, list(dict.fromkeys(known)))}"
        for at, names in enumerate(of_channels)
        for name in names
        if name not in known
    ]


def problems_of_editions(
    editions: tuple[EditionSettings, ...], recipients: tuple[Recipient, ...]
) -> list[str]:
    """Return one line for each problem of editions and recipients.

    An edition stands twice or is unknown, or a recipient would read nothing.
    """
    named = [each.name for each in editions]
    lines = [
        f"edition: {name!r} stands twice"
        for name in sorted({name for name in named if named.count(name) > 1})
    ]
    known = {each.name: each for each in (*BUILT_IN, *editions)}
    for at, recipient in enumerate(recipients):
        for name in recipient.editions:
            if name not in known:
                lines.append(
                    f"recipient[{at}].editions: no edition is called {name!r}{suggestion(name, list(known))}"
                )
            else:
                none = recipient.disjoint(known[name])
                lines += [
                    f"recipient[{at}].{kind}: none of these is in the edition {name!r}: nothing would be read"
                    for kind in none
                ]
    return lines
