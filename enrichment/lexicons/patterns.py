"""Lexicons: phrases that show a signal, read from data files and found in texts with place and strength.

A lexicon is a `.tsv` in `lexicons/`, one entry a line: the signal it shows, its language, its strength (sure,
strong, weak), the pattern, and an example that must match. Patterns are words, compared without case or
accents: `recommand*` is a beginning of a word, `[a|b c|]` a choice (nothing after the last bar: it may be
absent), `~` up to three words of the same clause, `_` one word, `^` the beginning of a sentence and `$` its
end; what holds no letter or digit is taken as it is. An entry is not believed within four words after a
negation; one that begins with `=` is believed all the same: it holds its own negation, or does not care.
Entries are looked up by their words first: only those with a word in the text are searched for. It cannot see
who speaks: that is the model's part.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

from ouidire.annotations import Span

Strength = Literal["sure", "strong", "weak"]
LexiconLanguage = Literal["fr", "en", "any"]
STRENGTHS: tuple[Strength, ...] = ("sure", "strong", "weak")
"""Sure: decides alone. Strong: shows it in nearly every text. Weak: in some."""
LANGUAGES: tuple[LexiconLanguage, ...] = ("fr", "en", "any")
NEGATIONS = (
    "pas|jamais|aucun|aucune|aucunement|ni|sans|rien|non|point|guere|not|never|no|nothing|cannot|without|hardly|"
    "isn|wasn|aren|weren|don|doesn|didn|won|wouldn|can|couldn|shouldn|haven|hasn"
)
_NEGATED = re.compile(
    rf"(?<!\w)(?:n['’]|ne (?!\w+ que )|(?:{NEGATIONS})(?!\w))(?:[^\w.,;:!?()\n]*\w+){{0,4}}[^\w.,;:!?()\n]*$"
)
_NOT_NEGATIONS = re.compile(
    r"(?:pas que|pas mal de|non seulement|sans doute|sans hesit\w+|rien que|not only|no doubt|can(?!\W?t)|"
    r"without (?:a doubt|hesitation))(?!\w)"
)
_LOOK_BACK = 60
_GAP = r"(?:[^\w.,;:!?()\n]+\w+){0,3}?"
_BETWEEN = r"[^\w.;:!?\n]{1,3}"
_TOKEN = re.compile(r"\[[^\]]*\]|\S+")
_WORD = re.compile(r"\w+")
_BEGINNING = 4
"""Letters of the beginnings by which entries are looked up."""
_SHORT = 2
"""Letters of words that nearly every text has one of."""


class _Folding(dict[int, str]):
    """What each code point becomes, found when it is first met (`str.translate` reads it)."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        lowered = char.lower()
        self[code] = (unicodedata.normalize("NFKD", lowered)[:1] or char) if len(lowered) == 1 else char
        return self[code]


_FOLDED = _Folding(
    {
        ord(char): plain
        for char, plain in {"’": "'", "‘": "'", "\u00a0": " ", "\u202f": " ", "œ": "œ", "æ": "æ"}.items()
    }
)


class LexiconEntry(NamedTuple):
    """One entry of a lexicon; `free` says that negation does not matter."""

    what: str
    language: LexiconLanguage
    strength: Strength
    pattern: str
    example: str
    free: bool
    found_by: re.Pattern[str]


class PhraseMatch(NamedTuple):
    """One entry found at `start`…`end` (code points)."""

    entry: LexiconEntry
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Its place."""
        return Span(start=self.start, end=self.end)


def fold(text: str) -> str:
    """Return the text in lower case without accents, one character for one: offsets hold."""
    return text.translate(_FOLDED)


@cache
def lexicon(name: str) -> tuple[LexiconEntry, ...]:
    """Read `lexicons/<name>.tsv`. Raises ValueError, naming the line, for one that is not an entry."""
    listed = resources.files("enrichment").joinpath(f"lexicons/{name}.tsv").read_text(encoding="utf-8")
    return tuple(
        entry(line, where=f"{name}.tsv, line {number}")
        for number, line in enumerate(listed.splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    )


def entry(line: str, *, where: str = "entry") -> LexiconEntry:
    """Read one line of a lexicon. Raises ValueError where it is none."""
    fields = line.split("\t")
    if len(fields) != len(LexiconEntry._fields) - 2 or not all(each.strip() for each in fields):
        raise ValueError(
            f"{where}: five fields between tabs are wanted (what, language, strength, pattern, example)"
        )
    what, language, strength, pattern, example = fields
    if language not in LANGUAGES or strength not in STRENGTHS:
        raise ValueError(f"{where}: language {language!r} or strength {strength!r} is not one of ours")
    free = pattern.startswith("=")
    compiled = re.compile(_compiled(pattern.removeprefix("=")))
    return LexiconEntry(what, language, strength, pattern, example, free, compiled)


def find(name: str, text: str) -> list[PhraseMatch]:
    """Return what the entries of a lexicon find in one sentence, in order; negated ones are left out."""
    return find_folded(name, fold(text))


def find_folded(name: str, folded: str) -> list[PhraseMatch]:
    """Do the same for a text that is folded already."""
    return find_all((name,), folded)[name]


def find_all(names: tuple[str, ...], folded: str) -> dict[str, list[PhraseMatch]]:
    """Return, by lexicon, what the entries of several find in one folded sentence."""
    found: dict[str, list[PhraseMatch]] = {name: [] for name in names}
    for name, number in _possible(_index(names), folded):
        each = lexicon(name)[number]
        match = each.found_by.search(folded)
        while match:
            if each.free or not negated(folded, match.start()):
                found[name].append(PhraseMatch(each, match.start(), match.end()))
                break
            match = each.found_by.search(folded, match.end())
    for own in found.values():
        own.sort(key=lambda each: (each.start, each.end))
    return found


Place = tuple[str, int]
"""A lexicon and the number of one of its entries."""


class _Index(NamedTuple):
    """Entries by what a text must hold: a word (`bon`) or beginning (`bonn*`), a symbol (`€`), or nothing."""

    words: dict[str, list[Place]]
    symbols: dict[str, list[Place]]
    always: list[Place]


@cache
def _index(names: tuple[str, ...]) -> _Index:
    index = _Index({}, {}, [])
    for name in names:
        for number, each in enumerate(lexicon(name)):
            keys = wanted(each.pattern)
            if keys is None:
                index.always.append((name, number))
            for key in keys or ():
                if _WORD.match(key):
                    cut = f"{key[:-1][:_BEGINNING]}*" if key.endswith("*") else key
                    index.words.setdefault(cut, []).append((name, number))
                else:
                    index.symbols.setdefault(key, []).append((name, number))
    return index


def _possible(index: _Index, folded: str) -> list[Place]:
    """Return the entries that may match a text, in the order of their lexicons."""
    found = set(index.always)
    words = set(_WORD.findall(folded))
    keys = words | {f"{word[:length]}*" for word in words for length in range(1, _BEGINNING + 1)}
    for key in keys & index.words.keys():
        found.update(index.words[key])
    for symbol, places in index.symbols.items():
        if symbol in folded:
            found.update(places)
    return sorted(found)


def wanted(pattern: str) -> Collection[str] | None:
    """Return words (beginnings with a `*`) of which any text that a pattern matches has at least one.

    None where there is no such list.
    """
    best: set[str] | None = None
    for part in _TOKEN.findall(fold(pattern.removeprefix("="))):
        keys = _keys(part)
        if keys is not None and (best is None or _commonness(keys) < _commonness(best)):
            best = keys
    return best


def _keys(part: str) -> set[str] | None:
    """Return the first words (or symbols) of a part's choices; None for a part without any of its own."""
    if part in {"~", "_", "^", "$"}:
        return None
    keys = set()
    for choice in part[1:-1].split("|") if part.startswith("[") else [part]:
        if not choice.strip():
            return None
        first = choice.split()[0]
        run = _WORD.match(first)
        keys.add(run[0] + "*" * (first == f"{run[0]}*") if run else first.removesuffix("*"))
    return keys


def _commonness(keys: Collection[str]) -> tuple[bool, int]:
    """Return a key that puts lists with a very short word last, then orders by the number of words."""
    return min(len(key.removesuffix("*")) for key in keys) <= _SHORT, len(keys)


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
    return _head(tokens[0], starts=starts) + joined + (r"[^\w]{0,3}$" if ends else "")


def _head(first: str, *, starts: bool) -> str:
    """Return what goes before a pattern: the beginning of the sentence, of a word, or nothing."""
    if starts:
        return r"^[^\w]{0,3}"
    return r"(?<!\w)" if first[0].isalnum() or first[0] == "[" else ""


def _piece(part: str) -> tuple[str, bool]:
    """Return what one part of a pattern matches, and whether it may be absent."""
    if part == "~":
        return _GAP, False
    if part == "_":
        return r"\w+", False
    if not part.startswith("["):
        return _word(part), False
    choices = part[1:-1].split("|")
    inner = "|".join(
        _BETWEEN.join(_word(each) for each in choice.split()) for choice in choices if choice.strip()
    )
    return f"(?:{inner})", not all(choice.strip() for choice in choices)


def _word(part: str) -> str:
    if not any(char.isalnum() for char in part):
        return re.escape(part)
    if part.endswith("*"):
        return re.escape(part[:-1]) + r"\w*"
    return re.escape(part) + r"(?!\w)"
