"""The scale that a heading states.

It cannot see values: a heading without a scale says nothing of it.
"""

import re

from crawlers.reading.extract import fold

_TOP = r"(?P<best>3|4|5|6|7|10|20|100)(?![\d/.,])"
_FROM = r"(?<![\d/.,])(?P<worst>[01])"
_SCALE = (
    re.compile(rf"(?<!\d)(?<!\d\s)(?:\bsur|/|\bout of|\bvon|\bsobre|\bsu|\bop)\s?{_TOP}"),
    re.compile(rf"{_FROM}\s?(?:a|to|et|and|jusqu a|bis|t/m|tot|y|e|ate)\s?{_TOP}"),
    re.compile(rf"{_FROM}\s?(?:-|–|—)\s?(?P<best>5|7|10|20|100)(?![\d/.,])"),
    re.compile(r"\((?P<worst>[01])\s?(?:-|–|—)\s?(?P<best>3|4|6)\)"),
    # The words of both ends: "(1 = mauvais, 5 = excellent)", "(0 pas du tout - 10 tout à fait)"
    re.compile(rf"{_FROM}\s?[=:][^\d]{{1,60}}\b(?P<best>3|4|5|6|7|10|20|100)\s?[=:]"),
    re.compile(r"\((?P<worst>[01])\s[^\d()]{2,60}\b(?P<best>4|5|7|10)\s[^\d()]{2,60}\)"),
)
_PERCENT = re.compile(r"%|\bpourcent|\bpercent")


def scale_of(heading: str) -> float | None:
    """Return the highest score of the scale that a heading states ("sur 5", "1 à 5", "(%)"), if any."""
    stated = _stated(heading)
    return stated[1] if stated else None


def worst_of(heading: str) -> float | None:
    """Return the lowest score of the scale that a heading states ("1 à 5"), if it states it."""
    stated = _stated(heading)
    return stated[0] if stated else None


def _stated(heading: str) -> tuple[float | None, float] | None:
    text = fold(heading)
    for pattern in _SCALE:
        if match := pattern.search(text):
            found = match.groupdict()
            return float(found["worst"]) if found.get("worst") else None, float(found["best"])
    return (None, 100.0) if _PERCENT.search(text) else None
