"""Signed links by which a reader leaves a mailing; no address is in them.

A token names a report ("digest", "alert") and a recipient by the keyed hash that the ledger knows, signed by
itsdangerous under the installation's key, so that nobody can take another off a list. It does not expire: a
mail is found again after years, and its link must still work (RFC 8058). It cannot see who follows the link:
whoever has the mail.
"""

import binascii
import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from itsdangerous import Signer

from ouidire.frozen import Frozen
from ouidire.mailing.delivery import recipient_key

PATH = "/desabonnement/"
"""Where the service answers: a GET shows a page with a button, a POST unsubscribes at once."""
_PURPOSE = "ouidire: unsubscribe links, version 2"
_FORMER_PURPOSE = b"ouidire: unsubscribe links, version 1"
_TOKEN = re.compile(r"([a-z][a-z_]{0,47})\.([A-Za-z0-9_-]{43})\.[A-Za-z0-9_-]{22,43}")


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
    signer = Signer(secret, _PURPOSE, sep=".", key_derivation="hmac", digest_method=hashlib.sha256)
    return signer.sign(_unsigned(subscription)).decode()


def read_token(token: str, *, secret: bytes) -> Subscription | None:
    """Return the subscription that a token stands for; None unless this installation signed it.

    Tokens of former versions, in mails sent long ago, are read too. Takes as long for a near miss as for a
    far one.
    """
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    try:
        recipient = urlsafe_b64decode(f"{found[2]}=").hex()
    except (binascii.Error, ValueError):
        return None
    subscription = Subscription(report=found[1], recipient=recipient)
    # compared as a whole: the last letter of base64 has bits to spare, and one token has one spelling
    signed = hmac.compare_digest(token_for(subscription, secret=secret), token)
    signed_formerly = hmac.compare_digest(_former_token(subscription, secret), token)
    return subscription if signed or signed_formerly else None


def unsubscribe_url(base: str, *, report: str, address: str, secret: bytes) -> str:
    """Return the link for `List-Unsubscribe`; `base` is the service's address from outside (`serve.url`)."""
    subscription = Subscription(report=report, recipient=recipient_key(address, secret=secret))
    return f"{base.rstrip('/')}{PATH}{token_for(subscription, secret=secret)}"


def _unsigned(subscription: Subscription) -> str:
    named = urlsafe_b64encode(bytes.fromhex(subscription.recipient)).rstrip(b"=").decode()
    return f"{subscription.report}.{named}"


def _former_token(subscription: Subscription, secret: bytes) -> str:
    """Return the token as versions before itsdangerous signed it: 128 bits of HMAC-SHA256."""
    key = hmac.digest(secret, _FORMER_PURPOSE, "sha256")
    signed = hmac.digest(key, f"{subscription.report}\n{subscription.recipient}".encode(), "sha256")
    return f"{_unsigned(subscription)}.{urlsafe_b64encode(signed[:16]).rstrip(b'=').decode()}"
