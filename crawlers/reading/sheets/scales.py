"""The scale that a heading states.

It cannot see values: a heading without a scale says nothing of it.
"""

import re

from crawlers.reading.extract import fold

_SCALE = (
    re.compile(r"(?:\bsur|/|\bout of|\bvon)\s?(?P<best>5|7|10|20|100)(?![\d/.,])"),
    re.compile(
        r"(?<![\d/.,])(?:0|1)\s?(?:a|to|et|and|-|–|—|jusqu a|bis)\s?(?P<best>5|7|10|20|100)(?![\d/.,])"
    ),
)
_PERCENT = re.compile(r"%|\bpourcent|\bpercent")


def scale_of(heading: str) -> float | None:
    """Return the highest score of the scale that a heading states ("sur 5", "1 à 5", "(%)"), if any."""
    text = fold(heading)
    for pattern in _SCALE:
        if match := pattern.search(text):
            return float(match["best"])
    return 100.0 if _PERCENT.search(text) else None
