"""What structured data states, as found: reviews, ratings, the thing that each rates, and what was rejected.

It cannot see the page, only what was read of it.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from crawlers.reading.extract import clean
from ouidire.clock import StatedDate
from ouidire.items import Rejected, RejectReason
from ouidire.mention import Rating, Reply


class ReviewedThing(NamedTuple):
    """What is rated: its name and its address (as stated, perhaps relative), when the page gives them."""

    name: str | None = None
    url: str | None = None


UNNAMED = ReviewedThing()


@dataclass(frozen=True)
class FoundReview:
    """One review as structured data states it.

    `ids` are its identifiers and addresses, the most particular first.
    """

    ids: tuple[str, ...] = ()
    title: str | None = None
    text: str = ""
    author: str | None = None
    rating: Rating | None = None
    published: StatedDate | None = None
    updated: StatedDate | None = None
    language: str | None = None
    likes: int | None = None
    reply: Reply | None = None
    subject: ReviewedThing = UNNAMED


@dataclass(frozen=True)
class FoundRating:
    """One aggregate rating with its counts as stated."""

    rating: Rating
    rating_count: int | None = None
    review_count: int | None = None
    subject: ReviewedThing = UNNAMED


@dataclass
class FoundReviews:
    """All that a page states.

    `says_none` is true when it states a count of zero or an empty list of reviews.
    """

    reviews: list[FoundReview] = field(default_factory=list)
    ratings: list[FoundRating] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    says_none: bool = False

    def reject(self, reason: RejectReason, where: str, detail: object) -> None:
        """Keep what could not be read."""
        self.rejected.append(Rejected(reason=reason, where=where, detail=clean(str(detail))[:120]))
