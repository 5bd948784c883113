"""Digests: built from the index, rendered for each recipient, delivered once.

A digest is due once its period has ended, on its weekday, from its hour; the ledger makes doing this twice harmless. A
period nobody collected anything in, because nothing was configured yet, has no digest.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ouidire.brand import Brand
from ouidire.delivery import DeliveryKey
from ouidire.period import Period
from ouidire.pipeline.catalogue import configured_sources
from ouidire.pipeline.installation import Installation
from ouidire.pipeline.sending import Sent, already, ledger_of, left, send_mail, transport_of
from ouidire.schedule import due_period
from ouidire.settings import Language, Recipient
from ouidire.state.runs import list_runs
from reports.base import Message
from reports.context import DigestContext, SourceInfo
from reports.digest import build
from reports.preview import write_preview
from reports.render import render
from reports.templating import templates_of

EDITION = "brand"


def digest_context(house: Installation, period: Period, *, brand: str) -> DigestContext:
    """Gather a digest's data. Raises UsageError for an unknown brand."""
    return build(
        house.index,
        period,
        brand=brand,
        brands=house.settings.brand,
        now=house.clock(),
        sources=sources_of(house),
        edition=EDITION,
    )


def digest(house: Installation, period: Period, *, brand: str, language: Language) -> Message:
    """Build and render a digest."""
    return render(digest_context(house, period, brand=brand), language, templates=templates_of(house.settings.template_folder))


def send(house: Installation, period: Period, *, brands: tuple[str, ...] = ()) -> list[Sent]:
    """Send the digests of a period to all who read them, each once ever; all are rendered before the first is sent."""
    ledger = ledger_of(house)
    sent: list[Sent] = []
    waiting: list[tuple[DeliveryKey, Language]] = []
    unsubscribed = Counter[str]()
    for brand, recipient in _deliveries(house, brands):
        key = DeliveryKey(report="digest", edition=EDITION, brand=brand.slug, period=period.key, recipient=recipient.address)
        settled = ledger.settled(key)
        if settled is not None:  # before anything is built: the service looks every few minutes, all week
            sent.append(already(key, settled))
        elif left(house, "digest", recipient.address):
            unsubscribed[brand.slug] += 1
        else:
            waiting.append((key, recipient.language or house.settings.language))
    rendered = {
        (brand, language): digest(house, period, brand=brand, language=language)
        for brand, language in dict.fromkeys((key.brand, language) for key, language in waiting)
    }
    transport = transport_of(house) if waiting else None
    for key, language in waiting:
        if transport is not None:
            sent.append(send_mail(house, rendered[key.brand, language], key, ledger=ledger, transport=transport))
    sent += [Sent(brand, period.key, "", "unsubscribed", recipients=count) for brand, count in unsubscribed.items()]
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


def sources_of(house: Installation) -> tuple[SourceInfo, ...]:
    """Return what the configuration knows of what is collected."""
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
