import pytest

from enrichment.plain.courtesies import body


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Bonjour à tous, colis jamais reçu.", "colis jamais reçu."),
        ("Bonjour j'ai été déçu", "j'ai été déçu"),
        ("Hello all, the food was cold.", "the food was cold."),
        ("Colis jamais reçu, honteux.\nCordialement, Julie Martin", "Colis jamais reçu, honteux."),
        ("Nothing works at all. Kind regards,\nMark", "Nothing works at all."),
        ("Bonsoir. Rien ne marche ici. Bonne journée !", "Rien ne marche ici."),
    ],
)
def test_a_greeting_and_a_closing_formula_are_no_part_of_the_body(text, kept):
    assert text[slice(*body(text))] == kept


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour l'ambiance, deux heures d'attente",
        "Bonjour, merci",
        "Cordialement",
        "Un accueil cordial, de bons regards",
        "",
    ],
)
def test_what_says_something_or_would_leave_nothing_stays(text):
    assert body(text) == (0, len(text))
