"""A rendered report, ready to be delivered: subject, text, HTML and pictures."""

from ouidire.frozen import Frozen


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
