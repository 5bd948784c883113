"""What makes a delivery unique, and the promise of the ledger that remembers it."""

import hmac
from typing import Literal, Protocol

from ouidire import ids
from ouidire.frozen import Frozen


class DeliveryKey(Frozen):
    """What makes one delivery the same as another: a person gets one edition about one brand and period once."""

    report: str
    edition: str
    brand: str
    period: str
    recipient: str


Claim = Literal["claimed", "already_sent", "refused", "in_doubt"]
"""`refused`: an earlier attempt was refused for good, and trying again would not help.

`in_doubt`: claimed before and never marked, so that nobody knows whether the message left; never resent
blindly.
"""


def delivery_name(key: DeliveryKey) -> str:
    """Return the name of a delivery, 32 hexadecimal digits: what its Message-ID begins with, the same for ever."""
    return ids.digest(key.report, key.edition, key.brand, key.period, key.recipient.casefold())


def recipient_key(address: str, *, secret: bytes) -> str:
    """Return the keyed hash under which an address is remembered: 64 hexadecimal digits, the same however it is written."""
    return hmac.new(secret, address.strip().casefold().encode(), "sha256").hexdigest()


class Ledger(Protocol):
    """The memory of what was sent: claim, send, mark. A claim is durable before `claim` returns."""

    def claim(self, key: DeliveryKey) -> Claim:
        """Claim a delivery; a key marked as failed, but not finally, may be claimed again."""

    def mark_sent(self, key: DeliveryKey) -> None:
        """Say that the message was accepted."""

    def mark_failed(self, key: DeliveryKey, reason: str, *, final: bool) -> None:
        """Say that the message certainly did not leave; `final` where trying again would not help."""
