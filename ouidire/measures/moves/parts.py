"""The parts of a change: what each source, place or theme brings to it, in parts that sum to it.

It is arithmetic over who said what. It sees association, never cause, and nothing of what no source, place or
theme names.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from pydantic import Field

from ouidire.frozen import Frozen
from ouidire.measures.change import Change, compare_weeks
from ouidire.measures.drivers import Driver
from ouidire.measures.equal_sources import SourceMoments, source_levels
from ouidire.measures.figure import EMPTY_WEIGHT, Moments, Unit
from ouidire.measures.quantiles import normal_quantile, two_sided_normal
from ouidire.measures.volume import volume_change

UNNAMED = ""
"""The group of all documents that are in no other."""
_SURE = 0.95


class Part(Frozen):
    """What one group brings to a change, in the change's unit.

    `value` ± `half` is its 95% interval (None: too few past weeks to say); `n` documents of the week are
    behind it. `p_value` (0–1) is for this part alone.
    """

    name: str
    value: float = Field(allow_inf_nan=False)
    half: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    n: int = Field(ge=0)
    p_value: float = Field(default=1.0, ge=0, le=1)

    @property
    def beyond_noise(self) -> bool:
        """Whether its interval excludes 0."""
        return self.half is not None and abs(self.value) > self.half


def group_parts(
    now: Mapping[str, SourceMoments],
    before: Sequence[Mapping[str, SourceMoments]],
    *,
    totals: tuple[SourceMoments, Sequence[SourceMoments]],
    bounds: tuple[float, float] = (-1.0, 1.0),
    unit: Unit = "ratio",
) -> tuple[tuple[Part, ...], float]:
    """Split the delta of `source_change` by groups of documents: each source, or each place.

    Args:
        now: this week's sums of each group, by source; no document is in two groups.
        before: the same for each past week.
        totals: this week's and the past weeks' sums of all documents, by source: what `source_change` reads.
        bounds: the range of the field.
        unit: "points" multiplies every value by 100.

    Returns:
        A part for each group (documents of none are the group `UNNAMED`), and the rest, which the groups
        weighing otherwise than before account for. They sum to the delta, unless it was cut to its bounds.

    With every document centred on its source (x − μ_s + μ), q_g and w_g a group's shares of this week's and
    of the past weeks' weight, y_g and m_g its centred means: delta = Σ q_g·(y_g − m_g) + Σ (q_g − w_g)·(m_g −
    μ) (Kitagawa 1955, JASA 50). The first sum has the groups' parts, the second is the rest. A group without
    a past is compared with μ. The interval of a part is that of the group's own change (`compare_weeks`)
    times q_g.
    """
    whole_now, whole_before = totals
    levels = source_levels(whole_now, whole_before)
    if levels is None:
        return (), 0.0
    this_week = {name: levels.centred(sums) for name, sums in now.items()}
    weeks = [{name: levels.centred(sums) for name, sums in week.items()} for week in before]
    all_now = levels.centred(whole_now)
    all_weeks = [levels.centred(week) for week in whole_before]
    this_week[UNNAMED] = _without(all_now, list(this_week.values()))
    for week, whole in zip(weeks, all_weeks, strict=True):
        week[UNNAMED] = _without(whole, list(week.values()))
    past_weight = Moments.merged(all_weeks).weight
    if min(all_now.weight, past_weight) < EMPTY_WEIGHT:
        return (), 0.0
    scale = 100.0 if unit == "points" else 1.0
    found, rest = [], []
    for name in sorted(set(this_week).union(*weeks)):
        mine = this_week.get(name, Moments())
        theirs = [week.get(name, Moments()) for week in weeks]
        past = Moments.merged(theirs)
        usual = levels.mean if past.mean is None else past.mean
        share = mine.weight / all_now.weight
        rest.append(scale * (share - past.weight / past_weight) * (usual - levels.mean))
        if mine.mean is None:
            continue
        own = compare_weeks(
            mine,
            [week for week in theirs if not week.empty],
            bounds=bounds,
            unit=unit,
            confidence=_SURE,
            exact_p=0.0,
            pooling=None,
        )
        found.append(
            Part(
                name=name,
                value=scale * share * (mine.mean - usual),
                half=None if own.visible is None else share * own.visible,
                n=mine.n,
                p_value=1.0 if own.p_value is None else own.p_value,
            )
        )
    return tuple(found), math.fsum(rest)


def count_parts(now: Mapping[str, int], before: Sequence[Mapping[str, int]]) -> tuple[Part, ...]:
    """Split the delta of `volume_change` by groups: each one's count less its mean of past weeks.

    Each count is ≥ 0, of `now` or of a past week; a group that a week does not name has none in it.
    """
    found = []
    for name in sorted(set(now).union(*before)):
        past = [week.get(name, 0) for week in before]
        own = volume_change(now.get(name, 0), past)
        found.append(
            Part(
                name=name,
                value=now.get(name, 0) - (math.fsum(past) / len(past) if past else 0.0),
                half=own.visible,
                n=now.get(name, 0),
                p_value=1.0 if own.p_value is None else own.p_value,
            )
        )
    return tuple(found)


def theme_part(share: Change, driver: Driver, *, unit: Unit = "ratio") -> Part | None:
    """Return what a theme being spoken of more or less brings to a change; None where it is not known.

    Args:
        share: the change of the share of texts that praise, or blame, the theme, at equal sources.
        driver: the same texts' effect on the field (its `coefficient`, in units of the field).
        unit: "points" multiplies every value by 100.

    The part is b·(share now − usual): what the figure would lack had as many texts as usual said so, if those
    that do stand as far from the others as they have. Its variance is that of a product of two independent
    estimates, b²·Var(Δ) + Δ²·Var(b) + Var(b)·Var(Δ) (Goodman 1960, JASA 55).
    """
    if share.delta is None or share.visible is None or driver.share <= 0:
        return None
    scale = 100.0 if unit == "points" else 1.0
    b, b_half = driver.coefficient, (driver.high - driver.low) / 2 / (100 * driver.share)
    moved, moved_half = share.delta, share.visible
    half = math.sqrt((b * moved_half) ** 2 + (moved * b_half) ** 2 + (b_half * moved_half) ** 2)
    error = half / normal_quantile((1 + _SURE) / 2)
    value = b * moved
    return Part(
        name=driver.code,
        value=scale * value,
        half=scale * half,
        n=driver.n_now,
        p_value=two_sided_normal(value / error) if error > 0 else 1.0,
    )


def rounded_parts(values: Sequence[float], total: float, *, digits: int = 0) -> tuple[float, ...]:
    """Round values to `digits` decimals so that they sum to `total`, which is rounded already.

    The largest remainder method (Hamilton's): each is rounded down, then what is missing goes, a last digit
    each, to those that lost most. Where the values do not sum to the total within rounding, what is missing
    is spread over all of them.

    Raises:
        ValueError: there is no value to hold a total other than 0.
    """
    scale = 10**digits
    target = round(total * scale)
    if not values:
        if target:
            msg = f"no part can hold {total}"
            raise ValueError(msg)
        return ()
    exact = [value * scale for value in values]
    whole = [math.floor(value) for value in exact]
    each, extra = divmod(target - sum(whole), len(whole))
    most_lost = sorted(range(len(whole)), key=lambda at: (whole[at] - exact[at], at))
    lucky = set(most_lost[:extra])
    return tuple((part + each + (at in lucky)) / scale for at, part in enumerate(whole))


def _without(whole: Moments, parts: Iterable[Moments]) -> Moments:
    """Return the sums of the documents that are in no part."""
    taken = Moments.merged(parts)
    n = whole.n - taken.n
    weight = whole.weight - taken.weight
    if n <= 0 or weight < EMPTY_WEIGHT:
        return Moments()
    total = whole.total - taken.total
    squares = max(whole.squares - taken.squares, total * total / weight)
    return Moments(n=n, weight=min(weight, n), total=total, squares=squares)
