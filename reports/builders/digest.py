"""The digest: what was said of a brand in one period, built from the index alone.

Nothing here writes prose: `build` gathers data, `reports.rendering.render` words it. Each part reads sums,
facets, one page of hits or a stream, never a whole history in memory. It cannot see mentions that no source
collects.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ouidire.errors import UsageError
from ouidire.index import MentionIndex
from ouidire.measures import announce
from ouidire.period import Period
from ouidire.settings.brand import Brand
from ouidire.settings.editions import Role
from reports.builders import peak_day
from reports.builders.counts import (
    fields_read,
    history_of,
    means_of,
    mixed_analysers,
    other_places,
    places_of,
    reviews_of,
    talk_of,
    themes_of,
)
from reports.builders.coverage import coverage
from reports.builders.coverage_gaps import blind_of
from reports.builders.drivers import driven_of
from reports.builders.experience import experience_of
from reports.builders.figures import PeriodSums, delight_of, engage_of, keyed
from reports.builders.first_pages import convince_of
from reports.builders.quotes import DEFAULT, chosen_of, quote_of, strongest
from reports.builders.share_of_voice import sites_of, titles_of, voice_of
from reports.builders.verdict import (
    told_convince,
    told_delight,
    told_engage,
    told_experience,
    told_talk,
    verdict_of,
)
from reports.data.context import BrandName, Convince, DigestContext, SourceInfo, Verdict
from reports.data.metric import MeasureKey
from reports.data.roles import COMPARED, has
from reports.data.scope import Edition, within
from reports.data.sections import QuoteKind

NAME = "digest"
BASELINE = 8
"""Past periods that a period is compared with, at most."""
DETAILS: tuple[MeasureKey, ...] = ("effort", "service", "word_of_mouth", "leaving", "spike")
WEIGHTS = {"nps": 4.0, "net_sentiment": 4.0, "volume": 2.0} | dict.fromkeys(DETAILS, 0.5)
"""Shares of the allowed 5% of false announcements: fixed before any data is seen, headline figures' first, details' last (others: 1)."""

QUOTES: Mapping[Role, Mapping[QuoteKind, int]] = {
    "executive": {"best": 1, "worst": 1},
    "customer_service": {"best": 1, "worst": 4},
}
"""Quotations of each kind, where a role reads others than usual."""


def build(
    reader: MentionIndex,
    period: Period,
    *,
    edition: Edition,
    brands: Sequence[Brand],
    now: datetime,
    sources: Sequence[SourceInfo] = (),
    next_at: datetime | None = None,
    unsent: Sequence[Period] = (),
) -> DigestContext:
    """Gather everything that a digest says of one scope in one period.

    Args:
        reader: the index; nothing else is read. period: a week or month that has ended. edition: the brand
        that the digest is about, which of its mentions, and for whom: what its role's sections do not show
            is neither read nor tested.
        brands: every monitored brand; those whose role is "competitor" are what it is compared with. now: the
        moment at which it is made: nothing later is looked at. sources: what the configuration knows of what
        is collected, for names and lateness. next_at: when the next digest is due, if that is known. unsent:
        the periods just before this one whose digests went to nobody, oldest first: what the index cannot
        know.

    Raises:
        UsageError: no such brand.
        IndexUnavailable: the index cannot be reached.
    """
    scope, role = edition.scope, edition.role
    own = next((each for each in brands if each.slug == scope.brand), None)
    if own is None:
        raise UsageError(
            f"no brand has the slug {scope.brand!r}; the configured ones are {', '.join(each.slug for each in brands)}"
        )
    rivals = (
        [each for each in brands if each.role == "competitor" and each is not own] if role in COMPARED else []
    )
    if scope.places or scope.subjects:
        rivals = []  # a shop's share of the voice of whole brands says nothing
    names = {each.slug: each.name for each in brands}
    periods = (*period.before(BASELINE), period)
    coverages = {each.slug: coverage(reader, each.slug, periods, now=now) for each in (own, *rivals)}
    seen = coverages[own.slug]
    where = (*scope.once, within(period.start, period.end))
    mixed = mixed_analysers(reader, (*scope.once, within(periods[0].start, period.end)))
    table = PeriodSums(reader, scope, seen, mixed=bool(mixed))
    delight, engage = delight_of(table), engage_of(reader, table, where)
    sites = sites_of(reader, seen, rivals=[coverages[each.slug] for each in rivals])
    share, voices, shared = voice_of(reader, scope, own, rivals, coverages, sites)
    talk = talk_of(reader, table, period).model_copy(
        update={"share": share, "voices": voices, "shared_sites": shared}
    )
    convince: Convince | None = convince_of(reader, own, seen, names) if has(role, "page") else None
    moment = strongest(reader, where)
    experience = experience_of(table, where, engage, moment=moment, names=names)
    experience = experience.model_copy(
        update={"driven": driven_of(table), "day": peak_day.day_of(reader, table)}
    )
    changes = keyed(
        talk.volume,
        talk.share,
        engage.nps or engage.net_sentiment,
        *((delight.delight, delight.irritation) if delight else ()),
        *((convince.score, convince.consideration) if convince else ()),
        *experience.readings,
    )
    announcement = announce(changes, weights=WEIGHTS)
    told = frozenset(announcement.announced)
    read, means = fields_read(reader, where), means_of(reader, where)
    experience = told_experience(experience, told)
    beside = [moment] if moment else []
    chosen = chosen_of(reader, where, read=read, means=means, counts=QUOTES.get(role, DEFAULT), beside=beside)
    if experience.day is not None:
        beside += [document for _, document in chosen]
        day = peak_day.about(reader, table, experience.day, read=read, means=means, beside=beside)
        experience = experience.model_copy(update={"day": day})
    context = DigestContext(
        edition=edition.name,
        role=role,
        scope=scope,
        brand=BrandName(slug=own.slug, name=own.name),
        period=period,
        now=now,
        next_at=next_at,
        verdict=Verdict(kind="quiet"),
        delight=told_delight(delight, told),
        engage=told_engage(engage, told),
        talk=told_talk(talk, told),
        convince=told_convince(convince, told),
        experience=experience,
        themes=themes_of(reader, where),
        quotes=tuple(quote_of(document, kind) for kind, document in chosen),
        reviews=reviews_of(reader, scope, seen.watches[-1]),
        places=places_of(reader, where, engage),
        other_places=other_places(reader, where),
        blind=blind_of(
            reader,
            seen.only(scope.sources),
            [info for info in sources if not scope.sources or info.source in scope.sources],
            now=now,
            marked=sum(bool(keys) for keys in table.broken[:-1]),
            new=table.new,
            left_out=bool(table.left_out),
            mixed=mixed,
        ).model_copy(update={"unsent": tuple(unsent)}),
        history=history_of(
            reader, table, engage=engage, names={info.source_key: info.label for info in sources}
        ),
        announcement=announcement,
        titles=titles_of(sites, sources),
        source_names={info.source: info.title for info in sources if info.source in scope.sources},
    )
    return context.model_copy(update={"verdict": verdict_of(context)})
