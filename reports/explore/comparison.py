"""A view beside the same view of the period before, or of a year before: shares with intervals, and n.

Intervals are of sampling alone; the difference of two shares has Newcombe's hybrid interval of the two
Wilson intervals (Newcombe 1998, Statistics in Medicine 17(8), method 10). Counts are shown without one, since
mentions come in bursts. It draws no conclusion: a digest tests, with 26 weeks behind it.
"""

import math
from datetime import date, timedelta
from typing import Literal

from ouidire.frozen import Frozen
from ouidire.index import FieldSum, MentionIndex
from ouidire.measures import Figure, Moments, rate
from reports.explore.date_span import DateSpan, month_end
from reports.explore.lowering import ReaderTime, query_of
from reports.explore.view import MentionView

Against = Literal["before", "year"]
AGAINST: tuple[Against, ...] = ("before", "year")
COMPARED = ("p_positive", "p_negative", "delight", "irritation")
"""Chances read in words, of which the mean over mentions is a share."""
_WEEKS_OF_A_YEAR = timedelta(days=364)


class ComparedShare(Frozen):
    """One share now and then, and their difference with its interval (ratios; None where a side has none)."""

    field: str
    now: Figure
    then: Figure
    difference: float | None = None
    low: float | None = None
    high: float | None = None


class ViewComparison(Frozen):
    """Mentions of two spans of equal length, and their shares."""

    against: Against
    then_span: DateSpan
    then_view: MentionView
    n_now: int
    n_then: int
    shares: tuple[ComparedShare, ...] = ()


def compare(
    reader: MentionIndex, view: MentionView, against: Against, *, time: ReaderTime
) -> ViewComparison | None:
    """Compare a view with itself over earlier days; None where its own days have no first or last one."""
    first, last = view.published.bounds(time.today) if view.published is not None else (None, None)
    if first is None or last is None:
        return None
    try:
        earlier = _earlier(first, last, against)
    except (ValueError, OverflowError):  # before the first year that a day may have
        return None
    then_view = view.between(earlier)
    now = reader.sums(query_of(view, reader, time=time), COMPARED)
    then = reader.sums(query_of(then_view, reader, time=time), COMPARED)
    return ViewComparison(
        against=against,
        then_span=earlier,
        then_view=then_view,
        n_now=now.n,
        n_then=then.n,
        shares=tuple(
            _share(field, now.fields.get(field, FieldSum()), then.fields.get(field, FieldSum()))
            for field in COMPARED
        ),
    )


def _earlier(first: date, last: date, against: Against) -> DateSpan:
    """Return the days to compare with: as many right before, or the same weekdays a year before.

    Whole months are compared with whole months.
    """
    month = first.day == 1 and last == month_end(first)
    if month and against == "before":
        end = first - timedelta(days=1)
        return DateSpan(first=end.replace(day=1), last=end)
    if month:
        start = first.replace(year=first.year - 1)
        return DateSpan(first=start, last=month_end(start))
    days = _WEEKS_OF_A_YEAR if against == "year" else last - first + timedelta(days=1)
    return DateSpan(first=first - days, last=last - days)


def _share(field: str, now: FieldSum, then: FieldSum) -> ComparedShare:
    first, second = (rate(Moments.unweighted(each.n, each.total, each.squares)) for each in (now, then))
    found = ComparedShare(field=field, now=first, then=second)
    if first.value is None or second.value is None:
        return found
    low, high = difference_interval(first, second)
    return found.model_copy(update={"difference": first.value - second.value, "low": low, "high": high})


def difference_interval(now: Figure, then: Figure) -> tuple[float, float]:
    """Return Newcombe's interval of `now` − `then`, two shares with their Wilson intervals.

    Raises ValueError where one of them has no value or no interval.
    """
    ends = (now.value, now.low, now.high, then.value, then.low, then.high)
    if any(each is None for each in ends):
        message = "a difference needs two shares with intervals"
        raise ValueError(message)
    value, low, high, then_value, then_low, then_high = (float(each or 0) for each in ends)
    delta = value - then_value
    below = math.hypot(value - low, then_high - then_value)
    above = math.hypot(high - value, then_value - then_low)
    return delta - below, delta + above
