"""Search by meaning: the mentions that are like a text or like another mention, alike on every back-end.

Two lists are joined by their ranks: the nearest vectors, and the mentions that hold the text's rarest words.
Both are ordered here, in Python (cosines of integers; BM25 over our own stems), so that no back-end's own
scores decide. Nearness is for finding: no figure is made of it, and it cannot see negation well ("rapide" and
"pas rapide" are near).
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ouidire.documents import MentionDocument
from ouidire.frozen import Frozen
from ouidire.index import Exists, Highlight, Hit, MentionIndex, Query, Sort, Term
from ouidire.text.words import words
from search.querytext import Clause, occurrences, parse

SMOOTHING = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): the paper's own."""
MOST = 200
"""Mentions of one answer at most: further down, nearness says little."""
RAREST, EACH = 6, 100
"""Words of the text that are searched for, and mentions looked at of each: the newest."""
COMMON = 0.1
"""Share of the mentions from which a word is too common to find anything by."""
SHORTEST = 3
"""Letters of a word that is searched for."""
SATURATION, BY_LENGTH, USUAL_LENGTH = 1.2, 0.75, 50
"""BM25's constants (Robertson and Zaragoza 2009), and the words of a usual mention."""


class LikeAnswer(Frozen):
    """Mentions by likeness, best first; `kept` counts all that the filters keep."""

    kept: int
    hits: tuple[Hit, ...]


class _Weighed(NamedTuple):
    clause: Clause
    weight: float


def find_like(
    index: MentionIndex, query: Query, text: str, vector: Sequence[int] | None, *, size: int = 20
) -> LikeAnswer:
    """Return the mentions most like a text within a query's filters, MOST at most.

    `vector` is the text's own, None where it says nothing: words alone are then compared. Words of the query
    itself keep and exclude, as in any search; its sort has no effect.
    """
    wanted = max(0, min(size, MOST))
    base = query.model_copy(update={"sort": ()})
    kept = index.sums(base).n
    near = index.nearest(base, vector, size=MOST) if vector is not None and any(vector) else ()
    worded = _by_words(index, base, text, kept)
    return LikeAnswer(kept=kept, hits=fuse((near, worded), size=wanted))


def find_similar(
    index: MentionIndex, mention: MentionDocument, query: Query, *, size: int = 10
) -> LikeAnswer:
    """Return the mentions most like one, itself and its near-duplicates left out; none without a vector."""
    own = mention.duplicate_of or mention.id
    others = (
        Term(field="id", any_of=tuple(dict.fromkeys((mention.id, own))), exclude=True),
        Term(field="duplicate_of", any_of=(own,), exclude=True),
    )
    base = query.model_copy(update={"sort": (), "where": (*query.where, *others)})
    near: tuple[Hit, ...] = ()
    if mention.vector is not None and any(mention.vector):
        near = index.nearest(base, mention.vector, size=max(0, min(size, MOST)))
    return LikeAnswer(kept=index.sums(base).n, hits=near)


def folded(query: Query) -> Query:
    """Return a query that keeps the first of near-duplicates alone."""
    return query.model_copy(update={"where": (*query.where, Exists(field="duplicate_of", exclude=True))})


def fuse(rankings: Sequence[Sequence[Hit]], *, size: int) -> tuple[Hit, ...]:
    """Return the best hits of several rankings by the sum of their reciprocal ranks; ties by id.

    Highlights are the first that a ranking gives.
    """
    scores: Counter[str] = Counter()
    hits: dict[str, Hit] = {}
    for ranking in rankings:
        for rank, hit in enumerate(ranking, start=1):
            key = hit.document.id
            scores[key] += 1 / (SMOOTHING + rank)  # type: ignore[assignment]  # a counter of real numbers
            if key not in hits or (hit.highlights and not hits[key].highlights):
                hits[key] = hit
    best = sorted(hits, key=lambda key: (-round(scores[key], 12), key))[:size]
    return tuple(hits[key].model_copy(update={"score": round(scores[key], 12)}) for key in best)


def _by_words(index: MentionIndex, query: Query, text: str, kept: int) -> tuple[Hit, ...]:
    """Return the mentions that hold the rarest words of a text, by BM25, the newest of each word alone."""
    rarest = _rarest(index, query, text, kept)
    found: dict[str, Hit] = {}
    marks: dict[str, list[Highlight]] = {}
    for word, _ in rarest:
        asked = query.model_copy(
            update={"text": f"{query.text} {word}".strip(), "sort": (Sort(field="period_at"),)}
        )
        for hit in index.search(asked, size=EACH).hits:
            found.setdefault(hit.document.id, hit)
            marks.setdefault(hit.document.id, []).extend(hit.highlights)
    weighed = [_Weighed(parse(word)[0], weight) for word, weight in rarest]
    scored = [
        hit.model_copy(update={"score": _bm25(hit, weighed), "highlights": _joined(marks[key])})
        for key, hit in found.items()
    ]
    return tuple(sorted(scored, key=lambda hit: (-hit.score, hit.document.id))[:MOST])


def _rarest(index: MentionIndex, query: Query, text: str, kept: int) -> list[tuple[str, float]]:
    """Return the rarest words of a text that mentions hold, each with its weight (inverse frequency)."""
    counted = []
    for word in list(dict.fromkeys(each for each in words(text) if len(each) >= SHORTEST))[: 4 * RAREST]:
        if len(parse(word)) != 1:
            continue
        n = index.sums(query.model_copy(update={"text": f"{query.text} {word}".strip()})).n
        if 0 < n <= max(EACH, COMMON * kept):
            counted.append((n, word))
    return [(word, math.log(1 + (kept - n + 0.5) / (n + 0.5))) for n, word in sorted(counted)[:RAREST]]


def _bm25(hit: Hit, weighed: Sequence[_Weighed]) -> float:
    document = hit.document
    assert isinstance(document, MentionDocument)  # noqa: S101 (only mentions have both words and vectors)
    stems = document.stems.split()
    total = 0.0
    for clause, weight in weighed:
        often = sum(1 for _ in occurrences(clause, stems, ()))
        length = 1 - BY_LENGTH + BY_LENGTH * len(stems) / USUAL_LENGTH
        total += weight * often * (SATURATION + 1) / (often + SATURATION * length)
    return round(total, 9)


def _joined(marks: Sequence[Highlight]) -> tuple[Highlight, ...]:
    """Return the highlights of several words as one for each field."""
    spans: dict[str, set[tuple[int, int]]] = {}
    for each in marks:
        spans.setdefault(each.field, set()).update(each.spans)
    return tuple(
        Highlight.model_validate({"field": name, "spans": sorted(own)}) for name, own in spans.items()
    )
