"""What each sentence of a text shows: for every sign of the taxonomy a calibrated chance, and the words that show it.

Three voices: the heads over words (`enrichment.models.linear_signal_model`) and the lexicons' entries, joined
by a logistic regression fitted on labelled sentences (`models/weights/signs.json`), and the encoder, which
reads the sentence in its text. How much each counts was fitted on other labelled sentences, of texts that
none of them was trained on (`models/weights/joining.json`). What is marked as ironic delights nobody. The
last few texts are remembered, since several analysers ask of the same one; that memory never changes a
result.
"""

import json
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from enrichment.analysers import irony
from enrichment.base import Subject
from enrichment.lexicons import patterns
from enrichment.lexicons.patterns import PhraseMatch
from enrichment.lexicons.taxonomy import aspects, signs
from enrichment.models.encoder import Floats
from enrichment.models.linear_signal_model import bundled
from ouidire.annotations import Span

LEXICONS: Final = {
    "delight": "",
    "effort": "effort:",
    "intents": "intent:",
    "journey": "stage:",
    "aspects": "aspect:",
}
"""Each lexicon, with what goes before the names of its entries."""
SENTENCES = 400
"""Sentences read of a text: beyond, a page was pasted whole."""
LENGTH = 1_000
"""Characters read of a sentence."""
REMEMBERED = 512
_CLIP = 7.0
FURTHEST = 1e-4
"""Chances are held this far from 0 and 1 before their log-odds are taken."""
SURE = 0.8
"""Chance that a sign is there where a sure entry is found, whatever else is said: what eight in ten of those read by eye were, at least."""
_DIGITS = 4


class Weights(NamedTuple):
    """How a sign's score and words make its chance, and from where it is said to be there."""

    bias: float
    head: float
    strong: float
    weak: float
    threshold: float


class Stacking(NamedTuple):
    """What the log-odds of words and of the encoder weigh in a sign, what is added, and from which chance it is said to be there."""

    words: float
    encoder: float
    shift: float
    threshold: float


class SentenceSignals(NamedTuple):
    """One sentence: its offsets (None for the title), the chance of each sign, and the words found for each."""

    start: int | None
    end: int | None
    number: int | None
    text: str
    chances: dict[str, float]
    words: dict[str, tuple[PhraseMatch, ...]]
    shown: frozenset[str]
    """The signs said to be there."""
    polarities: dict[str, tuple[float, ...]] | None = None
    """Chances of negative, neutral and positive by aspect, where the encoder read the sentence."""

    def shows(self, sign: str) -> bool:
        """Whether a sign is said to be there."""
        return sign in self.shown

    def span(self, sign: str) -> Span | None:
        """Return the words that show a sign, or the whole sentence where none do; None in a title."""
        if self.start is None or self.end is None:
            return None
        found = self.words.get(sign)
        if not found:
            return Span(start=self.start, end=self.end)
        best = min(found, key=lambda each: patterns.STRENGTHS.index(each.entry.strength))
        return Span(start=self.start + best.start, end=self.start + best.end)


_memory: OrderedDict[
    tuple[str | None, str, tuple[tuple[int, int], ...], bool], tuple[SentenceSignals, ...]
] = OrderedDict()


def read(batch: Sequence[Subject]) -> list[tuple[SentenceSignals, ...]]:
    """Return the signs of each text's title and sentences, in order."""
    keys = [
        (each.title, each.text, tuple((one.start, one.end) for one in each.done.sentences), _heard(each))
        for each in batch
    ]
    missing = [number for number, key in enumerate(keys) if key not in _memory]
    fresh = dict(zip(missing, _read([batch[number] for number in missing]), strict=True))
    found = [fresh[number] if number in fresh else _memory[key] for number, key in enumerate(keys)]
    for number in missing:
        _memory[keys[number]] = fresh[number]
    while len(_memory) > REMEMBERED:
        _memory.popitem(last=False)
    return found


@cache
def weights() -> dict[str, Weights]:
    """Return the weights of each sign."""
    listed = json.loads(
        resources.files("enrichment").joinpath("models/weights/signs.json").read_text(encoding="utf-8")
    )
    return {name: Weights(**listed[name]) for name in signs()}


@cache
def joinings() -> dict[str, Stacking]:
    """Return how each sign that the encoder reads is joined with words."""
    listed = json.loads(
        resources.files("enrichment").joinpath("models/weights/joining.json").read_text(encoding="utf-8")
    )
    return {name: Stacking(**listed[name]) for name in signs() if name in listed}


def threshold(sign: str, *, heard: bool) -> float:
    """Return the chance from which a sign is said to be there; `heard`: the encoder read the sentence."""
    return joinings()[sign].threshold if heard and sign in joinings() else weights()[sign].threshold


def words_of(sentence: str) -> dict[str, tuple[PhraseMatch, ...]]:
    """Return what the lexicons find in a sentence, by sign."""
    found: dict[str, list[PhraseMatch]] = {}
    for name, own in patterns.find_all(tuple(LEXICONS), patterns.fold(sentence)).items():
        for each in own:
            found.setdefault(LEXICONS[name] + each.entry.what, []).append(each)
    return {sign: tuple(each) for sign, each in found.items()}


class SentencePiece(NamedTuple):
    """A sentence to be read (offsets and number None for the title), and what the encoder said there: aspects, then signals."""

    start: int | None
    end: int | None
    number: int | None
    text: str
    heard: Floats | None
    polarities: Floats | None


def _pieces(subject: Subject) -> list[SentencePiece]:
    found = []
    if subject.title and any(map(str.isalnum, subject.title)):
        found.append(SentencePiece(None, None, None, subject.title[:LENGTH], None, None))
    told = subject.reading.sentences if _heard(subject) else None
    for number, each in enumerate(subject.done.sentences[:SENTENCES]):
        text = subject.text[each.start : min(each.end, each.start + LENGTH)]
        if told is None or number >= len(told.signals):
            found.append(SentencePiece(each.start, each.end, number, text, None, None))
        else:
            heard = np.concatenate([told.aspects[number], told.signals[number]])
            found.append(
                SentencePiece(each.start, each.end, number, text, heard, told.aspect_polarity[number])
            )
    return found


def _heard(subject: Subject) -> bool:
    """Whether the encoder read the text for signs; a model from a hub does not."""
    return subject.reading is not None and subject.reading.sentences.signals is not None


def _read(batch: Sequence[Subject]) -> list[tuple[SentenceSignals, ...]]:
    pieces = [_pieces(subject) for subject in batch]
    flat = [piece for own in pieces for piece in own]
    words = [words_of(piece.text) for piece in flat]
    names = signs()
    chances = _chances(flat, words)
    chances[:, names.index("delight")] *= [1 - irony.weight(piece.text) for piece in flat]
    thresholds = np.where(
        np.array([piece.heard is not None for piece in flat], bool)[:, None],
        np.array([threshold(name, heard=True) for name in names]),
        np.array([threshold(name, heard=False) for name in names]),
    )
    shown: list[list[str]] = [[] for _ in flat]
    for row, column in zip(*(each.tolist() for each in np.nonzero(chances / thresholds >= 1)), strict=True):
        shown[row].append(names[column])
    read_all = iter(
        SentenceSignals(
            *piece[:4],
            chances=dict(zip(names, row, strict=True)),
            words=found,
            shown=frozenset(own),
            polarities=None
            if piece.polarities is None
            else dict(zip(aspects(), map(tuple, piece.polarities.tolist()), strict=True)),
        )
        for piece, row, found, own in zip(flat, chances.tolist(), words, shown, strict=True)
    )
    return [tuple(next(read_all) for _ in own) for own in pieces]


def _chances(
    pieces: Sequence[SentencePiece], words: Sequence[dict[str, tuple[PhraseMatch, ...]]]
) -> NDArray[np.float64]:
    """Return the calibrated chances, pieces × signs: what words say, joined with what the encoder says; a sure entry decides."""
    names = signs()
    chances, sure = by_words([piece.text for piece in pieces], words)
    rows = [row for row, piece in enumerate(pieces) if piece.heard is not None]
    if rows:
        columns = [number for number, name in enumerate(names) if name in joinings()]
        heard = np.array([pieces[row].heard for row in rows], np.float64)[:, columns]
        cells = np.ix_(rows, columns)
        by_word, by_encoder, shift, _ = np.array([joinings()[names[number]] for number in columns]).T
        total = by_word * logit(chances[cells]) + by_encoder * logit(heard) + shift
        chances[cells] = np.round(1 / (1 + np.exp(-total)), _DIGITS)
    return np.asarray(np.round(1 - (1 - chances) * (1 - SURE * sure), _DIGITS))


def by_words(
    sentences: Sequence[str], words: Sequence[dict[str, tuple[PhraseMatch, ...]]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, sentences × signs, the chances by the heads' scores and the words found, and 1 where a sure entry was found."""
    names = signs()
    column = {name: number for number, name in enumerate(names)}
    heads = bundled()
    scores = heads.scores(sentences)[:, [heads.names.index(name) for name in names]]
    sure, strong, weak = (np.zeros(scores.shape) for _ in range(3))
    for row, found in enumerate(words):
        for sign, each in found.items():
            strengths, place = {one.entry.strength for one in each}, (row, column[sign])
            sure[place], strong[place], weak[place] = (
                "sure" in strengths,
                strengths != {"weak"},
                "weak" in strengths,
            )
    fitted = np.array([weights()[name] for name in names])
    total = (
        fitted[:, 0]
        + fitted[:, 1] * np.clip(scores, -_CLIP, _CLIP)
        + fitted[:, 2] * strong
        + fitted[:, 3] * weak
    )
    return np.asarray(np.round(1 / (1 + np.exp(-total)), _DIGITS)), sure


def logit(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log-odds, bounded."""
    bounded = np.clip(chances, FURTHEST, 1 - FURTHEST)
    return np.asarray(np.log(bounded / (1 - bounded)))
