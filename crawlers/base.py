"""The source contract: one site, one small file, one line in the catalogue.

A source builds requests and reads pages. It never fetches, never reads the clock and never sees brands, keys
or the configuration beyond its own parameters: `parse` is a pure function of the page.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Literal, NamedTuple, TypeVar

from pydantic import BaseModel

from crawlers.access import AccessGrant, Budget
from crawlers.event_stream import EventStream
from crawlers.reading.budget import page_budget
from crawlers.reading.refusals import check_refused
from crawlers.replies import ReplyWay
from crawlers.upkeep import KnownMention, Upkeep
from ouidire.errors import LayoutChanged
from ouidire.frozen import Frozen
from ouidire.items import Parsed
from ouidire.page import Page, Request

P = TypeVar("P", bound=BaseModel)
SourceKind = Literal[
    "reviews", "app_store", "press", "survey", "search_results", "social", "forum", "assistants"
]
Access = Literal["web", "api", "file"]
MessageNews = Literal["new", "changed"]
"""What a message of a service says: something was written, or something known was changed or removed."""


class FactSheet(Frozen):
    """What an operator and a lawyer must know of a source before switching it on.

    `access`: "web" pages, an "api", or a local "file" (read without the network). `opt_in` sources refuse to
    run until the configuration accepts their `legal_note`.
    """

    title: str
    site: str
    kind: SourceKind
    access: Access
    official_api: str
    terms_url: str | None = None
    needs_key: bool = False
    renders: bool = False
    opt_in: bool = False
    languages: tuple[str, ...] = ()
    rating_scale: str | None = None
    limits: str = ""
    legal_note: str


class Params(Frozen):
    """Base of every source's parameters, as written in the configuration."""


def no_wait(_page: Page) -> float:
    """Return 0: most answers ask for no seconds to be left before the next request."""
    return 0.0


def as_it_came(page: Page) -> Page:
    """Return the page: there is nothing in it that must not be kept."""
    return page


def needs_no_token(params: BaseModel) -> AccessGrant | None:
    """Return None: no request is sent with a token."""
    del params
    return None


class Ending(NamedTuple):
    """A known end of a service: its first day without it, and what an operator is to do instead."""

    on: date
    advice: str


def has_no_ending(params: BaseModel) -> Ending | None:
    """Return None: nothing that is asked for has a known end."""
    del params
    return None


def has_one_service(params: BaseModel) -> str | None:
    """Return None: the source reads one service, whose name is its title."""
    del params
    return None


def has_no_budget(params: BaseModel) -> tuple[Budget, ...]:
    """Return nothing: no key has a daily budget."""
    del params
    return ()


@dataclass(frozen=True)
class Layout:
    """One form in which a site serves its pages, and the function that reads it.

    `name` goes into every run's counts: keep it. `since` is when the site began to serve this form, as
    precisely as it is known ("2021", "2021-03", "2021-03-09"). `marks` says, for people, what it is known by.
    `knows(page)` is pure, cheap and never raises. `parse(page)` is pure too, and raises LayoutChanged for a
    page of this form that lacks what it must have.
    """

    name: str
    since: str
    marks: str
    knows: Callable[[Page], bool]
    parse: Callable[[Page], Parsed]


@dataclass(frozen=True)
class Source(Generic[P]):
    """One source.

    `entity(params)` is the site's own name for what is collected; with the slug it makes the source key.
    `requests(params, since=…)` yields the first requests; with `since`, a source that can stops at what is
    older. `layouts` are the forms of its pages, newest first. `check(page)` raises for a page that must not
    be parsed; most sources take the shared one. `fields` are those whose fill-rate is watched. `enumerates`
    is false where a listing shows only the latest of many (a feed, a results page): what leaves it has not
    vanished. `reads_errors` is true for an API whose refusals have a form of their own: `check` alone decides
    on answers with an error status. `pace` is how many seconds its site asks to leave between two requests,
    `wait(page)` how many an answer asks to leave before the next one.

    `stream(params)` describes a stream of events that is listened to, in place of pages that are fetched.
    `asks_robots` is false for a documented public API whose own terms, and not robots.txt, say how programs
    may call it. `minimised(page)` returns a page without what must not be kept of people; it is called
    before anything is stored or read. `pseudonymised(page, pseudonym)` is called before it, where a page's
    authors may be known by their e-mail addresses: it puts a keyed hash in their place.

    `grant(params)` says how the access token of requests with the header `token:SCHEME` is had, and
    `budgets(params)` what the key may spend in a day. `ending(params)` returns the announced end of the
    service that the parameters name, if any. `patience` is how many seconds an answer may take at least,
    whatever `fetch.timeout` says. `service(params)` names the service that the parameters choose, where a
    source reads several. `read_message(message)` is for a service that sends messages (webhooks): it returns
    what one says, None where it says nothing of reviews. `upkeep` says how known mentions are asked for
    again, `erases` that what the site shows as removed is erased here, where others only mark it as vanished.
    `replies` says how the platform is answered by its API, where it can be.
    """

    slug: str
    about: FactSheet
    params: type[P]
    entity: Callable[[P], str]
    requests: Callable[..., Iterable[Request]]
    layouts: tuple[Layout, ...]
    check: Callable[[Page], None] = check_refused
    fields: tuple[str, ...] = ("text", "published", "rating", "author")
    enumerates: bool = True
    reads_errors: bool = False
    pace: float = 0.0
    wait: Callable[[Page], float] = no_wait
    asks_robots: bool = True
    stream: Callable[[P], EventStream] | None = None
    minimised: Callable[[Page], Page] = as_it_came
    pseudonymised: Callable[[Page, Callable[[str], str]], Page] | None = None
    grant: Callable[[P], AccessGrant | None] = needs_no_token
    budgets: Callable[[P], tuple[Budget, ...]] = has_no_budget
    ending: Callable[[P], Ending | None] = has_no_ending
    patience: float = 0.0
    service: Callable[[P], str | None] = has_one_service
    read_message: Callable[[object], MessageNews | None] | None = None
    upkeep: Upkeep | None = None
    erases: bool = False
    replies: ReplyWay[P] | None = None

    def first_requests(self, params: P, *, since: datetime | None = None) -> Iterable[Request]:
        """Yield the requests that begin a run."""
        return self.requests(params, since=since)

    def requests_again(self, params: P, known: Sequence[KnownMention]) -> Iterable[Request]:
        """Yield the requests for known mentions, which follow the first ones; nothing without an upkeep."""
        return self.upkeep.requests(params, known) if self.upkeep is not None and known else ()

    def layout_of(self, page: Page) -> Layout | None:
        """Return the newest layout that knows a page, or None."""
        return next((layout for layout in self.layouts if layout.knows(page)), None)

    def parse(self, page: Page) -> Parsed:
        """Read a page by the newest layout that knows it, and name that layout in the result.

        Raises what `check` raises (Blocked, SourceGone and SourceError for the shared one), and LayoutChanged
        when no layout knows the page or when the page lacks what its layout must have.
        """
        self.check(page)
        layout = self.layout_of(page)
        if layout is None:
            raise LayoutChanged("a known layout", selector=" | ".join(each.marks for each in self.layouts))
        try:
            with page_budget():
                return layout.parse(page).model_copy(update={"layout": layout.name})
        except LayoutChanged as error:
            error.layout = layout.name
            raise
