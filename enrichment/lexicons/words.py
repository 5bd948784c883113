"""Split a text into lower-case words, as the linkers and the lexicons read them."""

import re

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Return a text's runs of letters and digits, in lower case: "L'agence, top!" gives l, agence, top."""
    return _WORD.findall(text.lower())
