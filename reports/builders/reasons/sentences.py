"""The sentences that praise or blame a theme most clearly: the words that stand beside a driver or an action.

Clear is what an analyser is sure of, what can be read at a glance, and what others say in the same words. It
cannot judge taste, nor see a complaint that no analyser coded.
"""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, cast

from ouidire.documents import AspectDocument, MentionDocument
from ouidire.index import Query, Sort, Term
from reports.builders.period_sums import PeriodSums
from reports.builders.quotes import CANDIDATES, agrees, are_alike, quote_words
from reports.data.scope import PRESENT
from reports.data.sections import Quote, QuoteKind

Side = Literal["negative", "positive"]
CLEAR_LENGTH = (40, 220)
"""Characters of a sentence that says enough and can be read at a glance."""
CUT_COST = 0.3
TYPICAL_WORTH = 0.3
"""What a sentence gains that shares all its words with the other candidates; it is 0 where it shares none."""
_WORDS = re.compile(r"\w{4,}")
_SIGN = {"negative": -1, "positive": 1}
_KIND: dict[Side, QuoteKind] = {"negative": "worst", "positive": "best"}


class _Said(NamedTuple):
    """A sentence that speaks of a theme on one side, and how clearly it does."""

    document: MentionDocument
    start: int
    end: int
    clarity: float

    @property
    def words(self) -> frozenset[str]:
        return frozenset(_WORDS.findall(self.document.text[self.start : self.end].casefold()))


class ClearQuotes:
    """Chooses sentences for several themes of one digest, no author twice in all of them."""

    def __init__(self, sums: PeriodSums) -> None:
        self.sums = sums
        self._taken: list[MentionDocument] = []

    def of(self, code: str, *, most: int = 2) -> tuple[Quote, ...]:
        """Return the sentences that say "aspect:side" most clearly, at most so many."""
        aspect, _, named = code.rpartition(":")
        side = cast("Side", named)
        quotes: list[Quote] = []
        for said in _sentences(self.sums, aspect, side):
            if len(quotes) == most:
                break
            if not any(are_alike(said.document, other) for other in self._taken):
                quotes.append(quote_words(said.document, _KIND[side], said.start, said.end))
                self._taken.append(said.document)
        return tuple(quotes)


def _sentences(sums: PeriodSums, aspect: str, side: Side) -> list[_Said]:
    """Return the sentences that speak of a theme on one side, the clearest first, one of each mention."""
    coded = Term(field="aspect_polarity", any_of=(f"{aspect}:{side}",))
    order = (Sort(field="polarity", descending=side == "positive"),)
    hits = sums.reader.search(Query(where=(*sums.where, *PRESENT, coded), sort=order), size=CANDIDATES).hits
    documents = [hit.document for hit in hits if hit.document.kind == "mention"]
    agreeing = [document for document in documents if agrees(document, _KIND[side])]
    said = [each for document in agreeing if (each := _clearest(document, aspect, side)) is not None]
    typical = _typicality(said)
    ranked = [
        each._replace(clarity=each.clarity + TYPICAL_WORTH * worth)
        for each, worth in zip(said, typical, strict=True)
    ]
    return sorted(ranked, key=lambda each: (-each.clarity, each.document.id))


def _typicality(said: Sequence[_Said]) -> list[float]:
    """Return for each sentence the mean part (0–1) of its words that each other sentence has too."""
    words = [each.words for each in said]
    others = max(1, len(said) - 1)
    return [
        sum(len(mine & theirs) for theirs in words if theirs is not mine) / (others * max(1, len(mine)))
        for mine in words
    ]


def _clearest(document: MentionDocument, aspect: str, side: Side) -> _Said | None:
    """Return the sentence of a mention that says it best; none where all of them say the contrary too."""
    coded = [each for each in document.aspects if (each.name, each.polarity) == (aspect, side)]
    said = []
    for each in coded:
        start, end = _span(document, each)
        if end > start and not _contrary(document, start, end, aspect, side):
            said.append(_Said(document, start, end, each.probability - _length_cost(end - start)))
    return max(said, key=lambda each: (each.clarity, -each.start), default=None)


def _contrary(document: MentionDocument, start: int, end: int, aspect: str, side: Side) -> bool:
    """Whether a sentence sounds, or speaks of the theme, on the other side as well."""
    sounds = [each.polarity for each in document.sentences if each.start == start and each.end == end]
    polarity = sounds[0] if sounds else document.polarity
    if polarity is not None and polarity * _SIGN[side] < 0:
        return True
    others = (each for each in document.aspects if each.name == aspect and each.polarity != side)
    return any(each.polarity != "neutral" and _span(document, each) == (start, end) for each in others)


def _span(document: MentionDocument, aspect: AspectDocument) -> tuple[int, int]:
    """Return where the sentence lies that speaks of an aspect; the whole text where nothing says."""
    at = aspect.sentence
    if at is not None and 0 <= at < len(document.sentences):
        return document.sentences[at].start, document.sentences[at].end
    for each in document.sentences:
        if aspect.start is not None and each.start <= aspect.start < each.end:
            return each.start, each.end
    return 0, len(document.text)


def _length_cost(length: int) -> float:
    least, most = CLEAR_LENGTH
    return 0.0 if least <= length <= most else CUT_COST
