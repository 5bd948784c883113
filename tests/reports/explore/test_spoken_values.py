"""Filters and values as people say them: read as those of the code, or refused with the likest."""

from datetime import date

import pytest

from ouidire.text.catalogue import LANGUAGES
from reports.explore.filters import FLAGS, ORDERS, VALUES
from reports.explore.problem import ViewError
from reports.explore.query_string import view_of_pairs, write_view
from reports.explore.spoken_values import filter_said, value_said, values_of
from reports.explore.value_words import value_word

TODAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("thème=livraison", "theme=delivery"),
        ("theme=Service client", "theme=customer_service"),
        ("theme=customer service", "theme=customer_service"),
        ("theme-side=livraison:négatif", "theme-side=delivery:negative"),
        ("stage-side=Achat:positif", "stage-side=purchase:positive"),
        ("étape du parcours=achat", "stage=purchase"),
        ("not-thème=prix", "not-theme=price"),
        ("Tonalité=partagé", "side=mixed"),
        ("réponse de la marque=oui", "answered=yes"),
        ("answered=non", "answered=no"),
        ("order=les plus négatives", "order=worst"),
        ("Étoiles=1-2", "stars=1-2"),
        ("place=Lyon", "place=Lyon"),
    ],
)
def test_what_people_say_is_what_the_code_means(said, meant):
    view = view_of_pairs([tuple(said.split("=", 1))], today=TODAY)
    assert write_view(view).replace("%20", " ") == meant


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_is_read_by_its_own_name_and_by_its_word(language):
    """A word that two values share means none of them, and neither is taken for the other."""
    for name in (*VALUES, *FLAGS, "order"):
        for value in values_of(name):
            assert value_said(name, value) == value
            if name not in FLAGS:
                assert value_said(name, value_word(language, name, value, {})) in (
                    value,
                    value_word(language, name, value, {}),
                )


def test_a_word_that_may_mean_two_values_means_none():
    assert value_said("theme", "et") == "et"
    assert value_said("theme", "") == ""
    assert filter_said("À lire avec prudence") == "suspicion"
    assert filter_said("plop") == "plop"


@pytest.mark.parametrize("said", ["theme=livraisn", "theme=livraison:négatif"])
def test_a_wrong_value_is_answered_with_the_likest_in_words(said):
    with pytest.raises(ViewError) as caught:
        view_of_pairs([tuple(said.split("=", 1))], today=TODAY)
    french, english = caught.value.sentence("fr"), caught.value.sentence("en")
    assert "Valeurs admises : delivery (livraison), " in french.replace("\xa0", " ")
    assert french.rstrip(".").endswith("etc")
    assert "It takes: delivery, " in english


def test_a_wrong_filter_is_answered_with_the_likest():
    with pytest.raises(ViewError) as caught:
        view_of_pairs([("themes", "prix")], today=TODAY)
    assert "Il y a : theme, theme-side (Thème), " in caught.value.sentence("fr").replace("\xa0", " ")


def test_one_number_that_there_is_not_is_quoted_as_it_was_given():
    with pytest.raises(ViewError, match="“6” is no interval"):
        view_of_pairs([("stars", "6")], today=TODAY)


def test_orders_are_said_in_both_languages():
    assert [value_said("order", value_word("fr", "order", each, {})) for each in ORDERS] == list(ORDERS)
