"""What digests and alerts share in being sent: transport, sender, who has unsubscribed, result."""

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


class SendResult(NamedTuple):
    """What became of one delivery, or of those to so many `recipients`.

    `outcome` is sent, already_sent, refused (for good), in_doubt, failed, held (an alert, for later), waits
    (a digest, for what is missing from it), withheld (a digest of which nothing was read) or unsubscribed; of
    those who unsubscribed, wait or get none there is a number, without a `recipient`. `place` is the
    outbox file, if that is where it went, or why it is held.
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
        """The result in a line, for a person."""
        if self.outcome == "unsubscribed":
            return f"{self.brand} {self.period}: nothing sent to those who unsubscribed ({self.recipients})"
        if self.outcome == "withheld":
            return f"{self.brand} {self.period}: sent to nobody, every source failed ({self.recipients})"
        if self.outcome == "waits":
            return f"{self.brand} {self.period}: not sent yet ({self.recipients})"
        why = self.problem or self.place
        return f"{self.brand} {self.period} to {self.recipient}: {self.outcome}{f' ({why})' if why else ''}"


OPERATOR = "operator"
"""The report of the ledger's entries of mails to whoever runs the service: nobody unsubscribes from them."""
IN_OUTBOX = "written to the outbox folder alone"
"""The reason in the ledger of what went to an outbox that nobody configured: no mail has left."""
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
    """Return who a message comes from, with its recipient's link to unsubscribe, if we have a URL."""
    settings = installation.settings.digest
    base = installation.settings.serve.url
    link = None
    if base and key.report != OPERATOR:
        secret_key = installation.secret
        link = unsubscribe_url(base, report=key.report, address=key.recipient, secret=secret_key)
    return Sender(
        address=settings.sender,
        reply_to=settings.reply_to,
        unsubscribe=settings.unsubscribe,
        unsubscribe_url=link,
    )


def has_unsubscribed(installation: Installation, report: str, address: str) -> bool:
    """Whether someone unsubscribed from one kind of report."""
    subscription = Subscription(report=report, recipient=recipient_key(address, secret=installation.secret))
    with installation.state.read() as connection:
        return is_unsubscribed(connection, subscription)


def final_result(key: DeliveryKey, outcome: FinalOutcome) -> SendResult:
    """Return the result of a delivery of which nothing is left to do."""
    problem = _problem(key, f"{REFUSED} ({outcome.reason})") if outcome.outcome == "refused" else None
    return SendResult(key.brand, key.period, key.recipient, outcome.outcome, problem=problem)


def unconfirmed_result(key: DeliveryKey) -> SendResult:
    """Return the result of a delivery that stays in doubt."""
    return SendResult(key.brand, key.period, key.recipient, "in_doubt", problem=_problem(key, CUT_SHORT))


def send_mail(
    installation: Installation, message: Message, key: DeliveryKey, *, ledger: Ledger, transport: Transport
) -> SendResult:
    """Send one message to one recipient, and return what became of it."""
    about = (key.brand, key.period, key.recipient)
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
        outcome = "refused" if error.final else "failed"
        return SendResult(*about, outcome, problem=_problem(key, str(error)))
    place = str(delivery.place) if delivery.place else None
    problem = _problem(key, delivery.problem) if delivery.problem else None
    return SendResult(*about, delivery.outcome, place, problem)


def _problem(key: DeliveryKey, what: str) -> str:
    return f"{key.report} {key.brand} {key.period} to {key.recipient}: {what}"
