"""Every sentence of the catalogue, filled with hard names and with none, one and many: none is broken."""

import re

import pytest

from ouidire.text.catalogue import LANGUAGES, catalogue

NAMES = [
    "L’Équipe",
    "C&A",
    "Hôtel du Lac",
    "Orange",
    "24S",
    "Ö",
    "darty",
    "Le «\u00a0Bon\u00a0» Coin",
    "Avis Jardin",
]
NAMED = ("brand", "source", "name", "title", "query", "went", "came", "text")
COUNTS = (0, 1, 2, 21, 1000)
FILES = ("digest", "alerts", "brief", "stats", "queues")
PLURAL_AFTER_ONE = {
    "fr": re.compile(r"\b1 (?:\w+s|avis \w+ent|nouveaux|nouvelles)\b(?<!1 avis)(?<!1 pts)(?<!1 mois)"),
    "en": re.compile(r"\b1 (?:mentions|reviews|texts|sources|results|days|weeks|others|lists|answers)\b"),
}
"""A noun or a verb in the plural after a 1."""


def forms(language):
    """Every entry of the catalogue, filled: key, count, name, sentence."""
    words = catalogue(language, *FILES)
    for key, entry in words.entries.items():
        if key.startswith("format."):  # patterns of dates
            continue
        texts = [entry] if isinstance(entry, str) else list(entry.values())
        holes = {hole for text in texts for hole in re.findall(r"\{(\w+)\}", text)}
        for name in NAMES:
            for n in COUNTS if not isinstance(entry, str) else (2,):
                values = {hole: name if hole in NAMED else "5" for hole in holes} | {"n": n}
                yield key, n, name, words.fill(key, **values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_broken(language):
    for key, n, name, text in forms(language):
        assert not re.search(r"[{}]|\\u|  |\(\)", text), (key, text)
        assert not PLURAL_AFTER_ONE[language].search(text.replace("\u00a0", " ")), (key, n, text)
        if language == "fr":
            assert "'" not in text, (key, text)
            # French spaces, but for what a name brings with it
            bare = text.replace(name, "x")
            assert not re.search(r"[^\S\u00a0\u202f][:;!?%»]|«(?!\u00a0)", bare), (key, text)
            assert not re.search(r"\b(?:de|que|ne|le|la|si) (?:x’|[aeiouéèê]\w+ d’x)", bare), (key, text)
            assert not re.search(r"\bde (?:Le|Les|Orange|Avis|Ö|Hôtel)\b", text), (key, text)
        else:
            assert not re.search(r"[ \u00a0\u202f][:;!?%]|[«»]", text.replace(name, "x")), (key, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_count_is_said(language):
    """A form that says no number stands for one count alone."""
    words = catalogue(language, *FILES)
    for key, entry in words.entries.items():
        if not isinstance(entry, str) and "{n}" in entry["other"]:
            shown = words.fill(
                key, **(dict.fromkeys(re.findall(r"\{(\w+)\}", entry["other"]), "x") | {"n": 21})
            )
            assert "21" in shown, (key, shown)
