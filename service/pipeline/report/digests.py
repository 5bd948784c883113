"""Digests: built from the index, rendered for each recipient, delivered once.

A digest is due once its period has ended, on its weekday, from its hour; the ledger makes doing this twice
harmless. A period nobody collected anything in, because nothing was configured yet, has no digest.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from ouidire import ids
from ouidire.errors import UsageError
from ouidire.mailing.delivery import DeliveryKey
from ouidire.period import Period, period_of
from ouidire.settings.alerts import ChannelSettings
from ouidire.settings.editions import FILTERS, EditionSettings, Every, Recipient, ReportLanguage
from ouidire.state.ledger import StateLedger
from ouidire.state.runs import first_run_at
from reports.builders.digest import build
from reports.data.context import DigestContext, SourceInfo
from reports.data.message import Message
from reports.data.scope import Edition, Scope
from reports.rendering.chat import chat_digest
from reports.rendering.mail import render_mail
from reports.rendering.templating import templates_of
from service.pipeline.configured_sources import configured_sources
from service.pipeline.index.check_index import require_complete
from service.pipeline.installation import Installation
from service.pipeline.report.channels import post_digest
from service.pipeline.report.collection_facts import collection_facts
from service.pipeline.report.digest_wait import hold_of
from service.pipeline.report.reported_figures import keep_reported
from service.pipeline.report.sending import (
    IN_OUTBOX,
    SendResult,
    final_result,
    has_unsubscribed,
    ledger_of,
    send_mail,
    transport_of,
    unconfirmed_result,
)
from service.pipeline.report.unseen_brand import UnseenBrand, is_unseen, tell_operator
from service.pipeline.schedule import digest_time, due_period
from service.pipeline.source_names import source_names

log = structlog.get_logger()


class WantedDigest(NamedTuple):
    """One digest that one recipient or `channel` is to get, and its key in the ledger."""

    key: DeliveryKey
    edition: Edition
    period: Period
    language: ReportLanguage
    channel: ChannelSettings | None = None


Contexts = Mapping[tuple[Edition, Period], DigestContext]
"""The data of digests, by what they are about."""
PeriodOf = Callable[[Every, str], Period | None]
"""The period that a digest of one kind is about, in one timezone; None where none is wanted."""


def digest_context(
    installation: Installation, period: Period, *, edition: Edition, earlier: bool = True
) -> DigestContext:
    """Gather a digest's data; without `earlier`, nothing of what became of earlier digests.

    Raises UsageError for an unknown brand, IndexUnavailable where the index lacks what the state knows.
    """
    require_complete(installation)
    context = build(
        installation.index,
        period,
        edition=edition,
        brands=installation.settings.brand,
        now=installation.clock(),
        sources=sources_of(installation),
        next_at=_next_time(installation, period),
        facts=collection_facts(installation, period, edition=edition, earlier=earlier),
    )
    return context.model_copy(update={"explorer": installation.settings.serve.url})


def _next_time(installation: Installation, period: Period) -> datetime | None:
    """Return when the digest of the period after this one is due; None when that has passed."""
    after = period_of(period.kind, period.last_day + timedelta(days=1), timezone=period.timezone)
    due = digest_time(
        after, weekday=installation.settings.digest.weekday, hour=installation.settings.digest.hour
    )
    return due if due > installation.clock() else None


def render_digest(
    installation: Installation, period: Period, *, edition: Edition, language: ReportLanguage
) -> Message:
    """Return the mail of a digest, built and rendered."""
    return render_mail(
        digest_context(installation, period, edition=edition),
        language,
        templates=templates_of(installation.settings.template_folder),
    )


def edition_of(settings: EditionSettings, brand: str, *, recipient: Recipient | None = None) -> Edition:
    """Return what an edition reads of a brand.

    A recipient who narrows it gets an edition of their own, with a name of its own in the ledger.
    """
    chosen = settings if recipient is None else settings.within(recipient)
    filters = {name: getattr(chosen, name) for name in FILTERS}
    name = settings.name
    if recipient is not None and any(getattr(recipient, each) for each in FILTERS):
        name += f"+{ids.digest(*(json.dumps(values) for values in filters.values()), size=6)}"
    return Edition(name=name, role=settings.role, scope=Scope(brand=brand, **filters))


def send_digests(
    installation: Installation, period: Period, *, brands: tuple[str, ...] = ()
) -> list[SendResult]:
    """Send the digests of a period to all who read them, each once ever.

    Weekly editions for a week, monthly ones for a month.
    """
    return _send(installation, list(_wanted(installation, _like(period), brands)))


def deliveries_of(installation: Installation, period: Period) -> list[DeliveryKey]:
    """Return the key of each digest of a period that someone is to get, sent or not."""
    return [each.key for each in _wanted(installation, _like(period), ())]


def send_digests_again(
    installation: Installation, period: Period, *, to: tuple[str, ...] = (), brands: tuple[str, ...] = ()
) -> list[SendResult]:
    """Send the digests of a period once more, because a person asks for it, and return what became of each.

    `to` names addresses among the recipients, whatever became of theirs before; without it, those who were
    refused or whose delivery failed get theirs. Raises UsageError for an address that is no recipient's.
    """
    asked = {address.strip().casefold() for address in to}
    known = {each.address.casefold() for each in installation.settings.recipient}
    if unknown := sorted(asked - known):
        raise UsageError(
            f"{unknown[0]} is none of the [[recipient]] addresses; add it to the configuration first"
        )

    ledger = ledger_of(installation)
    chosen = []
    for each in _wanted(installation, _like(period), brands):
        if asked and each.key.recipient.casefold() not in asked:
            continue
        if not asked and ledger.status(each.key) not in ("refused", "failed"):
            continue
        ledger.mark_failed(each.key, "to be sent again, as a person asked", final=False)
        log.info("sent again", report="digest", brand=each.key.brand, period=each.key.period)
        chosen.append(each)
    return _send(installation, chosen, withhold=not asked)


def send_digests_due(installation: Installation) -> list[SendResult]:
    """Send every digest that is due and was not sent: nothing before the first thing was collected.

    A month of which nothing was heard has no digest: the first monthly one is about the month in which
    listening began.
    """
    settings = installation.settings
    with installation.state.read() as connection:
        first = first_run_at(connection)
    reads = settings.recipient or any(channel.editions for channel in settings.channel)
    if not reads or first is None:
        return []
    now = installation.clock()

    def due(every: Every, timezone: str) -> Period | None:
        found = due_period(
            every, now=now, timezone=timezone, weekday=settings.digest.weekday, hour=settings.digest.hour
        )
        return None if every == "month" and found.end <= first else found

    return _send(installation, list(_wanted(installation, due, ())), patient=True)


def _like(period: Period) -> PeriodOf:
    """Return the choice of a given period: for editions of its kind alone, in each timezone."""

    def chosen(every: Every, timezone: str) -> Period | None:
        return period_of(every, period.first_day, timezone=timezone) if every == period.kind else None

    return chosen


def _wanted(
    installation: Installation, period_for: PeriodOf, brands: tuple[str, ...]
) -> Iterator[WantedDigest]:
    """Yield every digest that someone is to get, in the configuration's order."""
    settings = installation.settings
    for brand in settings.own_brands:
        if brands and brand.slug not in brands:
            continue
        for recipient, name in _subscriptions(settings.recipient, brand.slug):
            edition = settings.editions[name]
            period = period_for(edition.every, recipient.timezone or settings.timezone)
            if period is None or (edition.brands and brand.slug not in edition.brands):
                continue
            made = edition_of(edition, brand.slug, recipient=recipient)
            key = DeliveryKey(
                report="digest",
                edition=made.name,
                brand=brand.slug,
                period=period.key,
                recipient=recipient.address,
            )
            yield WantedDigest(key, made, period, recipient.language or settings.language)
        yield from _of_channels(installation, brand.slug, period_for)


def _of_channels(installation: Installation, brand: str, period_for: PeriodOf) -> Iterator[WantedDigest]:
    """Yield the digests of a brand whose first screen a channel is to get."""
    settings = installation.settings
    listed = [each for each in settings.channel if not each.brands or brand in each.brands]
    for channel, name in [(each, name) for each in listed for name in each.editions]:
        edition = settings.editions[name]
        period = period_for(edition.every, settings.timezone)
        if period is None or (edition.brands and brand not in edition.brands):
            continue
        made = edition_of(edition, brand)
        key = DeliveryKey(
            report="digest", edition=made.name, brand=brand, period=period.key, recipient=channel.name
        )
        yield WantedDigest(key, made, period, channel.language or settings.language, channel)


def _subscriptions(recipients: Sequence[Recipient], brand: str) -> Iterator[tuple[Recipient, str]]:
    """Yield each recipient of a brand with the name of each of their editions."""
    for recipient in recipients:
        if not recipient.brands or brand in recipient.brands:
            yield from ((recipient, name) for name in recipient.editions)


def _send(
    installation: Installation,
    wanted: Sequence[WantedDigest],
    *,
    patient: bool = False,
    withhold: bool = True,
) -> list[SendResult]:
    """Send what was not sent; all are rendered before the first is sent.

    Where `patient`, a digest waits for what is missing from it, as the configuration says; where `withhold`,
    one of a brand whose sources all failed goes to nobody, and the operator gets a mail.
    """
    ledger = ledger_of(installation)
    waiting, results, unsubscribed = _sorted_out(installation, wanted, ledger)
    contexts = {
        (edition, period): digest_context(installation, period, edition=edition)
        for edition, period in dict.fromkeys((each.edition, each.period) for each in waiting)
    }
    if patient:
        waiting = _ready(installation, waiting, contexts, results)
    unseen = [about for about, context in contexts.items() if withhold and is_unseen(installation, context)]
    withheld = [
        UnseenBrand(contexts[about], about[1], count)
        for about in unseen
        if (count := sum((each.edition, each.period) == about for each in waiting))
    ]
    waiting = [each for each in waiting if (each.edition, each.period) not in unseen]
    settings = installation.settings
    is_incidental = settings.smtp is None and settings.digest.outbox is None
    mailed = [each for each in waiting if each.channel is None]
    rendered = _render(installation, mailed, contexts)
    transport = transport_of(installation) if mailed or withheld else None
    if transport is not None:
        results += tell_operator(installation, withheld, ledger=ledger, transport=transport)
    for each in waiting:
        if each.channel is not None:
            context = contexts[each.edition, each.period]
            body = chat_digest(each.channel.kind, context, each.language)
            result = post_digest(installation, each.channel, each.key, body, ledger=ledger)
            results.append(result)
        elif transport is not None:
            message = rendered[each.edition, each.period, each.language]
            result = send_mail(installation, message, each.key, ledger=ledger, transport=transport)
            if is_incidental and result.outcome == "sent":
                ledger.mark_all([each.key], status="sent", reason=IN_OUTBOX)
            results.append(result)
        else:
            continue
        if result.outcome == "sent":
            keep_reported(installation, contexts[each.edition, each.period], edition=each.edition)
    for (brand, period), count in unsubscribed.items():
        results.append(SendResult(brand, period, "", "unsubscribed", recipients=count))
    return results


def _sorted_out(
    installation: Installation, wanted: Sequence[WantedDigest], ledger: StateLedger
) -> tuple[list[WantedDigest], list[SendResult], Counter[tuple[str, str]]]:
    """Return the digests still to be sent, the results of the others, and counts of those unsubscribed.

    The ledger is asked before anything is built: the service looks every few minutes, all week.
    """
    waiting: list[WantedDigest] = []
    results: list[SendResult] = []
    unsubscribed = Counter[tuple[str, str]]()
    is_outbox = installation.settings.smtp is None  # what is in doubt there is written again
    for each in wanted:
        outcome = ledger.final_outcome(each.key)
        if outcome is not None and outcome.reason == IN_OUTBOX and not is_outbox:
            ledger.mark_failed(each.key, IN_OUTBOX, final=False)  # a mail server is there now
            outcome = None
        if outcome is not None:
            results.append(final_result(each.key, outcome))
        elif each.channel is None and has_unsubscribed(installation, "digest", each.key.recipient):
            unsubscribed[each.key.brand, each.key.period] += 1
        elif not (is_outbox and each.channel is None) and ledger.status(each.key) == "claimed":
            results.append(unconfirmed_result(each.key))
        else:
            waiting.append(each)
    return waiting, results, unsubscribed


def _ready(
    installation: Installation,
    waiting: Sequence[WantedDigest],
    contexts: Contexts,
    results: list[SendResult],
) -> list[WantedDigest]:
    """Return the digests that wait for nothing; append a result to `results` for each of the others."""
    holds = {about: hold_of(installation, context) for about, context in contexts.items()}
    for (edition, period), hold in holds.items():
        if hold is not None:
            brand = edition.scope.brand
            count = sum((each.edition, each.period) == (edition, period) for each in waiting)
            problem = f"digest {brand} {period.key} ({edition.name}): {hold.line}"
            results.append(SendResult(brand, period.key, "", "waits", problem=problem, recipients=count))
    return [each for each in waiting if holds[each.edition, each.period] is None]


def _render(
    installation: Installation, wanted: Sequence[WantedDigest], contexts: Contexts
) -> dict[tuple[Edition, Period, ReportLanguage], Message]:
    """Render each digest once, whoever gets it; what is missing from it is logged."""
    for edition, period in dict.fromkeys((each.edition, each.period) for each in wanted):
        context = contexts[edition, period]
        if context.blind.missing:
            log.warning(
                "digest incomplete",
                edition=edition.name,
                brand=edition.scope.brand,
                period=period.key,
                missing=[f"{gap.source_key}: {gap.status}" for gap in context.blind.missing],
            )
        if context.blind.unsent:
            log.warning(
                "digests missed",
                edition=edition.name,
                brand=edition.scope.brand,
                period=period.key,
                missed=[each.key for each in context.blind.unsent],
            )
    templates = templates_of(installation.settings.template_folder)
    return {
        (edition, period, language): render_mail(contexts[edition, period], language, templates=templates)
        for edition, period, language in dict.fromkeys(
            (each.edition, each.period, each.language) for each in wanted
        )
    }


def sources_of(installation: Installation) -> tuple[SourceInfo, ...]:
    """Return what the configuration knows of what is collected."""
    listed = configured_sources(installation.settings)
    names = source_names(installation.settings, listed)
    return tuple(
        SourceInfo(
            source=each.source.slug,
            source_key=each.key,
            title=names[each.key].title,
            name=names[each.key].name,
            every=each.timetable(installation.settings.timezone).longest_gap(installation.clock()),
        )
        for each in listed
    )
