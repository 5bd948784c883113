"""Recognition of a text of which a page shows the beginning only, by the link to the rest of it.

It cannot see a text that is cut without a sign.
"""

from typing import Final

MARKS: Final = (
    "lire la suite",
    "voir la suite",
    "afficher la suite",
    "en savoir plus",
    "lire plus",
    "voir plus",
    "afficher plus",
    "afficher davantage",
    "read more",
    "see more",
    "show more",
    "continue reading",
    "mehr anzeigen",
    "weiterlesen",
    "leer mas",
    "leer más",
    "ver mas",
    "ver más",
    "leggi tutto",
    "meer lezen",
)
"""Links by which a page shows that a text goes on, at the end of what it shows of it."""
SHORT_MARKS: Final = ("plus", "suite", "more", "mehr", "más")
"""Such links that are words of a sentence as well: they count after an ellipsis alone."""
_EDGE: Final = " \t\r\n\u00a0\u202f.…[]()<>«»→›+-–—:|"


def without_mark(text: str) -> tuple[str, bool]:
    """Return a text without the link to the rest of it, and whether there was one."""
    shown = text.strip(_EDGE)
    folded = shown.casefold()
    for mark in MARKS:
        if folded.endswith(mark):
            return shown[: len(shown) - len(mark)].rstrip(_EDGE), True
    for mark in SHORT_MARKS:
        rest = shown[: len(shown) - len(mark)].rstrip(" \t\r\n\u00a0\u202f[(«<>→›+")
        if folded.endswith(mark) and rest.endswith(("…", "...")):
            return rest.rstrip(_EDGE), True
    return shown, False


def is_excerpt(text: str) -> bool:
    """Return whether a text ends on an ellipsis, or on a link to the rest of it."""
    return text.rstrip().endswith(("…", "...", "[…]", "(…)", "[...]")) or without_mark(text)[1]
