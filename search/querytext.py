"""A person's own words read as closed clauses, alike for both back-ends.

Nothing typed is an error, and nothing is syntax.

Words are all required. "Quoted words" follow one another; so do words joined without a blank
(`porte-monnaie`, `10/10`). `word*` is a beginning of a word as it is written, `-word` and `-"these words"`
exclude. Anything else is punctuation: AND, OR and NEAR are words. A text without words asks nothing, so that
it keeps every document.

A query's language is not known: its words are stemmed in French and in English, and either is a match.
"""

import re
from collections.abc import Iterator, Sequence

from ouidire.frozen import Frozen
from ouidire.text.words import stem, words

CLAUSE_LIMIT = 64
"""Clauses read of one query, and words of one phrase; the rest of a longer text asks nothing."""

_CHUNK = re.compile(r'(-?)(["“”«»])([^"“”«»]*)["“”«»]|([^\s"“”«»]+)')
_JOINED = re.compile(r"[,;:!?()\[\]{}<>|…]+(?!\d)|(?<!\d)[,:]+")
_PUNCTUATION = re.compile(r"\W*+")


class Clause(Frozen):
    """One condition on a document's words.

    `any_of`: phrases of stems, one of which must occur (a single word is a phrase of one); or `prefix`: the
    beginning of one of its folded, unstemmed words. `exclude`: it must not be so.
    """

    any_of: tuple[tuple[str, ...], ...] = ()
    prefix: str = ""
    exclude: bool = False


def parse(text: str) -> tuple[Clause, ...]:
    """Read a person's query; clauses come in the order typed, each once, at most CLAUSE_LIMIT."""
    clauses: dict[Clause, None] = {}
    for clause in _clauses(text):
        clauses[clause] = None
        if len(clauses) == CLAUSE_LIMIT:
            break
    return tuple(clauses)


def occurrences(clause: Clause, stems: Sequence[str], folded: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of words (last excluded) at which a clause is met, exclusion left aside."""
    if clause.prefix:
        yield from ((place, place + 1) for place, word in enumerate(folded) if word.startswith(clause.prefix))
    for phrase in clause.any_of:
        size = len(phrase)
        yield from (
            (place, place + size)
            for place, word in enumerate(stems)
            if word == phrase[0] and tuple(stems[place : place + size]) == phrase
        )


def _clauses(text: str) -> Iterator[Clause]:
    for match in _CHUNK.finditer(text):
        minus, quote, quoted, chunk = match.groups()
        if quote:
            yield from _phrase(words(quoted), exclude=bool(minus))
        else:
            yield from _chunk(chunk)


def _chunk(chunk: str) -> Iterator[Clause]:
    """Read what stands between two blanks: a leading `-` excludes, a final `*` is a prefix."""
    exclude = chunk[0] == "-" and chunk[1:2] not in {"", "-"} and bool(words(chunk[1:2]))
    pieces = [piece for piece in _JOINED.split(chunk) if piece]
    for piece in pieces:
        found = words(piece)
        if not found or not _is_prefix(piece):
            yield from _phrase(found, exclude=exclude)
            continue
        *before, last = found
        yield from _phrase(before, exclude=exclude)
        yield Clause(prefix=last, exclude=exclude)


def _is_prefix(piece: str) -> bool:
    """Return whether a `*` stands after the last word of a piece."""
    ending = _PUNCTUATION.match(piece[::-1])
    return ending is not None and "*" in ending[0]


def _phrase(found: Sequence[str], *, exclude: bool) -> Iterator[Clause]:
    """Make the clause of words that follow one another; nothing where there are none.

    A word may have no stem in a language (a lone modifier apostrophe in English): it is left out there, as an
    index reads over it.
    """
    phrases = [
        tuple(filter(None, (stem(word, language) for word in found[:CLAUSE_LIMIT])))
        for language in ("fr", "en")
    ]
    ways = tuple(dict.fromkeys(phrase for phrase in phrases if phrase))
    if ways:
        yield Clause(any_of=ways, exclude=exclude)
