"""A brand as the configuration describes it: names, addresses and its part (ours, or a competitor's)."""

from typing import Literal

from pydantic import Field, field_validator

from ouidire.frozen import Frozen


class Brand(Frozen):
    """A monitored brand. `slug` is what documents carry; `domains` are the addresses it owns (sub-domains included)."""

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str = Field(min_length=1)
    role: Literal["own", "competitor"] = "own"
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    @field_validator("domains")
    @classmethod
    def _bare(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        for domain in domains:
            if "/" in domain or domain != domain.strip().lower():
                message = f"{domain!r} is not a bare domain; write it like example.fr"
                raise ValueError(message)
        return domains

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it is known by, its own first."""
        return (self.name, *self.aliases)
