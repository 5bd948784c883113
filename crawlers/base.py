"""The source contract: one site, one small file, one line in the catalogue.

A source builds requests and reads pages. It never fetches, never reads the clock and never sees brands, keys
or the configuration beyond its own parameters: `parse` is a pure function of the page.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel

from ouidire.frozen import Frozen
from ouidire.items import Parsed
from ouidire.page import Page, Request

P = TypeVar("P", bound=BaseModel)
SourceKind = Literal["reviews", "app_store", "press", "survey", "search_results", "social", "forum"]
Access = Literal["web", "api", "file"]


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


@dataclass(frozen=True)
class Source(Generic[P]):
    """One source.

    `entity(params)` is the site's own name for what is collected; with the slug it makes the source key.
    `requests(params, since=…)` yields the first requests; with `since`, a source that can stops at what is
    older. `parse(page)` reads one page, or raises Blocked, LayoutChanged or SourceGone.
    `versions` lists the dated layouts that `parse` knows, newest first, for the reader of the file. `fields`
    are those whose fill-rate is watched. `enumerates` is false where a listing shows only the latest of many
    (a feed, a results page): what leaves it has not vanished.
    """

    slug: str
    about: FactSheet
    params: type[P]
    entity: Callable[[P], str]
    requests: Callable[..., Iterable[Request]]
    parse: Callable[[Page], Parsed]
    versions: tuple[str, ...] = ()
    fields: tuple[str, ...] = ("text", "published", "rating", "author")
    enumerates: bool = True

    def first_requests(self, params: P, *, since: datetime | None = None) -> Iterable[Request]:
        """Yield the requests that begin a run."""
        return self.requests(params, since=since)
