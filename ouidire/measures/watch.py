"""Tests of one day of several brands and sources together: the unusual series, with few false alarms in all.

Every series of the day is one or two tests of one family (Holm): the chance that a quiet day gives any
finding stays under `ALPHA`, however many brands and sources are watched. It cannot see a test that is not
handed to it.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from ouidire.frozen import Frozen
from ouidire.measures.family import holm
from ouidire.measures.unusual import Day, Unusual, unusual_polarity, unusual_volume

ALPHA = 0.01
"""Chance that a quiet day gives any finding, everything together: three days in ten months.

`bench/alerts.py` prints what comes of it.
"""
WHOLE = ""
"""The series of a whole brand, all its sources together."""
_HEADLINE = 4.0
# Share of the allowed error rate of a whole brand against that of one source: fixed before any data is seen.


FEWEST_PAST = 12
"""Past mentions from which a source has a tone of its own; those with fewer share one."""


class SeriesKey(NamedTuple):
    """Whose days: a brand's, all sources together (`WHOLE`) or one source's."""

    brand: str
    source: str = WHOLE


class Finding(Frozen):
    """One series that is unusual; `adjusted` is its p-value within the day's family."""

    kind: Literal["volume", "polarity"]
    brand: str
    source: str
    found: Unusual
    adjusted: float


def days_together(sources: Sequence[Sequence[Day]]) -> tuple[Day, ...]:
    """Return the days of several sources together, each source's tone moved to that of all of them.

    Args:
        sources: equally many consecutive days of each, the day judged last.

    A day on which the harshest source speaks more than usual is then no worse than another: balances count as
    x − μ_s + μ, with μ_s the mean of the source over its usable past days (of at least 12 mentions; smaller
    sources share one) and μ that of all; the share of negative mentions likewise, to the nearest mention.
    Counts are plain sums. A day is usable where every source is.
    """
    past = [Day.merged([day for day in days[:-1] if day.usable]) for days in sources]
    everything = Day.merged(past)
    small = Day.merged([each for each in past if each.read < FEWEST_PAST])
    levels = [each if each.read >= FEWEST_PAST else small for each in past]
    return tuple(_day_together(column, levels, everything) for column in zip(*sources, strict=True))


def _day_together(days: Sequence[Day], levels: Sequence[Day], everything: Day) -> Day:
    plain = Day.merged(days)
    if not everything.read:
        return plain
    overall, bad = everything.total / everything.read, everything.negative / everything.read
    total, squares, negative = 0.0, 0.0, 0.0
    for day, level in zip(days, levels, strict=True):
        by = overall - level.total / level.read if level.read else 0.0
        total += day.total + by * day.read
        squares += day.squares + 2 * by * day.total + by * by * day.read
        negative += day.negative + (bad - level.negative / level.read if level.read else 0.0) * day.read
    return plain.model_copy(
        update={
            "total": min(float(plain.read), max(-float(plain.read), total)),
            "squares": max(0.0, squares),
            "negative": min(plain.read, max(0, round(negative))),
        }
    )


def unusual_day(series: Mapping[SeriesKey, Sequence[Day]], *, alpha: float = ALPHA) -> tuple[Finding, ...]:
    """Return what is unusual on the last of these days, surest first.

    Args:
        series: consecutive days of each brand and source, oldest first, all ending on the day judged.
        alpha: the chance, strictly between 0 and 1, that a quiet day gives any finding.

    Only more mentions and worse ones are looked for; each must be certain (adjusted p < `alpha`) and large
    (`Unusual.large`).
    """
    tests: dict[str, tuple[Literal["volume", "polarity"], SeriesKey, Unusual]] = {}
    for key, days in series.items():
        tests[f"volume\0{key.brand}\0{key.source}"] = ("volume", key, unusual_volume(days))
        tests[f"polarity\0{key.brand}\0{key.source}"] = ("polarity", key, unusual_polarity(days))
    weights = {name: _HEADLINE for name, (_, key, _) in tests.items() if key.source == WHOLE}
    adjusted = holm(
        {name: found.p_value for name, (_, _, found) in tests.items() if found.p_value is not None},
        weights=weights,
    )
    return tuple(
        Finding(kind=kind, brand=key.brand, source=key.source, found=found, adjusted=p_value)
        for name, p_value in adjusted.items()
        if p_value < alpha
        for kind, key, found in [tests[name]]
        if found.large
    )
