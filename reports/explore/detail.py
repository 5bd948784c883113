"""One mention whole: its text with what shows each annotation, its changes, its copies, and what is like it.

What is like it speaks of the same themes with the same sides, of the same brand; what is near it in meaning
is found by vectors (`service.pipeline.meaning`).
"""

from collections.abc import Sequence

from ouidire.documents import EventDocument, MentionDocument
from ouidire.frozen import Frozen
from ouidire.index import Exists, Hit, MentionIndex, Query, Sort, Term
from reports.explore.excerpt import Piece, pieces

MOST_EVENTS, MOST_COPIES, MOST_ALIKE = 50, 20, 5


class EvidenceMark(Frozen):
    """A stretch of the text that shows something: `what` as the index names it, and its probability.

    `side` is that of an aspect, or of a peak. A mark without a place (`start` is None) concerns the whole.
    """

    what: str
    side: str
    probability: float
    start: int | None = None
    end: int | None = None
    target: str | None = None


class MentionDetail(Frozen):
    """One mention and what is known of it."""

    document: MentionDocument
    marks: tuple[EvidenceMark, ...] = ()
    events: tuple[EventDocument, ...] = ()
    original: MentionDocument | None = None
    copies: tuple[MentionDocument, ...] = ()
    alike: tuple[Hit, ...] = ()

    @property
    def text(self) -> tuple[Piece, ...]:
        """The text in pieces, each with the numbers of the marks that lie on it."""
        return pieces(self.document.text, [(each.start or 0, each.end or 0) for each in self.marks])


def detail_of(reader: MentionIndex, mention_id: str) -> MentionDetail | None:
    """Return a mention and what is known of it; None where there is none of this id."""
    document = reader.get("mention", mention_id)
    if not isinstance(document, MentionDocument):
        return None
    origin = reader.get("mention", document.duplicate_of) if document.duplicate_of else None
    return MentionDetail(
        document=document,
        marks=_marks(document),
        events=_events(reader, document),
        original=origin if isinstance(origin, MentionDocument) else None,
        copies=_copies(reader, document),
        alike=_alike(reader, document),
    )


def _marks(document: MentionDocument) -> tuple[EvidenceMark, ...]:
    aspects = [
        EvidenceMark(
            what=f"aspect:{each.name}",
            side=each.polarity,
            probability=each.probability,
            start=each.start,
            end=each.end,
        )
        for each in document.aspects
    ]
    sides = {"delight": "positive", "irritation": "negative"}
    others = [
        EvidenceMark(
            what=each.what,
            side=sides.get(each.what, ""),
            probability=each.probability,
            start=each.start,
            end=each.end,
            target=each.target,
        )
        for each in document.evidence
    ]
    return (*others, *aspects)


def _events(reader: MentionIndex, document: MentionDocument) -> tuple[EventDocument, ...]:
    where = (Term(field="subject_id", any_of=(document.id,)),)
    hits = reader.search(Query(kind="event", where=where, sort=(Sort(field="at"),)), size=MOST_EVENTS).hits
    return tuple(hit.document for hit in hits if isinstance(hit.document, EventDocument))


def _copies(reader: MentionIndex, document: MentionDocument) -> tuple[MentionDocument, ...]:
    where = (Term(field="duplicate_of", any_of=(document.id,)),)
    return _mentions(
        reader.search(Query(where=where, sort=(Sort(field="period_at"),)), size=MOST_COPIES).hits
    )


def _alike(reader: MentionIndex, document: MentionDocument) -> tuple[Hit, ...]:
    if not document.aspect_polarity or not document.brands:
        return ()
    where = (
        Term(field="brands", any_of=document.brands),
        *(Term(field="aspect_polarity", any_of=(each,)) for each in document.aspect_polarity[:2]),
        Exists(field="duplicate_of", exclude=True),
        Term(field="id", any_of=(document.id,), exclude=True),
    )
    return reader.search(Query(where=where, sort=(Sort(field="period_at"),)), size=MOST_ALIKE).hits


def _mentions(hits: Sequence[Hit]) -> tuple[MentionDocument, ...]:
    return tuple(hit.document for hit in hits if isinstance(hit.document, MentionDocument))
