"""Share of voice: whom people talk of, on the sites where every brand was watched.

A site is known by the mentions read there, since one source may read many sites and several sources one site.
It cannot count a site that never gave a mention in these periods.
"""

from collections.abc import Sequence

from ouidire.index import MentionIndex, Query, Term
from ouidire.measures import Moments, rate_change, share_of_voice
from ouidire.measures.change import FEWEST_WEEKS
from ouidire.settings.brand import Brand
from reports.builders.coverage import Coverage
from reports.builders.figures import EVERY, FIELDS, bases_of, basis_of, moments, net_of, nps_of
from reports.data.context import BrandName, SourceInfo, Voice
from reports.data.metric import Metric
from reports.data.scope import Scope, within

Sites = dict[str, frozenset[str]]
"""The sites (hosts) that each source key gave mentions of in these periods."""


def sites_of(reader: MentionIndex, seen: Coverage, *, rivals: Sequence[Coverage]) -> Sites:
    """Find the sites of every source key of a brand and of its competitors, and of the brand's imports."""
    interval = within(seen.periods[0].start, seen.periods[-1].end)
    keys = {key for each in (seen, *rivals) for key in each.keys}
    sites = {}
    for key in sorted(keys):
        where = (Term(field="source_key", any_of=(key,)), interval)
        sites[key] = frozenset(
            str(bucket.value)
            for bucket in reader.facet(Query(where=where), "site", size=EVERY)
            if bucket.value
        )
    return sites


def titles_of(sites: Sites, sources: Sequence[SourceInfo]) -> dict[str, str]:
    """Name the sites that one source alone reads by that source's title; the others keep their host's name."""
    titles: dict[str, str] = {}
    for info in sources:
        read = sites.get(info.source_key, frozenset())
        if len(read) == 1:
            titles.setdefault(next(iter(read)), info.title)
    return titles


def voice_of(
    reader: MentionIndex,
    scope: Scope,
    own: Brand,
    rivals: Sequence[Brand],
    coverages: dict[str, Coverage],
    sites: Sites,
) -> tuple[Metric | None, tuple[Voice, ...], tuple[str, ...]]:
    """Share of voice on the sites where every brand was watched and none was broken this period: reading, rows, sites.

    None and nothing where there is no competitor or no such site.
    """
    brands = (own, *rivals)
    shared = (
        sorted(frozenset.intersection(*(_watched(coverages[brand.slug], sites) for brand in brands)))
        if rivals
        else []
    )
    if not shared:
        return None, (), ()
    seen = coverages[own.slug]
    edges = [*(period.start for period in seen.periods), seen.periods[-1].end]
    there = Term(field="site", any_of=tuple(shared))
    series = [
        reader.series(Query(where=(*scope.about(brand.slug).once, there)), "period_at", edges, fields=FIELDS)
        for brand in brands
    ]
    counts = [[bucket.n for bucket in row] for row in series]
    totals = [sum(column) for column in zip(*counts, strict=True)]
    whole = [_comparable(coverages[brand.slug], sites, frozenset(shared)) for brand in brands]
    usable = [all(each[at] for each in whole) and totals[at] > 0 for at in range(len(seen.periods) - 1)]
    before = [
        Moments.of_hits(mine, total)
        for mine, total, good in zip(counts[0][:-1], totals[:-1], usable, strict=True)
        if good
    ]
    figure = share_of_voice(brand=counts[0][-1], competitors=totals[-1] - counts[0][-1])
    reading = Metric(
        key="voice", figure=figure, change=rate_change(Moments.of_hits(counts[0][-1], totals[-1]), before)
    )
    interval = within(edges[-2], edges[-1])
    rows = []
    for brand, row in zip(brands, series, strict=True):
        bases = bases_of(reader, (*scope.about(brand.slug).once, there, interval))
        rows.append(
            Voice(
                brand=BrandName(slug=brand.slug, name=brand.name),
                own=brand is own,
                n=row[-1].n,
                nps=nps_of(row[-1], basis_of(bases)) if bases else None,
                net_sentiment=net_of(row[-1]) if moments(row[-1], "sentiment_balance").n else None,
            )
        )
    return reading, tuple(sorted(rows, key=lambda row: (-row.n, row.brand.slug))), tuple(shared)


def _watched(seen: Coverage, sites: Sites) -> frozenset[str]:
    """Sites on which a brand is watched, and on which none of its sources is broken or new."""
    away = seen.broken[-1] | seen.unsteady(FEWEST_WEEKS)
    unseen = frozenset(site for key in away for site in sites.get(key, ()))
    return frozenset(site for key in seen.keys for site in sites.get(key, ())) - unseen


def _comparable(seen: Coverage, sites: Sites, shared: frozenset[str]) -> tuple[bool, ...]:
    """Say of each past period whether a brand was seen on all the shared sites."""
    return seen.comparable(frozenset(key for key in seen.keys if sites.get(key, frozenset()) & shared))
