"""The learning rate over a run: warms up, decays slowly, falls to zero over the last passes, or as asked."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

WARM, COOL = 70, 0.3
"""Steps of warming up, and the share of the run over which the rate falls to zero where none is asked for."""

Cooling = tuple[int, int]
"""The step at which the rate begins to fall, and the one at which it is zero."""


def factor(step: int, share: float, coolings: Sequence[Cooling] = ()) -> float:
    """Return the factor (0–1) of the learning rates at a step, `share` of the planned passes being done.

    Where coolings are asked for, the rate falls there alone, and not over the last passes.
    """
    before = min(1.0, (step + 1) / WARM) * (1 - 0.5 * min(share, 1.0))
    for first, last in coolings:
        if first <= step < last:
            return before * (last - step) / (last - first)
    return before if coolings else before * max(0.0, min(1.0, (1 - share) / COOL))


def over(step: int, coolings: Sequence[Cooling]) -> bool:
    """Whether the last cooling has ended; never, while none is asked for."""
    return bool(coolings) and step >= coolings[-1][1]


def planned(*asked: Iterable[Cooling]) -> list[Cooling]:
    """Return all coolings in order, each once. Raises ValueError for two that overlap."""
    found = sorted({each for some in asked for each in some})
    for one, other in pairwise(found):
        if other[0] < one[1]:
            message = f"{one[0]}:{one[1]} and {other[0]}:{other[1]} overlap"
            raise ValueError(message)
    return found


def cooling(text: str) -> Cooling:
    """Read FIRST:LAST; raises ValueError for anything else."""
    first, _, last = text.partition(":")
    if not (first.isdecimal() and last.isdecimal() and int(first) < int(last)):
        raise ValueError(text)
    return int(first), int(last)
