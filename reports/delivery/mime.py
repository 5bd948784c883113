"""A message as an e-mail: text and HTML alternatives, pictures inside, headers set by the delivery.

Nothing here is random: the same message, key and moment give the same bytes. It cannot see whether an address
exists.
"""

import re
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr

from ouidire.errors import DeliveryError
from ouidire.mailing.delivery import DeliveryKey, delivery_name
from reports.data.message import Message

_SPEC = re.compile(r"(?<![^@\s<>,;])[^@\s<>,;]++@[^@\s<>,;]++")
_FALLBACK_HOST = "ouidire.invalid"


class _Links(UniqueUnstructuredHeader):
    """A list of links, one a line.

    Folded as text, a link longer than a line would become an encoded word, and no link any more.
    """

    name: str  # of the base that the registry gives it

    def fold(self, *, policy: Policy) -> str:
        """Write the header."""
        return f"{self.name}: {str(self).replace(', ', f',{policy.linesep} ')}{policy.linesep}"


class _Subject(UniqueUnstructuredHeader):
    """A subject, all of it folded into encoded words where it is not ASCII.

    Folded word by word, a blank between an encoded and a plain word is lost at some lengths.
    """

    name: str  # of the base that the registry gives it

    def fold(self, *, policy: Policy) -> str:
        """Write the header."""
        text = str(self)
        charset = "us-ascii" if text.isascii() else "utf-8"
        coded = Header(text, charset=charset, header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {coded}{policy.linesep}"


_REGISTRY = HeaderRegistry()
_REGISTRY.map_to_type("subject", _Subject)  # type: ignore[arg-type]  # as below
_REGISTRY.map_to_type("list-unsubscribe", _Links)  # type: ignore[arg-type]  # the registry adds the base that is missing
_POLICY = SMTP.clone(header_factory=_REGISTRY)


def compose(
    message: Message,
    key: DeliveryKey,
    *,
    sender: str,
    now: datetime,
    reply_to: str | None = None,
    unsubscribe: str | None = None,
    unsubscribe_url: str | None = None,
) -> EmailMessage:
    """Build the e-mail of one delivery.

    Args:
        message: what to send.
        key: the delivery; its recipient is the To address, and its hash the Message-ID.
        sender: the From address, with or without a name: `Ouï-dire <digest@example.fr>`.
        now: the Date.
        reply_to: where answers go, if elsewhere.
        unsubscribe: the address to which people write to leave the list (List-Unsubscribe, RFC 2369).
        unsubscribe_url: the link of this recipient's own by which they leave it at once; over https, mail
            programs show a button for it (List-Unsubscribe-Post, RFC 8058). It comes first, the address
            second.

    Raises:
        DeliveryError: (final) an address is none.
    """
    name = delivery_name(key)
    origin = _address(sender, "the sender")
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = " ".join(message.subject.split("\n"))
    mail["From"] = origin
    mail["To"] = _address(key.recipient, "the recipient")
    if reply_to:
        mail["Reply-To"] = _address(reply_to, "reply_to")
    mail["Date"] = format_datetime(now)
    host = origin.domain if "." in origin.domain and origin.domain.isascii() else _FALLBACK_HOST
    mail["Message-ID"] = f"<{name}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    links = [f"<{unsubscribe_url}>"] if unsubscribe_url else []
    if unsubscribe:
        address = _address(unsubscribe, "unsubscribe").addr_spec
        links.append(f"<mailto:{address}?subject=unsubscribe>")
    if links:
        mail["List-Unsubscribe"] = ", ".join(links)
    if unsubscribe_url and unsubscribe_url.startswith("https://"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    html = list(mail.iter_parts())[-1]
    for picture in message.pictures:
        html.add_related(
            picture.png,
            "image",
            "png",
            cid=f"<{picture.cid}>",
            disposition="inline",
            filename=f"{picture.cid}.png",
        )
    for attached in message.attachments:
        mail.add_attachment(
            attached.html.encode(),
            maintype="text",
            subtype="html",
            cte="base64",
            filename=attached.name,
            params={"charset": "utf-8"},
        )
    for depth, part in enumerate(each for each in mail.walk() if each.is_multipart()):
        part.set_boundary(f"=_{name}_{depth}")
    mail["Content-Language"] = message.language  # last: setting the content takes away every header about it
    return mail


def _address(text: str, what: str) -> Address:
    name, spec = parseaddr(text)
    if not _SPEC.fullmatch(spec) or spec not in text or not text.isprintable():
        raise DeliveryError(
            f"{what} ({text!r}) is not an e-mail address; write it like name@example.fr", final=True
        )
    try:
        return Address(display_name=name, addr_spec=spec)
    except (
        ValueError,
        IndexError,
    ) as error:  # HeaderParseError is a ValueError; an empty one is an IndexError on 3.11
        raise DeliveryError(
            f"{what} ({text!r}) is not an e-mail address; write it like name@example.fr", final=True
        ) from error
