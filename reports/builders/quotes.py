"""The words of customers that stand for a period: its best, its worst and its most typical ones.

Candidates are asked of the index a page at a time, the most telling first; those chosen differ in author, in
words and, where it can be had, in site and place. Only present mentions are quoted, since each links to its
source. It cannot judge taste: a quotation is chosen by what analysers and stars say of it, never for its
style.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ouidire.documents import MentionDocument
from ouidire.index import Exists, MentionIndex, Query, Range, Sort
from reports.data.scope import PRESENT, Where
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
_SHARED_WORDS = 0.5
_WORDS = re.compile(r"\w{3,}")
# How a mention can be ranked, the surest first: a peak that an analyser found, a polarity, then stars.
_BEST = ("delight", "polarity", "stars")
_WORST = ("irritation", "polarity", "stars")
# From these on, a mention may stand for the best or the worst: peaks as probabilities, polarity −1…1, stars
# 0–5.
_BEST_FROM = {"delight": 0.5, "polarity": 0.2, "stars": 4.0}
_WORST_FROM = {"irritation": 0.5, "polarity": -0.2, "stars": 2.0}


class Ranking(NamedTuple):
    """By what the mentions of a period can be ranked.

    `fields` are those that analysers or authors filled; `polarity` (−1…1) and `stars` (0–5) are means, near
    which typical mentions are looked for: None where no mention has one.
    """

    fields: tuple[str, ...]
    polarity: float | None = None
    stars: float | None = None


def ranking_of(reader: MentionIndex, where: Where) -> Ranking:
    """Read by what the mentions that `where` keeps can be ranked."""
    names = ("delight", "irritation", "polarity", "stars")
    found = reader.sums(Query(where=where), names).fields
    filled = {name: found[name] for name in names if name in found and found[name].n}
    means = {name: filled[name].total / filled[name].n for name in ("polarity", "stars") if name in filled}
    return Ranking(fields=tuple(filled), **means)


def quotes_of(
    reader: MentionIndex,
    where: Where,
    *,
    ranking: Ranking,
    counts: Mapping[QuoteKind, int] = DEFAULT,
    beside: Sequence[MentionDocument] = (),
    shown_as: QuoteKind | None = None,
) -> tuple[Quote, ...]:
    """Choose quotations as `choose_mentions` does, shown as a kind of their own if one is given."""
    chosen = choose_mentions(reader, where, ranking=ranking, counts=counts, beside=beside)
    return tuple(quote_of(document, kind, shown_as=shown_as) for kind, document in chosen)


def choose_mentions(
    reader: MentionIndex,
    where: Where,
    *,
    ranking: Ranking,
    counts: Mapping[QuoteKind, int] = DEFAULT,
    beside: Sequence[MentionDocument] = (),
) -> list[tuple[QuoteKind, MentionDocument]]:
    """Choose mentions to quote among those that `where` keeps, each with the kind that it stands for.

    `counts` says how many of each kind, at most; they differ from one another and from those `beside` them.
    """
    present = (*where, *PRESENT)
    chosen: list[MentionDocument] = list(beside)
    found: list[tuple[QuoteKind, MentionDocument]] = []
    for kind in KINDS:
        taken = _diverse(_candidates(reader, present, kind, ranking), counts.get(kind, 0), chosen)
        chosen += taken
        found += [(kind, document) for document in taken]
    return found


def _candidates(
    reader: MentionIndex, where: Where, kind: QuoteKind, ranking: Ranking
) -> list[MentionDocument]:
    """Return mentions of one kind, found by every field that was filled, the most telling first."""
    if kind == "typical":
        return _typical(reader, where, ranking)
    found: dict[str, MentionDocument] = {}
    for field in _BEST if kind == "best" else _WORST:
        if field not in ranking.fields:
            continue
        descending = kind == "best" or field == "irritation"
        limit = (_BEST_FROM if kind == "best" else _WORST_FROM)[field]
        kept = Range(field=field, gte=limit) if descending else Range(field=field, lt=limit + 1e-9)
        for document in _page(reader, (*where, kept), Sort(field=field, descending=descending)):
            if agrees(document, kind):
                found.setdefault(document.id, document)
    return sorted(found.values(), key=lambda document: (-_strength(document, kind), document.id))


def _typical(reader: MentionIndex, where: Where, ranking: Ranking) -> list[MentionDocument]:
    """Return mentions near the mean polarity whose author gave about the mean rating, the nearest first."""
    mean = ranking.polarity
    if mean is None:
        return []
    near = Range(field="polarity", gte=mean - 0.25, lt=mean + 0.25)
    pool = _page(reader, (*where, near), Sort(field="period_at"))
    alike = [document for document in pool if _about_as_many_stars(document, ranking.stars)]
    return sorted(alike, key=lambda document: (abs((document.polarity or 0) - mean), document.id))


def _about_as_many_stars(document: MentionDocument, mean: float | None) -> bool:
    given = _stars_given(document)
    return mean is None or given is None or abs(given - mean) <= 1


def _strength(document: MentionDocument, kind: QuoteKind) -> float:
    """How well a mention stands for its kind: its peak or polarity, the rating given, and words enough."""
    peak = document.delight if kind == "best" else document.irritation
    given = _stars_given(document)
    sign = 1 if kind == "best" else -1
    rated = 0.0 if given is None else sign * (given - _MIDDLE) / 4
    strength = (peak or 0.0) + sign * (document.polarity or 0.0) + rated
    hidden = _HIDDEN_COST if MASK in document.text else 0.0
    return strength + 0.3 * min(len(document.text), _LONG_ENOUGH) / _LONG_ENOUGH - hidden


def _stars_given(document: MentionDocument) -> float | None:
    """What the author gave, as 0–5 stars: a rating, or half of an asked 0–10 score."""
    return document.stars if document.asked_score is None else document.asked_score / 2


def _page(reader: MentionIndex, where: Where, sort: Sort) -> list[MentionDocument]:
    hits = reader.search(Query(where=where, sort=(sort,)), size=CANDIDATES).hits
    return [
        hit.document
        for hit in hits
        if hit.document.kind == "mention" and len(tame(hit.document.text)) >= SHORTEST
    ]


def agrees(document: MentionDocument, kind: QuoteKind) -> bool:
    """Whether the author's rating does not contradict an analyser: five stars are never "the worst"."""
    given = _stars_given(document)
    if given is None:
        return True
    return given >= _BEST_FROM["stars"] if kind == "best" else given < _BEST_FROM["stars"]


def _diverse(
    candidates: Iterable[MentionDocument], count: int, chosen: Sequence[MentionDocument]
) -> list[MentionDocument]:
    """Take the first candidates that differ from those chosen; a second pass allows the same places."""
    pool = list(candidates)
    taken: list[MentionDocument] = []
    for strict in (True, False):
        for document in pool:
            if len(taken) == count:
                return taken
            others = [*chosen, *taken]
            if document in taken or any(are_alike(document, other) for other in others):
                continue
            if strict and any(
                (document.site, document.place) == (other.site, other.place) for other in taken
            ):
                continue
            taken.append(document)
    return taken


def are_alike(one: MentionDocument, other: MentionDocument) -> bool:
    """Whether two mentions are one, have one author, or say the same in nearly the same words."""
    if one.id == other.id or (one.author_key is not None and one.author_key == other.author_key):
        return True
    mine, theirs = (set(_WORDS.findall(document.text.casefold())) for document in (one, other))
    return len(mine & theirs) > _SHARED_WORDS * len(mine | theirs)


def strongest_moment(reader: MentionIndex, where: Where) -> MentionDocument | None:
    """Find the mention whose peak lies farthest from 0; of equals, the happier one."""
    present = (*where, *PRESENT, Exists(field="memory_peak"))
    found = [
        document
        for descending in (True, False)
        for document in _page(reader, present, Sort(field="memory_peak", descending=descending))
        if agrees(document, "best" if (document.memory_peak or 0) > 0 else "worst")
    ]
    return max(found, key=_by_peak, default=None)


def _by_peak(document: MentionDocument) -> tuple[float, float, float, int, str]:
    peak = document.memory_peak or 0.0
    probability = document.delight if peak > 0 else document.irritation
    return round(abs(peak), 2), probability or 0.0, peak, -(MASK in document.text), document.id


def quote_of(document: MentionDocument, kind: QuoteKind, *, shown_as: QuoteKind | None = None) -> Quote:
    """Return a mention as a quotation: its excerpt is chosen for its kind, whatever it is shown as."""
    return _quote(document, shown_as or kind, excerpt(document, kind))


def quote_words(document: MentionDocument, kind: QuoteKind, start: int, end: int) -> Quote:
    """Return a part of a mention's text as a quotation, with a mark where it goes on before or after."""
    words = shortened(tame(document.text[start:end]), LIMIT)
    before, after = ("… " if start > 0 else "", " …" if end < len(document.text.rstrip()) else "")
    return _quote(document, kind, f"{before}{words}{after}")


def _quote(document: MentionDocument, kind: QuoteKind, text: str) -> Quote:
    return Quote(
        id=document.id,
        kind=kind,
        text=text,
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
    """Return the words to quote: the text or, where it is long, the part that shows the peak."""
    text = tame(document.text)
    if len(text) <= limit:
        return text
    if kind == "peak" and (scored := [each for each in document.sentences if each.polarity is not None]):
        peak = max(scored, key=lambda each: (abs(each.polarity or 0), each.start))
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
