"""French « de » before a name: « d'Orange », « du Grand Arrosoir », « de C&A ».

It works on a sentence of the catalogue and the name that fills it. It cannot hear a name: an h is taken as
aspirate but in words known to be mute, and a name that begins with a digit keeps « de ».
"""

import re
import unicodedata
from collections.abc import Mapping

NAMES = ("brand", "source", "name", "title")
"""Placeholders that names from outside fill."""
MUTE = ("hôtel", "hôpital", "herbe", "herboristerie", "heure", "homme", "huile", "histoire", "hermès")
"""First words whose h is mute, as brands and shops have them."""
ASPIRATE = ("onze", "onzième", "oui", "ouistiti", "un", "uhlan", "yaourt", "yoga", "yacht")
"""First words before which « de » stays, though a vowel is written."""
_DE = re.compile(rf"\b([Dd])e[ \u00a0]\{{({'|'.join(NAMES)})\}}")
_WORD = re.compile(r"[^\W\d_]+")
_OPENING = "«“\"' \u00a0\u202f"
_CONTRACTED = {"le": "u", "les": "es"}


def with_article(template: str, values: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Return a French sentence, and what fills it, with « de » elided or contracted before each name."""
    filled = dict(values)

    def joined(found: re.Match[str]) -> str:
        letter, name = found[1], found[2]
        value = str(values.get(name, ""))
        first, _, rest = value.partition(" ")
        if rest and first in ("Le", "Les"):
            key = f"{name}_after_de"
            filled[key] = rest
            return f"{letter}{_CONTRACTED[first.lower()]} {{{key}}}"
        return f"{letter}’{{{name}}}" if is_elided(value) else found[0]

    return _DE.sub(joined, template), filled


def is_elided(name: str) -> bool:
    """Whether « de » loses its e before a name."""
    found = _WORD.match(name.lstrip(_OPENING))
    if found is None:
        return False
    word = found[0].casefold()
    if word in ASPIRATE:
        return False
    letters = unicodedata.normalize("NFD", word)
    if letters[0] == "h":
        return word in MUTE
    if letters[0] == "y":
        return len(letters) > 1 and letters[1] not in "aeiou"
    return letters[0] in "aeiouœæ"
