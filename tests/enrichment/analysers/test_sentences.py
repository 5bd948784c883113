from enrichment.analysers.sentences import split


def parts(text):
    return [text[start:end] for start, end in split(text)]


def test_blanks_have_no_sentence():
    assert split("") == split(" \n\t ") == []


def test_a_text_of_marks_is_one_sentence():
    assert parts("...") == ["..."]
    assert parts("😀😀") == ["😀😀"]


def test_stray_marks_join_the_sentence_before():
    assert parts("Merci. !!! Top.") == ["Merci. !!!", "Top."]


def test_an_abbreviation_ends_nothing():
    assert parts("M. Durand et Mme. Petit sont là.") == ["M. Durand et Mme. Petit sont là."]


def test_addresses_and_decimals_are_whole():
    assert parts("Voir https://a.example/x.html?b=1.2 pour 12.50 euros") == [
        "Voir https://a.example/x.html?b=1.2 pour 12.50 euros"
    ]


def test_a_missing_space_still_ends_a_sentence():
    assert parts("C'est super.Je reviendrai!Merci") == ["C'est super.", "Je reviendrai!", "Merci"]


def test_lines_are_sentences_unless_cut_in_the_middle_of_one():
    assert parts("Accueil : 5/5\nPrix : 2/5") == ["Accueil : 5/5", "Prix : 2/5"]
    assert parts("Le service\nest lent") == ["Le service\nest lent"]


def test_a_flood_of_marks_ends_quickly():
    for flood in (
        "." * 300_000,
        "!? " * 100_000,
        "a.b" * 100_000,
        "\n" * 300_000,
        "😀" * 100_000,
        "M. " * 100_000,
    ):
        assert [end for _, end in split(flood)][-1:] == [len(flood.rstrip())] * bool(flood.strip())
