"""French « de » before names as brands have them, in every sentence of the catalogue that has one."""

import re

import pytest

from ouidire.text.catalogue import catalogue
from ouidire.text.elision import is_elided

SAID = {
    "L'Équipe": "de L'Équipe",
    "C&A": "de C&A",
    "Hôtel du Lac": "d’Hôtel du Lac",
    "Orange": "d’Orange",
    "24S": "de 24S",
    "Ö": "d’Ö",
    "éram": "d’éram",
    "darty": "de darty",
    "Optique Lumière": "d’Optique Lumière",
    "Avis Jardin": "d’Avis Jardin",
    "Yves Rocher": "d’Yves Rocher",
    "Yoplait": "de Yoplait",
    "Huit à Huit": "de Huit à Huit",
    "Onze": "de Onze",
    "Le Grand Arrosoir": "du Grand Arrosoir",
    "Les Halles « Centre »": "des Halles « Centre »",
    "Le": "de Le",
    "« Iris »": "d’« Iris »",
    "…": "de …",
    "": "de ",
    "{brand}": "de {brand}",
    "Œuf": "d’Œuf",
}


@pytest.mark.parametrize("name", SAID)
def test_every_sentence_joins_a_name_as_french_does(name):
    words = catalogue("fr", "digest", "alerts", "brief")
    led = re.compile(r"\bde[ \u00a0]\{(brand|source|name|title)\}")
    tried = 0
    for key, entry in words.entries.items():
        for form in [entry] if isinstance(entry, str) else entry.values():
            for hole in led.findall(form):
                values = dict.fromkeys(re.findall(r"\{(\w+)\}", form), "x") | {hole: name}
                filled = words.fill(key, **({"n": 2} | values | {"n": 2}))
                tried += 1
                if isinstance(entry, str):
                    assert SAID[name] in filled, key
    assert tried >= 4


def test_english_is_left_alone():
    words = catalogue("en", "digest")
    assert words.fill("verdict.no_mentions", brand="Orange", this="this week").endswith(
        "of Orange this week."
    )


def test_nothing_is_elided_before_what_is_no_word():
    assert not is_elided("")
    assert not is_elided("123 Soleil")
    assert is_elided("\u00a0Iris")
