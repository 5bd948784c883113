"""What a digest's move is made of: which sources, places and themes bring it, in parts that sum to it.

Only the most important metric that is announced is split, so that nothing is said of noise. It cannot see
cause: a part is arithmetic over who said what (`ouidire.measures.moves.parts`).
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ouidire.index import Query, Term
from ouidire.measures import Change, Coded, SourceMoments, drivers, holm
from ouidire.measures.moves.parts import UNNAMED, Part, count_parts, group_parts, theme_part
from reports.builders.drivers import codes_of
from reports.builders.figures import ASKED, BY_STARS
from reports.builders.metrics import MetricsByKey
from reports.builders.moves.place_sums import PlaceMoments, place_moments
from reports.builders.period_sums import BALANCE, SHARE, PeriodSums
from reports.coverage.observation import as_datetime
from reports.data.actions import ThemeMove
from reports.data.baseline import RECENT
from reports.data.context import Theme
from reports.data.metric import IMPORTANCE, MeasureKey
from reports.data.move_parts import MovePart, MoveParts
from reports.data.scope import Where, within

SHOWN = 3
"""Parts of each kind that are named, at most; one more is named rather than called the rest."""
PLACES = 12
"""Places that are looked at, the most spoken of; the others are the rest."""
_ALPHA = 0.05
WORSE_UP: tuple[MeasureKey, ...] = ("irritation", "leaving")
"""Metrics whose rise is for the worse."""


class _Read(NamedTuple):
    """Where a metric is read: a field of the mentions that have a value; without a field, a mark of all."""

    field: str | None
    having: Where = ()
    mark: Term | None = None
    bounds: tuple[float, float] = SHARE


_READ: Mapping[MeasureKey, _Read] = {
    "nps": _Read("advocacy_balance", (ASKED,), bounds=BALANCE),
    "nps_stars": _Read("advocacy_balance", (BY_STARS,), bounds=BALANCE),
    "positive": _Read("p_positive"),
    "irritation": _Read("irritation"),
    "delight": _Read("delight"),
    "service": _Read(
        "sentiment_balance", (Term(field="stages", any_of=("customer_service",)),), bounds=BALANCE
    ),
    "leaving": _Read(None, mark=Term(field="intents", any_of=("leaves",))),
}


def move_parts(
    sums: PeriodSums,
    metrics: MetricsByKey,
    moved: Sequence[MeasureKey],
    themes: Sequence[Theme],
    moves: Sequence[ThemeMove] = (),
) -> MoveParts | None:
    """Split the most important metric that moved; None where none that moved can be.

    No complaint is called surer here than among the themes' own `moves`.
    """
    splittable = (*_READ, "volume")
    key = next((each for each in IMPORTANCE if each in moved and each in splittable), None)
    change = metrics[key].change if key else None
    if key is None or change is None or change.delta is None or not sums.now.n:
        return None
    if key == "volume":
        sources, places = _count_parts(sums, change.delta)
        return MoveParts(key=key, unit="count", delta=change.delta, sources=sources, places=places)
    read = _READ[key]
    totals = _sums(sums, read)
    past = sums.compared_past(totals)
    by_source = [{name: {name: found} for name, found in week.items()} for week in (totals[-1], *past)]
    by_place = _by_place(sums, read)
    worse = (change.delta < 0) == (key not in WORSE_UP)
    side = "negative" if worse else "positive"
    of_sources, of_places = (
        group_parts(now, before, totals=(totals[-1], past), bounds=read.bounds, unit=change.unit)[0]
        for now, *before in (by_source, [by_place[-1], *by_place[:-1]])
    )
    return MoveParts(
        key=key,
        unit=change.unit,
        delta=change.delta,
        sources=_named(of_sources, change.delta, several=True),
        places=_named(of_places, change.delta) if len(by_place[-1]) > 1 else (),
        themes=_themes(
            sums,
            read,
            [f"{theme.aspect}:{side}" for theme in themes],
            change,
            unsure={f"{move.aspect}:negative" for move in moves if not move.announced},
        ),
    )


def _sums(sums: PeriodSums, read: _Read) -> list[SourceMoments]:
    """Return each period's sums of what a metric reads, by source."""
    return sums.source_moments(read.field, having=read.having, mark=read.mark)


def _by_place(sums: PeriodSums, read: _Read) -> list[PlaceMoments]:
    """Return each period's sums by place and source, the last period's own last."""
    weeks = place_moments(sums, _places(sums, read.having), read.field, having=read.having, mark=read.mark)
    past = [
        {place: sums.seen_in(at, by_source) for place, by_source in week.items()}
        for at, week in enumerate(weeks[:-1])
    ]
    return [*past, weeks[-1]]


def _places(sums: PeriodSums, having: Where) -> list[str]:
    """Return the places most spoken of; none where all is said of one."""
    buckets = sums.reader.facet(Query(where=(*sums.where, *having)), "place", size=PLACES)
    return [str(bucket.value) for bucket in buckets] if len(buckets) > 1 else []


def _count_parts(sums: PeriodSums, delta: float) -> tuple[tuple[MovePart, ...], tuple[MovePart, ...]]:
    """Return the parts of a change of volume by source, and by place."""
    weeks = [{name: bucket.n for name, bucket in week.items()} for week in sums.by_source]
    sources = _named(count_parts(weeks[-1], sums.usable_of(weeks[:-1])), delta, several=True)
    by_place = [
        {place: sum(found.n for found in by_source.values()) for place, by_source in week.items()}
        for week in place_moments(sums, _places(sums, ()), None)
    ]
    return sources, _named(count_parts(by_place[-1], sums.usable_of(by_place[:-1])), delta)


def _named(parts: Sequence[Part], delta: float, *, several: bool = False) -> tuple[MovePart, ...]:
    """Return the largest parts, then the rest; nothing where there is none to name, or no `several`."""
    listed = [part for part in parts if part.name != UNNAMED]
    listed.sort(key=lambda part: (-abs(part.value), part.name))
    if not listed or (several and len(listed) == 1):
        return ()
    shown = listed if len(listed) <= SHOWN + 1 else listed[:SHOWN]
    found = [_part(part) for part in shown]
    return (*found, _rest(found, delta))


def _rest(parts: Sequence[MovePart], delta: float) -> MovePart:
    return MovePart(value=delta - math.fsum(part.value for part in parts))


def _themes(
    sums: PeriodSums, read: _Read, codes: Sequence[str], change: Change, *, unsure: Collection[str]
) -> tuple[MovePart, ...]:
    """Return the parts of themes beyond their own noise, then the rest.

    The codes are of one side: complaints for a move for the worse, praise for one for the better. They take
    one another's place in what is said, so that both together would count it twice.
    """
    found = drivers(_texts(sums, read, frozenset(codes)))
    by_code = {driver.code: driver for driver in found.drivers}
    parts: list[MovePart] = []
    p_values: dict[str, float] = {}
    for code in codes:
        if code not in by_code:
            continue
        said = Term(field="aspect_polarity", any_of=(code, f"{code.rpartition(':')[0]}:mixed"))
        share = sums.share_change(said, among=read.having)
        part = theme_part(share, by_code[code], unit=change.unit) if share else None
        if share is None or part is None:
            continue
        p_values[code] = max(part.p_value, share.p_value or 0.0)
        if part.beyond_noise and share.beyond_noise:
            parts.append(_part(part).model_copy(update={"now": share.value_now, "usual": share.value_before}))
    judged = holm(p_values)
    parts.sort(key=lambda part: (-abs(part.value), part.name))
    sure = {code for code, p_value in judged.items() if p_value < _ALPHA} - set(unsure)
    marked = [part.model_copy(update={"confirmed": part.name in sure}) for part in parts[:SHOWN]]
    return (*marked, _rest(marked, change.delta or 0.0)) if marked else ()


def _part(part: Part) -> MovePart:
    return MovePart(
        name=part.name, value=part.value, half=part.half, n=part.n, beyond_noise=part.beyond_noise
    )


def _texts(sums: PeriodSums, read: _Read, codes: frozenset[str]) -> list[Coded]:
    """Read the texts of the last periods: which of the codes they have, and the metric's field or mark."""
    periods = sums.coverage.latest(RECENT).periods
    where: Where = (*sums.compared_where, *read.having, within(periods[0].start, periods[-1].end))
    name = read.mark.field if read.mark else str(read.field)
    texts = []
    for row in sums.reader.scan(Query(where=where), ("period_at", "source", "aspect_polarity", name)):
        at = as_datetime(row["period_at"])
        y = _marked(row.get(name), read.mark) if read.mark else row.get(name)
        if y is not None:
            texts.append(
                Coded(
                    y=float(y),
                    codes=codes.intersection(codes_of(row.get("aspect_polarity") or ())),
                    group=str(row["source"]),
                    week=str(sum(period.start <= at for period in periods)),
                    now=at >= periods[-1].start,
                )
            )
    return texts


def _marked(values: Any, mark: Term) -> bool:  # noqa: ANN401 (a field of a document)
    return any(value in mark.any_of for value in values or ())
