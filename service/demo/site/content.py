"""The demo's content: reviews, articles and their history, read from the JSON files of `data/`.

A review is written once with what happens to it (`edits`, `withdrawn`, `restored`); `Review.at` gives it as
it stood at the crawl of a week. It cannot see who asks, nor the time: the week is passed in.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from service.demo import WEEKS, crawl_time

DemoBrand = Literal["pousse-et-compagnie", "le-grand-arrosoir", "terre-folle"]
_DATA: Final = files("service.demo.site") / "data"
_Week = Field(ge=1, le=WEEKS)


class _Frozen(BaseModel):
    """A record of the data files: immutable, and a key misspelt there is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DemoReply(_Frozen):
    """What the brand answered under a review."""

    date: AwareDatetime
    text: str


class Edit(_Frozen):
    """A change by the author, seen from the crawl of `week` on; what is None stays as it was."""

    week: int = _Week
    date: AwareDatetime
    stars: int | None = Field(default=None, ge=1, le=5)
    title: str | None = None
    text: str | None = None


class Review(_Frozen):
    """A review on a site, with its whole life over the eight weeks."""

    id: str
    date: AwareDatetime
    author: str
    stars: int = Field(ge=1, le=5)
    title: str = ""
    text: str = ""
    lang: Literal["fr", "en"] = "fr"
    version: str = ""
    modified: AwareDatetime | None = None
    reply: DemoReply | None = None
    edits: tuple[Edit, ...] = ()
    withdrawn: int | None = None
    restored: int | None = None

    def at(self, week: int) -> Self | None:
        """Return the review as it stood at a week's crawl, or None when it was not on the site then."""
        if self.date > crawl_time(week):
            return None
        if self.withdrawn is not None and self.withdrawn <= week < (self.restored or WEEKS + 1):
            return None
        review = self
        for edit in self.edits:
            if edit.week <= week:
                changes = edit.model_dump(exclude={"week", "date"}, exclude_none=True)
                review = review.model_copy(update={**changes, "modified": edit.date})
        if review.reply is not None and review.reply.date > crawl_time(week):
            review = review.model_copy(update={"reply": None})
        return review


class Listing(_Frozen):
    """The page of a shop, brand or app on a review site, with all its reviews."""

    slug: str
    brand: DemoBrand
    name: str
    schema_type: Literal["LocalBusiness", "Organization"]
    about: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    reviews: tuple[Review, ...]

    def at(self, week: int) -> list[Review]:
        """Return the reviews on the page at a week's crawl, newest first (same instant: by id)."""
        here = [review for item in self.reviews if (review := item.at(week)) is not None]
        return sorted(here, key=lambda review: (review.date, review.id), reverse=True)

    def note(self, week: int) -> float:
        """Return the mean of the stars shown at a week's crawl, 0 without any review."""
        stars = [review.stars for review in self.at(week)]
        return sum(stars) / len(stars) if stars else 0.0


class DemoArticle(_Frozen):
    """An article of the blog; paragraphs are plain text."""

    slug: str
    date: AwareDatetime
    author: str
    section: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    brands: tuple[DemoBrand, ...] = ()


@cache
def listings(site: str) -> dict[str, Listing]:
    """Return the listings of a review site by slug, in the order of the data files' names."""
    folder = sorted((_DATA / site).iterdir(), key=lambda item: item.name)
    found = [
        Listing.model_validate_json(item.read_text("utf-8")) for item in folder if item.name.endswith(".json")
    ]
    return {listing.slug: listing for listing in found}


@cache
def all_articles() -> tuple[DemoArticle, ...]:
    """Return every article of the blog, oldest first."""
    raw = json.loads((_DATA / "le-potager-bavard.json").read_text("utf-8"))
    return tuple(sorted((DemoArticle.model_validate(item) for item in raw), key=lambda article: article.date))


def articles(week: int) -> list[DemoArticle]:
    """Return the articles published at a week's crawl, newest first."""
    return [article for article in reversed(all_articles()) if article.date <= crawl_time(week)]
