"""Digests: built from the index, rendered for each recipient, delivered once.

A digest is due once its period has ended, on its weekday, from its hour; the ledger makes doing this twice harmless. A
period nobody collected anything in, because nothing was configured yet, has no digest.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ouidire.brand import Brand
from ouidire.delivery import DeliveryKey
from ouidire.errors import DeliveryError
from ouidire.period import Period
from ouidire.pipeline.catalogue import configured_sources
from ouidire.pipeline.installation import Installation
from ouidire.schedule import due_period
from ouidire.settings import Language, Recipient, secret
from ouidire.state.ledger import StateLedger
from ouidire.state.runs import list_runs
from reports.base import Message
from reports.context import DigestContext, SourceInfo
from reports.deliver import Outbox, Sender, SmtpTransport, Transport, deliver
from reports.digest import build
from reports.preview import write_preview
from reports.render import render

EDITION = "brand"


class Sent(NamedTuple):
    """One delivery: `outcome` is sent, already_sent, in_doubt or failed; `place` the outbox file, if that is where it went."""

    brand: str
    period: str
    recipient: str
    outcome: str
    place: str | None = None
    problem: str | None = None


def digest_context(house: Installation, period: Period, *, brand: str) -> DigestContext:
    """Gather a digest's data. Raises UsageError for an unknown brand."""
    return build(
        house.index,
        period,
        brand=brand,
        brands=house.settings.brand,
        now=house.clock(),
        sources=_sources(house),
        edition=EDITION,
    )


def digest(house: Installation, period: Period, *, brand: str, language: Language) -> Message:
    """Build and render a digest."""
    return render(digest_context(house, period, brand=brand), language)


def send(house: Installation, period: Period, *, brands: tuple[str, ...] = ()) -> list[Sent]:
    """Send the digests of a period to all who read them, each once ever."""
    ledger = StateLedger(house.state, secret=house.secret, clock=house.clock)
    transport = _transport(house)
    sent: list[Sent] = []
    rendered: dict[tuple[str, Language], Message] = {}
    for brand, recipient in _deliveries(house, brands):
        language = recipient.language or house.settings.language
        key = DeliveryKey(report="digest", edition=EDITION, brand=brand.slug, period=period.key, recipient=recipient.address)
        if ledger.settled(key):  # before anything is built: the service looks every few minutes, all week
            sent.append(Sent(brand.slug, period.key, recipient.address, "already_sent"))
            continue
        if (brand.slug, language) not in rendered:
            rendered[brand.slug, language] = digest(house, period, brand=brand.slug, language=language)
        sent.append(_deliver(rendered[brand.slug, language], key, ledger, transport, house))
    return sent


def send_due(house: Installation) -> list[Sent]:
    """Send every digest that is due and was not sent: nothing before the first thing was collected."""
    settings = house.settings
    with house.state.read() as connection:
        collected = bool(list_runs(connection, limit=1))
    if not settings.recipient or not collected:
        return []
    now, weekday, hour = house.clock(), settings.digest.weekday, settings.digest.hour
    return send(house, due_period("week", now=now, timezone=settings.timezone, weekday=weekday, hour=hour))


def preview(message: Message, path: Path) -> Path:
    """Write a message as one page for a browser, its pictures inside."""
    return write_preview(message, path)


def _deliveries(house: Installation, brands: tuple[str, ...]) -> Iterator[tuple[Brand, Recipient]]:
    """Every (brand, recipient) pair that is to get a digest, in the configuration's order."""
    for brand in house.settings.own_brands:
        if not brands or brand.slug in brands:
            yield from ((brand, each) for each in house.settings.recipient if not each.brands or brand.slug in each.brands)


def _sources(house: Installation) -> tuple[SourceInfo, ...]:
    return tuple(
        SourceInfo(
            source=each.source.slug,
            source_key=each.key,
            title=each.settings.title or (each.site.removeprefix("www.") if each.source.about.site == "any" else each.source.about.title),
            name=each.entity,
            every=each.timetable(house.settings.timezone).longest_gap(house.clock()),
        )
        for each in configured_sources(house.settings)
    )


def _transport(house: Installation) -> Transport:
    """The mail server, or the outbox folder where none is configured. Raises ConfigError when its secret cannot be read."""
    settings = house.settings
    if settings.smtp is None:
        return Outbox(folder=settings.path(settings.digest.outbox, "outbox"))
    server = settings.smtp
    return SmtpTransport(
        host=server.host,
        port=server.port,
        security=server.security,
        user=server.user,
        password=secret(env=server.password_env, file=server.password_file, what="smtp.password"),
        timeout=server.timeout,
    )


def _deliver(message: Message, key: DeliveryKey, ledger: StateLedger, transport: Transport, house: Installation) -> Sent:
    settings = house.settings.digest
    sender = Sender(address=settings.sender, reply_to=settings.reply_to, unsubscribe=settings.unsubscribe)
    told = (key.brand, key.period, key.recipient)
    try:
        delivery = deliver(message, key, ledger=ledger, transport=transport, sender=sender, now=house.clock())
    except DeliveryError as error:
        return Sent(*told, "failed", problem=f"digest {key.brand} {key.period} to {key.recipient}: {error}")
    place = str(delivery.place) if delivery.place else None
    problem = f"digest {key.brand} {key.period} to {key.recipient}: {delivery.problem}" if delivery.problem else None
    return Sent(*told, delivery.outcome, place, problem)
