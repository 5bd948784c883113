"""Bytes to text: what is declared, what is not, and what is declared wrongly."""

import pytest

from ouidire.text.charset import decode

FRENCH = "Déçu de l’accueil : « déjà vu », 12 € pour rien, cœur brisé à Noël."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_undeclared_french_is_read_in_any_of_the_usual_encodings(encoding):
    assert decode(FRENCH.encode(encoding)) == FRENCH


def test_latin_1_french_without_a_declaration_is_not_taken_for_baltic():
    assert decode("Très déçu, déjà vu à l'été".encode("latin-1")) == "Très déçu, déjà vu à l'été"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Очень плохое обслуживание, не рекомендую никому. " * 8),
        ("cp1253", "Πολύ κακή εξυπηρέτηση, δεν το συνιστώ. " * 8),
    ],
)
def test_other_scripts_are_still_guessed(encoding, text):
    assert decode(text.encode(encoding)) == text


def test_a_declaration_is_believed_unless_the_bytes_are_utf_8():
    assert (
        decode("prix : 5 ¤".encode("latin-1"), content_type="text/html; charset=iso-8859-15") == "prix : 5 €"
    )
    assert decode("déjà".encode(), content_type="text/html; charset=iso-8859-1") == "déjà"


def test_nothing_is_ever_raised():
    assert decode(b"\xff\xfe\xfd\x00\x81") != ""
    assert decode(b"") == ""
