"""The filters of a view as chips: what each keeps, in words, and the address of the view without it."""

from collections.abc import Iterator
from typing import NamedTuple

from reports.explore.date_span import DateSpan
from reports.explore.filters import EXCLUDING
from reports.explore.view import MentionView
from service.serve.web.explorer.context import ExplorerPage


class Chip(NamedTuple):
    """One filter: its words, and where it is gone."""

    text: str
    url: str


def chips_of(page: ExplorerPage, view: MentionView) -> tuple[Chip, ...]:
    """Return the chips of a view, in the order of its address."""
    return tuple(Chip(text, page.view_url(without)) for text, without in _chips(page, view))


def _chips(page: ExplorerPage, view: MentionView) -> Iterator[tuple[str, MentionView]]:
    words = page.words
    yield from _searched(page, view)
    for name, span in (("published", view.published), ("imported", view.imported)):
        if span is not None:
            yield words("chip", name=words.filter(name), value=span_text(page, span)), view.without(name)
    for chosen in view.values:
        bare = chosen.name.removeprefix(EXCLUDING)
        key = "chip_not" if bare != chosen.name else "chip"
        for value in chosen.values:
            text = words(key, name=words.filter(bare), value=words.value(bare, value))
            yield text, view.toggled(chosen.name, value)
    for flag in view.flags:
        yield words(f"flag_{flag.value}", name=words.filter(flag.name)), view.without(flag.name)
    for numbers in view.ranges:
        shown = str(numbers.low) if numbers.low == numbers.high else f"{numbers.low}–{numbers.high}"
        yield words("chip", name=words.filter(numbers.name), value=shown), view.without(numbers.name)
    if view.duplicates == "shown":
        yield words("duplicates_shown"), view.without("duplicates")


def _searched(page: ExplorerPage, view: MentionView) -> Iterator[tuple[str, MentionView]]:
    """Yield what is searched for: words, and what mentions are to be like."""
    words = page.words
    if view.text:
        yield words("chip_text", text=view.text), view.without("q")
    if view.like:
        yield words("chip_like", text=view.like), view.without("like")
    if view.like_id:
        yield words("chip_like_id", id=view.like_id), view.without("like-id")


def span_text(page: ExplorerPage, span: DateSpan) -> str:
    """Return the days of a span in words; a moving one with the days that it means today."""
    words = page.words
    first, last = span.bounds(page.time.today)
    if first is None or last is None:
        bound = first or last
        key = "since" if first is not None else "until"
        return words(key, day=words.day(bound)) if bound is not None else ""
    days = (
        words.day(first) if first == last else words("from_to", first=words.day(first), last=words.day(last))
    )
    named = str(span)
    if span.moving:
        return words("moving", name=_moving(page, span.moving), days=days)
    if "-W" in named:
        return words("week", number=str(first.isocalendar().week), days=days)
    if len(named) == len("2026-03"):
        return words.day(first, "month")
    return named if len(named) == len("2026") else days


def _moving(page: ExplorerPage, name: str) -> str:
    if name.endswith("d") and name[:-1].isdecimal():
        return page.words("last_days", n=int(name[:-1]))
    return page.words(f"moving_{name.replace('-', '_')}")
