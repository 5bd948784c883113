"""Scales in words ("Très satisfait", "Plutôt d'accord", "Strongly agree"): what each word is worth.

Such answers are ratings of four or five points and never a score from 0 to 10. It cannot know a scale whose
words are not listed here, nor one that mixes words of two: it says so.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from crawlers.reading.extract import fold
from crawlers.reading.sheets.likert_words import STEPS, SYMMETRIC, scales_in

ENOUGH: Final = 20
"""Answers from which a scale whose middle nobody chose is one of four points."""
MIDDLE: Final = 2
FOUR: Final = 4


class _Scale(NamedTuple):
    """The folded words of each point of a scale, from the worst; whether it has as many on each side."""

    points: tuple[frozenset[str], ...]
    is_symmetric: bool


class WordScale(NamedTuple):
    """A scale in words, with those of its words that a column has, as written.

    `is_four` says that a scale of five has no middle here.
    """

    scale: _Scale
    is_four: bool
    written: Mapping[str, str]

    @property
    def best(self) -> float:
        """The best rating there is; the worst is 1."""
        return float(len(self.scale.points) - self.is_four)

    def value(self, cell: object) -> float | None:
        """Return what an answer is worth, from 1; None for what is no word of the scale."""
        place = scale_place(self.scale, plain_word(cell))
        if place is None or (self.is_four and place == MIDDLE):
            return None
        return float(place + 1 - (self.is_four and place > MIDDLE))

    @property
    def told_by(self) -> str:
        """What tells the scale, in words: those of the column, from the best to the worst."""
        shown = sorted(((self.value(word) or 0, text) for word, text in self.written.items()), reverse=True)
        return "its words: " + ", ".join(f"{text} = {value:g}" for value, text in shown)


_SCALES: Final = (
    *(_Scale(tuple(each), is_symmetric=True) for each in scales_in(SYMMETRIC)),
    *(_Scale(tuple(each), is_symmetric=False) for each in scales_in(STEPS)),
)
_NO_ANSWER: Final = re.compile(
    r"nsp|ne sa(?:it|is) pas|je ne sais pas|sans (?:opinion|avis|reponse)|non (?:concerne|applicable|repondu)"
    r"|ne se prononce pas|nspp|n a|na|not applicable|don t know|do not know|no opinion"
    r"|prefer not to (?:say|answer)"
    r"|i don t know|keine angabe|weiss nicht|no (?:sabe|aplica)|non so|weet niet|pas concerne"
)


_ENDINGS: Final = re.compile(r"\((?:e|s|es|ne|te|n?e?s)\)|[·•.](?:e|s|es|ne)\b")
"""Endings of the other gender, or of the plural, beside a word: "satisfait(e)", "content·e"."""
_INFLECTED: Final = (
    (
        re.compile(r"\b((?:in)?satisfait|(?:me)?content|mauvais|bon|mitige|excellent)(?:n?es?|s)\b"),
        r"\1",
    ),
    (re.compile(r"\b((?:in)?satisfech)(?:a|os|as)\b"), r"\1o"),
    (re.compile(r"\b((?:in)?soddisfatt)(?:a|i|e)\b"), r"\1o"),
)


def plain_word(cell: object) -> str:
    """Return an answer in words as it is compared: folded, without its number, its gender and its plural."""
    shown = _ENDINGS.sub("", unicodedata.normalize("NFKC", str(cell)[:120]))
    text = " ".join(re.sub(r"[\W_]+", " ", fold(shown)).split())
    text = re.sub(r"^\d{1,2} (?=\D)|(?<=\D) \d{1,2}$", "", text).strip()
    for form, stem in _INFLECTED:
        text = form.sub(stem, text)
    return text


def is_no_answer(cell: object) -> bool:
    """Return whether a cell says that there is no answer ("Ne sait pas", "Non concerné")."""
    return bool(_NO_ANSWER.fullmatch(plain_word(cell)))


def word_scale(cells: Sequence[object]) -> WordScale | str | None:
    """Return the scale that the answers of a column are on, None where most of them are no such words.

    In words, why it is not known, where words of no scale are among them, or of two.
    """
    words = [word for cell in cells if (word := plain_word(cell)) and not _NO_ANSWER.fullmatch(word)]
    written = {plain_word(cell): " ".join(str(cell).split())[:40] for cell in cells}
    distinct = dict.fromkeys(words)
    known = [word for word in distinct if any(word in point for scale in _SCALES for point in scale.points)]
    if not known or 2 * sum(word in known for word in words) < len(words):
        return None
    fitting = next((scale for scale in _SCALES if _has_each_apart(scale, known)), None)
    others = [written[word] for word in distinct if word not in known]
    if fitting is None or (others and len(others) >= len(known)):
        shown = ", ".join(repr(each) for each in (others or [written[word] for word in known])[:6])
        return f"{shown}: these are not the words of one scale that is known"
    places = {scale_place(fitting, word) for word in known}
    is_four = fitting.is_symmetric and MIDDLE not in places and (len(places) == FOUR or len(words) >= ENOUGH)
    return WordScale(fitting, is_four=is_four, written={word: written[word] for word in known})


def _has_each_apart(scale: _Scale, words: Sequence[str]) -> bool:
    """Return whether each word is one of a scale's, and no two of them are the same point of it."""
    places = [scale_place(scale, word) for word in words]
    return None not in places and len(set(places)) == len(places)


def scale_place(scale: _Scale, word: str) -> int | None:
    """Return which point of a scale a folded word is, from 0; None for a word of none."""
    return next((place for place, point in enumerate(scale.points) if word in point), None)
