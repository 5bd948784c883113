"""The report contract: build (data only), render (a message), deliver (once)."""

from datetime import datetime
from typing import Protocol

from pydantic import BaseModel

from ouidire.delivery import Claim, DeliveryKey, Ledger
from ouidire.frozen import Frozen
from ouidire.index import MentionIndex
from ouidire.period import Period

__all__ = ["Claim", "DeliveryKey", "Ledger", "Message", "Picture", "Report"]


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


class Report(Protocol):
    """One kind of report."""

    name: str

    def build(self, reader: MentionIndex, period: Period, *, now: datetime) -> BaseModel:
        """Gather every figure and quotation from the index alone; no prose, no HTML."""

    def render(self, context: BaseModel) -> Message:
        """Turn the context into a message; reads nothing else."""
