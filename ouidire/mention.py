"""Models of what a parser reads of people's words: mentions, and the rating summaries that sites show.

A parser gives the author's name as the page shows it; before anything is stored the name is replaced by a
keyed hash (`ouidire.privacy`). These models cannot see brands: which brand a mention concerns is the
configuration's business.
"""

from typing import Any, Literal

from pydantic import Field, model_validator

from ouidire.clock import StatedDate
from ouidire.frozen import Frozen

MentionKind = Literal["review", "survey_answer", "article", "post", "comment", "question"]
Extent = Literal["summary", "full"]
Extra = str | int | float | bool


OWN_PAGE = "own_page"
"""In `extra`: true for words on a brand's own page or channel, or that link to it: they need not name it."""


class Rating(Frozen):
    """A rating on its site's own scale."""

    value: float
    best: float = Field(default=5, gt=0)
    worst: float = 1

    @property
    def stars(self) -> float:
        """The same share of a scale of five: 8.4 out of 10 is 4.2. Range 0–5."""
        return min(5.0, max(0.0, 5 * self.value / self.best))


class Reply(Frozen):
    """What the brand answered in public."""

    text: str
    published: StatedDate | None = None


class Mention(Frozen):
    """One public text that names a monitored brand, or an answer to a survey.

    `entity` is the site's name for what is spoken of (a shop, an app, a domain, a feed); `native_id` the
    site's id of the text. `author` is the name shown, `author_key` its keyed hash: a stored mention has only
    the latter. `asked_score` is 0–10, only where the 0–10 question was asked. `extent` is set where a source
    gives one text twice: "summary" for a feed's extract of an article, "full" for the article itself.
    """

    item: Literal["mention"] = "mention"
    kind: MentionKind = "review"
    entity: str
    native_id: str | None = None
    url: str | None = None
    title: str | None = None
    text: str = ""
    extent: Extent | None = None
    language: str | None = None
    author: str | None = None
    author_key: str | None = None
    country: str | None = None
    place: str | None = None
    subject: str | None = None
    published: StatedDate | None = None
    experienced: StatedDate | None = None
    updated: StatedDate | None = None
    rating: Rating | None = None
    asked_score: float | None = Field(default=None, ge=0, le=10)
    verified: bool | None = None
    likes: int | None = None
    reach: int | None = None
    reply: Reply | None = None
    extra: dict[str, Extra] = Field(default_factory=dict)

    @property
    def concerns_its_source(self) -> bool:
        """Whether it concerns the brands of its source, whether or not it names them."""
        return self.kind in ("review", "survey_answer") or self.extra.get(OWN_PAGE) is True

    @model_validator(mode="before")
    @classmethod
    def _extent_of_former_versions(cls, values: Any) -> Any:  # noqa: ANN401 (what pydantic hands to validators)
        """Take `extent` out of `extra`, where harvests written before it was a field have it."""
        if not isinstance(values, dict) or "extent" in values or not isinstance(values.get("extra"), dict):
            return values
        extra = dict(values["extra"])
        extent = extra.pop("extent", None)
        return values if extent is None else {**values, "extra": extra, "extent": extent}


class RatingSummary(Frozen):
    """The average a site shows for an entity, as it shows it (never computed by us)."""

    item: Literal["rating_summary"] = "rating_summary"
    entity: str
    subject: str | None = None
    url: str | None = None
    rating: Rating
    rating_count: int | None = None
    review_count: int | None = None
    histogram: dict[str, int] = Field(default_factory=dict)
    extra: dict[str, Extra] = Field(default_factory=dict)
