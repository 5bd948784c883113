"""What a digest asks its readers to do, and the themes whose share moved. Data only."""

from typing import Literal

from pydantic import Field

from ouidire.frozen import Frozen
from reports.data.sections import Quote

ActionKind = Literal["first_page", "theme", "unanswered", "rating", "source"]
"""first_page: answer a result against the brand that entered a first page · theme: look at what more people
complain of · unanswered: answer a review ·
rating: ask for reviews where few would lift what a site shows · source: have a source read again."""


class ThemeMove(Frozen):
    """A theme of which a larger or smaller share of mentions complains than usual.

    `now` and `usual` are shares (0–1) at equal sources, `n` the mentions of the period that complain of it;
    `announced` where the difference is beyond noise, all themes judged together; `watch` where it is by
    itself. `quotes` say it best.
    """

    aspect: str
    now: float = Field(ge=0, le=1)
    usual: float = Field(ge=0, le=1)
    n: int = Field(ge=0)
    announced: bool = False
    watch: bool = False
    quotes: tuple[Quote, ...] = ()


class ActionItem(Frozen):
    """One thing to do, and the fact that it rests on.

    `quote` is the review to answer and `days` since when it stands there; `more` counts further ones of the
    kind that have no line, of `of` in all. `theme` is what
    got worse; `title`, `domain`, `query` and `rank` a search result,
    `name` a source. `needed` reviews of five stars would lift the rating that it shows, of `of` reviews, from
    `stars` to `next_stars`. `url` leads to what is to be done, where it has an address.
    """

    kind: ActionKind
    url: str | None = None
    quote: Quote | None = None
    days: int = 0
    more: int = 0
    of: int = 0
    stars: float = 0.0
    next_stars: float = 0.0
    needed: int = 0
    theme: ThemeMove | None = None
    title: str = ""
    domain: str = ""
    query: str = ""
    rank: int = 0
    name: str = ""
