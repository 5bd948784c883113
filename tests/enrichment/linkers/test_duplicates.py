from enrichment.base import LinkSubject
from enrichment.linkers.duplicates import DuplicateLinker
from enrichment.linkers.shingles import shingled

TEXT = (
    "Livraison très rapide, le vendeur est à l'écoute et le produit correspond parfaitement "
    "à la description du site."
)


def subject(name, text=TEXT, at="2026-01-01T00:00:00Z"):
    return LinkSubject(id=name, source_key="s:e", at=at, text=text)


def links(*subjects):
    return {key: found.duplicate_of for key, found in DuplicateLinker().link(shingled(subjects)).items()}


def test_the_oldest_is_the_original_whatever_the_order():
    window = [subject("c", at="2026-03-01"), subject("a", at="2026-02-01"), subject("b", at="2026-01-01")]
    assert links(*window) == links(*window[::-1]) == {"a": "b", "c": "b"}


def test_case_punctuation_and_one_word_more_do_not_matter():
    assert links(subject("a"), subject("b", TEXT.upper().replace(",", " !") + " Merci")) == {"b": "a"}


def test_a_different_text_is_not_a_duplicate():
    other = (
        "Livraison très lente, le vendeur est injoignable et le produit ne correspond pas du tout "
        "à la description du site."
    )
    assert links(subject("a"), subject("b", other)) == {}


def test_a_short_text_repeated_means_nothing():
    assert links(subject("a", "Très bien, je recommande"), subject("b", "Très bien, je recommande")) == {}


def test_a_flood_of_copies_has_one_original():
    found = links(*[subject(f"{number:05}") for number in range(2_000)])
    assert set(found.values()) == {"00000"}
    assert len(found) == 1_999


def test_an_empty_window_and_the_similarity():
    assert DuplicateLinker().link(shingled([])) == {}
    assert DuplicateLinker().link(shingled([subject("a"), subject("b")]))["b"].similarity == 1
