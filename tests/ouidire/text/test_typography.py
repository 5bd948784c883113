"""French typography, put into text that was written with ordinary spaces."""

import pytest

from ouidire.text.typography import curly, french, french_sentence


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Vraiment ?", "Vraiment\u202f?"),
        ("12 %", "12\u202f%"),
        ("Ceci : cela ; oui !", "Ceci\u00a0: cela\u202f; oui\u202f!"),
        ("« oui »", "«\u00a0oui\u00a0»"),
        ("voir http://x.fr", "voir http://x.fr"),
    ],
)
def test_french(given, expected):
    assert french(given) == expected
    assert french(expected) == expected


def test_a_preposition_stays_with_the_figure_that_follows_it():
    assert french_sentence("de {low} à {high} : {n}") == "de\u00a0{low} à\u00a0{high}\u00a0: {n}"
    assert french_sentence("de {brand} à {last}") == "de {brand} à {last}"


def test_apostrophes():
    assert curly("l'original d'abord") == "l’original d’abord"
