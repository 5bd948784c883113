"""The stance of a search result towards the brand searched for: favourable, neutral or hostile.

It is read, as a buyer would, from what the page of results shows: title, snippet, and the domain's name. A
rating written there counts; words of the stance lexicon count; the tone of the sentences counts, less where
the result only informs (hours, prices, jobs, how-to) or asks without answering. Who owns the page is not its
business (`service.pipeline.index.ownership`). It cannot see the page behind, nor whether a bad word is about
the brand or about something that the brand sells, tells of or happens to stand beside.
"""

import math
import re
from collections.abc import Sequence
from typing import Final, Literal

from pydantic import Field

from enrichment.lexicons import patterns
from enrichment.lexicons.patterns import LexiconEntry
from enrichment.models.linear_signal_model import bundled
from ouidire.frozen import Frozen

StanceLabel = Literal["favourable", "neutral", "hostile"]
NAME: Final = "stance"
VERSION: Final = 2
LONGEST = 2_000
"""Characters read of a title or a snippet."""
STRONG, WEAK, TITLE, SNIPPET, RATED = 1.5, 0.5, 0.9, 1.2, 2.2
"""How much each kind of evidence weighs, in log-odds.

Set by hand before the gold was looked at, for want of labelled results.
"""
INFORMS = 0.35
"""What is left of the tone where a result informs or asks."""
EDGE = 1.0
"""Log-odds from which a side is taken."""
_RATING = re.compile(
    r"(?<![\d,.])([0-5](?:[.,]\d)?)\s?(?:/|sur|out of|★|étoiles sur)\s?5(?!\d)"
    r"|(?<![★⭐])[★⭐]++\s?([0-5][.,]\d)(?!\d)"
)
_PERCENT = re.compile(r"(\d{1,3})\s?%\s(?:de |of )?(?:satisf|recomm|clients satisf|positi)")
_COMPLAINTS = re.compile(r"arnaque|litige|signal|plainte|complaint|scam|alerte|rappel|victim")
_MIDDLE = 3.0


class Stance(Frozen):
    """The stance of a result, its probability, and the probabilities of both sides."""

    label: StanceLabel
    probability: float = Field(ge=0, le=1)
    p_favourable: float = Field(ge=0, le=1)
    p_hostile: float = Field(ge=0, le=1)


class ResultText(Frozen):
    """What a page of results shows of one result."""

    title: str | None = None
    snippet: str | None = None
    domain: str | None = None


def stances(batch: Sequence[ResultText]) -> list[Stance | None]:
    """Return the stance of each result, in order; None for one that shows no word."""
    texts = [text for each in batch for text in (_cut(each.title), _cut(each.snippet))]
    tones = [math.tanh(praise / 3) for praise in bundled().praise(texts)]
    return [
        _stance(each, title=tones[2 * number], snippet=tones[2 * number + 1])
        if _cut(each.title) or _cut(each.snippet)
        else None
        for number, each in enumerate(batch)
    ]


def rating_in(text: str) -> float | None:
    """Return the rating out of five that a text shows; None where it shows none.

    A share of satisfied people counts as one: 80 % is 4.
    """
    found = _RATING.search(text)
    if found:
        return float((found[1] or found[2]).replace(",", "."))
    share = _PERCENT.search(text)
    return 5 * min(int(share[1]), 100) / 100 if share else None


def _stance(each: ResultText, *, title: float, snippet: float) -> Stance:
    shown = f"{_cut(each.title)}\n{_cut(each.snippet)}"
    found = [one.entry for part in shown.split("\n") for one in patterns.find("stance", part)]
    weights = {side: _weight(side, found) for side in ("favourable", "neutral", "hostile")}
    asks = _cut(each.title).rstrip().endswith("?")
    tone = (TITLE * title + SNIPPET * snippet) * (INFORMS if weights["neutral"] or asks else 1.0)
    words = weights["favourable"] - weights["hostile"]
    rating = rating_in(shown)
    stars = RATED * (rating - _MIDDLE) if rating is not None else 0.0
    odds = tone + stars + words / (1 + (weights["neutral"] if rating is None else 0.0))
    odds -= WEAK if _COMPLAINTS.search((each.domain or "").lower()) else 0.0
    favourable, hostile = 1 / (1 + math.exp(EDGE - odds)), 1 / (1 + math.exp(EDGE + odds))
    neutral = max(0.0, 1 - favourable - hostile)
    label: StanceLabel = "neutral"
    if abs(odds) >= EDGE:
        label = "favourable" if odds > 0 else "hostile"
    probabilities = {"favourable": favourable, "neutral": neutral, "hostile": hostile}
    return Stance(
        label=label,
        probability=round(probabilities[label], 4),
        p_favourable=round(favourable, 4),
        p_hostile=round(hostile, 4),
    )


def _weight(side: str, found: Sequence[LexiconEntry]) -> float:
    """Return the weight of the entries found for a side, each counted once."""
    strengths = {entry.pattern: entry.strength for entry in found if entry.what == side}
    return sum(STRONG if strength == "strong" else WEAK for strength in strengths.values())


def _cut(text: str | None) -> str:
    return (text or "")[:LONGEST]
