"""Lists of search suggestions: the last of a period, beside the last one before it.

It reads lists that are whole; one that could not be read is not in the index. It cannot see what was
suggested between two runs.
"""

from datetime import datetime
from typing import Any, NamedTuple

from ouidire.index import MentionIndex, Query, Term
from ouidire.settings.brand import Brand
from reports.coverage.coverage import Coverage
from reports.coverage.observation import ObservationWindow, as_datetime
from reports.data.search_pages import SuggestionMoves
from reports.typography import shortened, tame

_SERIES = ("source_key", "engine", "gl", "hl", "query")
"""What tells one list from another."""
_LENGTH = 90


class _SeenList(NamedTuple):
    at: datetime
    query: str
    engine: str
    suggestions: tuple[str, ...]


def suggestion_moves(reader: MentionIndex, brand: Brand, coverage: Coverage) -> tuple[SuggestionMoves, ...]:
    """Return each list taken in the last window, in the order of its query, with its entrants and exits.

    It is compared with the last one taken before the window, within the periods that a digest looks at.
    Suggestions are compared as they are read: without regard to capitals and blanks.
    """
    windows = coverage.windows
    whole = ObservationWindow(start=windows[0].start, end=windows[-1].end).range("captured_at")
    where = (Term(field="brands", any_of=(brand.slug,)), whole)
    now: dict[tuple[str, ...], _SeenList] = {}
    before: dict[tuple[str, ...], _SeenList] = {}
    fields = (*_SERIES, "captured_at", "suggestions")
    for row in reader.scan(Query(kind="suggestion", where=where), fields):
        key = tuple(str(row.get(name) or "") for name in _SERIES)
        seen = _seen(row)
        kept = now if seen.at > windows[-1].start else before
        if key not in kept or seen.at > kept[key].at:
            kept[key] = seen
    moves = [_moves(seen, before.get(key)) for key, seen in now.items()]
    return tuple(sorted(moves, key=lambda each: (each.query, each.engine)))


def _seen(row: dict[str, Any]) -> _SeenList:
    shown = tuple(shortened(tame(str(each)), _LENGTH) for each in row.get("suggestions") or ())
    return _SeenList(as_datetime(row["captured_at"]), tame(str(row["query"])), str(row["engine"]), shown)


def _moves(now: _SeenList, before: _SeenList | None) -> SuggestionMoves:
    found = SuggestionMoves(
        query=now.query, engine=now.engine, captured_at=now.at, suggestions=now.suggestions
    )
    if before is None:
        return found
    return found.model_copy(
        update={
            "before_at": before.at,
            "entrants": _absent(now.suggestions, before.suggestions),
            "exits": _absent(before.suggestions, now.suggestions),
        }
    )


def _absent(shown: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    known = {_folded(each) for each in others}
    return tuple(each for each in shown if _folded(each) not in known)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
