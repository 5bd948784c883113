"""Counts how often a run's pages show the very same mentions: by new tokens a listing may go on for ever."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from ouidire.ids import digest

SHOWN_AGAIN = 3
"""Times that the very same mentions make up a page, from which on what it leads to is not asked for."""


ItemOnPage = TypeVar("ItemOnPage", bound=tuple[str, object, object])


class Repeats:
    """Counts pages by the ids of what they show, as digests."""

    def __init__(self) -> None:
        self._shown: Counter[str] = Counter()
        self._last = ""

    def counted(self, found: Sequence[ItemOnPage]) -> Sequence[ItemOnPage]:
        """Count a page by what was found on it, each with its id first, and return that."""
        self._last = digest(*(item_id for item_id, _, _ in found)) if found else ""
        self._shown[self._last] += 1
        return found

    @property
    def is_circle(self) -> bool:
        """Whether the last page shows what others before it showed, and so leads nowhere."""
        return bool(self._last) and self._shown[self._last] >= SHOWN_AGAIN
