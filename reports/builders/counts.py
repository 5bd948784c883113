"""The sections of a digest that are counts and rows: where people talk, of what, and what became of reviews.

Each asks the index for facets and sums of the period; it cannot see why a place or a theme stands out.
"""

from collections.abc import Mapping, Sequence
from typing import get_args

from ouidire.ids import site_of
from ouidire.index import Bucket, Exists, FieldSum, MentionIndex, Query, Sort, Term
from ouidire.measures import Moments
from reports.builders.figures import (
    ASKED,
    FEWEST_FOR_A_ROW,
    asked_nps,
    mean_stars,
    positive_figure,
)
from reports.builders.metrics import MetricsByKey, Scores
from reports.builders.period_sums import EVERY, PeriodSums, dispersion_of, moments
from reports.builders.reasons.changed_words import changed_words
from reports.builders.share_of_voice import ShareOfVoice
from reports.coverage.observation import ObservationWindow
from reports.data.baseline import RECENT
from reports.data.collection import CompletedPeriod
from reports.data.context import (
    HistoryPeriod,
    PlaceRow,
    ReviewEvent,
    ReviewEvents,
    SiteChange,
    SiteRow,
    Talk,
)
from reports.data.scope import Scope, Where, within
from reports.data.source_names import source_label
from reports.typography import shortened, tame

PLACES = 6
SITES = 8
EXAMPLES = 3
_EXCERPT = 120
_CHUNK = 500


def talk_section(sums: PeriodSums, metrics: MetricsByKey, share: ShareOfVoice) -> Talk:
    """Count the period's mentions by site and beside competitors', and those dated late or not at all."""
    reader = sums.reader
    late = Term(field="late", any_of=(True,))
    undated = Exists(field="published_at", exclude=True)
    copies: Where = (
        *sums.scope.where,
        Exists(field="duplicate_of"),
        within(sums.edges[-2], sums.edges[-1]),
    )
    sites = reader.facet(Query(where=sums.where), "site", size=SITES, fields=("stars",))
    return Talk(
        volume=metrics["volume"],
        late=reader.sums(Query(where=(*sums.where, late))).n,
        undated=reader.sums(Query(where=(*sums.where, undated))).n,
        duplicates=reader.sums(Query(where=copies)).n,
        share=metrics.get("voice"),
        voices=share.brands,
        shared_sites=share.sites,
        sites=tuple(_site_row(bucket, sums.scope) for bucket in sites),
    )


def _site_row(bucket: Bucket, scope: Scope) -> SiteRow:
    rated = bucket.fields.get("stars", FieldSum()).n
    stars = mean_stars(bucket) if scope.shows_level(rated) else None
    return SiteRow(site=str(bucket.value), n=bucket.n, stars=stars, rated=rated)


def place_rows(sums: PeriodSums) -> tuple[PlaceRow, ...]:
    """Return the places most spoken of, with what people gave there; none where all is said of one place."""
    buckets = sums.reader.facet(Query(where=sums.where), "place", size=PLACES, fields=("stars",))
    asked = sums.reader.facet(
        Query(where=(*sums.where, ASKED)), "place", size=EVERY, fields=("advocacy_balance",)
    )
    scores = {bucket.value: moments(bucket, "advocacy_balance") for bucket in asked}
    rows = tuple(
        PlaceRow(
            place=shortened(tame(str(bucket.value)), 60),
            n=bucket.n,
            nps=asked_nps(scores.get(bucket.value, Moments())),
            stars=mean_stars(bucket, fewest=FEWEST_FOR_A_ROW),
            rated=bucket.fields.get("stars", FieldSum()).n,
        )
        for bucket in buckets
    )
    return rows if len(rows) > 1 else ()


def count_corrected(sums: PeriodSums) -> int:
    """Count the period's mentions of which a person corrected something, those taken out of it included."""
    period = within(sums.edges[-2], sums.edges[-1])
    brand, *narrower = sums.scope.where
    ours = Term(field="brands_collected", any_of=(sums.scope.brand,))
    still = Term(field="brands", any_of=(sums.scope.brand,), exclude=True)
    kept = Query(where=(brand, *narrower, period, Exists(field="corrected")))
    taken_out = Query(where=(ours, still, *narrower, period))
    return sums.reader.sums(kept).n + sums.reader.sums(taken_out).n


def count_other_places(sums: PeriodSums) -> int:
    """Count the places spoken of beyond those that have a row."""
    return max(0, len(sums.reader.facet(Query(where=sums.where), "place", size=EVERY)) - PLACES)


def review_events(
    reader: MentionIndex, scope: Scope, window: ObservationWindow, *, labels: Mapping[str, str]
) -> ReviewEvents:
    """Count the reviews of a scope that were edited, withdrawn or put back in a window; show a few.

    `labels` are what sources are called, by their keys.
    """
    sources: Where = (Term(field="source", any_of=scope.sources),) if scope.sources else ()
    base: Where = (Term(field="brands", any_of=(scope.brand,)), *sources, window.range("at"))
    where: Where = (*base, Term(field="type", any_of=("edited", "vanished", "restored")))
    if scope.places or scope.subjects or scope.languages:
        kept = _events_within(reader, scope, where)
        where = (*base, Term(field="id", any_of=kept)) if kept else ()
    if not where:
        return ReviewEvents(by_sites=_site_changes(reader, base, labels))
    types = reader.facet(Query(kind="event", where=where), "type", size=EVERY)
    counts = {str(bucket.value): bucket.n for bucket in types}
    hits = reader.search(Query(kind="event", where=where, sort=(Sort(field="at"),)), size=20).hits
    examples = [
        ReviewEvent(
            type=event.type,
            site=site_of(event.url) or event.source,
            at=event.at,
            url=event.url,
            before=event.before and shortened(tame(event.before), _EXCERPT),
            after=event.after and shortened(tame(event.after), _EXCERPT),
            stars_before=event.stars_before,
            stars_after=event.stars_after,
            changes=changed_words(event.before, event.after) if event.type == "edited" else (),
        )
        for hit in hits
        if (event := hit.document).kind == "event" and event.type in ("edited", "vanished", "restored")
    ]
    # What a reader wants to see first: a rating that moved, then what was withdrawn.
    examples.sort(key=lambda event: (not _moved_stars(event), event.type != "vanished", event.at))
    return ReviewEvents(
        edited=counts.get("edited", 0),
        vanished=counts.get("vanished", 0),
        restored=counts.get("restored", 0),
        examples=tuple(examples[:EXAMPLES]),
        by_sites=_site_changes(reader, base, labels),
    )


def _events_within(reader: MentionIndex, scope: Scope, where: Where) -> tuple[str, ...]:
    """Return the ids of the events of some clauses whose reviews are a scope's: events know no place."""
    rows = [
        (str(row["id"]), str(row["subject_id"]))
        for row in reader.scan(Query(kind="event", where=where), ("id", "subject_id"))
    ]
    kept: list[str] = []
    for start in range(0, len(rows), _CHUNK):
        some = rows[start : start + _CHUNK]
        about = Term(field="id", any_of=tuple(sorted({subject for _, subject in some})))
        ours = {str(row["id"]) for row in reader.scan(Query(where=(*scope.where, about)), ("id",))}
        kept += [key for key, subject in some if subject in ours]
    return tuple(kept)


def _site_changes(reader: MentionIndex, base: Where, labels: Mapping[str, str]) -> tuple[SiteChange, ...]:
    """Return what sites have changed wholesale in the window, and which changes were applied in it."""
    where = (*base, Term(field="name", any_of=("site_change", "site_change_applied")))
    fields = ("name", "subject", "basis", "value", "source_key", "at", "period_start")
    rows = [
        row
        for row in reader.scan(Query(kind="measure", where=where), fields)
        if row["subject"] in get_args(SiteChange.model_fields["what"].annotation)
    ]
    rows.sort(key=lambda row: (str(row["at"]), str(row["source_key"]), str(row["subject"]), str(row["name"])))
    return tuple(
        SiteChange(
            name=source_label(str(row["source_key"]), labels),
            what=row["subject"],
            outcome=row["basis"],
            reviews=int(row["value"] or 0),
            moved_since=row["period_start"] if row["name"] == "site_change_applied" else None,
        )
        for row in rows
    )


def _moved_stars(event: ReviewEvent) -> bool:
    """Whether an edit moved the rating."""
    moved = event.stars_before is not None and event.stars_before != event.stars_after
    return event.type == "edited" and moved


def history_of(
    sums: PeriodSums,
    scores: Scores,
    metrics: MetricsByKey,
    names: Mapping[str, str],
    *,
    completed: Sequence[CompletedPeriod] = (),
) -> tuple[HistoryPeriod, ...]:
    """Return the chart's periods, at most nine and from the first that was watched on.

    `names` are those of source keys.
    """
    added = {each.period.start: each.mentions for each in completed}
    nps, positive = (
        dispersion_of(metrics[key].change if key in metrics else None) for key in ("nps", "positive")
    )
    labelled = {label: _counts_of(sums, label) for label in ("positive", "negative")}
    periods = sums.coverage.periods
    first = max(min(sums.coverage.unwatched, len(periods) - 1), len(periods) - 1 - RECENT)
    return tuple(
        HistoryPeriod(
            period=period,
            n=bucket.n,
            positive=labelled["positive"][at],
            negative=labelled["negative"][at],
            nps=asked_nps(scores.asked_sums(at), dispersion=nps),
            positive_share=positive_figure(bucket, dispersion=positive)
            if "positive" in metrics and sums.scope.shows_level(moments(bucket, "p_positive").n)
            else None,
            broken=tuple(sorted(source_label(key, names) for key in sums.marked[at])),
            completed=added.get(period.start, 0),
            afterwards=bool(sums.coverage.afterwards[at] & sums.keys),
        )
        for at, (period, bucket) in enumerate(zip(periods, sums.shown, strict=True))
        if at >= first
    )


def _counts_of(sums: PeriodSums, sentiment: str) -> list[int]:
    """Count the mentions of one sentiment in each period."""
    query = Query(where=(*sums.scope.once, Term(field="sentiment", any_of=(sentiment,))))
    return [bucket.n for bucket in sums.reader.series(query, "period_at", sums.edges)]
