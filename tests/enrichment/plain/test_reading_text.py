import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.plain.edits import PlainText, edited
from enrichment.plain.reading_text import plain_text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("COLIS JAMAIS REÇU", "Colis jamais reçu"),
        ("COLIS JAMAIS RECU !!! HONTEUX", "Colis jamais reçu ! Honteux"),
        ("j ai ete decu par l accueil", "j'ai été déçu par l'accueil"),
        ("on a commande, ma commande est la", "on a commandé, ma commande est la"),
        (
            "c nul, jai appele 3 fois pk personne repond",
            "c'est nul, j'ai appelé 3 fois pourquoi personne répond",
        ),
        ("l&#39;accueil est tr&amp;egrave;s bien<br/>ici", "l'accueil est très bien\nici"),
        ("co\u200blis ja\u00admais re\u2060c\u0327u", "colis jamais reçu"),
        ("ＮＵＬ 𝐝𝐞𝐜𝐞𝐯𝐚𝐧𝐭", "Nul décevant"),
        ("l’hôtel est nuuuul 😡😡😡", "l'hôtel est nul 😡"),
        ("I HATE THIS, I'VE WAITED 3 WEEKS", "I hate this, I've waited 3 weeks"),
        ("u r great thx", "you are great thanks"),
    ],
)
def test_what_carries_no_meaning_is_taken_out(written, read):
    assert plain_text(written).text == read


@pytest.mark.parametrize(
    "text",
    [
        "Le SAV de BRICOMAX, à la FNAC et chez IKEA, répond en 48 h.",
        "Great coffee, the employees were nice; the process took a week at the committee.",
        "Vol LHR-SFO-LHR, siège 12B, avec Air France.",
        "Zelle und Pässe waren sehr gut, die Straße auch.",
        "Heel goed, ik kan niet klagen over de baas.",
        "Elle commande un thé, on paye et on recommande.",
        "👩‍🔧 très bien ❤️",
    ],
)
def test_an_ordinary_text_stays_as_it_is(text):
    assert plain_text(text) == PlainText(text)


def test_a_single_word_in_capitals_keeps_its_meaning_and_a_name_its_capitals():
    assert plain_text("Je n'ai JAMAIS vu ça chez BRICOMAX.").text == "Je n'ai jamais vu ça chez BRICOMAX."


def test_places_lead_back_to_the_text_as_written():
    written = "Tr&egrave;s d\u200bec\u00adu, pk ?"
    plain = plain_text(written)
    assert plain.text == "Très déçu, pourquoi ?"
    start = plain.text.index("déçu")
    assert written[slice(*plain.place(start, start + 4))] == "d\u200bec\u00adu"
    start = plain.text.index("pourquoi")
    assert written[slice(*plain.place(start, start + 8))] == "pk"
    part = plain.part(written.index("d\u200b"), len(written))
    assert part.text == "déçu, pourquoi ?"
    assert part.place(0, 4) == (0, 6)


@given(st.text(alphabet="aàeéTRES très!?.'’&;#39<>br \n\u200b\u0301cçdDuU\u00ad😡", max_size=60))
def test_places_rise_from_the_first_to_the_last_and_reading_again_changes_little(text):
    plain = plain_text(text)
    if plain.starts is None:
        assert plain.text == text
        return
    assert len(plain.starts) == len(plain.text) + 1
    assert list(plain.starts) == sorted(plain.starts)
    assert plain.starts[-1] == len(text)


def test_edits_map_characters_beyond_what_they_replace_to_its_last():
    plain = edited(PlainText("a pk b"), [(2, 4, "pour")])
    assert plain == ("a pour b", (0, 1, 2, 3, 3, 3, 4, 5, 6))
    assert edited(plain, []) is plain
