"""A brand as the configuration describes it: names, addresses and its part (ours, or a competitor's)."""

import re
from typing import Literal

from pydantic import Field, field_validator

from ouidire.frozen import Frozen
from ouidire.text.names import first_place, is_named


class Brand(Frozen):
    """A monitored brand.

    `slug` is what documents carry; `domains` are the addresses it owns (sub-domains included).
    """

    slug: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]*$", description="Its short name, in documents, commands and file names."
    )
    name: str = Field(min_length=1, description="Its name as customers write it.")
    role: Literal["own", "competitor"] = Field(
        default="own", description="Ours, or one that we are compared with."
    )
    aliases: tuple[str, ...] = Field(default=(), description="Its other names and spellings.")
    near: tuple[str, ...] = Field(
        default=(),
        description="Words of which a text must have one for its name to count: for names of common words.",
    )
    not_near: tuple[str, ...] = Field(
        default=(), description="Words that, close to its name, make it another thing's: `jus` for Orange."
    )
    domains: tuple[str, ...] = Field(
        default=(), description="The addresses it owns, sub-domains included; results there are owned."
    )

    formerly: tuple[str, ...] | None = Field(
        default=None,
        description="Slugs that it had before: what was collected under them becomes its past. "
        "An empty list says that it has none.",
    )

    @field_validator("domains")
    @classmethod
    def _bare(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        for domain in domains:
            if not domain or re.search(r"[/\s,;@]", domain) or domain != domain.lower():
                message = f"{domain!r} is not a bare domain; write it like example.fr"
                raise ValueError(message)
        return domains

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it is known by, its own first."""
        return (self.name, *self.aliases)

    def is_named_in(self, text: str) -> bool:
        """Return whether a text names this brand (`ouidire.text.names`)."""
        return is_named(text, self.names, near=self.near, not_near=self.not_near)

    def place_in(self, text: str) -> int | None:
        """Return where a text names this brand first, to be compared within the text; None where nowhere."""
        return first_place(text, self.names, near=self.near, not_near=self.not_near)
