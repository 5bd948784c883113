"""Other people's words made safe and short for a page: hidden characters, masks, very long words, cuts.

It works on plain text only and cannot see markup: escaping is the template engine's work, wrapping the text
twin's.
"""

import re
import unicodedata

from ouidire.text.typography import NARROW, WIDE

# Control characters, zero-width joiners that hide words, and the bidirectional overrides and isolates that
# can make a quotation reorder the page around it (Unicode Technical Report 36, §2.5). U+200D stays: it joins
# emoji.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_BLANKS = re.compile(r"[ \t\n\u00a0\u202f\u2000-\u200a\u3000]+")
_BREAKABLE = re.compile(r"[^\S\u00a0\u202f]+")
_LONG_WORD = re.compile(r"\S{41,}")
_LONG_WORD_PIECE = 40
# More than two combining marks on one letter is no writing system's habit that we read: it is "zalgo" text.
_STACKED = re.compile(r"([\u0300-\u036f]{2})[\u0300-\u036f]+")


def harmless(text: str) -> str:
    """Return text without characters that break or reorder a page; blanks and zero-width spaces stay."""
    return _HIDDEN.sub(lambda found: found[0] if found[0] == "\u200b" else "", text)


MASK = "█"
"""What masking leaves of a personal datum's every character (`enrichment.privacy`)."""
_MASKED = re.compile(rf"{MASK}(?:[\s{MASK}]*{MASK})?")


def tame(text: str) -> str:
    """Return someone's words on one line, without control, invisible or bidirectional characters.

    A masked stretch becomes « […] », as any omission in a quotation.
    """
    text = (
        unicodedata.normalize("NFC", text)
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n")
    )
    text = _STACKED.sub(r"\1", _HIDDEN.sub("", text))
    return _BLANKS.sub(" ", _MASKED.sub("[…]", text)).strip()


def one_line(text: str) -> str:
    """Return text on one line, its blanks single ones; spaces that do not break stay what they are."""
    return _BREAKABLE.sub(" ", text).strip(" ")


def breakable(text: str) -> str:
    """Return text whose very long words can break: a zero-width space after every 40 characters."""
    return _LONG_WORD.sub(
        lambda found: "\u200b".join(
            found[0][at : at + _LONG_WORD_PIECE] for at in range(0, len(found[0]), _LONG_WORD_PIECE)
        ),
        text,
    )


def shortened(text: str, limit: int) -> str:
    """Return a tamed text cut to `limit` characters, with …, after a late enough sentence or a word."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    sentence = max(head.rfind(mark) for mark in (". ", "! ", "? ", "… "))
    if sentence >= limit // 2:
        return head[: sentence + 1] + " …"
    word = head.rfind(" ")
    return (head[:word] if word >= limit // 2 else head).rstrip(f" {WIDE}{NARROW},;:-–—(«") + "…"
