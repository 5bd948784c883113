import pytest

from enrichment.analysers.stance import ResultText, rating_in, stances
from enrichment.lexicons import patterns


def read(title=None, snippet=None, domain=None):
    return stances([ResultText(title=title, snippet=snippet, domain=domain)])[0]


def test_the_sides_are_told_apart():
    assert (
        read("Le meilleur pain de la ville", "Notre coup de cœur, une adresse exceptionnelle.").label
        == "favourable"
    )
    assert read("La marque condamnée pour fraude", "Une arnaque dénoncée par ses clients.").label == "hostile"
    assert (
        read("Magasin de Lyon : horaires, adresse, téléphone", "Ouvert du lundi au samedi.").label
        == "neutral"
    )


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("4,7/5 - 812 avis", 4.7),
        ("note : 1.9 sur 5", 1.9),
        ("★★★★★ 4,8", 4.8),
        ("96 % de clients satisfaits", 4.8),
        ("24/56", None),
        ("", None),
    ],
)
def test_ratings_written_in_a_result(text, rating):
    assert rating_in(text) == rating


def test_a_rating_weighs():
    assert read("Avis", "4,8/5").label == "favourable"
    assert read("Avis", "1,4/5").label == "hostile"
    assert read("Avis", "3,1/5").label == "neutral"


def test_chances_are_chances_and_do_not_depend_on_neighbours():
    texts = [
        ResultText(title="Super !"),
        ResultText(snippet="Nul"),
        ResultText(),
        ResultText(title="x" * 100_000, domain="a.example"),
    ]
    found = stances(texts)
    assert found == [stances([each])[0] for each in texts]
    assert found[2] is None
    for each in found:
        if each is not None:
            assert 0 <= each.p_favourable + each.p_hostile <= 1
            assert 0 < each.probability <= 1


@pytest.mark.parametrize(
    "entry", patterns.lexicon("stance"), ids=lambda each: f"{each.what}-{each.language}-{each.pattern[:25]}"
)
def test_every_entry_is_found_in_its_example(entry):
    assert entry in [found.entry for found in patterns.find("stance", entry.example)]
