"""The words of customers that stand for a period: its best, its worst and its most typical ones.

Candidates are asked of the index a page at a time, the most telling first; those chosen differ in author, in
words and, where it can be had, in site and place. Only present mentions are quoted, since each links to its
source. It cannot judge taste: a quotation is chosen by what analysers and stars say of it, never for its
style.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from ouidire.documents import MentionDocument
from ouidire.frozen import Frozen
from ouidire.index import Exists, MentionIndex, Query, Range, Sort, Term
from reports.data.scope import Where
from reports.data.sections import Quote, QuoteKind
from reports.typography import MASK, shortened, tame

LIMIT = 240
"""Characters of a quotation."""
SHORTEST = 25
"""Shorter texts ("Très bien") prove nothing."""
CANDIDATES = 60
KINDS: tuple[QuoteKind, ...] = ("best", "worst", "typical")
DEFAULT: Mapping[QuoteKind, int] = {"best": 2, "worst": 2, "typical": 1}
_MIDDLE = 3
# A quotation with a masked stretch is taken only where no other is nearly as telling.
_HIDDEN_COST = 0.6
_LONG_ENOUGH = 160
# Two texts that share more than this part of their words say the same thing twice (Jaccard).
_ALIKE = 0.5
_WORDS = re.compile(r"\w{3,}")
# How a mention can be ranked, the surest first: a peak that an analyser found, a polarity, then stars.
_BEST = ("delight", "polarity", "stars")
_WORST = ("irritation", "polarity", "stars")
# From these on, a mention may stand for the best or the worst: peaks as probabilities, polarity −1…1, stars
# 0–5.
_BEST_FROM = {"delight": 0.5, "polarity": 0.2, "stars": 4.0}
_WORST_FROM = {"irritation": 0.5, "polarity": -0.2, "stars": 2.0}


class Means(Frozen):
    """Mean polarity (−1…1) and mean stars (0–5) of a period's mentions; None where no mention has one."""

    polarity: float | None = None
    stars: float | None = None


def quotes_of(
    reader: MentionIndex,
    where: Where,
    *,
    read: Sequence[str],
    means: Means,
    counts: Mapping[QuoteKind, int] = DEFAULT,
    beside: Sequence[MentionDocument] = (),
) -> tuple[Quote, ...]:
    """Choose quotations among the mentions that `where` keeps: as `chosen_of`, ready to be shown."""
    return tuple(
        quote_of(document, kind)
        for kind, document in chosen_of(reader, where, read=read, means=means, counts=counts, beside=beside)
    )


def chosen_of(
    reader: MentionIndex,
    where: Where,
    *,
    read: Sequence[str],
    means: Means,
    counts: Mapping[QuoteKind, int] = DEFAULT,
    beside: Sequence[MentionDocument] = (),
) -> list[tuple[QuoteKind, MentionDocument]]:
    """Choose mentions to quote among those that `where` keeps.

    `read` names the fields that analysers filled in this period; `means` are the period's, near which typical
    ones are looked for. `counts` says how many of each kind; they differ from those quoted `beside` them.
    """
    present = (*where, Term(field="presence", any_of=("present",)))
    chosen: list[MentionDocument] = list(beside)
    found: list[tuple[QuoteKind, MentionDocument]] = []
    for kind in KINDS:
        taken = _diverse(_candidates(reader, present, kind, read, means), counts.get(kind, 0), chosen)
        chosen += taken
        found += [(kind, document) for document in taken]
    return found


def _candidates(
    reader: MentionIndex, where: Where, kind: QuoteKind, read: Sequence[str], means: Means
) -> list[MentionDocument]:
    """Ask for mentions of one kind by every field that was read, the most telling first."""
    if kind == "typical":
        return _typical(reader, where, read, means)
    found: dict[str, MentionDocument] = {}
    for field in _BEST if kind == "best" else _WORST:
        if field not in read:
            continue
        descending = kind == "best" or field == "irritation"
        limit = (_BEST_FROM if kind == "best" else _WORST_FROM)[field]
        kept = Range(field=field, gte=limit) if descending else Range(field=field, lt=limit + 1e-9)
        for document in _page(reader, (*where, kept), Sort(field=field, descending=descending)):
            if _agrees(document, kind):
                found.setdefault(document.id, document)
    return sorted(found.values(), key=lambda document: (-_telling(document, kind), document.id))


def _typical(reader: MentionIndex, where: Where, read: Sequence[str], means: Means) -> list[MentionDocument]:
    """Ask for mentions near the mean polarity whose author gave about the mean rating, the nearest first."""
    mean, stars = means.polarity, means.stars
    if mean is None or "polarity" not in read:
        return []
    near = Range(field="polarity", gte=mean - 0.25, lt=mean + 0.25)
    pool = [
        document
        for document in _page(reader, (*where, near), Sort(field="period_at"))
        if stars is None or (given := _given(document)) is None or abs(given - stars) <= 1
    ]
    return sorted(pool, key=lambda document: (abs((document.polarity or 0) - mean), document.id))


def _telling(document: MentionDocument, kind: QuoteKind) -> float:
    """How well a mention stands for its kind: its peak or polarity, what its author gave, and words enough to show why."""
    peak = document.delight if kind == "best" else document.irritation
    given = _given(document)
    sign = 1 if kind == "best" else -1
    strength = (
        (peak or 0.0)
        + sign * (document.polarity or 0.0)
        + (0.0 if given is None else sign * (given - _MIDDLE) / 4)
    )
    hidden = _HIDDEN_COST if MASK in document.text else 0.0
    return strength + 0.3 * min(len(document.text), _LONG_ENOUGH) / _LONG_ENOUGH - hidden


def _given(document: MentionDocument) -> float | None:
    """What the author gave, as 0–5 stars: a rating, or half of an asked 0–10 score."""
    return document.stars if document.asked_score is None else document.asked_score / 2


def _page(reader: MentionIndex, where: Where, sort: Sort) -> list[MentionDocument]:
    hits = reader.search(Query(where=where, sort=(sort,)), size=CANDIDATES).hits
    return [
        hit.document
        for hit in hits
        if hit.document.kind == "mention" and len(tame(hit.document.text)) >= SHORTEST
    ]


def _agrees(document: MentionDocument, kind: QuoteKind) -> bool:
    """Whether what the author gave does not contradict what an analyser read: five stars are never "the worst"."""
    given = _given(document)
    if given is None:
        return True
    return given >= _BEST_FROM["stars"] if kind == "best" else given < _BEST_FROM["stars"]


def _diverse(
    candidates: Iterable[MentionDocument], count: int, chosen: Sequence[MentionDocument]
) -> list[MentionDocument]:
    """Take the first candidates that differ from those chosen; a second pass gives up on other sites and places."""
    pool = list(candidates)
    taken: list[MentionDocument] = []
    for strict in (True, False):
        for document in pool:
            if len(taken) == count:
                return taken
            others = [*chosen, *taken]
            if document in taken or any(_same(document, other) for other in others):
                continue
            if strict and any(
                (document.site, document.place) == (other.site, other.place) for other in taken
            ):
                continue
            taken.append(document)
    return taken


def _same(one: MentionDocument, other: MentionDocument) -> bool:
    """Whether two mentions are one, have one author, or say the same in nearly the same words."""
    if one.id == other.id or (one.author_key is not None and one.author_key == other.author_key):
        return True
    mine, theirs = (set(_WORDS.findall(document.text.casefold())) for document in (one, other))
    return len(mine & theirs) > _ALIKE * len(mine | theirs)


def strongest(reader: MentionIndex, where: Where) -> MentionDocument | None:
    """Find the strongest moment that anyone told: the mention whose peak lies farthest from 0, of equals the happier one."""
    present = (*where, Term(field="presence", any_of=("present",)), Exists(field="memory_peak"))
    found = [
        document
        for descending in (True, False)
        for document in _page(reader, present, Sort(field="memory_peak", descending=descending))
        if _agrees(document, "best" if (document.memory_peak or 0) > 0 else "worst")
    ]
    return max(found, key=_strength, default=None)


def _strength(document: MentionDocument) -> tuple[float, float, float, int, str]:
    peak = document.memory_peak or 0.0
    told = document.delight if peak > 0 else document.irritation
    return round(abs(peak), 2), told or 0.0, peak, -(MASK in document.text), document.id


def quote_of(document: MentionDocument, kind: QuoteKind) -> Quote:
    """Quote a mention."""
    return Quote(
        id=document.id,
        kind=kind,
        text=excerpt(document, kind),
        language=document.language,
        site=document.site or document.source,
        url=document.url,
        stars=document.stars if document.rating is not None else None,
        score=document.asked_score,
        place=document.place and shortened(tame(document.place), 60),
        at=document.published_at or document.period_at,
        approximate=document.published_precision not in (None, "second", "day"),
    )


def excerpt(document: MentionDocument, kind: QuoteKind, *, limit: int = LIMIT) -> str:
    """Return the words to quote: the text, or where it is long, the part around the words that show the peak."""
    text = tame(document.text)
    if len(text) <= limit:
        return text
    if kind == "peak" and (told := [each for each in document.sentences if each.polarity is not None]):
        peak = max(told, key=lambda each: (abs(each.polarity or 0), each.start))
        return _from(document, peak.start, limit) if peak.end > limit else shortened(text, limit)
    what = {"best": "delight", "worst": "irritation"}.get(kind)
    spans = [
        (found.start, found.end)
        for found in document.evidence
        if found.what == what and found.start is not None and found.end is not None
    ]
    for start, end in spans:
        sentence = next(
            (each for each in document.sentences if each.start <= start and end <= each.end), None
        )
        begin = sentence.start if sentence else start
        if begin > limit - 60:
            return _from(document, begin, limit)
    return shortened(text, limit)


def _from(document: MentionDocument, begin: int, limit: int) -> str:
    return "… " + shortened(tame(document.text[begin : begin + 2 * limit]), limit - 2)
