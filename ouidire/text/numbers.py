"""Numbers and percentages as a language writes them, by Babel."""

from babel import Locale
from babel.numbers import format_decimal, format_percent

from ouidire.text.typography import NARROW

MINUS = "\u2212"
"""The true minus sign."""


def number(value: float, locale: Locale, *, digits: int = 0, signed: bool = False) -> str:
    """Return a number with `digits` decimals and its thousands grouped.

    With `signed`, + stands before those above 0. A true minus sign, never −0.
    """
    rounded = round(value, digits) + 0.0
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return _sign(rounded, signed=signed) + str(format_decimal(abs(rounded), format=pattern, locale=locale))


def percent(ratio: float, locale: Locale, *, digits: int = 0, signed: bool = False) -> str:
    """Return a ratio (1 is 100 %) as a percentage with `digits` decimals; its sign as `number` writes it."""
    rounded = round(ratio, digits + 2) + 0.0
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
    text = str(format_percent(abs(rounded), format=pattern, locale=locale))
    if locale.language == "fr":
        text = text.replace("%", f"{NARROW}%")
    return _sign(rounded, signed=signed) + text


def _sign(value: float, *, signed: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""
