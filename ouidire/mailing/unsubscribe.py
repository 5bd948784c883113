"""Signed unsubscribe links: nobody can take another off a list, and no address stands in them.

A token names a report ("digest", "alert") and a recipient by the keyed hash that the ledger knows. It does
not expire: a mail is found again after years, and its link must still work (RFC 8058). It cannot see who
follows the link: whoever has the mail.
"""

import binascii
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from ouidire.frozen import Frozen
from ouidire.mailing.delivery import recipient_key

PATH = "/desabonnement/"
"""Where the service answers: a GET shows a page with a button, a POST unsubscribes at once."""
_PURPOSE = b"ouidire: unsubscribe links, version 1"
_SIGNED_BYTES = 16
"""128 bits of the signature: out of reach of guessing, and a third less of link."""
_TOKEN = re.compile(r"([a-z][a-z_]{0,47})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{22})")


class Subscription(Frozen):
    """One recipient of one kind of report.

    `recipient` is `ouidire.mailing.delivery.recipient_key` of the address, never the address.
    """

    report: str
    recipient: str


def token_for(subscription: Subscription, *, secret: bytes) -> str:
    """Return the signed token of a subscription: letters, digits, `-`, `_` and `.` only.

    `secret` is the installation's key.
    """
    named = urlsafe_b64encode(bytes.fromhex(subscription.recipient)).rstrip(b"=").decode()
    return f"{subscription.report}.{named}.{_signature(subscription, secret)}"


def read_token(token: str, *, secret: bytes) -> Subscription | None:
    """Return the subscription that a token names; None unless this installation signed it.

    Takes as long for a near miss as for a far one.
    """
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    try:
        recipient = urlsafe_b64decode(f"{found[2]}=").hex()
    except (binascii.Error, ValueError):
        return None
    subscription = Subscription(report=found[1], recipient=recipient)
    return subscription if hmac.compare_digest(token_for(subscription, secret=secret), token) else None


def unsubscribe_url(base: str, *, report: str, address: str, secret: bytes) -> str:
    """Return the link for `List-Unsubscribe`.

    `base` is where the service is reached from outside (`serve.url`).
    """
    subscription = Subscription(report=report, recipient=recipient_key(address, secret=secret))
    return f"{base.rstrip('/')}{PATH}{token_for(subscription, secret=secret)}"


def _signature(subscription: Subscription, secret: bytes) -> str:
    key = hmac.digest(secret, _PURPOSE, "sha256")
    signed = hmac.digest(key, f"{subscription.report}\n{subscription.recipient}".encode(), "sha256")
    return urlsafe_b64encode(signed[:_SIGNED_BYTES]).rstrip(b"=").decode()
