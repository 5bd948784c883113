"""The tokeniser and the stemmer: what is one word, where it stands, and which forms are the same."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouidire.text.words import BOUNDARY, WORD_LIMIT, Located, indexed, stem, stems, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L'agence n'est pas à l’écoute", ["agence", "est", "pas", "a", "ecoute"]),
        ("jusqu'à lorsqu'il qu'on d'aujourd'hui", ["a", "il", "on", "aujourdhui"]),
        ("quelqu'un aujourd’hui prud'homme", ["quelquun", "aujourdhui", "prudhomme"]),
        ("l' agence, 'citée'", ["agence", "citee"]),
        (
            "I don't, can't, won't; it's the agency's",
            ["i", "do", "not", "can", "not", "will", "not", "it", "the", "agency"],
        ),
        ("Cœur Œuvre ÆGIR Straße Łódź", ["coeur", "oeuvre", "aegir", "strasse", "lodz"]),
        ("re\u0301sume\u0301 livrai\u00adson", ["resume", "livraison"]),
        ("ＦＵＬＬ ﬁn ½ ①", ["full", "fin", "1", "2", "1"]),
        ("10/10 3,5€ 24h/24", ["10", "10", "3", "5", "24h", "24"]),
        ("porte-monnaie C&A snake_case", ["porte", "monnaie", "c", "a", "snake", "case"]),
        ("👍🏽 😡😡 🇫🇷 ❤️ 5★", ["👍", "😡", "😡", "🇫🇷", "❤", "5", "★"]),
        ("配送が 배송", ["配", "送", "か", "배", "송"]),
        ("हिन्दी", ["हिनदी"]),
        ("¶ … !!! \x00 (", []),
        ("", []),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    "family",
    [
        "livré livrée livrés livrées livrer livrez livree LIVREES",
        "acheté achète achetée acheter achete",
        "content contente contents contentes",
        "déçu déçue déçus déçues decu",
        "nul nulle nuls nulles",
        "cher chère chers chères",
        "préféré préfère préférer",
        "cheval chevaux",
        "remboursé remboursement rembourser",
        "aucun aucune",
        "journée journées",
    ],
)
def test_one_stem_for_a_french_family_with_or_without_accents(family):
    assert len({stem(word, "fr") for word in words(family)}) == 1


@pytest.mark.parametrize(
    "family", ["delivery deliveries", "refund refunds refunded", "disappointed disappoint disappointing"]
)
def test_one_stem_for_an_english_family(family):
    assert len({stem(word, "en") for word in words(family)}) == 1


@pytest.mark.parametrize("word", ["pas", "jamais", "rien", "plus", "not", "never", "sans", "non"])
@pytest.mark.parametrize("language", ["fr", "en", "und"])
def test_negations_are_never_cut(word, language):
    assert stem(word, language) == word


@pytest.mark.parametrize("text", ["bus avis mais cas", "pas plus dos"])
def test_short_words_keep_their_s(text):
    assert "".join(stems(text, "fr").split())[-1] == "s"


def test_unknown_languages_are_stemmed_as_french():
    assert (
        stems("livraisons rapides", "und")
        == stems("livraisons rapides", "ca")
        == stems("livraisons rapides", "fr")
    )


def test_a_run_of_letters_is_found_by_its_beginning():
    assert words("a" * 100_000) == ["a" * WORD_LIMIT]


def test_fields_are_kept_apart():
    found = indexed("fr", "Très bien", None, "", "Livraison")
    assert found.words == f"tres bien {BOUNDARY} livraison"
    assert len(found.stems.split()) == len(found.words.split())
    assert indexed("fr", None, "!!!") == ("", "")


@given(st.text(max_size=200))
def test_places_lie_in_the_text_and_in_order(text):
    located = Located(text)
    assert located.words == words(text)
    found = [located[number] for number in range(len(located.words))]
    assert [each.text for each in found] == located.words
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(before.start <= after.start for before, after in itertools.pairwise(found))


@given(st.text(max_size=200))
def test_folding_is_stable_and_leaves_no_blank_nor_ascii_punctuation(text):
    for word in words(text):
        assert word == word.strip()
        assert not any(
            each.isspace() or (each.isascii() and not each.isalnum()) or each in BOUNDARY for each in word
        )


@given(
    st.text(
        alphabet=st.characters(categories=["Ll", "Lu", "Nd", "Zs", "Po"], max_codepoint=0x17F), max_size=100
    )
)
def test_decomposed_text_gives_the_same_words(text):
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


@given(st.text(max_size=100), st.sampled_from(["fr", "en", "und"]))
def test_as_many_stems_as_words(text, language):
    assert len(stems(text, language).split(" ")) == max(1, len(words(text)))
