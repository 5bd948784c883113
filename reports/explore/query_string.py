"""Views as the query string of a URL: one canonical string a view, and what people and forms send read back.

Parameters come in one fixed order, values sorted, and what is usual is left out: equal views have equal URLs.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import get_args
from urllib.parse import parse_qsl, quote, urlencode

from pydantic import ValidationError

from reports.explore.date_span import DateSpan
from reports.explore.date_words import parse_dates
from reports.explore.filters import EXCLUDING, FLAGS, ORDERS, RANGES, VALUES
from reports.explore.problem import ViewError
from reports.explore.spoken_values import filter_said, value_said, values_of
from reports.explore.view import ChosenFlag, ChosenRange, ChosenValues, Duplicates, MentionView

LONGEST, MOST_PAIRS = 8_000, 300
"""Bytes of a query string, and its parameters: a view needs a tenth of them."""
DATES = ("published", "imported")
NAMES: tuple[str, ...] = (
    "q",
    "like",
    "like-id",
    *(f"{prefix}{name}" for name in VALUES for prefix in ("", EXCLUDING)),
    *FLAGS,
    *RANGES,
    *DATES,
    *(f"{name}-{end}" for name in DATES for end in ("from", "to")),
    "duplicates",
    "order",
)
"""Every parameter that a view is read from, in canonical order; `…-from` and `…-to` come from forms alone."""
PAGE_PARAMETERS = frozenset({"lang", "after", "compare", "by", "size", "form", "seen"})
"""Parameters of a page that say how a view is shown; they are no part of it."""

Pair = tuple[str, str]


def write_view(view: MentionView) -> str:
    """Return the canonical query string of a view, without `?`; "" for the view of everything."""
    return urlencode(pairs_of(view), quote_via=quote, safe=":,")


def pairs_of(view: MentionView) -> tuple[Pair, ...]:
    """Return the parameters of a view in canonical order."""
    order = {name: place for place, name in enumerate(NAMES)}
    return tuple(sorted(_pairs(view), key=lambda pair: (order[pair[0]], pair[1])))


def _pairs(view: MentionView) -> Iterator[Pair]:
    searched = (("q", view.text), ("like", view.like), ("like-id", view.like_id))
    yield from ((name, text) for name, text in searched if text)
    for chosen in view.values:
        yield from ((chosen.name, value) for value in chosen.values)
    for flag in view.flags:
        yield flag.name, flag.value
    for span in view.ranges:
        yield span.name, str(span.low) if span.low == span.high else f"{span.low}-{span.high}"
    for name, dates in (("published", view.published), ("imported", view.imported)):
        if dates is not None:
            yield name, str(dates)
    if view.duplicates != "folded":
        yield "duplicates", view.duplicates
    if view.order is not None:
        yield "order", view.order


def parse_view(query_string: str, *, today: date, also: Collection[str] = ()) -> MentionView:
    """Return the view of a query string, with or without its `?`; parameters named in `also` are passed over.

    `today` is the reader's local day, for dates without a year. Raises ViewError, with one message, for what
    no view has.
    """
    text = query_string.removeprefix("?")
    if len(text) > LONGEST:
        raise ViewError("long_query", most=str(LONGEST))
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PAIRS, errors="replace")
    except ValueError as error:
        raise ViewError("long_query", most=str(LONGEST)) from error
    return view_of_pairs([pair for pair in pairs if pair[0] not in also], today=today)


def view_of_pairs(pairs: Sequence[Pair], *, today: date) -> MentionView:
    """Return the view of parameters, blank ones left out. Raises ViewError."""
    given: dict[str, list[str]] = {}
    for said, value in pairs:
        name = said if said in NAMES else filter_said(said)
        if name not in NAMES:
            raise ViewError("unknown_filter", name=name)
        if value.strip():
            given.setdefault(name, []).append(value)
    single = {name: _single(name, values) for name, values in given.items() if not _takes_many(name)}
    try:
        return MentionView(
            text=single.get("q", ""),
            like=single.get("like", ""),
            like_id=single.get("like-id", ""),
            values=tuple(
                ChosenValues(name=name, values=tuple(value_said(name, value) for value in values))
                for name, values in given.items()
                if _takes_many(name)
            ),
            flags=tuple(_flag(name, single[name]) for name in FLAGS if name in single),
            ranges=tuple(_numbers(name, single[name]) for name in RANGES if name in single),
            published=_dates("published", single, today),
            imported=_dates("imported", single, today),
            duplicates=_among("duplicates", single.get("duplicates", "folded"), get_args(Duplicates)),
            order=_among("order", single["order"], ORDERS) if "order" in single else None,
        )
    except ValidationError as error:  # what the checks above cannot meet in words of ours
        raise ViewError("bad_value", name="?", value=str(error.errors()[0]["msg"])) from error


def _takes_many(name: str) -> bool:
    return name.removeprefix(EXCLUDING) in VALUES


def _single(name: str, values: Sequence[str]) -> str:
    if len(set(values)) > 1:
        raise ViewError("twice", name=name)
    return values[0].strip()


def _among(name: str, value: str, known: Sequence[str]) -> str:
    meant = value_said(name, value)
    if meant not in known:
        listed = {} if values_of(name) else {"known": ", ".join(known)}
        raise ViewError("unknown_value", name=name, value=value, **listed)
    return meant


def _flag(name: str, value: str) -> ChosenFlag:
    return ChosenFlag.model_validate({"name": name, "value": _among(name, value, ("yes", "no"))})


def _numbers(name: str, value: str) -> ChosenRange:
    """Read `3` or `1-2`."""
    spec = RANGES[name]
    low, _, high = value.replace("..", "-").replace("–", "-").partition("-")
    low, high = low.strip(), high.strip() or low.strip()
    if not all(each.isascii() and each.isdecimal() and len(each) < 4 for each in (low, high)):  # noqa: PLR2004
        raise ViewError("range", name=name, value=value, low=str(spec.lowest), high=str(spec.highest))
    return ChosenRange(name=name, low=int(low), high=int(high))


def _dates(name: str, single: dict[str, str], today: date) -> DateSpan | None:
    """Return the days of publication or of import: one text, or the two fields of a form."""
    first, last = single.get(f"{name}-from"), single.get(f"{name}-to")
    if first is None and last is None:
        return parse_dates(single[name], today=today) if name in single else None
    start = parse_dates(first, today=today).bounds(today).first if first else None
    end = parse_dates(last, today=today).bounds(today).last if last else None
    if start is not None and end is not None and end < start:
        raise ViewError("no_such_date", value=f"{start}..{end}")
    return DateSpan(first=start, last=end)
