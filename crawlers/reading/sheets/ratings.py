"""Ratings as exports write them, and the scale of a column of them by its cells, its heading or its values.

It cannot know that a column of numbers which stays far below its best is not out of less: it asks.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from crawlers.reading.extract import decimal, fold
from crawlers.reading.sheets.likert import WordScale, word_scale
from crawlers.reading.sheets.scales import scale_of, worst_of
from ouidire.mention import Rating

TOPS = (5.0, 10.0, 20.0, 100.0)
"""The best of the scales that are in use, from which one is told by values."""
ENOUGH = 20
"""Ratings from which the next scale above the highest of them is its own."""
EACH_ITS_OWN = "its cells state several scales"
"""What is said of a column whose every rating states the best there is, not always the same."""
_NUMBER = r"\d{1,3}(?:[.,]\d{1,3})?"
_STARS = (
    r"(?:★|⭐|\*|etoiles?|stars?|bubbles?|bulles?|sternen?|estrellas?|stelle|sterren|estrelas)"
    r"(?: ?\(s\))?(?: rating)?"
)
_FORM = re.compile(
    rf"(?:note|rating|rated)?\s?:?\s?(?P<n>{_NUMBER})\s?"
    rf"(?:(?:/|sur|out of|of|von|de)\s?(?P<best>\d{{1,3}})(?:[.,]0+)?)?\s?(?P<unit>%|{_STARS}|points?|pts)?"
)
_DRAWN = re.compile(r"([★⭐🌟✭]{1,10})([☆✩✰]{0,9})")
_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5,
}  # fmt: skip
_WORDED = re.compile(rf"({'|'.join(_WORDS)})\s?(?:[-_ ]?{_STARS})?")
_NONE = re.compile(r"|-+|–|—|n ?/? ?a|null|none|nan|nil|star_rating_unspecified|non note|not rated|aucune?")
_HEADED = re.compile(
    r"\bstars?\b|\betoiles?\b|\bbubbles?\b|★|\b(?:sterne|sterren|stelle|estrellas|estrelas)\b"
)


class Scale(NamedTuple):
    """The worst and the best rating of a column, what tells so, and its own words where it has any."""

    best: float
    worst: float
    told_by: str
    words: WordScale | None = None


class ReadRating(NamedTuple):
    """A number as a cell states it, and the best of its scale where the cell states that too."""

    value: float
    best: float | None


def is_no_rating(cell: object) -> bool:
    """Return whether a cell says that there is no rating: empty, a dash, "n/a", "STAR_RATING_UNSPECIFIED"."""
    return cell is None or bool(_NONE.fullmatch(fold(str(cell)).strip()))


def read_rating(cell: object) -> ReadRating | None:
    """Return the rating that a cell states, or None where it states none without doubt.

    Read are 4, "4,5", "4/5", "8 sur 10", "4 out of 5 stars", "80 %", "4 étoiles", "★★★★☆" and "FOUR"; not
    read are ranges ("4-5") and other words.
    """
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return ReadRating(float(cell), None) if 0 <= cell <= TOPS[-1] else None
    shown = unicodedata.normalize("NFKC", str(cell)[:200]).replace("\ufe0f", "").strip(" \"'=")
    if drawn := _DRAWN.fullmatch(shown.replace(" ", "")):
        return ReadRating(float(len(drawn[1])), max(5.0, float(len(drawn[1] + drawn[2]))))
    return _written(" ".join(fold(shown).split()))


def _written(text: str) -> ReadRating | None:
    """Return the rating that a folded text states in digits or in one word."""
    if worded := _WORDED.fullmatch(text):
        return ReadRating(float(_WORDS[worded[1]]), 5.0)
    match = _FORM.fullmatch(text)
    value = decimal(match["n"].replace(",", ".")) if match else None
    if match is None or value is None:
        return None
    unit, best = match["unit"] or "", float(match["best"]) if match["best"] else None
    if best is None and unit == "%":
        best = 100.0
    elif best is None and unit and not unit.startswith(("point", "pts")):
        best = 5.0
    return ReadRating(value, best)


def rating_on(read: ReadRating, scale: Scale | None) -> Rating | None:
    """Return a rating on its own scale or on the column's; None where it is not on it, or there is none."""
    best = read.best
    if best is None and scale is not None:
        best = scale.best
    if best is None or best <= 0 or read.value > best:
        return None
    worst = scale.worst if scale and scale.best == best else _worst(best, [read.value])
    return Rating(value=read.value, best=best, worst=min(worst, read.value))


def told_scale(heading: str, cells: Sequence[object]) -> Scale | str:
    """Return the scale of a column by its cells, its heading, or its values; in words, why none is known."""
    worded = word_scale(cells)
    if worded is not None:
        return worded if isinstance(worded, str) else Scale(worded.best, 1.0, worded.told_by, worded)
    read = [one for cell in cells if (one := read_rating(cell)) is not None]
    bare = [one.value for one in read if one.best is None]
    values = [one.value for one in read]
    headed = scale_of(heading)
    if headed is None and _HEADED.search(fold(heading)):
        headed = TOPS[0]
    if headed is not None and (not bare or max(bare) <= headed):
        worst = worst_of(heading)
        fits = worst is not None and all(value >= worst for value in values)
        return Scale(headed, worst if fits and worst is not None else _worst(headed, values), "its heading")
    own = {one.best for one in read if one.best is not None}
    if len(own) == 1 and (not bare or max(bare) <= max(own)):
        best = max(own)
        return Scale(best, _worst(best, values), "its cells")
    if not bare:
        return EACH_ITS_OWN if own else "it has no ratings"
    if headed is not None:
        return f"its heading says out of {headed:g}, and it has {max(bare):g}"
    return _by_values(bare)


def _by_values(values: Sequence[float]) -> Scale | str:
    """Return the scale that numbers tell: their highest is its best, or so many are below that it must be."""
    highest, lowest = max(values), min(values)
    best = next((top for top in TOPS if highest <= top), None)
    if best is None:
        return f"it goes to {highest:g}, beyond every scale in use"
    may_be_ten = best == TOPS[0] and lowest == 0
    if (highest == best and not may_be_ten) or len(values) >= ENOUGH:
        return Scale(best, _worst(best, values), "its values")
    if lowest == highest:
        return f"every value of it is {lowest:g}"
    return f"its {len(values)} values go from {lowest:g} to {highest:g}"


def _worst(best: float, values: Sequence[float]) -> float:
    """Return the worst of a scale: 1 where stars or tens begin, unless there is less; 0 of others."""
    return 1.0 if best <= TOPS[1] and all(value >= 1 for value in values) else 0.0
