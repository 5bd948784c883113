"""Labels of themes: phrases that people wrote."""

from enrichment.themes.labels import label_of

REFUSED = [
    "Ma carte cadeau a été refusée à la caisse.",
    "Carte cadeau refusée, quelle honte !",
    "Impossible d'utiliser la carte cadeau de mon fils.",
    "On m'a pris la carte cadeau sans la débiter",
]
OTHERS = ["Livraison rapide.", "Le vendeur était charmant.", "Un peu cher.", "Rien à dire à la caisse."] * 5


def test_a_label_is_a_phrase_of_several_sentences_that_others_lack():
    assert label_of(REFUSED, OTHERS) == "carte cadeau"


def test_it_is_written_as_people_write_it():
    texts = ["La Carte Cadeau est nulle", "Carte Cadeau refusée", "une Carte Cadeau périmée"]
    assert label_of(texts, OTHERS) == "Carte Cadeau"


def test_words_of_two_sentences_name_nothing():
    assert label_of(REFUSED[:2], OTHERS) is None
    assert label_of([], OTHERS) is None


def test_what_is_masked_is_in_no_label():
    texts = [f"Parlé avec ████ ████ du rayon {each}" for each in ("bois", "bio", "pain")]
    found = label_of(texts, OTHERS)
    assert found is not None
    assert "█" not in found


def test_a_phrase_does_not_go_over_a_stop():
    texts = ["Retard. Colis perdu", "Gros retard. Colis ouvert", "Un retard. Colis vide"]
    assert label_of(texts, OTHERS) in {"Retard", "retard", "Colis"}
