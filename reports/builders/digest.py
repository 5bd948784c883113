"""The digest: what was said of a brand in one period, built from the index alone.

Nothing here writes prose: `build` gathers data, `reports.rendering.render` words it. Every metric is read
into one dict and all are judged together once; sections are then made from the judged ones. Each part reads
sums, facets, one page of hits or a stream, never a whole history in memory. It cannot see mentions that no
source collects.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ouidire.errors import UsageError
from ouidire.index import MentionIndex, Query
from ouidire.period import Period
from ouidire.settings.brand import Brand
from ouidire.settings.editions import Role
from reports.builders import experience
from reports.builders.actions import actions_of, most_lines
from reports.builders.counts import (
    count_corrected,
    count_other_places,
    history_of,
    place_rows,
    review_events,
    talk_section,
)
from reports.builders.coverage_gaps import read_coverage_gaps
from reports.builders.drivers import metric_drivers, quoted_drivers
from reports.builders.engines.answers import assistants_section
from reports.builders.engines.suggestions import suggestion_moves
from reports.builders.first_pages import convince_section, first_pages_of, search_metrics
from reports.builders.metrics import (
    advocacy_metrics,
    delight_section,
    engage_section,
    intents_of,
    judge,
    peak_metrics,
    read_scores,
    volume_metric,
)
from reports.builders.moves.parts import move_parts
from reports.builders.moves.past_changes import changed_periods
from reports.builders.peak_day import busiest_day, peak_day_section
from reports.builders.period_sums import PeriodSums
from reports.builders.places.beside import beside_all
from reports.builders.quotes import DEFAULT, choose_mentions, quote_of, ranking_of, strongest_moment
from reports.builders.reasons.new_themes import new_themes
from reports.builders.reasons.sentences import ClearQuotes
from reports.builders.share_of_voice import read_share_of_voice, sites_of, titles_of
from reports.builders.themes import theme_moves, themes_of
from reports.builders.verdict import verdict_of
from reports.coverage.coverage import coverage
from reports.data.baseline import RECENT, periods_of
from reports.data.collection import CollectionFacts
from reports.data.context import BrandName, DigestContext, SourceInfo
from reports.data.roles import COMPARED, has
from reports.data.scope import Edition
from reports.data.sections import Experience, QuoteKind

NAME = "digest"
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
    facts: CollectionFacts | None = None,
) -> DigestContext:
    """Build the context of a digest: one scope in one period.

    Args:
        reader: the index; nothing else is read.
        period: a week or month that has ended.
        edition: the brand that the digest is about, which of its mentions, and for whom: what its role's
            sections do not show is neither read nor tested.
        brands: every monitored brand; those whose role is "competitor" are what it is compared with.
        now: the moment at which it is made: nothing later is looked at.
        sources: what the configuration knows of what is collected, for names and lateness.
        next_at: when the next digest is due, if that is known.
        facts: what the index cannot know: harvests that wait, imports, what became of earlier digests.

    Raises:
        UsageError: no such brand.
        IndexUnavailable: the index cannot be reached.
    """
    own, *rivals = _compared_brands(brands, edition)
    names = {brand.slug: brand.name for brand in brands}
    periods = _with_mentions(reader, periods_of(period))
    listed = {info.source_key for info in sources}
    coverages = {
        brand.slug: coverage(
            reader, brand.slug, periods, now=now, facts=facts, listed=listed if brand is own else ()
        )
        for brand in (own, *rivals)
    }
    sums = PeriodSums(reader, edition.scope, coverages[own.slug], now=now)

    # What metrics are read from, beside the sums
    intents = intents_of(sums)
    scores = read_scores(sums)
    sites = sites_of(reader, coverages.values())
    share = read_share_of_voice(
        reader, edition.scope, (own, *rivals), coverages=coverages, sites=sites, now=now
    )
    pages = first_pages_of(reader, own, sums.coverage) if has(edition.role, "page") else None
    service = experience.service_mentions(sums)
    busiest = busiest_day(sums)

    # Every metric, judged together once
    judged = judge(
        [
            volume_metric(sums),
            share.metric,
            *advocacy_metrics(sums, scores),
            *peak_metrics(sums),
            *search_metrics(pages),
            experience.effort_metric(sums),
            service.metric if service else None,
            *experience.intent_metrics(sums, intents),
            *experience.reply_metrics(sums),
            busiest.metric if busiest else None,
        ],
        edition.scope,
    )
    metrics = judged.metrics

    # Quotations: the strongest moment first, then what stands for the period, then for its busiest day
    ranking = ranking_of(reader, sums.where)
    moment = strongest_moment(reader, sums.where)
    beside = [moment] if moment else []
    chosen = choose_mentions(
        reader, sums.where, ranking=ranking, counts=QUOTES.get(edition.role, DEFAULT), beside=beside
    )
    beside += [document for _, document in chosen]

    # Sections
    suggestions = suggestion_moves(reader, own, sums.coverage) if has(edition.role, "page") else ()
    convince = convince_section(pages, metrics, names, suggestions=suggestions)
    labels = {info.source_key: info.label for info in sources}
    reviews = review_events(reader, edition.scope, sums.coverage.windows[-1], labels=labels)
    facts = facts or CollectionFacts()
    gaps = read_coverage_gaps(sums, sources, now=now, facts=facts)
    themes = themes_of(sums)
    clear = ClearQuotes(sums)
    moves = theme_moves(sums, themes, clear)
    driven = quoted_drivers(metric_drivers(sums), clear) if edition.scope.shows_level(sums.now.n) else ()
    history = history_of(sums, scores, metrics, labels, completed=facts.completed)
    return DigestContext(
        edition=edition.name,
        role=edition.role,
        scope=edition.scope,
        brand=BrandName(slug=own.slug, name=own.name),
        period=period,
        now=now,
        next_at=next_at,
        verdict=verdict_of(
            judged, last=history[-1], past=len(history) - 1, gaps=gaps, convince=convince, reviews=reviews
        ),
        delight=delight_section(metrics),
        engage=engage_section(scores, metrics, intents),
        talk=talk_section(sums, metrics, share),
        convince=convince,
        assistants=assistants_section(reader, own, sums.coverage)
        if has(edition.role, "assistants")
        else None,
        experience=Experience(
            driven=driven,
            effort=experience.effort_section(sums, metrics),
            journey=experience.journey_section(sums),
            service=experience.service_section(service, metrics),
            memory=experience.memory_section(sums, moment),
            word_of_mouth=experience.word_of_mouth_section(metrics, intents),
            leaving=experience.leaving_section(sums, metrics, names),
            replies=experience.replies_section(metrics),
            day=peak_day_section(sums, metrics, busiest, ranking=ranking, beside=beside),
        ),
        themes=themes,
        theme_moves=moves,
        new_themes=new_themes(sums),
        parts=move_parts(sums, metrics, judged.moved, themes, moves),
        rival=own.role == "competitor",
        beside=beside_all(sums) if edition.role == "place" else None,
        actions=actions_of(
            sums,
            most=most_lines(edition.role, rival=own.role == "competitor"),
            moves=moves,
            convince=convince,
            gaps=gaps,
            moved=bool(judged.moved),
            now=now,
            names=labels,
        ),
        quotes=tuple(quote_of(document, kind) for kind, document in chosen),
        reviews=reviews,
        places=place_rows(sums),
        other_places=count_other_places(sums),
        blind=gaps,
        history=history,
        announcement=judged.announcement,
        titles=titles_of(sites, sources),
        source_names={info.source: info.title for info in sources if info.source in edition.scope.sources},
        corrected=count_corrected(sums),
        changed_past=changed_periods(sums, history, facts.reported, by_sites=reviews.by_sites),
        key_names={info.source_key: info.label for info in sources if info.source_key in sums.keys},
    )


def _with_mentions(reader: MentionIndex, periods: Sequence[Period]) -> tuple[Period, ...]:
    """Leave out the first periods, before the index's first mention; the chart's all stay."""
    edges = [*(each.start for each in periods), periods[-1].end]
    counts = [bucket.n for bucket in reader.series(Query(), "period_at", edges)]
    first = next((at for at, n in enumerate(counts) if n), len(periods))
    return tuple(periods[min(first, len(periods) - 1 - RECENT) :])


def _compared_brands(brands: Sequence[Brand], edition: Edition) -> list[Brand]:
    """Return the edition's own brand, then those that its role compares it with.

    They are its competitors or, with a preview of a competitor, every other brand.
    None with the brand of a shop or a product: its share of the voice of whole brands says nothing.
    """
    scope = edition.scope
    own = next((each for each in brands if each.slug == scope.brand), None)
    if own is None:
        known = ", ".join(each.slug for each in brands)
        raise UsageError(f"no brand has the slug {scope.brand!r}; the configured ones are {known}")
    if edition.role not in COMPARED or scope.places or scope.subjects:
        return [own]
    others = [each for each in brands if each is not own]
    return [own, *(each for each in others if own.role == "competitor" or each.role == "competitor")]
