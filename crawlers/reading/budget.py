"""A budget of costly look-ups for each page, so that no page can ask for a million of them.

Without a page that is being read there is no budget. It cannot see what a look-up costs: only how many.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LOOKUPS = 200
"""Look-ups of one page; saved real pages need some dozens at most, one for each form of a date."""
_ASKED: ContextVar[tuple[int, set[str]] | None] = ContextVar("asked", default=None)


@contextmanager
def page_budget(lookups: int = LOOKUPS) -> Iterator[None]:
    """Allow so many costly look-ups within a block."""
    token = _ASKED.set((lookups, set()))
    try:
        yield
    finally:
        _ASKED.reset(token)


def may_look_up(what: str) -> bool:
    """Return whether a costly look-up is allowed, and count it; the same one costs once."""
    budget = _ASKED.get()
    if budget is None:
        return True
    most, asked = budget
    if what not in asked and len(asked) >= most:
        return False
    asked.add(what)
    return True
