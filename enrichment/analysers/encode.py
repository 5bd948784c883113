"""Runs the encoder once over each text and its sentences, for all analysers that require "reading".

It fills no annotation: it attaches an `EncodedText` to the subject. The title is read before the text; the
scores of sentences are in the order of `done.sentences`. Where words mark irony, the probabilities are moved
(`enrichment.analysers.irony`).
"""

from collections.abc import Sequence
from typing import Any

from enrichment.analysers import irony
from enrichment.analysers.language import full_text
from enrichment.base import Analyser, Subject
from enrichment.models.encoder import EncodedText, TextEncoder, bundled
from enrichment.plain.edits import PlainText
from enrichment.plain.reading_text import plain_text

READ = 20_000
"""Characters read of a text: a review is seldom longer, and a page pasted whole must not fill the memory."""
VERSION = 4


def says_something(text: str) -> bool:
    """Whether a text has a letter, a digit or an emoji, and not blanks, masks and punctuation alone."""
    return any(char.isalnum() or ord(char) >= 0x2600 for char in text)  # noqa: PLR2004 (where emoji begin)


class ReadingAnalyser(Analyser):
    """Attaches `reading`, None to texts that say nothing."""

    name = "reading"
    version = VERSION
    requires: tuple[str, ...] = ("sentences",)
    fills: tuple[str, ...] = ()
    attaches = "reading"

    def __init__(self, reader: TextEncoder | None = None) -> None:
        self._reader = reader
        self.variant = reader.label if reader else ""

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Return the reading of every text of the batch, each read once."""
        places = [index for index, subject in enumerate(batch) if says_something(full_text(subject))]
        readings: list[dict[str, Any]] = [{} for _ in batch]
        if places:
            reader = self._reader or bundled()
            texts = [full_text(batch[index])[:READ] for index in places]
            spans = [_spans(batch[index]) for index in places]
            for index, reading in zip(places, reader.read(texts, spans), strict=True):
                readings[index] = {"reading": _with_irony(reading, batch[index])}
        return readings


def _spans(subject: Subject) -> list[tuple[int, int]]:
    """Return the sentences' offsets in title and text together, as far as is read."""
    shift = title_length(subject)
    return [
        (each.start + shift, each.end + shift) for each in subject.done.sentences if each.end + shift <= READ
    ]


def title_length(subject: Subject) -> int:
    """Return how many characters stand before the text where title and text are read together."""
    return len(subject.title) + 1 if subject.title else 0


def plain_of(subject: Subject, reading: EncodedText | None) -> PlainText:
    """Return title and text together as models read them: as the encoder did, where it read them."""
    if reading is not None and reading.plain is not None:
        return reading.plain
    return plain_text(full_text(subject)[:READ])


def _with_irony(reading: EncodedText, subject: Subject) -> EncodedText:
    """Return the reading, moved towards irony where words of the title or of a sentence mark it."""
    read = subject.done.sentences[: len(reading.sentences.stars)]
    shift = title_length(subject)
    plain = plain_of(subject, reading)
    sentences = [irony.weight(plain.part(each.start + shift, each.end + shift).text) for each in read]
    title = irony.weight(plain_text(subject.title).text) if subject.title else 0.0
    return irony.move_towards_irony(reading, max(title, *sentences, 0.0), sentences)
