"""The report contract: build (data only), render (a message), deliver (once)."""

from datetime import datetime
from typing import Literal, Protocol

from pydantic import BaseModel

from ouidire.frozen import Frozen
from ouidire.index import MentionIndex
from ouidire.period import Period


class Picture(Frozen):
    """An image that the HTML shows by `cid:` and its alternative text."""

    cid: str
    png: bytes
    alt: str


class Message(Frozen):
    """A rendered report, ready to be delivered: the text stands alone without the HTML."""

    subject: str
    text: str
    html: str
    language: str
    pictures: tuple[Picture, ...] = ()


class DeliveryKey(Frozen):
    """What makes one delivery the same as another: a person gets one edition about one brand and period once."""

    report: str
    edition: str
    brand: str
    period: str
    recipient: str


Claim = Literal["claimed", "already_sent", "in_doubt"]
"""`in_doubt`: claimed before and never marked, so that nobody knows whether the message left; never resent blindly."""


class Ledger(Protocol):
    """The memory of what was sent: claim, send, mark. A claim is durable before `claim` returns."""

    def claim(self, key: DeliveryKey) -> Claim:
        """Claim a delivery; a key marked as failed, but not finally, may be claimed again."""

    def mark_sent(self, key: DeliveryKey) -> None:
        """Say that the message was accepted."""

    def mark_failed(self, key: DeliveryKey, reason: str, *, final: bool) -> None:
        """Say that the message certainly did not leave; `final` where trying again would not help."""


class Report(Protocol):
    """One kind of report."""

    name: str

    def build(self, reader: MentionIndex, period: Period, *, now: datetime) -> BaseModel:
        """Gather every figure and quotation from the index alone; no prose, no HTML."""

    def render(self, context: BaseModel) -> Message:
        """Turn the context into a message; reads nothing else."""
