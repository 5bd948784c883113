"""The original words of a review that its platform shows with a translation of its own.

It cannot tell a translation that carries no mark.
"""

import re

_ORIGINAL = re.compile(r"\(\s?(?:original|d'origine|originale?|texte original)\s?\)", re.IGNORECASE)
_BY_PLATFORM = re.compile(
    r"\(\s?(?:translated by google|traduit par google|traduction de google|translated by facebook)\s?\)",
    re.IGNORECASE,
)


def original_of(text: str) -> str:
    """Return a text without the translation that Google puts before or after it; other texts as they are."""
    translated = _BY_PLATFORM.search(text)
    if translated is None:
        return text
    original = _ORIGINAL.search(text)
    if original is None:
        # "words (Translated by Google) their translation": the original stands first, or nowhere
        return text[: translated.start()].strip() or text[translated.end() :].strip()
    if original.start() > translated.start():
        return text[original.end() :].strip()
    return text[original.end() : translated.start()].strip()
