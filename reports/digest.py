"""The digest: what was said of a brand in one period, built from the index alone.

Nothing here writes prose: `build` gathers data, `reports.render` words it. Each part reads sums, facets, one page of
hits or a stream, never a whole history in memory. It cannot see mentions that no source collects.
"""

from collections.abc import Sequence
from datetime import datetime

from ouidire.brand import Brand
from ouidire.errors import UsageError
from ouidire.index import MentionIndex
from ouidire.measures import announce
from ouidire.period import Period
from reports.blind import blind_of
from reports.context import BrandName, DigestContext, SourceInfo, Verdict
from reports.coverage import coverage
from reports.figures import Table, delight_of, engage_of, keyed, of, within
from reports.parts import fields_read, history_of, means_of, mixed_analysers, other_places, places_of, reviews_of, talk_of, themes_of
from reports.quotes import quotes_of
from reports.results import convince_of
from reports.verdict import told_convince, told_delight, told_engage, told_talk, verdict_of
from reports.voice import sites_of, titles_of, voice_of

NAME = "digest"
BASELINE = 8
"""Past periods that a period is compared with, at most."""
WEIGHTS = {"nps": 4.0, "net_sentiment": 4.0, "volume": 2.0}
"""Shares of the allowed 5% of false announcements: fixed before any data is seen, the headline figure's first (others: 1)."""


def build(
    reader: MentionIndex,
    period: Period,
    *,
    brand: str,
    brands: Sequence[Brand],
    now: datetime,
    sources: Sequence[SourceInfo] = (),
    edition: str = "brand",
    next_at: datetime | None = None,
) -> DigestContext:
    """Gather everything that a digest says of one brand in one period.

    Args:
        reader: the index; nothing else is read.
        period: a week or month that has ended.
        brand: the slug of the brand that the digest is about.
        brands: every monitored brand; those whose role is "competitor" are what it is compared with.
        now: the moment at which it is made: nothing later is looked at.
        sources: what the configuration knows of what is collected, for names and lateness.
        edition: the name of the edition, as in the delivery key.
        next_at: when the next digest is due, if that is known.

    Raises:
        UsageError: no such brand.
        IndexUnavailable: the index cannot be reached.
    """
    own = next((each for each in brands if each.slug == brand), None)
    if own is None:
        raise UsageError(f"no brand has the slug {brand!r}; the configured ones are {', '.join(each.slug for each in brands)}")
    rivals = [each for each in brands if each.role == "competitor" and each.slug != brand]
    periods = (*period.before(BASELINE), period)
    coverages = {each.slug: coverage(reader, each.slug, periods, now=now) for each in (own, *rivals)}
    seen = coverages[brand]
    where = (*of(brand), within(period.start, period.end))
    mixed = mixed_analysers(reader, (*of(brand), within(periods[0].start, period.end)))
    table = Table(reader, brand, seen, mixed=bool(mixed))
    delight, engage = delight_of(table), engage_of(reader, table, where)
    sites = sites_of(reader, seen, rivals=[coverages[each.slug] for each in rivals])
    share, voices, shared = voice_of(reader, own, rivals, coverages, sites)
    talk = talk_of(reader, table, period).model_copy(update={"share": share, "voices": voices, "shared_sites": shared})
    convince = convince_of(reader, own, seen, {each.slug: each.name for each in brands})
    reviews = reviews_of(reader, brand, seen.watches[-1])
    changes = keyed(
        talk.volume,
        talk.share,
        engage.nps or engage.net_sentiment,
        *((delight.delight, delight.irritation) if delight else ()),
        *((convince.score, convince.consideration) if convince else ()),
    )
    announcement = announce(changes, weights=WEIGHTS)
    told = frozenset(announcement.announced)
    context = DigestContext(
        edition=edition,
        brand=BrandName(slug=own.slug, name=own.name),
        period=period,
        now=now,
        next_at=next_at,
        verdict=Verdict(kind="quiet"),
        delight=told_delight(delight, told),
        engage=told_engage(engage, told),
        talk=told_talk(talk, told),
        convince=told_convince(convince, told),
        themes=themes_of(reader, where),
        quotes=quotes_of(reader, where, read=fields_read(reader, where), means=means_of(reader, where)),
        reviews=reviews,
        places=places_of(reader, where, engage),
        other_places=other_places(reader, where),
        blind=blind_of(
            reader,
            seen,
            sources,
            now=now,
            marked=sum(bool(keys) for keys in table.broken[:-1]),
            new=table.new,
            left_out=bool(table.left_out),
            mixed=mixed,
        ),
        history=history_of(reader, table, where_brand=of(brand), engage=engage, names={info.source_key: info.label for info in sources}),
        announcement=announcement,
        titles=titles_of(sites, sources),
    )
    return context.model_copy(update={"verdict": verdict_of(context)})
