"""A rendered report, ready to be delivered: subject, text, HTML and pictures."""

from ouidire.frozen import Frozen


class Picture(Frozen):
    """An image that the HTML shows by `cid:` and its alternative text."""

    cid: str
    png: bytes
    alt: str


class Attachment(Frozen):
    """A page that goes with a message: its file name, and its HTML, which needs nothing beside it."""

    name: str
    html: str


class Message(Frozen):
    """A rendered report, ready to be delivered: the text stands alone without the HTML."""

    subject: str
    text: str
    html: str
    language: str
    pictures: tuple[Picture, ...] = ()
    attachments: tuple[Attachment, ...] = ()
