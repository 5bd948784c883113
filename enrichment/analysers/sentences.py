"""Splits a text into sentences, French first.

Offsets are code points; every non-blank character is in exactly one sentence. Ends are . ! ? … and their
runs, line breaks before a bullet or between lines, emoji followed by a capital. Not ends: abbreviations (M.,
etc. before a lower-case letter), initials, decimals, times, URLs, an ellipsis that goes on in lower case. A
missing space ("super.Je") still ends a sentence. It cannot see that a semicolon or "mais" joins two opinions.
"""

import re
from collections.abc import Sequence
from typing import Any

from enrichment.base import Analyser, Subject
from ouidire.annotations import Sentence

_ABBREVIATIONS = (
    "m mm mr mrs mme mmes mlle dr pr st ste av bd bld blvd rte ch pl tel tél p pp ex env cf vs no art réf "
    "ref fig vol max min approx dept hab éd ed ms prof sr jr inc ltd co corp jan janv fév févr oct nov "
    "déc sept juil mon tue wed thu fri"
)
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
"""Words after which a full stop ends nothing."""
SOFT_ABBREVIATIONS = frozenset(
    ("etc", "svp", "s.v.p", "stp", "i.e", "e.g", "a.m", "p.m", "h", "mn", "kg", "km")
)
"""Words after which a full stop ends a sentence only before a capital."""

_EMOJI = "\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d\u2b50\u2764"
_CLOSERS = r"[)\]»”\"'’]{0,3}"
_BREAK = re.compile(
    rf"(?P<mark>[.!?…]{{1,200}}\s?(?=[!?])[!?]{{1,200}}|[.!?…]{{1,200}})(?P<close>(?:\s?»|{_CLOSERS})[{_EMOJI}]{{0,50}})"
    rf"|(?P<line>[ \t\u00a0]{{0,20}}(?:\r?\n[ \t\u00a0\r]{{0,20}}){{1,20}})"
    rf"|(?P<emoji>(?<![{_EMOJI}])[{_EMOJI}]{{1,50}})(?=\s{{1,3}}[A-ZÀ-ÖØ-Þ])"
)
_BULLET = re.compile(r"(?<!\s)\s*+(?:[-–—•*·►✓✔➡]|\d{1,2}[.)])\s")
_LAST_WORD = re.compile(r"[^\W_](?:[\w.]{0,20}[^\W_])?$")
_URL_BEFORE = re.compile(r"(?:https?://|www\.)\S{0,300}$|@[\w-]{1,60}$")
_DOMAIN_AFTER = re.compile(r"(?:fr|com|net|org|eu|be|ch|ca|io|co|uk|de|info|biz|tv|app|shop|gouv)\b")
_LOOK_BACK = 320


def split(text: str) -> list[tuple[int, int]]:
    """Return the spans (start, end) of the sentences, in order, without overlap nor blanks around them."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        end = match.end()
        if match["mark"] and not _ends(text, match):
            continue
        if match["line"] and not _line_ends(text, start, match):
            continue
        _add(spans, text, start, end)
        start = end
    _add(spans, text, start, len(text))
    return spans


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    """Keep a stretch as a sentence; one without a letter or digit goes to the sentence before."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return
    if spans and not any(char.isalnum() for char in text[start:end]):
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))


def _ends(text: str, match: re.Match[str]) -> bool:
    """Say whether a run of final punctuation ends a sentence."""
    end = match.end()
    after = text[end : end + 1]
    following = text[end : end + 40].lstrip()[:1]
    if not following:
        return True
    if "!" in match["mark"] or "?" in match["mark"]:
        if after.isalnum() and _URL_BEFORE.search(text[max(0, match.start() - _LOOK_BACK) : match.start()]):
            return False
        # « Revenez ! » dit-il; cher (trop !) pour moi: the sentence goes on after what closes
        return not (following.islower() and any(char in ')»"”' for char in match["close"]))
    dots = len(match["mark"]) > 1 or "…" in match["mark"]
    if dots:
        return not following.islower() and not (after.isdigit() and not after.isspace())
    return _full_stop_ends(text, match.start(), end, following=following)


def _full_stop_ends(text: str, start: int, end: int, *, following: str) -> bool:
    """Say whether a single full stop ends a sentence."""
    before = text[max(0, start - _LOOK_BACK) : start]
    after = text[end : end + 1]
    decimal = before[-1:].isdigit() and after.isdigit()
    if decimal or (not after.isspace() and (_URL_BEFORE.search(before) or _DOMAIN_AFTER.match(text, end))):
        return False
    last = _LAST_WORD.search(before[-24:])
    word = last[0].casefold() if last else ""
    initial = len(word) == 1 and before[-1:].isupper()
    if word in ABBREVIATIONS or initial:
        return False
    if word in SOFT_ABBREVIATIONS:
        return following.isupper()
    if not after.isspace():
        return after.isupper() or not after.isalnum()
    # "1. Accueil" numbers a list: the number belongs to what follows
    return not (word.isdigit() and len(word) <= 2 and before[: -len(word)].rstrip(" \t")[-1:] in {"", "\n"})  # noqa: PLR2004


def _line_ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Say whether a line break ends a sentence: always, unless the line was cut in the middle of one."""
    rest = text[match.end() : match.end() + 12]
    if _BULLET.match(rest) or match["line"].count("\n") > 1:
        return True
    before = text[start : match.start()].rstrip()
    return not (rest[:1].islower() and before[-1:] not in {"", ".", "!", "?", "…", ":"})


class SentenceSplitter(Analyser):
    """Fills `sentences` with offsets into the text (the title has none)."""

    name = "sentences"
    version = 1
    requires: tuple[str, ...] = ()
    fills: tuple[str, ...] = ("sentences",)

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Split each text."""
        return [
            {"sentences": tuple(Sentence(start=start, end=end) for start, end in split(subject.text))}
            for subject in batch
        ]
