"""Share of voice: whom people talk of, on the sites where every brand was watched.

A site is known by the mentions read there, since one source may read many sites and several sources one site.
It cannot count a site that never gave a mention in these periods.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from ouidire.index import Bucket, FieldSum, MentionIndex, Query, Term
from ouidire.measures import Moments, rate_change, share_of_voice
from ouidire.measures.change import FEWEST_WEEKS
from ouidire.settings.brand import Brand
from reports.builders.figures import FEWEST_FOR_A_ROW, mean_stars
from reports.builders.period_sums import EVERY
from reports.builders.source_sums import known_then, read_sources
from reports.coverage.coverage import Coverage
from reports.data.context import BrandName, BrandShare, SourceInfo
from reports.data.metric import Metric
from reports.data.scope import Scope, Where, within

Sites = Mapping[str, frozenset[str]]
"""The sites (hosts) that each source key gave mentions of in these periods."""


class ShareOfVoice(NamedTuple):
    """A brand's share of voice, compared; each brand's mentions; and the sites on which they were counted."""

    metric: Metric | None = None
    brands: tuple[BrandShare, ...] = ()
    sites: tuple[str, ...] = ()


def sites_of(reader: MentionIndex, coverages: Iterable[Coverage]) -> Sites:
    """Find the sites of every source key of some brands."""
    listed = list(coverages)
    periods = listed[0].periods
    interval = within(periods[0].start, periods[-1].end)
    sites = {}
    for key in sorted({key for each in listed for key in each.keys}):
        query = Query(where=(Term(field="source_key", any_of=(key,)), interval))
        found = reader.facet(query, "site", size=EVERY)
        sites[key] = frozenset(str(bucket.value) for bucket in found if bucket.value)
    return sites


def titles_of(sites: Sites, sources: Sequence[SourceInfo]) -> dict[str, str]:
    """Name the sites by the one title of their sources; those with several titles keep their host's name."""
    named: dict[str, set[str]] = {}
    for info in sources:
        read = sites.get(info.source_key, frozenset())
        if len(read) == 1:
            named.setdefault(next(iter(read)), set()).add(info.title)
    return {host: next(iter(listed)) for host, listed in named.items() if len(listed) == 1}


def read_share_of_voice(
    reader: MentionIndex,
    scope: Scope,
    brands: Sequence[Brand],
    *,
    coverages: Mapping[str, Coverage],
    sites: Sites,
    now: datetime,
) -> ShareOfVoice:
    """Count the mentions of brands, the digest's own first, on the sites where all were watched this period.

    Past periods count what was known of them as long after their end as `now` is after the last's. Nothing
    where there is no competitor, or no site on which every brand was watched and none of its sources broken.
    """
    shared = _shared_sites(brands, coverages, sites)
    if not shared:
        return ShareOfVoice()
    own = brands[0]
    periods = coverages[own.slug].periods
    edges = [*(period.start for period in periods), periods[-1].end]
    there = Term(field="site", any_of=tuple(shared))
    where = {brand.slug: (*scope.about(brand.slug).once, there) for brand in brands}
    shown = {
        slug: reader.series(Query(where=clauses), "period_at", edges[-2:], fields=("stars",))[0]
        for slug, clauses in where.items()
    }
    counts = {
        slug: _counts_known(reader, clauses, coverages[slug], now=now) for slug, clauses in where.items()
    }
    mine = counts[own.slug]
    totals = [sum(column) for column in zip(*counts.values(), strict=True)]
    whole = [_comparable(coverages[brand.slug], sites, frozenset(shared)) for brand in brands]
    past = [
        Moments.of_hits(mine[at], totals[at])
        for at in range(len(periods) - 1)
        if totals[at] > 0 and all(each[at] for each in whole)
    ]
    shares = [_brand_share(brand, shown[brand.slug], own=brand is own) for brand in brands]
    moved = rate_change(Moments.of_hits(mine[-1], totals[-1]), past)
    return ShareOfVoice(
        metric=Metric(
            key="voice",
            figure=share_of_voice(
                brand=shown[own.slug].n, competitors=_others(shown, own), dispersion=moved.dispersion
            ),
            change=moved,
        ),
        brands=tuple(sorted(shares, key=lambda share: (-share.n, share.brand.slug))),
        sites=tuple(shared),
    )


def _counts_known(reader: MentionIndex, where: Where, coverage: Coverage, *, now: datetime) -> list[int]:
    """Count a brand's mentions in each period, as they were known after the same delay."""
    periods = coverage.periods
    everything = (*where, within(periods[0].start, periods[-1].end))
    found = reader.facet(Query(where=everything), "source_key", size=EVERY)
    known = known_then(coverage, frozenset(str(bucket.value) for bucket in found), now=now)
    read = read_sources(reader, where, periods, known)
    return [sum(bucket.n for bucket in buckets.values()) for buckets in read]


def _others(shown: Mapping[str, Bucket], own: Brand) -> int:
    return sum(bucket.n for slug, bucket in shown.items() if slug != own.slug)


def _brand_share(brand: Brand, bucket: Bucket, *, own: bool) -> BrandShare:
    return BrandShare(
        brand=BrandName(slug=brand.slug, name=brand.name),
        own=own,
        n=bucket.n,
        stars=mean_stars(bucket, fewest=FEWEST_FOR_A_ROW),
        rated=bucket.fields.get("stars", FieldSum()).n,
    )


def _shared_sites(brands: Sequence[Brand], coverages: Mapping[str, Coverage], sites: Sites) -> list[str]:
    """Return the sites on which every one of several brands was watched; none for a brand alone."""
    if len(brands) == 1:
        return []
    return sorted(frozenset.intersection(*(_watched(coverages[brand.slug], sites) for brand in brands)))


def _watched(coverage: Coverage, sites: Sites) -> frozenset[str]:
    """Sites on which a brand is watched, and on which none of its sources is broken or new."""
    away = coverage.broken[-1] | coverage.too_new(FEWEST_WEEKS)
    unseen = frozenset(site for key in away for site in sites.get(key, ()))
    return frozenset(site for key in coverage.keys for site in sites.get(key, ())) - unseen


def _comparable(coverage: Coverage, sites: Sites, shared: frozenset[str]) -> tuple[bool, ...]:
    """Return for each past period whether a brand was seen on all the shared sites."""
    return coverage.comparable(
        frozenset(key for key in coverage.keys if sites.get(key, frozenset()) & shared)
    )
