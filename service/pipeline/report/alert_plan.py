"""Which alerts go to whom now: one message for each target and brand, and what is held, left or in doubt.

An alert that holds and was not sent to a target goes to it, but for quiet hours and beyond the day's budget.
Of what is held nothing is kept: it holds again at the next pass, and is sent then if it still does. What was
sent is in the ledger, one entry for each alert and target.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ouidire.mailing.delivery import DeliveryKey
from ouidire.settings.alerts import AlertSettings, ChannelSettings
from ouidire.settings.brand import Brand
from ouidire.settings.editions import ReportLanguage
from ouidire.state.ledger import StateLedger
from reports.alerts.context import Alert, AlertContext, surest, together
from reports.delivery.deliver import CUT_SHORT
from service.pipeline.installation import Installation
from service.pipeline.report.sending import SendResult, has_unsubscribed

REPORT, MESSAGE = "alert", "message"
"""The report of every ledger entry of alerts, and the edition of a message's own (an alert's is its kind)."""
LONGEST_WAVE = 7
"""Days in which a deletion is looked back on: it is not sent twice within them."""


class AlertTarget(NamedTuple):
    """Who gets alerts: a recipient, by address, or a channel, by name."""

    name: str
    language: ReportLanguage
    brands: tuple[str, ...]
    channel: ChannelSettings | None = None


class AlertMessage(NamedTuple):
    """One message to be sent, and the ledger's keys of the alerts that it covers."""

    target: AlertTarget
    context: AlertContext
    key: DeliveryKey
    covers: tuple[DeliveryKey, ...]


class AlertPlan(NamedTuple):
    """The messages to be sent now, and results for what is not: held, unsubscribed or in doubt."""

    messages: list[AlertMessage]
    results: list[SendResult]


def plan_messages(installation: Installation, alerts: Sequence[Alert], ledger: StateLedger) -> AlertPlan:
    """Choose what each target gets now, of the alerts that hold."""
    settings = installation.settings.alerts
    local = installation.clock().astimezone(ZoneInfo(installation.settings.timezone))
    today = datetime.combine(local.date(), time(), tzinfo=local.tzinfo)
    quiet, period = is_quiet(settings, local), local.date().isoformat()
    plan = AlertPlan([], [])
    unsubscribed = Counter[str]()
    for target in alert_targets(installation):
        gone = target.channel is None and has_unsubscribed(installation, REPORT, target.name)
        room = settings.per_day - ledger.count_since(_key(target, MESSAGE, "", ""), today)
        for brand in _brands_of(target, installation):
            own = [each for each in alerts if each.brand.slug == brand.slug]
            chosen = surest([each for each in own if _is_new(each, target, ledger, settings, plan)])
            if not chosen:
                continue
            if gone:
                unsubscribed[brand.slug] += 1
            elif quiet or room <= 0:
                why = "quiet hours" if quiet else f"the day's budget of {settings.per_day} is used up"
                held = f"{len(chosen)}, {why}"
                plan.results.append(SendResult(brand.slug, period, target.name, "held", place=held))
            else:
                room -= 1
                waited = _count_waited(chosen, settings, local)
                context = context_of(installation, chosen, held=waited, last_today=room == 0)
                key = _key(target, MESSAGE, brand.slug, context.key)
                covers = tuple(_alert_key(each, target) for each in chosen)
                plan.messages.append(AlertMessage(target, context, key, covers))
    for slug, count in unsubscribed.items():
        plan.results.append(SendResult(slug, period, "", "unsubscribed", recipients=count))
    return plan


def keys_of(installation: Installation, alerts: Sequence[Alert]) -> list[DeliveryKey]:
    """Return the ledger's key of each alert for each target that gets it."""
    return [
        _alert_key(alert, target)
        for target in alert_targets(installation)
        for brand in _brands_of(target, installation)
        for alert in alerts
        if alert.brand.slug == brand.slug
    ]


def alert_targets(installation: Installation) -> Iterator[AlertTarget]:
    """Yield the recipients who get alerts, then the channels."""
    settings = installation.settings
    for each in settings.recipient:
        if each.alerts:
            yield AlertTarget(each.address, each.language or settings.language, each.brands)
    for channel in (each for each in settings.channel if each.alerts):
        yield AlertTarget(channel.name, channel.language or settings.language, channel.brands, channel)


def context_of(
    installation: Installation, alerts: Sequence[Alert], *, held: int = 0, last_today: bool = False
) -> AlertContext:
    """Return the data of a message of alerts on one brand; `held` of them waited for it."""
    settings = installation.settings.alerts
    has_quiet_hours = settings.quiet_from != settings.quiet_to
    return AlertContext(
        brand=alerts[0].brand,
        now=installation.clock(),
        timezone=installation.settings.timezone,
        alerts=together(alerts),
        held=held,
        last_today=last_today,
        per_day=settings.per_day,
        quiet=(settings.quiet_from, settings.quiet_to) if has_quiet_hours else None,
    )


def is_quiet(settings: AlertSettings, local: datetime) -> bool:
    """Whether a local moment lies in quiet hours, which may go past midnight."""
    begin, end = settings.quiet_from, settings.quiet_to
    if begin == end:
        return False
    return begin <= local.hour < end if begin < end else local.hour >= begin or local.hour < end


def _brands_of(target: AlertTarget, installation: Installation) -> Iterator[Brand]:
    """Yield our brands that a target gets alerts on: those it names, or all."""
    for brand in installation.settings.own_brands:
        if not target.brands or brand.slug in target.brands:
            yield brand


def _count_waited(alerts: Sequence[Alert], settings: AlertSettings, local: datetime) -> int:
    """Count the alerts of earlier days that were held, in the first hour after quiet hours."""
    just_ended = settings.quiet_from != settings.quiet_to and local.hour == settings.quiet_to
    return sum(each.day < local.date() for each in alerts) if just_ended else 0


def _is_new(
    alert: Alert, target: AlertTarget, ledger: StateLedger, settings: AlertSettings, plan: AlertPlan
) -> bool:
    """Whether an alert was not sent to a target, nor one of its kind within its days.

    One whose delivery is in doubt is not: a result of the plan says so.
    """
    key = _alert_key(alert, target)
    status = ledger.status(key)
    if status in ("sent", "refused"):
        return False
    if status == "claimed":
        day = alert.day.isoformat()
        problem = f"alert {alert.kind} {alert.brand.slug} {day} to {target.name}: {CUT_SHORT}"
        plan.results.append(SendResult(alert.brand.slug, day, target.name, "in_doubt", problem=problem))
        return False
    apart = {
        "volume": settings.again_after_days,
        "polarity": settings.again_after_days,
        "deletions": LONGEST_WAVE,
    }.get(alert.kind)
    if apart is None:
        return True
    first, last = ((alert.day + timedelta(days=days)).isoformat() for days in (1 - apart, apart - 1))
    return not ledger.delivered_since(key, first=first, last=last)


def _key(target: AlertTarget, edition: str, brand: str, period: str) -> DeliveryKey:
    return DeliveryKey(report=REPORT, edition=edition, brand=brand, period=period, recipient=target.name)


def _alert_key(alert: Alert, target: AlertTarget) -> DeliveryKey:
    return _key(target, alert.kind, alert.brand.slug, alert.told_by)
