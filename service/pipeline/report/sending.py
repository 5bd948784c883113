"""What digests and alerts share in being sent: the way out, who a message comes from, who has left, and what became of it."""

from typing import NamedTuple

from ouidire.errors import DeliveryError
from ouidire.mailing.delivery import DeliveryKey, Ledger, recipient_key
from ouidire.mailing.unsubscribe import Subscription, unsubscribe_url
from ouidire.settings.configuration import secret
from ouidire.state.ledger import FinalOutcome, StateLedger
from ouidire.state.unsubscribed import is_unsubscribed
from reports.data.message import Message
from reports.delivery.deliver import CUT_SHORT, REFUSED, Outbox, Sender, SmtpTransport, Transport, deliver
from service.pipeline.installation import Installation


class Sent(NamedTuple):
    """One delivery, or that of so many `recipients`.

    `outcome` is sent, already_sent, refused (for good), in_doubt, failed, held (an alert, for later) or
    unsubscribed; those who left are told by their number, without a `recipient`. `place` is the outbox file,
    if that is where it went, or why it is held.
    """

    brand: str
    period: str
    recipient: str
    outcome: str
    place: str | None = None
    problem: str | None = None
    recipients: int = 1

    @property
    def line(self) -> str:
        """Say it in a line."""
        if self.outcome == "unsubscribed":
            return f"{self.brand} {self.period}: nothing sent to those who unsubscribed ({self.recipients})"
        why = self.problem or self.place
        return f"{self.brand} {self.period} to {self.recipient}: {self.outcome}{f' ({why})' if why else ''}"


TROUBLES = ("failed", "refused", "in_doubt")
"""Outcomes that someone must look at."""


def ledger_of(installation: Installation) -> StateLedger:
    """Return the installation's ledger."""
    return StateLedger(installation.state, secret=installation.secret, clock=installation.clock)


def transport_of(installation: Installation) -> Transport:
    """Return the mail server, or the outbox folder where none is configured.

    Raises ConfigError when its secret cannot be read.
    """
    settings = installation.settings
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
        bounces=settings.digest.bounces,
    )


def sender_of(installation: Installation, key: DeliveryKey) -> Sender:
    """Return who a message comes from, with the link by which its recipient leaves the mailing where the service is reachable."""
    settings = installation.settings.digest
    base = installation.settings.serve.url
    link = (
        unsubscribe_url(base, report=key.report, address=key.recipient, secret=installation.secret)
        if base
        else None
    )
    return Sender(
        address=settings.sender,
        reply_to=settings.reply_to,
        unsubscribe=settings.unsubscribe,
        unsubscribe_url=link,
    )


def left(installation: Installation, report: str, address: str) -> bool:
    """Whether someone left the mailing of one kind of report."""
    with installation.state.read() as connection:
        return is_unsubscribed(
            connection,
            Subscription(report=report, recipient=recipient_key(address, secret=installation.secret)),
        )


def already(key: DeliveryKey, settled: FinalOutcome) -> Sent:
    """Say of a delivery of which nothing is left to do how it ended."""
    problem = _problem(key, f"{REFUSED} ({settled.reason})") if settled.outcome == "refused" else None
    return Sent(key.brand, key.period, key.recipient, settled.outcome, problem=problem)


def doubtful(key: DeliveryKey) -> Sent:
    """Say of a delivery in doubt that it stays so."""
    return Sent(key.brand, key.period, key.recipient, "in_doubt", problem=_problem(key, CUT_SHORT))


def send_mail(
    installation: Installation, message: Message, key: DeliveryKey, *, ledger: Ledger, transport: Transport
) -> Sent:
    """Send one message to one recipient, and say what became of it."""
    told = (key.brand, key.period, key.recipient)
    try:
        delivery = deliver(
            message,
            key,
            ledger=ledger,
            transport=transport,
            sender=sender_of(installation, key),
            now=installation.clock(),
        )
    except DeliveryError as error:
        return Sent(*told, "refused" if error.final else "failed", problem=_problem(key, str(error)))
    place = str(delivery.place) if delivery.place else None
    return Sent(*told, delivery.outcome, place, _problem(key, delivery.problem) if delivery.problem else None)


def _problem(key: DeliveryKey, what: str) -> str:
    return f"{key.report} {key.brand} {key.period} to {key.recipient}: {what}"
