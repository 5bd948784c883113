"""State of the walk over a page: the page's kind, and the group that the last heading opened."""

from dataclasses import dataclass
from typing import Literal

from crawlers.sources.google_results.words import Group

PageKind = Literal["desktop", "phone", "nojs"]


@dataclass
class ParseState:
    """The page's address and kind, and the group that the last heading opened."""

    base: str
    kind: PageKind
    group: Group = "other"
    panel: bool = False
    looks: int = 150

    def look(self) -> bool:
        """Count one search through a subtree; return false beyond what a real page needs (some 20)."""
        self.looks -= 1
        return self.looks > 0
