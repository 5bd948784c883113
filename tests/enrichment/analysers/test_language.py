from importlib.resources import files

from enrichment.analysers.language import LANGUAGES, LanguageAnalyser, identify
from enrichment.base import Subject
from enrichment.lexicons.words import words


def test_a_sentence_is_identified():
    assert identify("La livraison a été très rapide, merci.").code == "fr"
    assert identify("The delivery was very quick, thank you.").code == "en"


def test_what_no_language_owns_is_undetermined():
    assert identify("zzz").code == "und"


def test_a_text_without_letters_has_no_language():
    assert identify("10/10 👍") is None
    assert identify("") is None


def test_the_stated_language_settles_short_texts_but_not_long_ones():
    assert identify("Opinion").code == "und"
    assert identify("Opinion", stated="en-GB").code == "en"
    assert identify("Opinion", stated="fr_FR").code == "fr"
    assert identify("The delivery was very quick, thank you so much for that.", stated="fr").code == "en"
    assert identify("Opinion", stated="xx") == identify("Opinion")


def test_capitals_and_titles_are_read():
    assert identify("JE SUIS SATISFAITE DES DÉLAIS, jE RECOMMANDE").code == "fr"
    found = LanguageAnalyser().analyse([Subject(text="ok", title="La meilleure boutique de la ville")])
    assert found[0]["language"].code == "fr"


def test_broken_text_is_read():
    assert identify("\ud800 la livraison était rapide et soignée").code == "fr"


def test_each_telling_word_is_one_word_of_one_language():
    listed = (
        files("enrichment").joinpath("lexicons/language_words.txt").read_text(encoding="utf-8").splitlines()
    )
    entries = [
        (line.partition(":")[0], word)
        for line in listed
        if not line.startswith("#")
        for word in line.partition(":")[2].split()
    ]
    assert all(words(word) == [word] for _, word in entries)
    assert len({word for _, word in entries}) == len(entries)
    assert {language for language, _ in entries} <= set(LANGUAGES)
