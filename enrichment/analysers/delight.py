"""Delight and irritation: does a text tell of a peak, good or bad, and with which words?

A peak is beyond satisfaction: surprise, a superlative with feeling, a named person or a deed beyond duty; its
mirror is anger, disgust, feeling scorned or robbed. "Very good" and "disappointed" are none. The chance of a
text is that of its strongest sentence; `spans` are given only where a sentence is said to show the peak. It
cannot see irony that no words mark, nor a peak told without feeling.
"""

from collections.abc import Sequence
from typing import Any

from enrichment.analysers import sentence_signals
from enrichment.analysers.encode import says_something
from enrichment.analysers.sentence_signals import SentenceSignals
from enrichment.base import Subject
from ouidire.annotations import Peak, Span

MOST_SPANS = 5


class DelightAnalyser:
    """Fills `delight` and `irritation`; both None for a text that says nothing."""

    name = "delight"
    version = 5
    requires: tuple[str, ...] = ("reading",)
    fills: tuple[str, ...] = ("delight", "irritation")

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Read each sentence for both peaks."""
        return [
            {"delight": _peak("delight", read), "irritation": _peak("irritation", read)}
            if _speaks(subject) and read
            else {}
            for subject, read in zip(batch, sentence_signals.read(batch), strict=True)
        ]


def _speaks(subject: Subject) -> bool:
    return says_something(subject.text) or says_something(subject.title or "")


def _peak(sign: str, read: Sequence[SentenceSignals]) -> Peak:
    spans: list[Span] = []
    for each in read:
        if not each.shows(sign) or each.start is None:
            continue
        found = [
            word for word in each.words.get(sign, ()) if word.entry.strength != "weak"
        ] or each.words.get(sign, ())[:1]
        spans += [Span(start=each.start + word.start, end=each.start + word.end) for word in found] or [
            _whole(each)
        ]
    return Peak(probability=max(each.chances[sign] for each in read), spans=tuple(_apart(spans)[:MOST_SPANS]))


def _whole(each: SentenceSignals) -> Span:
    return Span(start=each.start or 0, end=each.end or 0)


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Drop spans that lie within the one before."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
