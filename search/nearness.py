"""Nearness of quantised vectors: the exact cosine by which every back-end orders what it finds.

Back-ends look for candidates each in its own way and rounding; the order and the scores that readers see are
computed here from the integers themselves, so that they are the same everywhere.
"""

import math
from collections.abc import Iterable, Sequence

from ouidire.documents import Kind
from ouidire.index import Hit
from ouidire.schema import FieldSpec
from search.fields import specs

DIGITS = 6
"""Digits of a cosine that are kept: finer differences say nothing of texts."""
MARGIN = 32
"""Candidates that a back-end of rounded scores looks at beyond those wanted."""


def vector_spec(kind: Kind) -> FieldSpec | None:
    """Return the field of a kind that holds a vector; None where it has none."""
    return next((spec for spec in specs(kind).values() if spec.type == "vector"), None)


def check_vector(kind: Kind, vector: Sequence[int]) -> None:
    """Check that a vector can be compared with a kind's.

    Raises ValueError for a kind without vectors, another number of dimensions, a number beyond −128…127, or
    zeros alone.
    """
    spec = vector_spec(kind)
    if spec is None:
        message = f"a {kind} has no vector: nothing of it is near anything"
        raise ValueError(message)
    if len(vector) != spec.dims or not all(-128 <= each <= 127 for each in vector) or not any(vector):  # noqa: PLR2004 (int8)
        message = f"a vector of {kind}s holds {spec.dims} integers of −128 to 127, not all of them 0"
        raise ValueError(message)


def cosine(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the cosine of two vectors of integers, −1…1, to six digits; neither may be zeros alone.

    >>> cosine((3, 4), (4, 3))
    0.96
    """
    product = sum(a * b for a, b in zip(one, other, strict=True))
    lengths = sum(a * a for a in one) * sum(b * b for b in other)
    return round(product / math.sqrt(lengths), DIGITS)


def nearest_first(hits: Iterable[Hit], vector: Sequence[int], *, size: int) -> tuple[Hit, ...]:
    """Return the `size` hits nearest to a vector, scored by their cosine; ties are in the order of ids.

    Hits without a comparable vector are left out.
    """
    scored = []
    for hit in hits:
        own = getattr(hit.document, "vector", None)
        if own is not None and len(own) == len(vector) and any(own):
            scored.append(hit.model_copy(update={"score": cosine(vector, own)}))
    return tuple(sorted(scored, key=lambda hit: (-hit.score, hit.document.id))[:size])
