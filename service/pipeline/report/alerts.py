"""Alerts: found in the index, grouped for each reader, held in quiet hours and beyond the day's budget, delivered once.

What rings is a pure function of the index and the moment; what was told is in the ledger, one entry for each
alert and reader. So nothing is kept of what is held: it rings again at the next pass, and is told then if it
still holds.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import structlog

from ouidire.errors import ConfigError, DeliveryError, OuidireError
from ouidire.mailing.delivery import DeliveryKey
from ouidire.settings.alerts import AlertSettings, ChannelSettings
from ouidire.settings.configuration import secret
from ouidire.settings.editions import ReportLanguage
from ouidire.state.ledger import StateLedger
from ouidire.state.marks import drop_mark, mark_of, set_mark
from ouidire.state.runs import count_ingested
from ouidire.system.guard import Guard
from reports.alerts.context import Alert, AlertContext, surest, together
from reports.alerts.find import find
from reports.alerts.payloads import payload
from reports.alerts.render import render
from reports.data.message import Message
from reports.delivery.deliver import CUT_SHORT, Transport, deliver_once
from reports.delivery.webhook import Post, WebhookTransport, signing_key
from reports.rendering.templating import templates_of
from service.pipeline.index.check_index import require_complete
from service.pipeline.installation import Installation
from service.pipeline.report.digests import sources_of
from service.pipeline.report.sending import Sent, ledger_of, left, send_mail, transport_of

log = structlog.get_logger()
REPORT, MESSAGE = "alert", "message"
MARK = "alerts"
LONGEST_WAVE = 7
"""Days in which a deletion is looked back on: it is not told twice within them."""


class Target(NamedTuple):
    """Someone, or something, that is told: a recipient's address or a channel's name."""

    name: str
    language: ReportLanguage
    brands: tuple[str, ...]
    channel: ChannelSettings | None = None


class Planned(NamedTuple):
    """One message to be sent."""

    target: Target
    context: AlertContext
    key: DeliveryKey
    covers: tuple[DeliveryKey, ...]


def found_alerts(installation: Installation, *, brands: Sequence[str] = ()) -> tuple[Alert, ...]:
    """Find all that rings now, told or not, for some of our brands (all by default)."""
    own = [brand for brand in installation.settings.own_brands if not brands or brand.slug in brands]
    settings = installation.settings
    return find(
        installation.index,
        own,
        now=installation.clock(),
        timezone=settings.timezone,
        sources=sources_of(installation),
        kinds=settings.alerts.kinds,
    )


def send_alerts_due(installation: Installation) -> list[Sent]:
    """Send what rings and was not told, unless nothing has changed since the last time."""
    if not list(_targets(installation)):
        return []
    local = installation.clock().astimezone(ZoneInfo(installation.settings.timezone))
    with installation.state.read() as connection:
        ingested = count_ingested(connection)
        as_before = f"{ingested} {local:%F} {is_quiet(installation.settings.alerts, local)}"
        if not ingested or mark_of(connection, MARK) == as_before:
            return []
    require_complete(installation)
    sent = send_alerts(installation)
    with installation.state.begin() as connection:
        if any(each.outcome == "failed" for each in sent):
            drop_mark(connection, MARK)
        else:
            set_mark(connection, MARK, as_before)
    return sent


def send_alerts(installation: Installation) -> list[Sent]:
    """Tell everyone what rings and was not told to them: one message for each reader and brand.

    Held ones are told by their number.
    """
    ledger = ledger_of(installation)
    sent: list[Sent] = []
    planned = list(_planned(installation, found_alerts(installation), ledger, sent))
    templates = templates_of(installation.settings.template_folder)
    mails = {
        number: render(each.context, each.target.language, templates=templates)
        for number, each in enumerate(planned)
        if each.target.channel is None
    }
    ways = {
        channel.name: _way(installation, channel)
        for each in planned
        if (channel := each.target.channel) is not None
    }
    post = transport_of(installation) if mails else None
    for number, each in enumerate(planned):
        sent.append(
            _sent(
                installation, each, ledger, mail=mails.get(number), way=ways.get(each.target.name), post=post
            )
        )
    return sent


def contexts(installation: Installation, alerts: Sequence[Alert]) -> list[AlertContext]:
    """Group alerts by brand, as a reader who was told of none of them would see them."""
    groups = [
        [each for each in alerts if each.brand.slug == brand.slug]
        for brand in installation.settings.own_brands
    ]
    return [_context(installation, surest(chosen)) for chosen in groups if chosen]


def is_quiet(settings: AlertSettings, local: datetime) -> bool:
    """Whether a local moment lies in quiet hours, which may go past midnight."""
    begin, end = settings.quiet_from, settings.quiet_to
    if begin == end:
        return False
    return begin <= local.hour < end if begin < end else local.hour >= begin or local.hour < end


def _targets(installation: Installation) -> Iterator[Target]:
    settings = installation.settings
    for each in settings.recipient:
        if each.alerts:
            yield Target(each.address, each.language or settings.language, each.brands)
    for channel in settings.channel:
        yield Target(channel.name, channel.language or settings.language, channel.brands, channel)


def _planned(
    installation: Installation, alerts: Sequence[Alert], ledger: StateLedger, sent: list[Sent]
) -> Iterator[Planned]:
    """Choose what each target is to be told of now; what is held, left or in doubt is put into `sent`."""
    settings = installation.settings.alerts
    local = installation.clock().astimezone(ZoneInfo(installation.settings.timezone))
    quiet, today = is_quiet(settings, local), datetime.combine(local.date(), time(), tzinfo=local.tzinfo)
    unsubscribed = Counter[str]()
    for target in _targets(installation):
        gone = target.channel is None and left(installation, REPORT, target.name)
        room = settings.per_day - ledger.count_since(_key(target, MESSAGE, "", ""), today)
        for brand in installation.settings.own_brands:
            if target.brands and brand.slug not in target.brands:
                continue
            chosen = surest(
                [
                    each
                    for each in alerts
                    if each.brand.slug == brand.slug and _untold(each, target, ledger, settings, sent)
                ]
            )
            if not chosen:
                continue
            period = local.date().isoformat()
            if gone:
                unsubscribed[brand.slug] += 1
            elif quiet or room <= 0:
                why = "quiet hours" if quiet else f"the day's budget of {settings.per_day} is used up"
                sent.append(Sent(brand.slug, period, target.name, "held", place=f"{len(chosen)}, {why}"))
            else:
                room -= 1
                waited = sum(each.day < local.date() for each in chosen) if _just_woke(settings, local) else 0
                context = _context(installation, chosen).model_copy(
                    update={"held": waited, "last_today": room == 0}
                )
                key = _key(target, MESSAGE, brand.slug, context.key)
                yield Planned(target, context, key, tuple(_key_of(each, target) for each in chosen))
    sent += [
        Sent(brand, local.date().isoformat(), "", "unsubscribed", recipients=count)
        for brand, count in unsubscribed.items()
    ]


def _just_woke(settings: AlertSettings, local: datetime) -> bool:
    return settings.quiet_from != settings.quiet_to and local.hour == settings.quiet_to


def _untold(
    alert: Alert, target: Target, ledger: StateLedger, settings: AlertSettings, sent: list[Sent]
) -> bool:
    """Whether an alert was not told to a target, nor something of its kind within its days; doubt is told, and nothing sent."""
    key = _key_of(alert, target)
    status = ledger.status(key)
    if status in ("sent", "refused"):
        return False
    if status == "claimed":
        problem = f"alert {alert.kind} {alert.brand.slug} {alert.day} to {target.name}: {CUT_SHORT}"
        sent.append(Sent(alert.brand.slug, alert.day.isoformat(), target.name, "in_doubt", problem=problem))
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


def _context(installation: Installation, alerts: Sequence[Alert]) -> AlertContext:
    settings = installation.settings.alerts
    quiet = (settings.quiet_from, settings.quiet_to)
    return AlertContext(
        brand=alerts[0].brand,
        now=installation.clock(),
        timezone=installation.settings.timezone,
        alerts=together(alerts),
        per_day=settings.per_day,
        quiet=None if quiet[0] == quiet[1] else quiet,
    )


def _sent(
    installation: Installation,
    each: Planned,
    ledger: StateLedger,
    *,
    mail: Message | None,
    way: WebhookTransport | OuidireError | None,
    post: Transport | None,
) -> Sent:
    covering = ledger.covering(each.covers)
    if mail is not None and post is not None:
        return send_mail(installation, mail, each.key, ledger=covering, transport=post)._replace(
            period=_day(installation, each)
        )
    told = (each.key.brand, _day(installation, each), each.target.name)
    if isinstance(way, OuidireError):
        return Sent(*told, "failed", problem=f"alert {each.key.brand} to {each.target.name}: {way}")
    if way is None or each.target.channel is None:
        raise AssertionError(each.target.name)
    body = payload(each.target.channel.kind, each.context, each.target.language)
    posted = Post(id=each.context.key, body=body, at=installation.clock())
    try:
        done = deliver_once(lambda: way.send(posted), each.key, ledger=covering, idempotent=False)
    except DeliveryError as error:
        return Sent(*told, "failed", problem=f"alert {each.key.brand} to {each.target.name}: {error}")
    return Sent(
        *told,
        done.outcome,
        problem=f"alert {each.key.brand} to {each.target.name}: {done.problem}" if done.problem else None,
    )


def _day(installation: Installation, each: Planned) -> str:
    return f"{each.context.now.astimezone(ZoneInfo(installation.settings.timezone)):%F}"


def _way(installation: Installation, channel: ChannelSettings) -> WebhookTransport | OuidireError:
    """Return the way to a channel, or why there is none: the others are told all the same."""
    try:
        return _webhook(installation, channel)
    except OuidireError as error:
        return error


def _webhook(installation: Installation, channel: ChannelSettings) -> WebhookTransport:
    base = installation.settings.base
    what = f"channel {channel.name}"
    file = base / channel.url_file if channel.url_file else None
    url = channel.url or secret(env=channel.url_env, file=file, what=f"{what}: url") or ""
    if not url.startswith(("http://", "https://")):
        raise ConfigError([f"{what}: its address is no http(s) URL; copy it again"])
    key = secret(
        env=channel.secret_env,
        file=base / channel.secret_file if channel.secret_file else None,
        what=f"{what}: secret",
    )
    return WebhookTransport(
        url=url,
        named=what,
        guard=Guard.of(installation.settings.fetch.model_copy(update={"proxy": None})),
        secret=signing_key(key) if key else None,
        repeatable=channel.kind == "webhook",
        timeout=channel.timeout,
    )


def _key(target: Target, edition: str, brand: str, period: str) -> DeliveryKey:
    return DeliveryKey(report=REPORT, edition=edition, brand=brand, period=period, recipient=target.name)


def _key_of(alert: Alert, target: Target) -> DeliveryKey:
    return _key(target, alert.kind, alert.brand.slug, alert.told_by)
