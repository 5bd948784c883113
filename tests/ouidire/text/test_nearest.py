"""What a person may have meant by a wrong name."""

import pytest

from ouidire.text.nearest import nearest_first, plain_name

KNOWN = ("volume", "stars", "positive", "nps", "nps_stars", "delight")
WORDS = {
    "stars": ["note moyenne, sur 5"],
    "delight": ["enchantement"],
    "nps_stars": ["NPS d’après les étoiles"],
}


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("star", "stars"),
        ("Voulme", "volume"),
        ("nps-star", "nps_stars"),
        ("notes", "stars"),
        ("enchantment", "delight"),
        ("étoile", "nps_stars"),
        ("POSITIF", "positive"),
    ],
)
def test_the_likest_comes_first_by_its_name_or_by_another_word(word, first):
    found = nearest_first(word, KNOWN, WORDS)
    assert found[0] == first
    assert sorted(found) == sorted(KNOWN)


@pytest.mark.parametrize("word", ["happiness", "", "===", "x" * 5000])
def test_what_is_like_none_leaves_their_order(word):
    assert nearest_first(word, KNOWN, WORDS) == KNOWN


def test_names_are_compared_without_case_accents_and_signs():
    assert plain_name("  NPS-Étoiles_x ") == "nps etoiles x"
