"""Delight and irritation: the probability that a text tells of a peak, good or bad, and the words that do.

A peak is beyond satisfaction: surprise, a superlative with feeling, a named person or a deed beyond duty; its
mirror is anger, disgust, feeling scorned or robbed. "Very good" and "disappointed" are none. The probability
of a text is that of its strongest sentence; `spans` are given only where that reaches the threshold. It
cannot see irony that no words mark, nor a peak without a word of feeling.
"""

from collections.abc import Sequence
from typing import Any

from enrichment.analysers.encode import says_something
from enrichment.analysers.sentence_signals import SentenceSignals
from enrichment.base import Analyser, Subject
from ouidire.annotations import Peak, Span

MOST_SPANS = 5


class DelightAnalyser(Analyser):
    """Fills `delight` and `irritation`; both None for a text that says nothing."""

    name = "delight"
    version = 6
    requires: tuple[str, ...] = ("signals",)
    fills: tuple[str, ...] = ("delight", "irritation")

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Return both peaks of each text."""
        return [_peaks(subject) for subject in batch]


def _peaks(subject: Subject) -> dict[str, Any]:
    sentences: Sequence[SentenceSignals] = subject.signals
    if not sentences or not (says_something(subject.text) or says_something(subject.title or "")):
        return {}
    return {signal: _peak(signal, sentences) for signal in ("delight", "irritation")}


def _peak(signal: str, sentences: Sequence[SentenceSignals]) -> Peak:
    spans = [span for each in sentences if each.is_present(signal) for span in _spans(signal, each)]
    probability = max(each.probabilities[signal] for each in sentences)
    return Peak(probability=probability, spans=tuple(_apart(spans)[:MOST_SPANS]))


def _spans(signal: str, each: SentenceSignals) -> list[Span]:
    """Return the words that show a peak, weak ones only for want of others; else the whole sentence."""
    if each.start is None or each.end is None:
        return []
    matches = each.matches.get(signal, ())
    chosen = [match for match in matches if match.entry.strength != "weak"] or matches[:1]
    if not chosen:
        return [Span(start=each.start, end=each.end)]
    return [span for match in chosen if (span := each.place(match))]


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Drop spans that lie within the one before."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
