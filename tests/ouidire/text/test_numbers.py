"""Numbers as French and English write them."""

from babel import Locale

from ouidire.text.numbers import number, percent

FR, EN = Locale("fr"), Locale("en", "GB")


def test_numbers():
    assert number(12345.6, FR, digits=1) == "12\u202f345,6"
    assert number(12345.6, EN, digits=1) == "12,345.6"
    assert number(-34, FR, signed=True) == "−34"
    assert number(34, FR, signed=True) == "+34"
    assert number(-0.001, FR, digits=2, signed=True) == "0,00"


def test_percentages():
    assert percent(0.1234, FR, digits=1) == "12,3\u202f%"
    assert percent(0.1234, EN) == "12%"
    assert percent(-0.05, FR) == "−5\u202f%"
