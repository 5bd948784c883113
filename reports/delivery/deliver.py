"""Delivering a message once: claim, send, mark.

The ledger is claimed before anything leaves and marked right after. A crash in between leaves a claim
without a mark: the next attempt finds it, reports it "in doubt" and sends nothing, unless sending twice comes
to the same, as it does with an outbox. It cannot see what happens to a mail once a server has accepted it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import ClassVar, Literal, Protocol

import structlog

from ouidire.errors import DeliveryError
from ouidire.frozen import Frozen
from ouidire.mailing.delivery import DeliveryKey, Ledger
from ouidire.system.files import write_atomically
from reports.data.message import Message
from reports.delivery.mime import compose
from reports.delivery.smtp import InDoubt, SmtpTransport

__all__ = ["Delivery", "Outbox", "Sender", "SmtpTransport", "Transport", "deliver", "deliver_once"]

log = structlog.get_logger(__name__)
REFUSED = (
    "an earlier attempt was refused for good: correct the address or take the recipient off the "
    "configuration, or send it once more by `ouidire report send --again`"
)
SETTLE = "ask who reads it whether it arrived, then settle it: `ouidire report doubts` says how"
CUT_SHORT = f"an earlier attempt was cut short: it may have left, and is not sent again; {SETTLE}"
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


class Transport(Protocol):
    """A way to send an e-mail; `idempotent` where a message sent twice is there once."""

    @property
    def idempotent(self) -> bool:
        """Whether what is in doubt may simply be sent again."""

    def send(self, mail: EmailMessage) -> Path | None:
        """Send one message; return the file it went to, if it went to one.

        Raises DeliveryError, or InDoubt.
        """


class Sender(Frozen):
    """Who a message comes from (see `reports.delivery.mime.compose`)."""

    address: str
    reply_to: str | None = None
    unsubscribe: str | None = None
    unsubscribe_url: str | None = None


class Delivery(Frozen):
    """What became of one delivery: `place` is the outbox file; `problem` why it is refused or in doubt."""

    outcome: Literal["sent", "already_sent", "refused", "in_doubt"]
    place: Path | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Outbox:
    """A folder that takes messages as `.eml` files, one for each Message-ID, each whole or absent."""

    folder: Path
    idempotent: ClassVar[bool] = True

    def send(self, mail: EmailMessage) -> Path:
        """Write the message, unless it is there, whatever its date.

        Raises DeliveryError when the folder cannot be written.
        """
        name = _UNSAFE.sub("", str(mail["Message-ID"]).partition("@")[0])
        path = self.folder / f"{mail['Date'].datetime:%Y-%m-%d}-{name}.eml"
        try:
            there = next(self.folder.glob(f"*-{name}.eml"), None)
            return there or write_atomically(path, mail.as_bytes())
        except OSError as error:
            raise DeliveryError(
                f"{path}: the message cannot be written: {error.strerror or error}"
            ) from error


def deliver(
    message: Message, key: DeliveryKey, *, ledger: Ledger, transport: Transport, sender: Sender, now: datetime
) -> Delivery:
    """Deliver a message to the key's recipient, once ever.

    Returns:
        What became of it: sent now; already sent, or refused for good, by an earlier attempt, so that nothing
        was done; or in doubt, because an earlier attempt was cut short, or the line broke during this one.
        What is in doubt stays so until a person decides.

    Raises:
        DeliveryError: it has certainly not left; the ledger knows why, and lets it be tried again unless
            `final`. The recipient's address is left out of the server's words, in the ledger and in the log.
    """
    mail = compose(
        message,
        key,
        sender=sender.address,
        now=now,
        reply_to=sender.reply_to,
        unsubscribe=sender.unsubscribe,
        unsubscribe_url=sender.unsubscribe_url,
    )
    named = str(mail["Message-ID"])
    return deliver_once(
        lambda: transport.send(mail), key, ledger=ledger, idempotent=transport.idempotent, message_id=named
    )


def deliver_once(
    send: Callable[[], Path | None],
    key: DeliveryKey,
    *,
    ledger: Ledger,
    idempotent: bool,
    message_id: str | None = None,
) -> Delivery:
    """Deliver something once, whatever the way: claim, `send`, mark; returns and raises as `deliver`.

    `idempotent` ways may simply be tried again when in doubt. The log names the message by its id, as a
    bounce does.
    """
    claim = ledger.claim(key)
    bound = log.bind(
        report=key.report, brand=key.brand, period=key.period, message_id=message_id or key.period
    )
    if claim == "already_sent":
        bound.info("delivery", outcome=claim)
        return Delivery(outcome="already_sent")
    if claim == "refused":
        bound.warning("delivery", outcome=claim)
        return Delivery(outcome="refused", problem=REFUSED)
    if claim == "in_doubt" and not idempotent:
        bound.warning("delivery", outcome=claim, reason="an earlier attempt was cut short")
        return Delivery(outcome="in_doubt", problem=CUT_SHORT)
    try:
        place = send()
    except InDoubt as error:
        bound.warning("delivery", outcome="in_doubt", reason=str(error))
        return Delivery(outcome="in_doubt", problem=f"{error}; {SETTLE}")
    except DeliveryError as error:
        reason = str(error).replace(key.recipient, "…")
        ledger.mark_failed(key, reason, final=error.final)
        bound.warning("delivery", outcome="refused" if error.final else "failed", reason=reason)
        raise
    ledger.mark_sent(key)
    bound.info("delivery", outcome="sent")
    return Delivery(outcome="sent", place=place)
