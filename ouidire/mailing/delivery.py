"""Keys of deliveries, and the protocol of the ledger that keeps what was sent."""

import hmac
from typing import Literal, Protocol

from ouidire import ids
from ouidire.frozen import Frozen


class DeliveryKey(Frozen):
    """The unique key of a delivery: a person gets one edition about one brand and period once."""

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
    """Return the stable name of a delivery, 32 hexadecimal digits, with which its Message-ID begins."""
    return ids.digest(key.report, key.edition, key.brand, key.period, key.recipient.casefold())


def recipient_key(address: str, *, secret: bytes) -> str:
    """Return the keyed hash of an address, 64 hexadecimal digits; case and blanks around it do not matter."""
    return hmac.new(secret, address.strip().casefold().encode(), "sha256").hexdigest()


class Ledger(Protocol):
    """The ledger of deliveries: claim, send, mark. A claim is durable before `claim` returns."""

    def claim(self, key: DeliveryKey) -> Claim:
        """Claim a delivery; a key marked as failed, but not finally, may be claimed again."""

    def mark_sent(self, key: DeliveryKey) -> None:
        """Record that the message was accepted."""

    def mark_failed(self, key: DeliveryKey, reason: str, *, final: bool) -> None:
        """Record that the message certainly did not leave; `final` where trying again would not help."""
