"""Pages of search results as a digest shows them. Data only."""

from typing import Literal

from pydantic import AwareDatetime

from ouidire.documents import OwnershipKind
from ouidire.frozen import Frozen

HOSTILE_AT = -1 / 3
"""A result whose favourability (−1…1) is at or below this argues against the brand."""


class ResultRow(Frozen):
    """One organic result.

    `favourability` is −1…1; `entrant` when it was not on the page before, `was` its rank before.
    """

    rank: int
    title: str
    domain: str
    url: str | None = None
    ownership: OwnershipKind = "other"
    owner: str | None = None
    favourability: float | None = None
    rating: float | None = None
    rating_best: float | None = None
    rating_count: int | None = None
    entrant: bool = False
    was: int | None = None

    @property
    def hostile(self) -> bool:
        """Whether it argues against the brand; not where nothing says what it argues."""
        return self.favourability is not None and self.favourability <= HOSTILE_AT


class DigestResultPage(Frozen):
    """The last page seen for one query, engine and device.

    Every organic result is one of `owned`, `earned` (by others, for nothing), `review_sites` and
    `competitors`; `hostile` ones are any of these, and None where nothing says what results argue.
    """

    query: str
    query_kind: Literal["brand", "category"]
    engine: str
    device: str
    captured_at: AwareDatetime
    rows: tuple[ResultRow, ...] = ()
    questions: tuple[str, ...] = ()
    results: int = 0
    owned: int = 0
    earned: int = 0
    review_sites: int = 0
    competitors: int = 0
    hostile: int | None = None
    brand_present: bool | None = None


class PageMove(Frozen):
    """A result that entered or left a first page."""

    type: Literal["entrant", "exit"]
    query: str
    title: str
    url: str | None = None
    domain: str = ""


class SuggestionMoves(Frozen):
    """What one list of search suggestions shows now that it did not before, and the reverse, in its order.

    `before_at` is when the list was taken that it is compared with; None for the first one ever taken.
    """

    query: str
    engine: str
    captured_at: AwareDatetime
    before_at: AwareDatetime | None = None
    suggestions: tuple[str, ...] = ()
    entrants: tuple[str, ...] = ()
    exits: tuple[str, ...] = ()


class RatingMove(Frozen):
    """The rating that a result shows, before and now."""

    title: str
    domain: str
    url: str | None = None
    before: float
    after: float
