"""Comparison of a week with past weeks, each source with its own past: opinion apart from the mix of sources.

Sources differ in level (customers asked are kinder than a forum), so that the mean of all documents moves
when a source weighs more, though nobody changed his mind. It cannot tell opinions apart from who speaks
within one source.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ouidire.measures.change import Change, SourceMix, check_weeks, compare_weeks
from ouidire.measures.figure import EMPTY_WEIGHT, Moments, Unit
from ouidire.measures.quantiles import two_sided_hypergeometric

FEWEST_PAST = 12
"""Past documents from which a source has a level of its own."""
_SMALL = ""
"""The stratum of all sources with fewer past documents: they share one level."""
_EXACT_AT_MOST = 1_000
SourceMoments = Mapping[str, Moments]
"""One week's sums of a field, by source."""


class _Stratum(NamedTuple):
    """One source (or all small ones together): this week's sums, and those of each past week."""

    source: str
    now: Moments
    before: tuple[Moments, ...]

    @property
    def past(self) -> Moments:
        return Moments.merged(self.before)


def source_change(
    now: SourceMoments,
    before: Sequence[SourceMoments],
    *,
    bounds: tuple[float, float] = (-1.0, 1.0),
    unit: Unit = "ratio",
    confidence: float = 0.95,
) -> Change:
    """Compare the mean of a bounded field this week with past weeks, each source with its own past.

    Args:
        now: this week's sums, by source.
        before: those of each past week, weeks not seen whole left out by the caller.
        bounds: the range of the field, within −1..1; (0, 1) for shares.
        unit: "points" multiplies every value by 100.
        confidence: of the interval and of `beyond_noise`, 0–1.

    Returns:
        A change whose `value_before` is the past mean, `value_now` what this week's mean would be if the
        sources weighed as before, `delta` their difference (opinion alone) and `mix` the rest of what all
        documents together moved by (Kitagawa 1955, JASA 50).

    Raises:
        ValueError: sums impossible within `bounds`, or `confidence` out of range.

    Each document counts as x − μ_s + μ, with μ_s the mean of its source over the past weeks and μ that of all
    of them; then as `change`. Sources with fewer than 12 past documents share one level; one of them that has
    12 or more this week has no past to be compared with and is left out of both sides. The variance of what
    is compared with is Σ q_s²/W_s at least, and 1/W̄ of the weeks that speak for it, Σ_k (Σ_s q_s W_sk/W_s)²,
    with q_s this week's shares, W_s a source's past weight and W̄ the mean week. For whole counts of a share,
    the exact test given each source's margins must agree (the stratified form of Fisher's test: Gart 1970,
    Biometrika 57).
    """
    for source in sorted(set(now).union(*before)):
        weeks = [week.get(source, Moments()) for week in before]
        check_weeks(now.get(source, Moments()), weeks, bounds)
    seen = [week for week in before if any(not each.empty for each in week.values())]
    strata = _strata(now, seen)
    past = Moments.merged(each.past for each in strata)
    if past.mean is None or not strata:
        everything = Moments.merged(now.values())
        return compare_weeks(
            everything, (), bounds=bounds, unit=unit, confidence=confidence, exact_p=0.0, pooling=None
        )
    offsets = {each.source: (each.past.mean or 0.0) - past.mean for each in strata}
    this_week = Moments.merged(shifted(each.now, -offsets[each.source]) for each in strata)
    weeks = [
        Moments.merged(shifted(each.before[at], -offsets[each.source]) for each in strata)
        for at in range(len(seen))
    ]
    found = compare_weeks(
        this_week,
        [week for week in weeks if not week.empty],
        bounds=bounds,
        unit=unit,
        confidence=confidence,
        exact_p=_exact_p(strata) if bounds == (0.0, 1.0) else 0.0,
        pooling=_pooling(strata, past),
    )
    scale = 100.0 if unit == "points" else 1.0
    return found.model_copy(update={"mix": _mix(strata, offsets, past, scale)})


class SourceLevels(NamedTuple):
    """The past mean of each source less that of all (`offsets`), and the past `mean` of all.

    A source that has no past to be compared with is in no offset.
    """

    mean: float
    offsets: Mapping[str, float]

    def centred(self, week: SourceMoments) -> Moments:
        """Return one week's sums over the compared sources, each document counting as x − μ_s + μ."""
        return Moments.merged(
            shifted(sums, -self.offsets[source]) for source, sums in week.items() if source in self.offsets
        )


def source_levels(now: SourceMoments, before: Sequence[SourceMoments]) -> SourceLevels | None:
    """Return the levels that `source_change` compares each source with; None where there is no past."""
    strata = _strata(now, before)
    mean = Moments.merged(each.past for each in strata).mean
    if mean is None:
        return None
    offsets = {each.source: (each.past.mean or 0.0) - mean for each in strata}
    shared = offsets.pop(_SMALL, None)
    if shared is not None:
        for source in sorted(set(now).union(*before) - offsets.keys()):
            if now.get(source, Moments()).weight < FEWEST_PAST:
                offsets[source] = shared
    return SourceLevels(mean=mean, offsets=offsets)


def shifted(moments: Moments, by: float) -> Moments:
    """Return the sums of the same documents, each value moved by so much."""
    return Moments(
        n=moments.n,
        weight=moments.weight,
        total=moments.total + by * moments.weight,
        squares=max(0.0, moments.squares + 2 * by * moments.total + by * by * moments.weight),
    )


def _strata(now: SourceMoments, before: Sequence[SourceMoments]) -> list[_Stratum]:
    """Return the sources that may be compared, with a past of 12 documents, and the small ones as one."""
    found = []
    small: list[_Stratum] = []
    for source in sorted(set(now).union(*before)):
        weeks = tuple(week.get(source, Moments()) for week in before)
        stratum = _Stratum(source, now.get(source, Moments()), weeks)
        if stratum.past.weight >= FEWEST_PAST:
            found.append(stratum)
        elif stratum.now.weight < FEWEST_PAST:
            small.append(stratum)
    together = _Stratum(
        _SMALL,
        Moments.merged(each.now for each in small),
        tuple(Moments.merged(each.before[at] for each in small) for at in range(len(before))),
    )
    return [*found, together] if not together.past.empty else found


def _pooling(strata: Sequence[_Stratum], past: Moments) -> float:
    """Return the variance of the past that this week's mix of sources is compared with, per unit variance."""
    weight = math.fsum(each.now.weight for each in strata)
    if weight < EMPTY_WEIGHT:
        return 0.0
    shares = [each.now.weight / weight for each in strata]
    sampled = math.fsum(
        share**2 / each.past.weight for share, each in zip(shares, strata, strict=True) if share
    )
    weeks = len(strata[0].before)
    speaking = math.fsum(
        math.fsum(
            share * each.before[at].weight / each.past.weight
            for share, each in zip(shares, strata, strict=True)
        )
        ** 2
        for at in range(weeks)
    )
    return max(sampled, speaking * weeks / past.weight)


def _mix(
    strata: Sequence[_Stratum], offsets: Mapping[str, float], past: Moments, scale: float
) -> SourceMix | None:
    """Return what the sources' weights alone did to the mean of all; None where there is but one source."""
    weight = math.fsum(each.now.weight for each in strata)
    if len(strata) == 1 or weight < EMPTY_WEIGHT:
        return None
    shares = {each.source: (each.now.weight / weight, each.past.weight / past.weight) for each in strata}
    parts = {source: (now - before) * offsets[source] for source, (now, before) in shares.items()}
    value = math.fsum(parts.values())
    named = [source for source in parts if source != _SMALL] or [_SMALL]
    most = max(named, key=lambda source: parts[source] if value > 0 else -parts[source])
    return SourceMix(
        value=scale * value,
        source=most,
        share_now=min(1.0, shares[most][0]),
        share_before=min(1.0, shares[most][1]),
    )


def _exact_p(strata: Sequence[_Stratum]) -> float:
    """Return the two-sided p-value of the count of hits given each source's margins; 0 where not counted."""
    tables = []
    for each in strata:
        past = each.past
        if not (each.now.is_count and past.is_count):
            return 0.0
        hits, n = round(each.now.total), each.now.n
        tables.append((hits, n, hits + round(past.total), n + past.n))
    if sum(min(hits, total - hits) for _, _, hits, total in tables) > _EXACT_AT_MOST:
        return 0.0
    return two_sided_hypergeometric(tables)
