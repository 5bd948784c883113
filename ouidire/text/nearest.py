"""Which of some known names a person may have meant by a wrong one."""

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

CLOSE = 0.6
"""Likeness (0 to 1, of difflib) from which a name may have been meant."""


def plain_name(text: str) -> str:
    """Return a name in small letters without accents, its words with single blanks for all else between."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = (char for char in letters if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in kept).split())


def nearest_first(
    word: str, known: Sequence[str], also: Mapping[str, Iterable[str]] | None = None
) -> tuple[str, ...]:
    """Return the known names, those like a word first and the likest of all before them.

    `also` are other words for a name, in any language. Names that are not like it keep their order.
    """
    wanted, others = plain_name(word), also or {}
    likeness = {
        name: max(_likeness(wanted, each) for each in (name, *others.get(name, ()))) for name in known
    }
    close = sorted((name for name in known if likeness[name] >= CLOSE), key=lambda name: -likeness[name])
    return (*close, *(name for name in known if name not in close))


def _likeness(wanted: str, other: str) -> float:
    """Return how like two names are; a word that one of them has whole is like it."""
    plain = plain_name(other)
    whole = difflib.SequenceMatcher(None, wanted, plain, autojunk=False).ratio()
    by_word = [difflib.SequenceMatcher(None, wanted, each, autojunk=False).ratio() for each in plain.split()]
    return max(whole, *(0.95 * each for each in by_word)) if by_word else whole
