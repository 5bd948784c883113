"""The configuration of sites: what the web sites of search results are, for their ownership."""

from typing import Literal

from pydantic import Field

from ouidire.frozen import Frozen

SiteKind = Literal["review_site", "press", "marketplace", "social", "other"]
"""What a web site is, for the ownership of a search result."""


class SiteSettings(Frozen):
    """Domains to add to the catalogue of sites, for the ownership of search results."""

    review_site: tuple[str, ...] = Field(default=(), description="Domains that publish reviews.")
    press: tuple[str, ...] = Field(default=(), description="Newspapers, magazines and blogs.")
    marketplace: tuple[str, ...] = Field(default=(), description="Shops that sell the brands of others.")
    social: tuple[str, ...] = Field(default=(), description="Social networks and forums.")
    other: tuple[str, ...] = Field(default=(), description="Known, and none of these.")

    @property
    def catalogue(self) -> dict[str, SiteKind]:
        """Each domain with its kind."""
        listed: dict[SiteKind, tuple[str, ...]] = {
            "review_site": self.review_site,
            "press": self.press,
            "marketplace": self.marketplace,
            "social": self.social,
            "other": self.other,
        }
        return {domain: kind for kind, domains in listed.items() for domain in domains}
