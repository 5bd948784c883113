"""Texts to which Google adds a translation: the author's own words alone.

Google writes "(Translated by Google) … (Original) …", in the language of whoever asks, or the original first.
It cannot tell an author who writes such marks by hand.
"""

import re
from typing import NamedTuple

_TRANSLATED = re.compile(
    r"\(\s*(?:translated by|traduit par|traducido por|traduzido (?:por|pelo)|tradotto da|ubersetzt von"
    r"|übersetzt von|vertaald door|traducció de|tłumaczenie)\s+google\s*\)",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"\(\s*(?:original(?: text| review)?|avis d['’]origine|texte d['’]origine|avis original"
    r"|texto original|originale|testo originale|oorspronkelijk|origineel|originaltext|oryginał)\s*\)",
    re.IGNORECASE,
)


class OwnWords(NamedTuple):
    """The words of an author, and whether only Google's translation of them is known."""

    text: str
    is_translation: bool = False


def own_words(text: str) -> OwnWords:
    """Return the author's own words of a text that may hold Google's translation of them."""
    mark = _TRANSLATED.search(text)
    if mark is None:
        return OwnWords(text.strip())
    before, after = text[: mark.start()].strip(), text[mark.end() :]
    original = _ORIGINAL.search(after)
    if original is not None and not before:
        return OwnWords(after[original.end() :].strip())
    if before:
        return OwnWords(_ORIGINAL.sub("", before, count=1).strip() or before)
    return OwnWords(after.strip(), is_translation=True)
