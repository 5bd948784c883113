"""The parts of a digest that are counts and rows: where people talk, of what, and what became of reviews.

Each asks the index for facets and sums of the period; it cannot see why a place or a theme stands out.
"""

from ouidire.ids import site_of
from ouidire.index import Bucket, Exists, FieldSum, MentionIndex, Query, Sort, Term
from ouidire.period import Period
from reports.builders.coverage import ObservationWindow
from reports.builders.drivers import WHOLE
from reports.builders.figures import EVERY, FIELDS, PeriodSums, basis_of, moments, net_of, nps_of, volume_of
from reports.builders.quotes import Means
from reports.data.context import Engage, PlaceRow, ReviewEvent, ReviewEvents, SiteRow, Talk, Theme, Week
from reports.data.scope import Scope, Where, within
from reports.typography import shortened, tame

PLACES = 6
SITES = 8
THEMES = 6
EXAMPLES = 3
_EXCERPT = 120


def talk_of(reader: MentionIndex, table: PeriodSums, period: Period) -> Talk:
    """Count the period's mentions, by site, and what is to be known of the count."""
    interval = within(period.start, period.end)
    where: Where = (*table.scope.once, interval)
    doubles: Where = (*table.scope.where, Exists(field="duplicate_of"), interval)
    return Talk(
        volume=volume_of(table),
        late=reader.sums(Query(where=(*where, Term(field="late", any_of=(True,))))).n,
        undated=reader.sums(Query(where=(*where, Exists(field="published_at", exclude=True)))).n,
        duplicates=reader.sums(Query(where=doubles)).n,
        sites=tuple(
            _site(bucket)
            for bucket in reader.facet(Query(where=where), "site", size=SITES, fields=("stars",))
        ),
    )


def _site(bucket: Bucket) -> SiteRow:
    stars = bucket.fields.get("stars", FieldSum())
    return SiteRow(
        site=str(bucket.value), n=bucket.n, stars=stars.total / stars.n if stars.n else None, rated=stars.n
    )


def places_of(reader: MentionIndex, where: Where, engage: Engage) -> tuple[PlaceRow, ...]:
    """Rows of the places most spoken of; none where all is said of a single place."""
    buckets = reader.facet(Query(where=where), "place", size=PLACES, fields=FIELDS)
    rows = tuple(
        PlaceRow(
            place=shortened(tame(str(bucket.value)), 60),
            n=bucket.n,
            nps=nps_of(bucket, basis_of(engage.bases))
            if engage.nps and moments(bucket, "advocacy_balance").n
            else None,
            net_sentiment=net_of(bucket)
            if engage.net_sentiment and moments(bucket, "sentiment_balance").n
            else None,
        )
        for bucket in buckets
    )
    return rows if len(rows) > 1 else ()


def other_places(reader: MentionIndex, where: Where) -> int:
    """How many places were spoken of beyond those that have a row."""
    return max(0, len(reader.facet(Query(where=where), "place", size=EVERY)) - PLACES)


def themes_of(reader: MentionIndex, where: Where) -> tuple[Theme, ...]:
    """Aspects most spoken of, where an analyser coded them; `aspect_polarity` holds "aspect:polarity"."""
    said = reader.facet(Query(where=where), "aspect_names", size=EVERY)
    if not said:
        return ()
    polarity = {
        str(bucket.value): bucket.n
        for bucket in reader.facet(Query(where=where), "aspect_polarity", size=EVERY)
    }
    n = reader.sums(Query(where=where)).n
    return tuple(
        Theme(
            aspect=str(bucket.value),
            n=bucket.n,
            positive=polarity.get(f"{bucket.value}:positive", 0),
            negative=polarity.get(f"{bucket.value}:negative", 0),
            of=n,
        )
        for bucket in [each for each in said if each.value != WHOLE][:THEMES]
    )


def reviews_of(reader: MentionIndex, scope: Scope, watch: ObservationWindow) -> ReviewEvents:
    """Count the reviews edited, withdrawn and put back during a watch, with a few of them (of the scope's sources)."""
    there: Where = (Term(field="source", any_of=scope.sources),) if scope.sources else ()
    base: Where = (Term(field="brands", any_of=(scope.brand,)), *there, watch.range("at"))
    counts = {
        str(bucket.value): bucket.n
        for bucket in reader.facet(Query(kind="event", where=base), "type", size=EVERY)
    }
    where = (*base, Term(field="type", any_of=("edited", "vanished", "restored")))
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
        )
        for hit in reader.search(Query(kind="event", where=where, sort=(Sort(field="at"),)), size=20).hits
        if (event := hit.document).kind == "event" and event.type in ("edited", "vanished", "restored")
    ]
    # What a reader wants to see first: a rating that moved, then what was withdrawn.
    examples.sort(key=lambda event: (not _restarred(event), event.type != "vanished", event.at))
    return ReviewEvents(
        edited=counts.get("edited", 0),
        vanished=counts.get("vanished", 0),
        restored=counts.get("restored", 0),
        examples=tuple(examples[:EXAMPLES]),
    )


def _restarred(event: ReviewEvent) -> bool:
    """Whether an edit moved the rating."""
    return (
        event.type == "edited" and event.stars_after is not None and event.stars_before != event.stars_after
    )


def history_of(
    reader: MentionIndex, table: PeriodSums, *, engage: Engage, names: dict[str, str]
) -> tuple[Week, ...]:
    """Return the periods of the table since anything was watched, for the chart; `names` are those of source keys."""
    labelled = {
        label: reader.series(
            Query(where=(*table.scope.once, Term(field="sentiment", any_of=(label,)))),
            "period_at",
            table.edges,
        )
        for label in ("positive", "negative")
    }
    weeks = tuple(
        Week(
            period=period,
            n=bucket.n,
            positive=labelled["positive"][at].n,
            negative=labelled["negative"][at].n,
            nps=nps_of(bucket, basis_of(engage.bases))
            if engage.nps and moments(bucket, "advocacy_balance").n
            else None,
            broken=tuple(sorted(names.get(key, key) for key in table.broken[at])),
        )
        for at, (period, bucket) in enumerate(zip(table.seen.periods, table.shown, strict=True))
    )
    return weeks[min(table.seen.unheard, len(weeks) - 1) :]


def fields_read(reader: MentionIndex, where: Where) -> tuple[str, ...]:
    """The fields by which mentions of the period can be ranked."""
    fields = ("delight", "irritation", "polarity", "stars")
    found = reader.sums(Query(where=where), fields).fields
    return tuple(field for field in fields if found.get(field, FieldSum()).n)


def means_of(reader: MentionIndex, where: Where) -> Means:
    """Mean polarity and stars of the mentions that have them: near these stand the typical ones."""
    found = reader.sums(Query(where=where), ("polarity", "stars")).fields
    sums = {name: found.get(name, FieldSum()) for name in ("polarity", "stars")}
    return Means(**{name: each.total / each.n for name, each in sums.items() if each.n})


def mixed_analysers(reader: MentionIndex, where: Where) -> tuple[str, ...]:
    """Analysers that spoke in more than one version over these periods: their figures cannot be compared."""
    names = [
        str(bucket.value).partition("@")[0]
        for bucket in reader.facet(Query(where=where), "versions", size=EVERY)
    ]
    return tuple(sorted({name for name in names if names.count(name) > 1}))
