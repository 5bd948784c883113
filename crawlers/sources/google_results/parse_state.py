"""What the walk over a page knows while it goes: the page's kind, and the group that the last heading opened."""

from dataclasses import dataclass
from itertools import islice

from crawlers.sources.google_results.tree import MOST, Element
from crawlers.sources.google_results.words import Group


@dataclass
class ParseState:
    """What the walk knows so far: the page's address, its kind, and the group that the last heading opened."""

    base: str
    phone: bool
    plain: bool
    group: Group = "other"
    panel: bool = False
    looks: int = 150

    def look(self) -> bool:
        """Count one search through a subtree; false once a page has used up what any real page needs (some 20)."""
        self.looks -= 1
        return self.looks > 0


def has_phone_results(root: Element) -> bool:
    """Whether titles may be `role=heading` in `.xpd` blocks (phones) and not h3: desktops alone have a right column."""
    return not any(element.get("id") in {"rcnt", "rhs"} for element in islice(root.iterdescendants(), MOST))
