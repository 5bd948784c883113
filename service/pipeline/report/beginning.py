"""When an installation begins to send by itself: not before a person has seen a mail of it, or named a day.

It cannot see whether the mail that was tried was read. What is written to the outbox folder reaches nobody,
and waits for nothing.
"""

from zoneinfo import ZoneInfo

from ouidire.clock import system_clock
from ouidire.errors import DeliveryError, UsageError
from ouidire.mailing.delivery import DeliveryKey
from ouidire.period import Period
from ouidire.settings.configuration import Settings
from ouidire.settings.editions import EditionSettings
from ouidire.state import State
from ouidire.state.counts import last_good
from ouidire.state.ledger import StateLedger
from ouidire.state.marks import mark_of, set_mark
from reports.delivery.deliver import Transport
from reports.delivery.mime import compose
from reports.delivery.smtp import InDoubt
from service.pipeline.installation import Installation
from service.pipeline.report.digests import edition_of, render_digest
from service.pipeline.report.sending import IN_OUTBOX, SendResult, sender_of, transport_of

TESTED = "first_mail"
"""The mark of the moment at which a digest was first sent to try it."""
TEST = "test"
HOW = (
    "after a first good collection, try it with `ouidire report send --test you@example.fr`, or write "
    "[digest] start = a day"
)


def why_not_yet(installation: Installation) -> str | None:
    """Return in words why nothing is sent by itself yet; None where it is.

    An installation that has sent mail before goes on.
    """
    settings = installation.settings
    if settings.smtp is None:
        return None
    start = settings.digest.start
    if start is not None:
        today = installation.clock().astimezone(ZoneInfo(settings.timezone)).date()
        return None if today >= start else f"nothing is sent by itself yet: [digest] start is {start}"
    return None if has_begun(installation.state) else f"nothing is sent by itself yet: {HOW}"


def has_begun(state: State) -> bool:
    """Return whether a person has tried a mail, or mail has left before."""
    with state.read() as connection:
        tested = mark_of(connection, TESTED)
    if tested:
        return True
    return StateLedger(state, secret=b"", clock=system_clock).has_sent(but=IN_OUTBOX)


def waits_for_a_person(settings: Settings) -> bool:
    """Return whether mail is configured, and no day from which it is sent by itself."""
    return settings.smtp is not None and settings.digest.start is None and bool(settings.recipient)


def send_test(
    installation: Installation, period: Period, *, address: str, brands: tuple[str, ...] = ()
) -> list[SendResult]:
    """Send the digests of a period to one address, to try them; the ledger takes no note of it.

    Raises UsageError before anything was collected well.
    """
    settings = installation.settings
    with installation.state.read() as connection:
        if not last_good(connection):
            raise UsageError("nothing was collected well yet: `ouidire run` first, then try the mail")
    transport = transport_of(installation)
    wanted = [each.slug for each in settings.own_brands if not brands or each.slug in brands]
    results = [_send(installation, period, brand, address=address, transport=transport) for brand in wanted]
    if settings.smtp is not None and any(each.outcome == "sent" for each in results):
        with installation.state.begin() as connection:
            set_mark(connection, TESTED, installation.clock().isoformat())
    return results


def _send(
    installation: Installation, period: Period, brand: str, *, address: str, transport: Transport
) -> SendResult:
    edition = edition_of(EditionSettings(name="brand", every=period.kind), brand)
    message = render_digest(installation, period, edition=edition, language=installation.settings.language)
    key = DeliveryKey(report=TEST, edition=edition.name, brand=brand, period=period.key, recipient=address)
    sender = sender_of(installation, key)
    mail = compose(message, key, sender=sender.address, now=installation.clock(), reply_to=sender.reply_to)
    about = (brand, period.key, address)
    try:
        place = transport.send(mail)
    except (DeliveryError, InDoubt) as error:
        return SendResult(*about, "failed", problem=f"{TEST} {brand} {period.key} to {address}: {error}")
    return SendResult(*about, "sent", str(place) if place else None)
