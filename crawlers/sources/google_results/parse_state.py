"""State of the walk over a page: the page's kind, and the group that the last heading opened."""

from dataclasses import dataclass
from itertools import islice

from crawlers.sources.google_results.tree import MOST, Element
from crawlers.sources.google_results.words import Group


@dataclass
class ParseState:
    """The page's address and kind, and the group that the last heading opened."""

    base: str
    phone: bool
    plain: bool
    group: Group = "other"
    panel: bool = False
    looks: int = 150

    def look(self) -> bool:
        """Count one search through a subtree; return false beyond what a real page needs (some 20)."""
        self.looks -= 1
        return self.looks > 0


def has_phone_results(root: Element) -> bool:
    """Return whether titles may be `role=heading` in `.xpd` blocks, not h3: no desktop's right column."""
    return not any(element.get("id") in {"rcnt", "rhs"} for element in islice(root.iterdescendants(), MOST))
