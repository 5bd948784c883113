"""Texts of which a page shows the beginning only."""

import pytest

from ouidire.text.excerpts import is_excerpt


@pytest.mark.parametrize(
    "text",
    [
        "Bouquet reçu un mardi ma… Lire la suite",
        "Bouquet reçu un mardi ma… Plus",
        "The parcel came on a Tue... Read more",
        "Livré avec trois jours de…",
        "Livré avec trois jours [...]",
        "Lire la suite",
    ],
)
def test_a_text_with_a_link_to_the_rest_is_an_excerpt(text):
    assert is_excerpt(text)


@pytest.mark.parametrize(
    "text", ["Je ne lirai pas la suite.", "Il en faudrait plus", "", "… et voilà !", "Plus jamais."]
)
def test_a_whole_text_is_none(text):
    assert not is_excerpt(text)
