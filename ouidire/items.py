"""What a source yields: items, follow-up requests, rejections; and the closed list of run statuses."""

from typing import Annotated, Literal

from pydantic import Field

from ouidire.engines.answers import AssistantAnswer
from ouidire.frozen import Frozen
from ouidire.mention import Mention, RatingSummary
from ouidire.page import Request
from ouidire.serp import SearchPage, SuggestionList

Item = Annotated[
    Mention | RatingSummary | SearchPage | SuggestionList | AssistantAnswer, Field(discriminator="item")
]

RunStatus = Literal[
    "ok", "empty", "degraded", "blocked", "refused_by_robots", "layout_changed", "gone", "failed"
]
STATUSES: tuple[RunStatus, ...] = (
    "ok",
    "empty",
    "degraded",
    "blocked",
    "refused_by_robots",
    "layout_changed",
    "gone",
    "failed",
)
RunState = RunStatus | Literal["running"]
"""The status of a run in the state: "running" until it ends in one of the eight."""
Presence = Literal["present", "vanished", "erasing", "erased", "expired"]
"""What has become of an item: its site shows it, no longer shows it, or we removed it."""

RejectReason = Literal[
    "no_text",
    "no_author",
    "bad_date",
    "bad_rating",
    "bad_score",
    "bad_url",
    "bad_row",
    "duplicate_in_page",
    "too_long",
    "advertisement",
    "unreadable",
    "incomplete",
    "another_subject",
    "not_public",
    "no_words",
]
"""Why something on a page is no item.

"incomplete" is a part that was cut off, or is broken; "another_subject" a mention of somebody else;
"not_public" what its author shows to some, does not want to be found by searching, or has
removed: its `detail` is the site's own id, since what was known under it is withdrawn;
"no_words" a yes or no without a word, which the site counts and nobody can read.
"""


class Rejected(Frozen):
    """One thing on a page that could not be read as an item.

    `reason` says why, `where` the place on the page, `detail` what was seen (short).
    """

    reason: RejectReason
    where: str
    detail: str = ""


class StatedId(Frozen):
    """An id, and perhaps an address, that a page states of one mention."""

    native_id: str
    url: str | None = None


class Parsed(Frozen):
    """What a parser read of one page.

    `declared_total` is how many items the site says there are for what was asked (all pages), when it says
    so. `says_empty` is true only when the page itself states that there is nothing. `last_page` is true when
    the parser knows that the listing ends here, false when it knows that it goes on, None when it does not
    know. `remark` says in words what a person should know of how a file was read, or why it has nothing.
    `layout` names the layout of the source that read the page. `silent` holds, where an answer is put
    together from several engines, those that did not answer, each with the reason given (or ""). `taken` is
    what an answer took of a budget, where it says so. `counted` has the ids that the page states and that
    only count its mentions up, by the place in `items`: they may be the site's own all the same
    (`crawlers.id_scheme`). `subject` names what the page as a whole is about or whose it is, in its own
    words, where its items do not say (a feed's title), `site` the registered domain that most of what it
    lists lies on.
    """

    items: tuple[Item, ...] = ()
    follow: tuple[Request, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    declared_total: int | None = None
    says_empty: bool = False
    remark: str = ""
    last_page: bool | None = None
    layout: str | None = None
    silent: dict[str, str] = Field(default_factory=dict)
    taken: int | None = None
    counted: dict[int, StatedId] = Field(default_factory=dict)
    subject: str | None = None
    site: str | None = None
