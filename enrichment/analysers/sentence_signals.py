"""Signals of each sentence of a text: the probability of every signal of the taxonomy, and its words.

`SignalsAnalyser` computes them once and attaches them to the subject, for the analysers that require
"signals". `enrichment.models.signal_probabilities` gives the probabilities; the delight of an ironic sentence
is lowered (`enrichment.analysers.irony`). It cannot see what a sentence implies by those around it.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from enrichment.analysers import irony
from enrichment.analysers.encode import READ, plain_of, title_length
from enrichment.base import Analyser, Subject
from enrichment.lexicons import patterns
from enrichment.lexicons.patterns import PhraseMatch
from enrichment.lexicons.taxonomy import ASPECT, signal_names
from enrichment.models.encoder import EncodedText, Floats
from enrichment.models.signal_probabilities import (
    Matches,
    match_lexicons,
    signal_probabilities,
    stacked,
    threshold,
)
from enrichment.plain.edits import PlainText
from enrichment.plain.reading_text import plain_text
from ouidire.annotations import Span

SENTENCES = 400
"""Sentences read of a text: beyond, a page was pasted whole."""
LENGTH = 1_000
"""Characters read of a sentence."""
Polarities = tuple[float, float, float]
"""Probabilities of negative, neutral and positive."""


class SentenceSignals(NamedTuple):
    """One sentence (offsets and number None for the title) with the probability of each signal.

    `text` is the sentence as models read it, `written` as its author wrote it, `starts` leads from one to the
    other. `matches` are the lexicon hits by signal, `present` the signals at or above their threshold,
    `polarities` the probabilities of negative, neutral and positive by aspect, where the encoder read it.
    """

    start: int | None
    end: int | None
    number: int | None
    text: str
    probabilities: dict[str, float]
    matches: Matches
    present: frozenset[str]
    polarities: dict[str, Polarities] | None = None
    written: str = ""
    starts: tuple[int, ...] | None = None

    def place(self, found: PhraseMatch) -> Span | None:
        """Return where words that were found in `text` are written; None in a title."""
        if self.start is None:
            return None
        start, end = PlainText(self.text, self.starts).place(found.start, found.end)
        return Span(start=self.start + start, end=self.start + max(end, start + 1))

    def is_present(self, signal: str) -> bool:
        """Whether the probability of a signal reaches its threshold."""
        return signal in self.present

    def span(self, signal: str) -> Span | None:
        """Return the words that show a signal, or the whole sentence where none do; None in a title."""
        if self.start is None or self.end is None:
            return None
        found = self.matches.get(signal)
        if not found:
            return Span(start=self.start, end=self.end)
        return self.place(min(found, key=lambda each: patterns.STRENGTHS.index(each.entry.strength)))


class SignalsAnalyser(Analyser):
    """Attaches `signals`, the `SentenceSignals` of the title and of each sentence, in order.

    It has no version of its own: a change raises the version of every analyser that requires it.
    """

    name = "signals"
    version = None
    requires: tuple[str, ...] = ("reading",)
    fills: tuple[str, ...] = ()
    attaches = "signals"

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Read the sentences of every text of the batch, all at once."""
        return [{"signals": each} for each in read_signals(batch)]


class SentencePiece(NamedTuple):
    """A sentence to be read (offsets and number None for the title) and what the encoder gives of it."""

    start: int | None
    end: int | None
    number: int | None
    plain: PlainText
    written: str
    encoded: Floats | None = None
    polarities: dict[str, Polarities] | None = None


def read_signals(batch: Sequence[Subject]) -> list[tuple[SentenceSignals, ...]]:
    """Return the signals of each text's title and sentences, in order."""
    pieces = [list(_pieces(subject)) for subject in batch]
    found = iter(_signals([piece for own in pieces for piece in own]))
    return [tuple(next(found) for _ in own) for own in pieces]


def _pieces(subject: Subject) -> Iterator[SentencePiece]:
    if subject.title and any(map(str.isalnum, subject.title)):
        title = subject.title[:LENGTH]
        yield SentencePiece(None, None, None, plain_text(title), title)
    reading: EncodedText | None = subject.reading
    encoded = stacked(reading.sentences, reading.names) if reading is not None else None
    shift, plain = title_length(subject), plain_of(subject, reading)
    for number, each in enumerate(subject.done.sentences[:SENTENCES]):
        end = min(each.end, each.start + LENGTH)
        written, read = subject.text[each.start : end], end + shift <= READ
        own = plain.part(each.start + shift, end + shift) if read else PlainText(written)
        piece = SentencePiece(each.start, each.end, number, own, written)
        if reading is not None and encoded is not None and number < len(encoded):
            piece = piece._replace(encoded=encoded[number], polarities=_polarities(reading, number))
        yield piece


def _polarities(reading: EncodedText, number: int) -> dict[str, Polarities] | None:
    """Return the probabilities of negative, neutral and positive, by aspect, of one sentence."""
    if reading.sentences.aspect_polarity is None:
        return None
    rows = reading.sentences.aspect_polarity[number].tolist()
    names = (name.removeprefix(ASPECT) for name in reading.names.aspects)
    return {name: (row[0], row[1], row[2]) for name, row in zip(names, rows, strict=True)}


def _signals(pieces: Sequence[SentencePiece]) -> Iterator[SentenceSignals]:
    names = signal_names()
    texts = [piece.plain.text for piece in pieces]
    matches = [match_lexicons(text) for text in texts]
    encoded = [piece.encoded for piece in pieces]
    probabilities = signal_probabilities(texts, matches, encoded)
    probabilities[:, names.index("delight")] *= [1 - irony.weight(text) for text in texts]
    present = _present(probabilities, has_encoder=[each is not None for each in encoded])
    rows = probabilities.tolist()
    for piece, row, found, own in zip(pieces, rows, matches, present, strict=True):
        yield SentenceSignals(
            start=piece.start,
            end=piece.end,
            number=piece.number,
            text=piece.plain.text,
            probabilities=dict(zip(names, row, strict=True)),
            matches=found,
            present=frozenset(own),
            polarities=piece.polarities,
            written=piece.written,
            starts=piece.plain.starts,
        )


def _present(probabilities: NDArray[np.float64], *, has_encoder: Sequence[bool]) -> list[list[str]]:
    """Return the signals at or above their threshold, by sentence."""
    names = signal_names()
    with_encoder, without = (
        np.array([threshold(name, has_encoder=side) for name in names]) for side in (True, False)
    )
    thresholds = np.where(np.array(has_encoder, bool)[:, None], with_encoder, without)
    present: list[list[str]] = [[] for _ in has_encoder]
    rows, columns = np.nonzero(probabilities / thresholds >= 1)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        present[row].append(names[column])
    return present
