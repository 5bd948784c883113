"""The rule of which reviews are worth an answer, and in which order: documented in `docs/measures.md`.

A review asks for an answer when it is poor or angry, or asks a question; what else speaks for answering it
moves it up. Every reason has its points, so that each line says why it stands where it stands. The mail and
the queue read this very rule. It cannot see what was answered elsewhere, nor whether an answer would help.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from ouidire.frozen import Frozen

ReasonName = Literal[
    "one_star",
    "poor",
    "middling",
    "anger",
    "question",
    "leaving",
    "reach",
    "wide_reach",
    "first_page",
    "fresh",
]
"""Why a review is worth an answer."""
POINTS: Mapping[ReasonName, int] = {
    "one_star": 4,
    "poor": 3,
    "middling": 1,
    "anger": 2,
    "question": 2,
    "leaving": 1,
    "reach": 1,
    "wide_reach": 2,
    "first_page": 2,
    "fresh": 1,
}
"""What each reason adds: chosen by us, fixed before any data was seen."""
ASKING: frozenset[ReasonName] = frozenset({"one_star", "poor", "anger", "question"})
"""The reasons of which one at least must hold: the others alone ask for nothing."""
ANSWERABLE_FOR = timedelta(weeks=4)
"""How long after its publication a review is worth an answer: later, it reads like a leftover."""
FRESH_FOR = timedelta(days=7)
ONE_STAR, POOR, MIDDLING = 1.5, 2.5, 3.5
"""Stars (0–5) below which a review is one of a single star, a poor one, one that was not convinced."""
ANGRY = 0.5
"""The probability of an irritation from which a text counts as angry."""
LIKED, LIKED_BY_MANY, WIDE_REACH = 5, 50, 10_000
"""Readers who liked it, or whom its site says that it reached."""
FIELDS = ("id", "stars", "irritation", "intents", "likes", "reach", "site", "period_at")
"""What the rule reads of a mention."""


class AnswerReason(Frozen):
    """One reason to answer a review, with its points."""

    name: ReasonName
    points: int


def reasons_to_answer(
    mention: Mapping[str, Any], *, first_page: frozenset[str], now: datetime
) -> tuple[AnswerReason, ...]:
    """Return why a review is worth an answer, nothing where it asks for none.

    `mention` has the values of FIELDS; `first_page` holds the sites that the first page of a search for the
    brand shows.
    """
    names = tuple(_names(mention, first_page=first_page, now=now))
    if not ASKING.intersection(names):
        return ()
    return tuple(AnswerReason(name=name, points=POINTS[name]) for name in names)


def points_of(reasons: tuple[AnswerReason, ...]) -> int:
    """Return the sum of the points of reasons."""
    return sum(each.points for each in reasons)


def _names(mention: Mapping[str, Any], *, first_page: frozenset[str], now: datetime) -> Iterator[ReasonName]:
    rated = _rating(mention["stars"])
    if rated is not None:
        yield rated
    if (mention["irritation"] or 0.0) >= ANGRY:
        yield "anger"
    intents = frozenset(mention["intents"] or ())
    if "asks_answer" in intents:
        yield "question"
    if intents & {"leaves", "warns_off"}:
        yield "leaving"
    likes, reach = mention["likes"] or 0, mention["reach"] or 0
    if likes >= LIKED_BY_MANY or reach >= WIDE_REACH:
        yield "wide_reach"
    elif likes >= LIKED:
        yield "reach"
    if mention["site"] in first_page:
        yield "first_page"
    if now - mention["period_at"] < FRESH_FOR:
        yield "fresh"


def _rating(stars: float | None) -> ReasonName | None:
    if stars is None or stars >= MIDDLING:
        return None
    if stars < ONE_STAR:
        return "one_star"
    return "poor" if stars < POOR else "middling"
