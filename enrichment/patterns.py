"""Lexicons: phrases that show something, read from data files, found in a text with their place and their strength.

A lexicon is a `.tsv` in `lexicons/`, one entry a line: what it shows, its language, its strength (strong, weak), the pattern, and
an example that must match. Patterns are words, compared without case or accents: `recommand*` is a beginning of a word, `[a|b c|]` a
choice (nothing after the last bar: it may be absent), `~` up to three words of the same clause, `_` one word, `^` the beginning
of a sentence and `$` its end; what holds no letter or digit is taken as it is. An entry is not believed within four words after a
negation; one that begins with `=` is believed all the same: it holds its own negation, or does not care.
It cannot see irony, nor who speaks: that is the model's part.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

from ouidire.annotations import Span

Strength = Literal["strong", "weak"]
Language = Literal["fr", "en", "any"]
STRENGTHS: tuple[Strength, ...] = ("strong", "weak")
LANGUAGES: tuple[Language, ...] = ("fr", "en", "any")
NEGATIONS = (
    "pas|jamais|aucun|aucune|aucunement|ni|sans|rien|non|point|guere|not|never|no|nothing|cannot|without|hardly|"
    "isn|wasn|aren|weren|don|doesn|didn|won|wouldn|can|couldn|shouldn|haven|hasn"
)
_NEGATED = re.compile(rf"(?<!\w)(?:n['’]|ne (?!\w+ que )|(?:{NEGATIONS})(?!\w))(?:[^\w.,;:!?()\n]*\w+){{0,4}}[^\w.,;:!?()\n]*$")
_NOT_NEGATIONS = re.compile(
    r"(?:pas que|pas mal de|non seulement|sans doute|sans hesit\w+|rien que|not only|no doubt|can(?!\W?t)|without (?:a doubt|hesitation))"
    r"(?!\w)"
)
_LOOK_BACK = 60
_GAP = r"(?:[^\w.,;:!?()\n]+\w+){0,3}?"
_BETWEEN = r"[^\w.;:!?\n]{1,3}"
_TOKEN = re.compile(r"\[[^\]]*\]|\S+")
_FOLDED = {"’": "'", "‘": "'", "\u00a0": " ", "\u202f": " ", "œ": "œ", "æ": "æ"}


class Entry(NamedTuple):
    """One entry of a lexicon; `free` says that negation does not matter."""

    what: str
    language: Language
    strength: Strength
    pattern: str
    example: str
    free: bool
    found_by: re.Pattern[str]


class Found(NamedTuple):
    """One entry found at `start`…`end` (code points)."""

    entry: Entry
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Its place."""
        return Span(start=self.start, end=self.end)


def fold(text: str) -> str:
    """Return the text in lower case without accents, one character for one: offsets hold."""
    return "".join(_folded(char) for char in text)


@cache
def _folded(char: str) -> str:
    if char in _FOLDED:
        return _FOLDED[char]
    lowered = char.lower()
    return (unicodedata.normalize("NFKD", lowered)[:1] or char) if len(lowered) == 1 else char


@cache
def lexicon(name: str) -> tuple[Entry, ...]:
    """Read `lexicons/<name>.tsv`. Raises ValueError, naming the line, for one that is not an entry."""
    listed = resources.files("enrichment").joinpath(f"lexicons/{name}.tsv").read_text(encoding="utf-8")
    return tuple(
        entry(line, where=f"{name}.tsv, line {number}")
        for number, line in enumerate(listed.splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    )


def entry(line: str, *, where: str = "entry") -> Entry:
    """Read one line of a lexicon. Raises ValueError where it is none."""
    fields = line.split("\t")
    if len(fields) != len(Entry._fields) - 2 or not all(each.strip() for each in fields):
        raise ValueError(f"{where}: five fields between tabs are wanted (what, language, strength, pattern, example)")
    what, language, strength, pattern, example = fields
    if language not in LANGUAGES or strength not in STRENGTHS:
        raise ValueError(f"{where}: language {language!r} or strength {strength!r} is not one of ours")
    free = pattern.startswith("=")
    compiled = re.compile(_compiled(pattern.removeprefix("=")))
    return Entry(what, language, strength, pattern, example, free, compiled)


def find(name: str, text: str) -> list[Found]:
    """Return what the entries of a lexicon find in one sentence, in order; negated ones are left out."""
    return find_folded(name, fold(text))


def find_folded(name: str, folded: str) -> list[Found]:
    """Do the same for a text that is folded already."""
    return sorted(_find(lexicon(name), folded), key=lambda found: (found.start, found.end))


def _find(entries: tuple[Entry, ...], folded: str) -> Iterator[Found]:
    for each in entries:
        for match in each.found_by.finditer(folded):
            if each.free or not negated(folded, match.start()):
                yield Found(each, match.start(), match.end())
                break


def negated(folded: str, start: int) -> bool:
    """Whether a negation stands within four words before a place of a folded text, in the same clause."""
    before = folded[max(0, start - _LOOK_BACK) : start]
    return _NEGATED.search(_NOT_NEGATIONS.sub("", before)) is not None


def _compiled(pattern: str) -> str:
    """Return the regular expression of a pattern, for folded text."""
    tokens = _TOKEN.findall(fold(pattern))
    starts, ends = tokens[:1] == ["^"], tokens[-1:] == ["$"]
    joined, begun = "", False
    for part in tokens[starts : len(tokens) - ends]:
        piece, optional = _piece(part)
        if part == "~":
            joined += piece
        elif optional:
            joined += f"(?:{_BETWEEN}{piece})?" if begun else f"(?:{piece}{_BETWEEN})?"
        else:
            joined += _BETWEEN + piece if begun else piece
            begun = True
    head = r"^[^\w]{0,3}" if starts else r"(?<!\w)" if tokens[0][0].isalnum() or tokens[0][0] == "[" else ""
    return head + joined + (r"[^\w]{0,3}$" if ends else "")


def _piece(part: str) -> tuple[str, bool]:
    """Return what one part of a pattern matches, and whether it may be absent."""
    if part == "~":
        return _GAP, False
    if part == "_":
        return r"\w+", False
    if not part.startswith("["):
        return _word(part), False
    choices = part[1:-1].split("|")
    inner = "|".join(_BETWEEN.join(_word(each) for each in choice.split()) for choice in choices if choice.strip())
    return f"(?:{inner})", not all(choice.strip() for choice in choices)


def _word(part: str) -> str:
    if not any(char.isalnum() for char in part):
        return re.escape(part)
    if part.endswith("*"):
        return re.escape(part[:-1]) + r"\w*"
    return re.escape(part) + r"(?!\w)"
