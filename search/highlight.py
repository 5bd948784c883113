"""Highlighting, ours on every back-end: where the words that a query asked for stand in a found document.

A document's stems and words were made of its fields in order, so the n-th of them is the n-th word of those fields: the
language does not have to be guessed again. A document whose stems were made otherwise gets no highlights.
"""

from collections.abc import Sequence
from typing import Literal, cast

from ouidire.documents import Document
from ouidire.index import Highlight
from ouidire.querytext import Clause, occurrences
from ouidire.words import BOUNDARY, located
from search.fields import HIGHLIGHTED


def highlights(document: Document, clauses: Sequence[Clause]) -> tuple[Highlight, ...]:
    """Return the spans (code points, merged, in order) of all that the clauses found, field by field."""
    names = HIGHLIGHTED.get(document.kind, ())
    wanted = [clause for clause in clauses if not clause.exclude]
    if not names or not wanted:
        return ()
    stems, folded = document.stems.split(), document.words.split()  # type: ignore[union-attr]  # the kinds of HIGHLIGHTED have both
    places = _places(document, names)
    if [word for _, word, _, _ in places] != folded or len(stems) != len(folded):
        return ()
    ranges = {found for clause in wanted for found in occurrences(clause, stems, folded)}
    spans: dict[str, list[tuple[int, int]]] = {}
    for first, last in sorted(ranges):
        name, _, start, _ = places[first]
        spans.setdefault(name, []).append((start, places[last - 1][3]))
    return tuple(
        Highlight(field=cast("Literal['title', 'text', 'snippet']", name), spans=_merged(spans[name])) for name in names if name in spans
    )


def _places(document: Document, names: Sequence[str]) -> list[tuple[str, str, int, int]]:
    """Return (field, word, start, end) for every word of the fields, with the boundary between two of them."""
    places: list[tuple[str, str, int, int]] = []
    for name in names:
        found = located(getattr(document, name) or "")
        if places and found:
            places.append(("", BOUNDARY, 0, 0))
        places.extend((name, word.text, word.start, word.end) for word in found)
    return places


def _merged(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Join spans that overlap; they come sorted by start."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
