"""Where the mentions behind a count can be looked at: the explorer's page, or the command that lists them.

It knows no more than a view does; it cannot see whether the explorer runs.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from ouidire.period import Period
from reports.data.scope import Scope
from reports.explore.date_span import DateSpan
from reports.explore.problem import ViewError
from reports.explore.query_string import write_view
from reports.explore.view import ChosenFlag, ChosenRange, ChosenValues, MentionView

MENTIONS = "/mentions"
"""The explorer's page of mentions, below `serve.url`."""
ANSWERS = "/a-repondre"
"""The explorer's page of reviews that await an answer."""


def period_view(
    scope: Scope,
    published: DateSpan,
    values: Mapping[str, Iterable[str]] | None = None,
    *,
    flags: tuple[ChosenFlag, ...] = (),
    ranges: tuple[ChosenRange, ...] = (),
) -> str:
    """Return the query string of a scope's mentions of some days that have more values; "" where none can be.

    It keeps exactly what a digest counts: near-duplicates are folded, withdrawn reviews stay counted. A name
    that no filter takes (too long, or with odd blanks) has no view.
    """
    chosen = {"brand": (scope.brand,), **scope.chosen}
    for name, more in (values or {}).items():
        chosen[name] = tuple(more)
    try:
        view = MentionView(
            values=tuple(ChosenValues(name=name, values=found) for name, found in chosen.items() if found),
            flags=flags,
            ranges=ranges,
            published=published,
        )
    except (ViewError, ValueError):
        return ""
    return write_view(view)


def days_of(period: Period) -> DateSpan:
    """Return a period's local days."""
    return DateSpan(first=period.first_day, last=period.last_day)


def view_url(base: str | None, view: str) -> str | None:
    """Return the address of a view in the explorer at `base`; None where there is neither."""
    return f"{base.rstrip('/')}{MENTIONS}?{view}" if base and view else None


def answers_url(base: str | None, scope: Scope, *, before: datetime) -> str | None:
    """Return the address of a scope's reviews that await an answer; None where there is no explorer.

    It keeps what a digest counts as waiting: those published `before` its end.
    """
    if not base:
        return None
    end = f"{before.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    chosen = {"brand": (scope.brand,), **scope.chosen, "before": (end,)}
    pairs = [(name, value) for name, values in chosen.items() for value in values]
    return f"{base.rstrip('/')}{ANSWERS}?{urlencode(pairs)}"


def view_command(view: str) -> str:
    """Return the command that lists a view's mentions; quotes in it are encoded already."""
    return f"ouidire search --view '{view}'" if view else ""
