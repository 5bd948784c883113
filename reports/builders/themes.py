"""The themes of a period: how many speak of each, and of which more people complain than usual.

It cannot see why a theme moved, nor themes that the taxonomy does not have.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ouidire.documents import AspectDocument, MentionDocument
from ouidire.index import Query, Sort, Term
from ouidire.measures import Change, announce
from reports.builders.drivers import WHOLE
from reports.builders.period_sums import EVERY, PeriodSums
from reports.builders.quotes import CANDIDATES, are_alike, quote_words
from reports.data.actions import ThemeMove
from reports.data.context import Theme
from reports.data.scope import PRESENT
from reports.data.sections import Quote

THEMES = 6
FEWEST = 5
"""A theme that fewer mentions complain of is no move: it would be two or three people."""
MOVES = 3
QUOTES = 2
CLEAR_LENGTH = (40, 220)
"""Characters of a sentence that says enough and can be read at a glance."""
CUT_COST = 0.3


def themes_of(sums: PeriodSums) -> tuple[Theme, ...]:
    """Return the aspects most spoken of, where an analyser coded them."""
    query = Query(where=sums.where)
    aspects = sums.reader.facet(query, "aspect_names", size=EVERY)
    if not aspects:
        return ()
    sides = sums.reader.facet(query, "aspect_polarity", size=EVERY)  # "aspect:polarity"
    counts = {str(bucket.value): bucket.n for bucket in sides}
    n = sums.reader.sums(query).n
    return tuple(
        Theme(
            aspect=str(bucket.value),
            n=bucket.n,
            positive=counts.get(f"{bucket.value}:positive", 0),
            negative=counts.get(f"{bucket.value}:negative", 0),
            of=n,
        )
        for bucket in [each for each in aspects if each.value != WHOLE][:THEMES]
    )


def theme_moves(sums: PeriodSums, themes: Sequence[Theme]) -> tuple[ThemeMove, ...]:
    """Return the complaints whose share moved most, the largest difference first; at most three.

    All themes shown are tested together (Holm, 5%), apart from the digest's measures.
    """
    compared: dict[str, tuple[Theme, Change]] = {}
    for theme in themes:
        change = sums.share_change(_complaint(theme.aspect)) if theme.negative >= FEWEST else None
        if change is not None and change.value_now is not None and change.value_before is not None:
            compared[theme.aspect] = (theme, change)
    told = announce({aspect: change for aspect, (_, change) in compared.items()}).announced
    moves = [
        ThemeMove(
            aspect=aspect,
            now=change.value_now or 0.0,
            usual=change.value_before or 0.0,
            n=theme.negative,
            announced=aspect in told,
            watch=change.beyond_noise and aspect not in told,
        )
        for aspect, (theme, change) in compared.items()
    ]
    moves.sort(key=lambda move: (-move.announced, -move.watch, move.usual - move.now, move.aspect))
    return tuple(_with_quotes(sums, moves[:MOVES]))


def _complaint(aspect: str) -> Term:
    return Term(field="aspect_polarity", any_of=(f"{aspect}:negative",))


class _Said(NamedTuple):
    """A sentence that complains of a theme, and how clearly it does."""

    document: MentionDocument
    start: int
    end: int
    clarity: float


def _with_quotes(sums: PeriodSums, moves: Sequence[ThemeMove]) -> list[ThemeMove]:
    """Add to each move beyond its noise the sentences that say it best, each author once in all of them."""
    taken: list[MentionDocument] = []
    found = []
    for move in moves:
        quotes: list[Quote] = []
        for said in _sentences(sums, move.aspect) if move.announced or move.watch else ():
            if len(quotes) == QUOTES:
                break
            if not any(are_alike(said.document, other) for other in taken):
                quotes.append(quote_words(said.document, "worst", said.start, said.end))
                taken.append(said.document)
        found.append(move.model_copy(update={"quotes": tuple(quotes)}))
    return found


def _sentences(sums: PeriodSums, aspect: str) -> list[_Said]:
    """Return the sentences that complain of a theme, the clearest first, one of each mention."""
    query = Query(
        where=(*sums.where, *PRESENT, _complaint(aspect)), sort=(Sort(field="polarity", descending=False),)
    )
    hits = sums.reader.search(query, size=CANDIDATES).hits
    documents = [hit.document for hit in hits if hit.document.kind == "mention"]
    said = [each for document in documents if (each := _clearest(document, aspect)) is not None]
    return sorted(said, key=lambda each: (-each.clarity, each.document.id))


def _clearest(document: MentionDocument, aspect: str) -> _Said | None:
    coded = [each for each in document.aspects if (each.name, each.polarity) == (aspect, "negative")]
    spans = [(_span(document, each), each.probability) for each in coded]
    said = [
        _Said(document, start, end, probability - _length_cost(end - start))
        for (start, end), probability in spans
        if end > start
    ]
    return max(said, key=lambda each: (each.clarity, -each.start), default=None)


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
    shortest, longest = CLEAR_LENGTH
    return 0.0 if shortest <= length <= longest else CUT_COST
