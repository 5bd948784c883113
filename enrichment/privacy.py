"""Masking of personal data: each character of it becomes "█", blanks stay, so that every offset still holds.

Masked: e-mail addresses, telephone numbers, postal addresses with a street and a number, IBAN, cards (Luhn),
account numbers, order, file, customer and parcel numbers, personal parts of URLs; people's names only on
demand. It reads patterns, not meaning: it cannot see an address without a number, a name nobody introduces,
nor a number without the words or the shape that give it away. Prices, dates, quantities, model numbers and
towns are left alone. Check digits are verified by python-stdnum, which is imported at the first candidate.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Literal

from enrichment.plain.capitals import as_names
from enrichment.plain.characters import visible
from enrichment.privacy_patterns import (
    ACCOUNT,
    ADDRESSES,
    CARD,
    EMAIL,
    ENGLISH_ADDRESS_IN_CAPITALS,
    HONORIFIC,
    IBAN,
    INTRODUCED,
    KEYED_PHONE,
    ORDER,
    PERSONAL_PARAMETER,
    PHONES,
    RANDOM_SEGMENT,
    TRACKING_NUMBERS,
    UNIT_AFTER,
    URL,
)

VERSION = 3
MARK = "█"
"""U+2588, one code point; no letter, so that searches and models see a gap and not a word."""

MaskedKind = Literal["email", "phone", "address", "iban", "card", "account", "order", "url", "name"]
Spans = Iterator[tuple[int, int]]

_HIDDEN = re.compile("█+")
_AT = re.compile(r"@|arobase|[\[(]at[\])]", re.IGNORECASE)
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_NO_REFERENCE = re.compile(
    r"\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2,4})?|\d{4}[-/]\d{1,2}(?:[-/]\d{1,2})?|\d{1,2}h\d{0,2}|(?<!\d)\d++(?:€|euros?|eur|f?cfa|dhs?|jours?|j|mois|kg|go|gb)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"[0-9]")
_GLUED_DATE = re.compile(r"(?<!\D)\D++\d{1,2}/\d{1,2}/\d{2,4}")
# "+250 000", "+1 250 000 000"; three groups that end in no 000 are a telephone number ("+33 612 345 678")
_THOUSANDS = re.compile(r"\+\d{1,3}(?:(?:[ .]\d{3}){1,2}|(?:[ .]\d{3}){2,3}[ .]000)")
_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}")
_MIN_PHONE_DIGITS, _MAX_PHONE_DIGITS = 8, 15
_MIN_PLAIN_DIGITS, _MIN_MARKED_DIGITS = 5, 3
_YEARS = range(1900, 2100)


def mask(text: str, *, mask_names: bool = False) -> tuple[str, tuple[MaskedKind, ...]]:
    """Return the text with its personal data masked, and the sorted kinds of what was.

    Data that is written with invisible characters or HTML entities is found as its reader sees it. The result
    has as many code points as the text; masking it again changes nothing. Time is linear in its length.
    """
    seen = visible(text)
    found, kinds = _mask_visible(seen.text, mask_names=mask_names)
    if seen.starts is None or not kinds:
        return (found, kinds) if seen.starts is None else (text, kinds)
    parts, done = [], 0
    for run in _HIDDEN.finditer(found):
        start, end = seen.place(run.start(), run.end())
        parts += [text[done:start], "".join(char if char.isspace() else MARK for char in text[start:end])]
        done = end
    return "".join(parts) + text[done:], kinds


def _mask_visible(text: str, *, mask_names: bool) -> tuple[str, tuple[MaskedKind, ...]]:
    kinds: set[MaskedKind] = set()
    digits = _digits(text)
    if _LINK.search(text):
        text = _masked(text, "url", _urls, kinds)
    if _AT.search(text):
        text = _masked(text, "email", _emails, kinds)
    for kind, find, needed in _FINDERS:
        if digits >= needed:
            text = _masked(text, kind, find, kinds)
    if mask_names:
        text = _masked(text, "name", _names, kinds)
    return text, tuple(sorted(kinds))


def _masked(text: str, kind: MaskedKind, find: Callable[[str], Spans], kinds: set[MaskedKind]) -> str:
    """Mask what one finder finds, span after span from the left."""
    parts: list[str] = []
    done = 0
    for start, end in find(text):
        if start < done:
            continue
        parts += [text[done:start], "".join(char if char.isspace() else MARK for char in text[start:end])]
        done = end
        kinds.add(kind)
    return "".join(parts) + text[done:] if parts else text


def _emails(text: str) -> Spans:
    return (match.span() for match in EMAIL.finditer(text))


def _urls(text: str) -> Spans:
    """Yield, in URLs, what follows the host, where it carries a token, a name or a number of one's own."""
    for match in URL.finditer(text):
        tail = match["tail"] or ""
        if match["user"]:
            yield match.span("user")
        if PERSONAL_PARAMETER.search(tail) or any(
            _is_random(segment[0]) for segment in RANDOM_SEGMENT.finditer(tail)
        ):
            yield match.span("tail")


def _is_random(segment: str) -> bool:
    """Whether a segment is a token and no words: digits scattered among letters, as in `a8Fk29x…`."""
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(segment))
    return changes >= 4  # noqa: PLR2004 ("avis-2024-lyon" changes twice; 20 random base-36 digits change 8 times on average)


def _ibans(text: str) -> Spans:
    from stdnum.iso7064 import mod_97_10

    for match in IBAN.finditer(text):
        compact = "".join(match["iban"].split())
        if match["key"] or mod_97_10.is_valid(compact[4:] + compact[:4]):
            yield match.span("iban")


def _cards(text: str) -> Spans:
    from stdnum import luhn

    for match in CARD.finditer(text):
        digits = "".join(_DIGIT.findall(match[0]))
        if len(set(digits)) > 1 and luhn.is_valid(digits):
            yield match.span()


def _accounts(text: str) -> Spans:
    return (match.span("number") for match in ACCOUNT.finditer(text))


def _phones(text: str) -> Spans:
    found = [match.span() for pattern in PHONES for match in pattern.finditer(text) if _is_phone(match[0])]
    found += [
        match.span("number")
        for match in KEYED_PHONE.finditer(text)
        if _is_phone(match["number"]) and not _DATE.match(match["number"])
    ]
    return _ordered(found)


def _ordered(spans: list[tuple[int, int]]) -> Spans:
    """Order spans by start, the longest first where two start together."""
    return iter(sorted(spans, key=lambda span: (span[0], -span[1])))


def _digits(text: str) -> int:
    return len(_DIGIT.findall(text))


def _is_phone(text: str) -> bool:
    return _MIN_PHONE_DIGITS <= _digits(text) <= _MAX_PHONE_DIGITS and not _THOUSANDS.fullmatch(text)


def _addresses(text: str) -> Spans:
    found = [match.span() for match in ENGLISH_ADDRESS_IN_CAPITALS.finditer(text)]
    quiet = as_names(text)
    return _ordered(found + [match.span() for pattern in ADDRESSES for match in pattern.finditer(quiet)])


def _orders(text: str) -> Spans:
    found = [match.span() for match in TRACKING_NUMBERS.finditer(text)]
    found += [
        match.span("number")
        for match in ORDER.finditer(text)
        if not UNIT_AFTER.match(text, match.end("number"))
        and _is_reference(match["number"], marked=bool(match["marker"]))
    ]
    return _ordered(found)


def _is_reference(number: str, *, marked: bool) -> bool:
    """Whether a number is a reference, and no quantity, year, date or version."""
    if _NO_REFERENCE.fullmatch(number) or _GLUED_DATE.fullmatch(number):
        return False
    if number.isdigit() and int(number) in _YEARS and not marked:
        return False
    mixed = len(number) > _MIN_PLAIN_DIGITS and any(char.isalpha() for char in number)
    return _digits(number) >= (_MIN_MARKED_DIGITS if marked or mixed else _MIN_PLAIN_DIGITS)


@cache
def _first_names() -> frozenset[str]:
    listed = resources.files("enrichment").joinpath("lexicons/first_names.txt").read_text(encoding="utf-8")
    return frozenset(
        line.strip().casefold() for line in listed.splitlines() if line.strip() and not line.startswith("#")
    )


def _names(text: str) -> Spans:
    """Yield names after a title (Mme, Mr), and listed first names after words such as « merci à »."""
    text = as_names(text, names=_first_names())
    found = [match.span("name") for match in HONORIFIC.finditer(text)]
    found += [
        match.span("name")
        for match in INTRODUCED.finditer(text)
        if match["first"].casefold() in _first_names()
    ]
    return _ordered(found)


_FINDERS: tuple[tuple[MaskedKind, Callable[[str], Spans], int], ...] = (
    ("iban", _ibans, 10),
    ("account", _accounts, 5),
    ("order", _orders, 3),
    ("card", _cards, 13),
    ("phone", _phones, 8),
    ("address", _addresses, 1),
)
"""In this order: an IBAN holds what looks like a card, an order number what looks like a telephone number.

Each with the digits that a text must hold for it, since most texts hold few and need no search.
"""
