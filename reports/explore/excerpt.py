"""A text in pieces: those that a search found, or that show an annotation, and what lies between.

Spans are code points of the text as it is kept. Control and bidirectional characters are taken out of each
piece, never before: offsets would no longer hold.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from reports.typography import MASK, harmless

_MASKED = re.compile(rf"{MASK}(?:[\s{MASK}]*{MASK})?")
SHOWN = 420
"""Characters of a text in a list."""
_LEAD = 80


class Piece(NamedTuple):
    """A stretch of a text, and the numbers (from 1) of the marks on it, and of those that end with it."""

    text: str
    marks: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


def pieces(text: str, spans: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """Return a whole text in pieces, cut where a span begins or ends; spans may overlap."""
    held = [(max(0, start), min(len(text), end)) for start, end in spans]
    cuts = sorted({0, len(text), *(cut for span in held if span[0] < span[1] for cut in span)})
    made = []
    for start, end in pairwise(cuts):
        marks = tuple(
            number for number, (low, high) in enumerate(held, start=1) if low <= start and end <= high
        )
        ends = tuple(number for number in marks if held[number - 1][1] == end)
        made.append(Piece(_MASKED.sub("[…]", harmless(text[start:end])), marks, ends))
    return tuple(made)


def excerpt(text: str, spans: Sequence[tuple[int, int]], *, limit: int = SHOWN) -> tuple[Piece, ...]:
    """Return the pieces of a text around its first span: `limit` characters at most, … where it is cut."""
    if len(text) <= limit:
        return pieces(text, spans)
    first = min((start for start, _ in spans), default=0)
    begin = 0 if first < limit - _LEAD else max(0, first - _LEAD)
    if begin:
        blank = text.find(" ", begin, begin + 40)
        begin = blank + 1 if blank >= 0 else begin
    end = min(len(text), begin + limit)
    if end < len(text):
        blank = text.rfind(" ", end - 40, end)
        end = blank if blank > begin else end
    inside = [(start - begin, stop - begin) for start, stop in spans if start < end and stop > begin]
    made = pieces(text[begin:end], inside)
    return (*([Piece("… ")] if begin else []), *made, *([Piece(" …")] if end < len(text) else []))
