"""French typography: the spaces that do not break, and printers' apostrophes.

It works on plain text and cannot see markup.
"""

import re

NARROW = "\u202f"
"""Narrow non-breaking space (espace fine insécable): before ; ! ? % and between thousands."""
WIDE = "\u00a0"
"""Non-breaking space (espace insécable): before : and inside « »."""

# A run of spaces is looked at from its beginning alone, so that a long one costs its length once.
_BEFORE_MARK = re.compile(r"(?<![ \u00a0\u202f])[ \u00a0\u202f]++([;!?%])")
_BEFORE_COLON = re.compile(r"(?<![ \u00a0\u202f])[ \u00a0\u202f]++:(?!//)")
_AFTER_OPENING = re.compile(r"«[ \u00a0\u202f]*+")
_BEFORE_CLOSING = re.compile(r"(?:(?<![ \u00a0\u202f])[ \u00a0\u202f]++)?»")
_LED = re.compile(r"\b(de|à|contre|sur) (?=\{(?:low|high|was|now|n|of|usual_n|before|after)\})")
"""A preposition before the placeholder of a figure: no line ends on it."""


def french(text: str) -> str:
    """Return text with the spaces that French wants before ; ! ? % : and inside « » for ordinary ones."""
    text = _BEFORE_MARK.sub(NARROW + r"\1", text)
    text = _BEFORE_COLON.sub(WIDE + ":", text)
    text = _AFTER_OPENING.sub("«" + WIDE, text)
    return _BEFORE_CLOSING.sub(WIDE + "»", text)


def french_sentence(text: str) -> str:
    """Return a sentence of the catalogue as `french` does, prepositions tied to the figures after them."""
    return _LED.sub(rf"\1{WIDE}", french(text))


def curly(text: str) -> str:
    """Return text with printers' apostrophes (’)."""
    return text.replace("'", "’")
