"""The words that an edit changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.builders.reasons.changed_words import LONGEST, MOST_CHANGES, changed_words

WORDS = ("le", "colis", "est", "arrivé", "vite", "abîmé", "très", "en", "retard")
TEXT = st.lists(st.sampled_from(WORDS), max_size=12)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("Colis écrasé.", "Colis écrasé, mais remboursé : chapeau.", [("", "mais remboursé : chapeau")]),
        ("Très bon accueil à Lyon.", "Accueil à Lyon.", [("Très bon", "")]),
        (
            "La livraison est lente, l'accueil bon.",
            "La livraison est rapide, l'accueil bon.",
            [("lente", "rapide")],
        ),
        ("Bien !", "Bien.", []),
        ("Parfait, rien à redire.", "Nul du début jusqu'à la fin", []),
        ("", "Un texte.", []),
        (None, "Un texte.", []),
        ("Un deux trois quatre cinq six…", "Un deux trois quatre cinq sept huit", []),
    ],
)
def test_what_went_and_what_came(before, after, changes):
    assert [(each.went, each.came) for each in changed_words(before, after)] == changes


@given(before=TEXT, after=TEXT)
def test_changes_are_words_of_their_texts(before, after):
    found = changed_words(" ".join(before), " ".join(after))
    assert len(found) <= MOST_CHANGES
    for each in found:
        assert each.went != each.came
        assert each.went in " ".join(before)
        assert each.came in " ".join(after)
        assert max(len(each.went), len(each.came)) <= LONGEST


def test_a_very_long_text_is_compared_in_time():
    words = [f"mot{at}" for at in range(5000)]
    assert changed_words(" ".join(words), " ".join([*words, "autre"])) == ()
    assert changed_words("a " * 50_000, "a " * 50_000 + "b") == ()


def test_hidden_characters_are_in_no_change():
    (found,) = changed_words("un deux trois quatre", "un deux \u202etsiort quatre")
    assert found.came == "tsiort"
