"""Alerts: found in the index, planned for each target, delivered once.

What holds is a pure function of the index and the moment (`reports.alerts.find`); who gets it now is decided
in `alert_plan`.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from ouidire.errors import DeliveryError, OuidireError
from ouidire.mailing.delivery import Ledger
from ouidire.settings.alerts import ChannelSettings
from ouidire.state.marks import drop_mark, mark_of, set_mark
from ouidire.state.runs import count_ingested
from reports.alerts.context import Alert, AlertContext, surest
from reports.alerts.find import find
from reports.alerts.payloads import payload
from reports.alerts.render import render
from reports.delivery.deliver import deliver_once
from reports.delivery.webhook import Post
from reports.rendering.templating import templates_of
from service.pipeline.index.check_index import require_complete
from service.pipeline.installation import Installation
from service.pipeline.report.alert_plan import (
    AlertMessage,
    alert_targets,
    context_of,
    is_quiet,
    plan_messages,
)
from service.pipeline.report.channels import webhook_of
from service.pipeline.report.digests import sources_of
from service.pipeline.report.sending import SendResult, ledger_of, send_mail, transport_of

MARK = "alerts"


def found_alerts(installation: Installation, *, brands: Sequence[str] = ()) -> tuple[Alert, ...]:
    """Return all alerts that hold now, sent or not, for some of our brands (all by default)."""
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


def alerts_by_brand(installation: Installation, alerts: Sequence[Alert]) -> list[AlertContext]:
    """Return a message's data for each brand with alerts, as a target to whom none was sent would get it."""
    groups = [
        [each for each in alerts if each.brand.slug == brand.slug]
        for brand in installation.settings.own_brands
    ]
    return [context_of(installation, surest(chosen)) for chosen in groups if chosen]


def send_alerts_due(installation: Installation) -> list[SendResult]:
    """Send the alerts that hold and were not sent, unless nothing has changed since the last time."""
    if not list(alert_targets(installation)):
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


def send_alerts(installation: Installation) -> list[SendResult]:
    """Send the alerts that hold to everyone who has not got them: one message for each target and brand.

    All messages are made before the first is sent. Returns what became of each, and of what was not sent.
    """
    ledger = ledger_of(installation)
    plan = plan_messages(installation, found_alerts(installation), ledger)
    templates = templates_of(installation.settings.template_folder)
    mails = {
        each.key: render(each.context, each.target.language, templates=templates)
        for each in plan.messages
        if each.target.channel is None
    }
    transport = transport_of(installation) if mails else None
    sent = [*plan.results]
    for each in plan.messages:
        covering = ledger.covering(each.covers)
        if each.target.channel is not None:
            sent.append(_post(installation, each, each.target.channel, ledger=covering))
        elif transport is not None:
            mail = mails[each.key]
            result = send_mail(installation, mail, each.key, ledger=covering, transport=transport)
            sent.append(result._replace(period=_local_day(installation, each)))
    return sent


def _post(
    installation: Installation, each: AlertMessage, channel: ChannelSettings, *, ledger: Ledger
) -> SendResult:
    """Post a message to its channel; one that cannot be reached holds up no other."""
    brand, target = each.key.brand, each.target.name
    day = _local_day(installation, each)
    post = Post(
        id=each.context.key,
        body=payload(channel.kind, each.context, each.target.language),
        at=installation.clock(),
    )
    try:
        webhook = webhook_of(installation, channel)
    except OuidireError as error:
        return SendResult(brand, day, target, "failed", problem=f"alert {brand} to {target}: {error}")
    try:
        done = deliver_once(lambda: webhook.send(post), each.key, ledger=ledger, idempotent=False)
    except DeliveryError as error:
        return SendResult(brand, day, target, "failed", problem=f"alert {brand} to {target}: {error}")
    problem = f"alert {brand} to {target}: {done.problem}" if done.problem else None
    return SendResult(brand, day, target, done.outcome, problem=problem)


def _local_day(installation: Installation, each: AlertMessage) -> str:
    return f"{each.context.now.astimezone(ZoneInfo(installation.settings.timezone)):%F}"
