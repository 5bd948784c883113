"""What each sentence of a text shows: for every sign of the taxonomy a calibrated chance, and the words that show it.

Three voices: the heads over words (`enrichment.heads`) and the lexicons' entries, joined by a logistic regression fitted on
labelled sentences (`model/signs.json`), and the encoder, which reads the sentence in its text. How much each counts was fitted on
220 other labelled sentences, of texts that none of them was trained on. The last few texts are remembered, since several analysers
ask of the same one; that memory never changes a result.
"""

import json
import math
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from enrichment import patterns
from enrichment.base import Subject
from enrichment.heads import bundled
from enrichment.patterns import Found
from enrichment.taxonomy import aspects, signs
from ouidire.annotations import Span

LEXICONS: Final = {"delight": "", "effort": "effort:", "intents": "intent:", "journey": "stage:", "aspects": "aspect:"}
"""Each lexicon, with what goes before the names of its entries."""
SENTENCES = 400
"""Sentences read of a text: beyond, a page was pasted whole."""
LENGTH = 1_000
"""Characters read of a sentence."""
REMEMBERED = 512
_CLIP = 7.0
WORDS_ASPECT, ENCODER_ASPECT, SHIFT_ASPECT, FROM_ASPECT = 0.667, 0.767, 0.698, 0.38
WORDS_SIGNAL, ENCODER_SIGNAL, SHIFT_SIGNAL, FROM_SIGNAL = 0.578, 0.474, -0.211, 0.22
"""Weights of the log-odds of words and of the encoder, what is added, and the chance from which a sign is said to be there (best F1 of
those sentences): for aspects, and for everything else. Log-loss by words alone 0.112 and 0.099, by both 0.100 and 0.090."""
_SURE = 1e-4
UNHEARD: Final = frozenset(
    (
        "intent:warns_off",
        "intent:tells_others",
        "intent:leaves",
        "intent:asks_answer",
        "intent:would_pay_more",
        "stage:need",
        "stage:search",
        "stage:selection",
        "stage:maintenance",
    )
)
"""Signs of which the encoder saw fewer than 150 examples: words alone decide."""
_DIGITS = 4


class Weights(NamedTuple):
    """How a sign's score and words make its chance, and from where it is said to be there."""

    bias: float
    head: float
    strong: float
    weak: float
    threshold: float


class Signs(NamedTuple):
    """One sentence: its offsets (None for the title), the chance of each sign, and the words found for each."""

    start: int | None
    end: int | None
    number: int | None
    text: str
    chances: dict[str, float]
    words: dict[str, tuple[Found, ...]]
    polarities: dict[str, tuple[float, ...]] | None = None
    """Chances of negative, neutral and positive by aspect, where the encoder read the sentence."""

    def shows(self, sign: str) -> bool:
        """Whether a sign is said to be there."""
        return self.clarity(sign) >= 1

    def clarity(self, sign: str) -> float:
        """Return the chance of a sign over the one from which it is said to be there."""
        return self.chances[sign] / threshold(sign, heard=self.polarities is not None)

    def span(self, sign: str) -> Span | None:
        """Return the words that show a sign, or the whole sentence where none do; None in a title."""
        if self.start is None or self.end is None:
            return None
        found = self.words.get(sign)
        if not found:
            return Span(start=self.start, end=self.end)
        best = next((each for each in found if each.entry.strength == "strong"), found[0])
        return Span(start=self.start + best.start, end=self.start + best.end)


_memory: OrderedDict[tuple[str | None, str, tuple[tuple[int, int], ...], bool], tuple[Signs, ...]] = OrderedDict()


def read(batch: Sequence[Subject]) -> list[tuple[Signs, ...]]:
    """Return the signs of each text's title and sentences, in order."""
    keys = [(each.title, each.text, tuple((one.start, one.end) for one in each.done.sentences), _heard(each)) for each in batch]
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
    listed = json.loads(resources.files("enrichment").joinpath("model/signs.json").read_text(encoding="utf-8"))
    return {name: Weights(**listed[name]) for name in signs()}


def chance(sign: str, score: float, found: Sequence[Found] = ()) -> float:
    """Return the calibrated chance of a sign from the model's score (log-odds) and the words found."""
    own = weights()[sign]
    score = max(-_CLIP, min(_CLIP, score))
    strong = any(each.entry.strength == "strong" for each in found)
    weak = any(each.entry.strength == "weak" for each in found)
    total = own.bias + own.head * score + own.strong * strong + own.weak * weak
    return round(1 / (1 + math.exp(-total)), _DIGITS)


def joined(sign: str, words: float, encoder: float) -> float:
    """Return the chance of a sign from what words say and what the encoder says, chances both."""
    aspect = sign.startswith("aspect:")
    of_words, of_encoder = (WORDS_ASPECT, ENCODER_ASPECT) if aspect else (WORDS_SIGNAL, ENCODER_SIGNAL)
    total = of_words * _odds(words) + of_encoder * _odds(encoder) + (SHIFT_ASPECT if aspect else SHIFT_SIGNAL)
    return round(1 / (1 + math.exp(-total)), _DIGITS)


def threshold(sign: str, *, heard: bool) -> float:
    """Return the chance from which a sign is said to be there; `heard`: the encoder read the sentence."""
    if not heard or sign in UNHEARD:
        return weights()[sign].threshold
    return FROM_ASPECT if sign.startswith("aspect:") else FROM_SIGNAL


def _odds(chance_of: float) -> float:
    sure = min(max(chance_of, _SURE), 1 - _SURE)
    return math.log(sure / (1 - sure))


def words_of(sentence: str) -> dict[str, tuple[Found, ...]]:
    """Return what the lexicons find in a sentence, by sign."""
    found: dict[str, list[Found]] = {}
    folded = patterns.fold(sentence)
    for name, prefix in LEXICONS.items():
        for each in patterns.find_folded(name, folded):
            found.setdefault(prefix + each.entry.what, []).append(each)
    return {sign: tuple(each) for sign, each in found.items()}


def _read(batch: Sequence[Subject]) -> list[tuple[Signs, ...]]:
    pieces: list[list[tuple[int | None, int | None, int | None, str]]] = []
    for subject in batch:
        own: list[tuple[int | None, int | None, int | None, str]] = []
        if subject.title and any(map(str.isalnum, subject.title)):
            own.append((None, None, None, subject.title[:LENGTH]))
        for number, each in enumerate(subject.done.sentences[:SENTENCES]):
            own.append((each.start, each.end, number, subject.text[each.start : min(each.end, each.start + LENGTH)]))
        pieces.append(own)
    heads = bundled()
    rows = iter(heads.scores([piece[3] for own in pieces for piece in own]).tolist())
    return [
        tuple(_signs(piece, dict(zip(heads.names, next(rows), strict=True)), subject) for piece in own)
        for subject, own in zip(batch, pieces, strict=True)
    ]


def _heard(subject: Subject) -> bool:
    """Whether the encoder read the text for signs; a model from a hub does not."""
    return subject.reading is not None and subject.reading.sentences.signals is not None


def _signs(piece: tuple[int | None, int | None, int | None, str], scores: dict[str, float], subject: Subject) -> Signs:
    words = words_of(piece[3])
    chances = {sign: chance(sign, scores[sign], words.get(sign, ())) for sign in signs()}
    number = piece[2]
    if number is None or not _heard(subject) or number >= len(subject.reading.sentences.signals):
        return Signs(*piece, chances=chances, words=words)
    read_there = subject.reading.sentences
    told = [*read_there.aspects[number].tolist(), *read_there.signals[number].tolist()]
    chances |= {sign: joined(sign, chances[sign], said) for sign, said in zip(signs(), told, strict=False) if sign not in UNHEARD}
    polarities = dict(zip(aspects(), map(tuple, read_there.aspect_polarity[number].tolist()), strict=True))
    return Signs(*piece, chances=chances, words=words, polarities=polarities)
