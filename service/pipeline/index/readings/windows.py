"""Windows: listings that show their latest mentions alone; the oldest leave them and are not withdrawn.

Pure. It cannot tell an author who withdraws the oldest mention of a listing from a listing that ends there:
then nothing counts as withdrawn.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Final

OLDER_SEEN: Final = 0.1
"""Share of what is shown that may be older than what left a window: some sites pin a few."""
NEWER_SEEN: Final = 0.5
"""Share of what is shown that must be newer: where all dates are one, nothing is older than anything."""
ALMOST: Final = 0.8
"""Share of what is missing that must be the oldest."""
SEVERAL: Final = 3
"""From so many missing on, a listing as long as the one before it is a window: others took their places."""


def is_window(
    missing: Sequence[datetime | None],
    seen: Sequence[datetime | None],
    *,
    length: int | None = None,
    length_before: int | None = None,
) -> bool:
    """Return whether what a complete listing no longer shows has left it at its end.

    `missing` and `seen` are the dates of known mentions, None where they have none; `length` counts what the
    listing shows now, and showed before.
    """
    if not missing:
        return False
    if length is not None and length == length_before and len(missing) >= SEVERAL:
        return True
    shown = sorted(each for each in seen if each is not None)
    if not shown:
        return False
    oldest = sum(_is_old(each, shown) for each in missing if each is not None)
    return oldest >= ALMOST * len(missing)


def _is_old(date: datetime, shown: Sequence[datetime]) -> bool:
    older = bisect_left(shown, date)
    newer = len(shown) - bisect_right(shown, date)
    return older <= OLDER_SEEN * len(shown) and newer >= NEWER_SEEN * len(shown)
