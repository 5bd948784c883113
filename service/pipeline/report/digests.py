"""Digests: built from the index, rendered for each recipient, delivered once.

A digest is due once its period has ended, on its weekday, from its hour; the ledger makes doing this twice
harmless. A period nobody collected anything in, because nothing was configured yet, has no digest.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog

from ouidire import ids
from ouidire.errors import UsageError
from ouidire.mailing.delivery import DeliveryKey
from ouidire.period import Period, period_of
from ouidire.settings.editions import FILTERS, EditionSettings, Every, Recipient, ReportLanguage
from ouidire.state.counts import reported_periods
from ouidire.state.runs import first_run_at
from reports.builders.digest import build
from reports.data.context import DigestContext, SourceInfo
from reports.data.message import Message
from reports.data.scope import Edition, Scope
from reports.preview.page import write_preview
from reports.rendering.render import render
from reports.rendering.templating import templates_of
from service.pipeline.configured_sources import Configured, configured_sources
from service.pipeline.index.check_index import require_complete
from service.pipeline.installation import Installation
from service.pipeline.report.sending import Sent, already, doubtful, ledger_of, left, send_mail, transport_of
from service.pipeline.schedule import digest_time, due_period

log = structlog.get_logger()


class Wanted(NamedTuple):
    """One digest that one recipient is to get."""

    key: DeliveryKey
    edition: Edition
    period: Period
    language: ReportLanguage


LONGEST_SILENCE = 53
"""Periods that are looked back on: after a year without a digest, none is missed."""
PeriodOf = Callable[[Every, str], Period | None]
"""The period that a digest of one kind is about, in one timezone; None where none is wanted."""


def digest_context(installation: Installation, period: Period, *, edition: Edition) -> DigestContext:
    """Gather a digest's data.

    Raises UsageError for an unknown brand, IndexUnavailable where the index lacks what the state knows.
    """
    require_complete(installation)
    return build(
        installation.index,
        period,
        edition=edition,
        brands=installation.settings.brand,
        now=installation.clock(),
        sources=sources_of(installation),
        next_at=_next_time(installation, period),
        unsent=unsent_before(installation, period, edition=edition),
    )


def _next_time(installation: Installation, period: Period) -> datetime | None:
    """Return when the digest of the period after this one is due; None when that has passed."""
    after = period_of(period.kind, period.last_day + timedelta(days=1), timezone=period.timezone)
    due = digest_time(
        after, weekday=installation.settings.digest.weekday, hour=installation.settings.digest.hour
    )
    return due if due > installation.clock() else None


def unsent_before(installation: Installation, period: Period, *, edition: Edition) -> tuple[Period, ...]:
    """Return the periods since the last one that anyone was told of, oldest first: their digests were missed, and are not sent any more."""
    with installation.state.read() as connection:
        told = reported_periods(connection, report="digest", edition=edition.name, brand=edition.scope.brand)
    past = period.before(LONGEST_SILENCE)
    last = max((number for number, each in enumerate(past) if each.key in told), default=len(past))
    return past[last + 1 :]


def digest(
    installation: Installation, period: Period, *, edition: Edition, language: ReportLanguage
) -> Message:
    """Build and render a digest."""
    return render(
        digest_context(installation, period, edition=edition),
        language,
        templates=templates_of(installation.settings.template_folder),
    )


def edition_of(settings: EditionSettings, brand: str, *, recipient: Recipient | None = None) -> Edition:
    """Return what an edition reads of a brand; a recipient who narrows it gets a name of their own in the ledger."""
    chosen = settings if recipient is None else settings.within(recipient)
    filters = {name: getattr(chosen, name) for name in FILTERS}
    own = recipient is not None and any(getattr(recipient, name) for name in FILTERS)
    name = (
        f"{settings.name}+{ids.digest(*(json.dumps(values) for values in filters.values()), size=6)}"
        if own
        else settings.name
    )
    return Edition(name=name, role=settings.role, scope=Scope(brand=brand, **filters))


def send(installation: Installation, period: Period, *, brands: tuple[str, ...] = ()) -> list[Sent]:
    """Send the digests of a period to all who read them, each once ever: weekly editions for a week, monthly ones for a month."""

    def named(every: Every, timezone: str) -> Period | None:
        return period_of(every, period.first_day, timezone=timezone) if every == period.kind else None

    return _send(installation, list(_wanted(installation, named, brands)))


def send_again(
    installation: Installation, period: Period, *, to: tuple[str, ...] = (), brands: tuple[str, ...] = ()
) -> list[Sent]:
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

    def named(every: Every, timezone: str) -> Period | None:
        return period_of(every, period.first_day, timezone=timezone) if every == period.kind else None

    ledger = ledger_of(installation)
    chosen = []
    for each in _wanted(installation, named, brands):
        if asked and each.key.recipient.casefold() not in asked:
            continue
        if not asked and ledger.status(each.key) not in ("refused", "failed"):
            continue
        ledger.mark_failed(each.key, "to be sent again, as a person asked", final=False)
        log.info("sent again", report="digest", brand=each.key.brand, period=each.key.period)
        chosen.append(each)
    return _send(installation, chosen)


def send_due(installation: Installation) -> list[Sent]:
    """Send every digest that is due and was not sent: nothing before the first thing was collected.

    A month of which nothing was heard has no digest: the first monthly one is about the month in which
    listening began.
    """
    settings = installation.settings
    with installation.state.read() as connection:
        first = first_run_at(connection)
    if not settings.recipient or first is None:
        return []
    now = installation.clock()

    def due(every: Every, timezone: str) -> Period | None:
        found = due_period(
            every, now=now, timezone=timezone, weekday=settings.digest.weekday, hour=settings.digest.hour
        )
        return None if every == "month" and found.end <= first else found

    return _send(installation, list(_wanted(installation, due, ())))


def _send(installation: Installation, wanted: list[Wanted]) -> list[Sent]:
    """Send what was not sent; all are rendered before the first is sent."""
    ledger = ledger_of(installation)
    sent: list[Sent] = []
    waiting: list[Wanted] = []
    unsubscribed = Counter[tuple[str, str]]()
    for each in wanted:
        settled = ledger.final_outcome(each.key)
        if settled is not None:  # before anything is built: the service looks every few minutes, all week
            sent.append(already(each.key, settled))
        elif left(installation, "digest", each.key.recipient):
            unsubscribed[each.key.brand, each.key.period] += 1
        elif (
            installation.settings.smtp is not None and ledger.status(each.key) == "claimed"
        ):  # an outbox is written again
            sent.append(doubtful(each.key))
        else:
            waiting.append(each)
    contexts = {
        (edition, period): digest_context(installation, period, edition=edition)
        for edition, period in dict.fromkeys((each.edition, each.period) for each in waiting)
    }
    for (edition, period), context in contexts.items():
        if context.blind.unsent:
            missed = [each.key for each in context.blind.unsent]
            log.warning(
                "digests missed",
                edition=edition.name,
                brand=edition.scope.brand,
                period=period.key,
                missed=missed,
            )
    templates = templates_of(installation.settings.template_folder)
    rendered = {
        (edition, period, language): render(contexts[edition, period], language, templates=templates)
        for edition, period, language in dict.fromkeys(
            (each.edition, each.period, each.language) for each in waiting
        )
    }
    transport = transport_of(installation) if waiting else None
    for each in waiting:
        if transport is not None:
            message = rendered[each.edition, each.period, each.language]
            sent.append(send_mail(installation, message, each.key, ledger=ledger, transport=transport))
    sent += [
        Sent(brand, period, "", "unsubscribed", recipients=count)
        for (brand, period), count in unsubscribed.items()
    ]
    return sent


def preview(message: Message, path: Path) -> Path:
    """Write a message as one page for a browser, its pictures inside."""
    return write_preview(message, path)


def _wanted(installation: Installation, period_for: PeriodOf, brands: tuple[str, ...]) -> Iterator[Wanted]:
    """Every digest that someone is to get, in the configuration's order."""
    settings = installation.settings
    for brand in settings.own_brands:
        if brands and brand.slug not in brands:
            continue
        for recipient in settings.recipient:
            for name in recipient.editions:
                edition = settings.editions[name]
                period = period_for(edition.every, recipient.timezone or settings.timezone)
                if period is None or any(
                    each.brands and brand.slug not in each.brands for each in (recipient, edition)
                ):
                    continue
                made = edition_of(edition, brand.slug, recipient=recipient)
                key = DeliveryKey(
                    report="digest",
                    edition=made.name,
                    brand=brand.slug,
                    period=period.key,
                    recipient=recipient.address,
                )
                yield Wanted(key, made, period, recipient.language or settings.language)


def sources_of(installation: Installation) -> tuple[SourceInfo, ...]:
    """Return what the configuration knows of what is collected; where one source alone has a title, it needs no more of a name."""
    listed = configured_sources(installation.settings)
    titles = [_title(each) for each in listed]
    return tuple(
        SourceInfo(
            source=each.source.slug,
            source_key=each.key,
            title=title,
            name=each.entity if titles.count(title) > 1 else title,
            every=each.timetable(installation.settings.timezone).longest_gap(installation.clock()),
        )
        for each, title in zip(listed, titles, strict=True)
    )


def _title(each: Configured) -> str:
    return each.settings.title or (
        each.site.removeprefix("www.") if each.source.about.site == "any" else each.source.about.title
    )
