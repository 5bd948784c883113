"""Bounces: mail servers' reports of messages that they took and could not deliver (RFC 3464).

Everything in such a report may be made up by anyone who can write to the mailbox: only the message's own
name, the action and the status code are read. It cannot read servers that report in words alone.
"""

import re
from collections.abc import Iterator
from email.message import Message as Mail
from email.parser import BytesParser, HeaderParser
from email.policy import compat32
from typing import Literal, get_args

from ouidire.errors import OuidireError
from ouidire.frozen import Frozen

Action = Literal["failed", "delayed", "delivered", "relayed", "expanded"]
LARGEST = 5_000_000
"""Bytes: a report that quotes a whole digest has a tenth of it."""
_ACTIONS: tuple[Action, ...] = get_args(Action)  # the worst first
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")  # RFC 3463, §2
_NAME = re.compile(r"<([0-9a-f]{32})@[^<>@\s]+>")
_QUOTED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_REPORTED = ("message/delivery-status", "message/global-delivery-status")


class Unreadable(OuidireError):  # noqa: N818 (what is the matter, as in ouidire.errors)
    """A mail is no delivery report about a message of ours."""


class Bounce(Frozen):
    """A bounce report on one message.

    `name` is what its Message-ID begins with, `action` the worst reported, `status` its code (RFC 3463).
    """

    name: str
    action: Action
    status: str = ""


def read_bounce(data: bytes) -> Bounce:
    """Read a delivery report as it was received. Raises Unreadable."""
    if len(data) > LARGEST:
        raise Unreadable(f"it is larger than {LARGEST // 1_000_000} MB: no delivery report of a digest is")
    try:
        names, reported = _read(BytesParser(policy=compat32).parsebytes(data))
    except Exception as error:  # the library is known to raise anything on mail that is made to break it
        raise Unreadable("it cannot be read as an e-mail") from error
    if not reported:
        raise Unreadable(
            "it is no delivery report (RFC 3464): read it, "
            "and take the address off the configuration if it says so"
        )
    if not names:
        raise Unreadable("it quotes no message of ours: no Message-ID that Ouï-dire gives")
    action, status = min(reported, key=lambda each: _ACTIONS.index(each[0]))
    return Bounce(name=names[0], action=action, status=status)


def _read(mail: Mail) -> tuple[list[str], list[tuple[Action, str]]]:
    """Return the names of the messages quoted, and each action reported with its status."""
    names: list[str] = []
    reported: list[tuple[Action, str]] = []
    for part in mail.walk():
        kind = part.get_content_type()
        if kind in _REPORTED:
            found = (_action_and_status(block) for block in _blocks(part))
            reported += [each for each in found if each is not None]
        elif kind in _QUOTED:
            names += _NAME.findall(str(_headers(part)["Message-ID"] or "").strip().lower())
    return names, reported


def _blocks(part: Mail) -> Iterator[Mail]:
    """Yield the groups of fields of a report; of the kind with accents, the library reads but one."""
    payload = part.get_payload()
    listed = payload if isinstance(payload, list) else []
    for each in listed:
        if isinstance(each, Mail):
            yield each
            body = each.get_payload()
            yield from (
                HeaderParser().parsestr(text)
                for text in str(body).split("\n\n")
                if isinstance(body, str) and text.strip()
            )


def _action_and_status(block: Mail) -> tuple[Action, str] | None:
    """Return the action that a group of fields reports and its status; None where it reports none we know."""
    given = str(block["Action"] or "").strip().lower()
    action = next((each for each in _ACTIONS if given == each or given.startswith(f"{each} ")), None)
    if action is None:
        return None
    status = _STATUS.match(str(block["Status"] or "").strip())
    return action, status[0] if status else ""


def _headers(part: Mail) -> Mail:
    """Return the headers of the message that a part quotes."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return payload[0] if isinstance(payload[0], Mail) else Mail()
    data = part.get_payload(decode=True)
    return BytesParser(policy=compat32).parsebytes(data if isinstance(data, bytes) else b"", headersonly=True)
