import pytest

from enrichment.privacy import MARK, mask


def test_every_character_but_blanks_is_masked_and_kinds_are_named():
    text = "Écrivez à a.b@exemple.fr ou appelez le 06 39 98 12 34."
    masked, kinds = mask(text)
    assert masked == "Écrivez à ██████████████ ou appelez le ██ ██ ██ ██ ██."
    assert kinds == ("email", "phone")
    assert len(masked) == len(text)


def test_a_clean_text_is_returned_as_it_is():
    text = "Très bien, 5/5, 24h/24, 12,50 €, le 12/05/2023."
    assert mask(text) == (text, ())


@pytest.mark.parametrize("text", ["", " ", "\ud800", "\x00", "€" * 10, "@", "n°"])
def test_odd_texts_pass(text):
    assert mask(text) == (text, ())


def test_a_card_is_masked_only_if_its_check_digit_is_right():
    assert mask("carte 4111 1111 1111 1111")[1] == ("card",)
    assert mask("carte 4111 1111 1111 1112")[1] == ()


def test_an_iban_is_masked_only_if_its_check_digits_are_right_or_it_is_called_so():
    assert mask("virement FR7630006000011234567890189")[1] == ("iban",)
    assert mask("code FR0030006000011234567890189")[1] == ()
    assert mask("IBAN FR0030006000011234567890189")[1] == ("iban",)


@pytest.mark.parametrize(
    "number",
    [
        "+33 612 345 678",
        "+352 621 123 456",
        "+33 6 12 34 56 78",
        "+32 470 12 34 56",
        "+49 170 1234567",
        "+221 771 234 567",
    ],
)
def test_a_foreign_number_is_masked(number):
    assert mask(f"Appelez le {number} svp")[1] == ("phone",)


@pytest.mark.parametrize("amount", ["+250 000", "+1 250 000", "+12 345 678", "+1 250 000 000"])
def test_an_amount_is_no_telephone_number(amount):
    assert mask(f"{amount} vues en un mois") == (f"{amount} vues en un mois", ())


def test_a_link_keeps_its_host():
    assert mask("https://a.example/x?token=abcdef")[0] == "https://a.example" + MARK * 15
    assert mask("https://user:secret@a.example/")[0] == "https://███████████@a.example/"


def test_names_of_staff_are_masked_on_demand_only():
    text = "Merci à Julie et grâce à Mme Martin, à Lyon avec Plaisir."
    assert mask(text) == (text, ())
    assert mask(text, mask_names=True) == (
        "Merci à █████ et grâce à Mme ██████, à Lyon avec Plaisir.",
        ("name",),
    )


def test_a_dictionary_of_decoys_costs_little():
    hostile = [
        "0" * 200_000,
        "0 " * 100_000,
        "a@" * 100_000,
        "12 rue de la " * 20_000,
        "commande n° " * 20_000,
        "https://" * 30_000,
        "A1" * 100_000,
    ]
    for text in hostile:
        assert len(mask(text, mask_names=True)[0]) == len(text)
