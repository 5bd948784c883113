"""What the demo's search engine answers: `data/moteur.json`, resolved for one week.

An entry that changes over the weeks is a mapping from the first week it holds to its value. The engine
searches nothing: a query that is not in the file has no result.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict

from service.demo.site.content import listings

_FILE: Final = files("service.demo.site") / "data" / "moteur.json"
_T = TypeVar("_T")


class _Frozen(BaseModel):
    """A record of the data file: immutable, and a key misspelt there is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Result(_Frozen):
    """One organic result.

    `ratings` maps a first week to "4,3|212", or `listing` names the page whose figures are shown.
    """

    url: str
    site: str
    title: str
    snippet: str
    date: str = ""
    ratings: dict[int, str] = {}
    listing: tuple[str, str] | None = None


class Advert(_Frozen):
    """A text advertisement."""

    url: str
    title: str
    text: str


class LocalPlace(_Frozen):
    """A line of the local pack; `ratings` as in `Result`."""

    name: str
    kind: str
    address: str
    hours: str
    ratings: dict[int, str]


class Panel(_Frozen):
    """The knowledge panel at the right."""

    title: str
    subtitle: str
    text: str
    facts: dict[str, str]


class DemoQuery(_Frozen):
    """A query and its first page: `organic` maps a first week to the keys of its results, in order."""

    total: str
    organic: dict[int, tuple[str, ...]]
    questions: dict[int, tuple[str, ...]] = {}
    related: tuple[str, ...] = ()
    adverts: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    panel: str | None = None


class _Engine(_Frozen):
    results: dict[str, Result]
    adverts: dict[str, Advert]
    places: dict[str, LocalPlace]
    panels: dict[str, Panel]
    answers: dict[str, str]
    queries: dict[str, DemoQuery]


class ShownResult(_Frozen):
    """A result as a week's page shows it; `note` is "4,3" and `votes` "212", both empty without a rating."""

    url: str
    host: str
    site: str
    trail: str
    title: str
    snippet: str
    date: str
    note: str
    votes: str


class ShownPlace(_Frozen):
    """A place as a week's page shows it."""

    name: str
    kind: str
    address: str
    hours: str
    note: str
    votes: str


class DemoResultPage(_Frozen):
    """A whole page of results."""

    query: str
    total: str
    adverts: tuple[Advert, ...]
    places: tuple[ShownPlace, ...]
    results: tuple[ShownResult, ...]
    questions: tuple[tuple[str, str], ...]
    related: tuple[str, ...]
    panel: Panel | None


@cache
def _engine() -> _Engine:
    return _Engine.model_validate(json.loads(_FILE.read_text("utf-8")))


def queries() -> list[str]:
    """Return the queries that have results, in the file's order."""
    return list(_engine().queries)


def result_page(text: str, *, week: int) -> DemoResultPage | None:
    """Return the first page for a query (case and spaces are ignored), or None when it has no result."""
    engine = _engine()
    key = " ".join(text.casefold().split())
    query = engine.queries.get(key)
    if query is None:
        return None
    return DemoResultPage(
        query=key,
        total=query.total,
        adverts=tuple(engine.adverts[name] for name in query.adverts),
        places=tuple(_place(engine.places[name], week=week) for name in query.local),
        results=tuple(_result(engine.results[name], week=week) for name in _held(query.organic, week) or ()),
        questions=tuple((name, engine.answers[name]) for name in _held(query.questions, week) or ()),
        related=query.related,
        panel=engine.panels[query.panel] if query.panel else None,
    )


def _held(changes: dict[int, _T], week: int) -> _T | None:
    """Return the value of the latest first week that is not after `week`."""
    return changes[max(known)] if (known := [first for first in changes if first <= week]) else None


def _rating(ratings: dict[int, str], week: int) -> tuple[str, str]:
    note, _, votes = (_held(ratings, week) or "").partition("|")
    return note, votes


def _place(place: LocalPlace, *, week: int) -> ShownPlace:
    note, votes = _rating(place.ratings, week)
    return ShownPlace(**place.model_dump(exclude={"ratings"}), note=note, votes=votes)


def _result(result: Result, *, week: int) -> ShownResult:
    note, votes = _rating(result.ratings, week)
    if result.listing is not None:
        site, slug = result.listing
        listing = listings(site)[slug]
        note, votes = f"{listing.note(week):.1f}".replace(".", ","), str(len(listing.at(week)))
    host, *folders = result.url.removeprefix("http://").rstrip("/").split("/")
    shown = result.model_dump(include={"url", "site", "title", "snippet", "date"})
    trail = "".join(f" › {folder}" for folder in folders)
    return ShownResult(**shown, host=host, trail=trail, note=note, votes=votes)
