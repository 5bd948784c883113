"""Highlighting, ours on every back-end: where the words that a query asked for stand in a found document.

A document's stems and words were made of its fields in order, so the n-th of them is the n-th word of those
fields: the language does not have to be guessed again. A document whose stems were made otherwise gets no
highlights.
"""

from collections.abc import Sequence
from typing import Literal, cast

from ouidire.documents import Document
from ouidire.index import Highlight
from ouidire.text.words import BOUNDARY, Located
from search.fields import HIGHLIGHTED
from search.querytext import Clause, occurrences


def highlights(document: Document, clauses: Sequence[Clause]) -> tuple[Highlight, ...]:
    """Return the spans (code points, merged, in order) of all that the clauses found, field by field."""
    names = HIGHLIGHTED.get(document.kind, ())
    wanted = [clause for clause in clauses if not clause.exclude]
    if not names or not wanted:
        return ()
    # the kinds of HIGHLIGHTED have both
    stems, folded = document.stems.split(), document.words.split()  # type: ignore[union-attr]
    fields = [(name, found) for name in names if (found := Located(getattr(document, name) or "")).words]
    if [
        word
        for number, (_, found) in enumerate(fields)
        for word in ([BOUNDARY] if number else []) + found.words
    ] != folded:
        return ()
    if len(stems) != len(folded):
        return ()
    spans: dict[str, list[tuple[int, int]]] = {}
    for first, last in sorted({found for clause in wanted for found in occurrences(clause, stems, folded)}):
        name, words, before = _holding(fields, first)
        spans.setdefault(name, []).append((words[first - before].start, words[last - 1 - before].end))
    return tuple(
        Highlight(field=cast("Literal['title', 'text', 'snippet']", name), spans=_merged(spans[name]))
        for name in names
        if name in spans
    )


def _holding(fields: Sequence[tuple[str, Located]], number: int) -> tuple[str, Located, int]:
    """Return the field of the n-th word of all, and how many words, boundaries included, come before."""
    before = 0
    for name, found in fields:
        if number < before + len(found.words):
            return name, found, before
        before += len(found.words) + 1
    raise AssertionError(number)


def _merged(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Join spans that overlap; they come sorted by start."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
