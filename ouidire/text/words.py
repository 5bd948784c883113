"""Words and stems of a text: one tokeniser and one stemmer, used on both back-ends and by queries.

A word is folded (NFKC, case, accents, œ → oe) *before* it is stemmed: people type « livree » for « livrée »,
and folding first lets achète, acheté and acheter share one stem, which Snowball keeps apart by their accents.
Nothing is a stop word: pas, plus, jamais and not decide what a review says, and are never stemmed away.
Elided articles (l', qu', j' …) and English endings ('s, 'll …) are dropped, so that `l'agence` and `agence`
are one word; n't becomes `not`. Emoji are words; scripts written without blanks (Chinese, Japanese, Korean,
Thai …) are cut into characters.

It cannot see meaning: `livre` (book) and `livré` (delivered) are one word here. Texts in neither French nor
English are stemmed as French, for a French text of three words is often taken for another language and must
remain findable.
"""

import re
import unicodedata
from functools import cached_property, lru_cache
from typing import NamedTuple

import Stemmer

WORDS_VERSION = 1
"""Grows whenever a text may give other words or stems than before.

An index built with another one is rebuilt.
"""

BOUNDARY = "¶"
"""Separates two fields in the indexed words (title ¶ text): no phrase runs across it, no word equals it."""

WORD_LIMIT = 64
"""Characters kept of one word; what is longer (a URL, a run of letters) is found by its beginning."""

ELISIONS = frozenset(["l", "m", "t", "qu", "n", "s", "j", "d", "c", "jusqu", "quoiqu", "lorsqu", "puisqu"])
"""What French elides before a vowel: the list of Lucene's French elision filter."""

KEPT = frozenset(
    [
        "pas",
        "plus",
        "jamais",
        "rien",
        "ni",
        "ne",
        "non",
        "sans",
        "not",
        "no",
        "never",
        "none",
        "nor",
        "nothing",
    ]
)
"""Negations that are never stemmed (Snowball cuts `jamais` to `jam`)."""

_ENDINGS = frozenset(["s", "ll", "re", "ve", "m", "d"])
_NOT = {"ca": "can", "wo": "will", "sha": "shall"}
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "þ": "th"})
_SAME = {"null": "nul"}
_PLURAL = 5
_CACHED = 1 << 15

_APOSTROPHES = "'’‘ʼ＇´`"
_MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd\u0b82\u0bbe-\u0bcd\u0c3e-\u0c56\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u200c\u200d\u2060\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
)
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_EMOJI = "\u203c\u2049\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff"
_LETTER = rf"[^\W_{_UNSPACED}{_EMOJI}]"
_RUN = rf"{_LETTER}++(?:[{_MARKS}]++{_LETTER}*+)*+"
_TOKEN = re.compile(
    rf"{_RUN}(?:[{_APOSTROPHES}]{_RUN})*[{_APOSTROPHES}]?"
    rf"|[{_UNSPACED}]"
    r"|[\U0001f1e6-\U0001f1ff]{2}"
    rf"|[{_EMOJI}][\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]*"
)
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_PIECE = re.compile(rf"[^\W_][^\W_{_MARKS}]*(?:[{_MARKS}]++[^\W_{_MARKS}]*+)*+|[{_EMOJI}]+")


class Word(NamedTuple):
    """A folded word and its place in its text: code points, `end` excluded."""

    text: str
    start: int
    end: int


class Indexed(NamedTuple):
    """The searched fields of a document: as many stems as words, blank-separated."""

    stems: str
    words: str


class Located:
    """A text's folded words, in order, and the place of each.

    Places are looked up when they are asked for: a search asks for few.
    """

    def __init__(self, text: str) -> None:
        self._tokens = list(_TOKEN.finditer(text))
        self._parts = [_parts(token.group()) for token in self._tokens]
        self.words = [part[0] for parts in self._parts for part in parts]

    def __getitem__(self, number: int) -> Word:
        token, (word, start, end) = self._spots[number]
        return Word(word, token.start() + start, token.start() + end)

    @cached_property
    def _spots(self) -> list[tuple[re.Match[str], Word]]:
        return [
            (token, part) for token, parts in zip(self._tokens, self._parts, strict=True) for part in parts
        ]


def words(text: str) -> list[str]:
    """Return the folded words of a text, in order."""
    return [part[0] for token in _TOKEN.findall(text) for part in _parts(token)]


def stem(word: str, language: str) -> str:
    """Return the stem of a folded word: English for "en", French for every other language."""
    return _english(word) if language == "en" else _french(word)


def stems(text: str, language: str) -> str:
    """Return the stems of a text, blank-separated, in order."""
    return " ".join([stem(word, language) for word in words(text)])


def indexed(language: str, *texts: str | None) -> Indexed:
    """Return the `stems` and `words` of a document whose searched fields are `texts`.

    They are in the order of its model. A mention gives (title, text), a search result (title, snippet):
    highlighting relies on that order.
    """
    found = [words(text) for text in texts if text]
    boundary = f" {BOUNDARY} "
    return Indexed(
        stems=boundary.join(" ".join([stem(word, language) for word in each]) for each in found if each),
        words=boundary.join(" ".join(each) for each in found if each),
    )


@lru_cache(maxsize=_CACHED)
def _parts(token: str) -> tuple[Word, ...]:
    """Return the folded words of one token, with places relative to its start."""
    parts: list[Word] = []
    for piece, start in _unelided(token):
        end = start + len(piece.rstrip(_APOSTROPHES))
        parts.extend(Word(word[:WORD_LIMIT], start, end) for word in _split(piece))
    return tuple(parts)


def _unelided(token: str) -> list[tuple[str, int]]:
    """Drop elided articles and English endings; return what is left with its place in the token."""
    start = 0
    while cut := _APOSTROPHE.search(token, start):
        if token[start : cut.start()].casefold() not in ELISIONS:
            break
        start = cut.end()
    rest = token[start:]
    if not rest:
        return []
    cuts = list(_APOSTROPHE.finditer(rest))
    if not cuts:
        return [(rest, start)]
    before, after = rest[: cuts[-1].start()], rest[cuts[-1].end() :].casefold()
    if after == "t" and before[-1:].casefold() == "n" and len(cuts) == 1 and len(before) > 1:
        verb = before[:-1].casefold()
        return [(_NOT.get(verb, verb), start), ("not", start + len(before) - 1)]
    return [(before, start)] if after in _ENDINGS else [(rest, start)]


def _split(piece: str) -> list[str]:
    """Fold one piece; more than one word only where a character stands for several (½, ﷺ)."""
    joined = _APOSTROPHE.sub("", piece)
    if joined.isascii():
        return [joined.lower()]
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", joined).casefold())
    bare = "".join(
        each
        for each in text
        if unicodedata.category(each) not in {"Mn", "Me", "Cf"} and not "\U0001f3fb" <= each <= "\U0001f3ff"
    )
    return _PIECE.findall(unicodedata.normalize("NFC", bare.translate(_LETTERS)))


_snowball_french = Stemmer.Stemmer("french", 0)
_snowball_english = Stemmer.Stemmer("english", 0)


@lru_cache(maxsize=_CACHED)
def _french(word: str) -> str:
    if word in KEPT:
        return word
    if word.endswith(("ee", "ees")):
        # Folded, the feminine participle (livrée) ends in what French never writes: bring it back to livre.
        word = word.rstrip("s")[:-1]
    found = _snowball_french.stemWord(word) or word
    if len(found) >= _PLURAL and found.endswith(("us", "is")):
        # Snowball keeps these for the sake of short words (bus, avis); déçus and choisis are plurals.
        found = found[:-1]
    return _SAME.get(found, found)


@lru_cache(maxsize=_CACHED)
def _english(word: str) -> str:
    return word if word in KEPT else _snowball_english.stemWord(word) or word
