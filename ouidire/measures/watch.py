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
