"""Posts JSON to a webhook: to public addresses only, signed, tried again, with a clear outcome.

Signed by the library of Standard Webhooks (standardwebhooks.com): `webhook-id`, the same whenever the same
message is posted again, `webhook-timestamp` in seconds, and `webhook-signature`. Names are resolved once,
each address is judged, and the connection goes to the one that was judged; redirects are not followed.
Proxies of the environment are not used. It cannot see what the receiver does with what it accepted.
"""

import base64
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import stamina
from standardwebhooks import Webhook

from ouidire.errors import DeliveryError
from ouidire.system.connections import NotConnected, open_connection
from ouidire.system.guard import Guard
from reports.delivery.smtp import InDoubt, Temporary

_ACCEPTED = range(200, 300)
_PASSING = (408, 425, 429)
_BROKEN_SERVER = 500
_SHOWN = 200
_LIKE_A_SECRET = 8
"""Characters from which a part of an address is kept out of what is said about it."""
_READ = 4096


@dataclass(frozen=True)
class Post:
    """What is posted once: `id` is the same whenever the same message is posted again."""

    id: str
    body: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class WebhookTransport:
    """Posts to one webhook, signed where there is a `secret`.

    `named` is what errors call it, since its address may be a secret.

    With `repeatable`, the receiver tells a repeated message by its id, and one that may have arrived is
    posted again; without, it is in doubt. `timeout` is in seconds; `attempts` counts tries, with waits from
    `wait` seconds on, doubling.
    """

    url: str = field(repr=False)
    named: str
    guard: Guard = field(default_factory=Guard)
    secret: bytes | None = field(default=None, repr=False)
    repeatable: bool = False
    timeout: float = 10.0
    attempts: int = 4
    wait: float = 1.0
    context: ssl.SSLContext | None = field(default=None, repr=False)
    idempotent: ClassVar[bool] = False

    def send(self, post: Post) -> Path | None:
        """Post one message.

        Raises:
            InDoubt: it may have arrived.
            DeliveryError: it has not been accepted.
        """
        for attempt in stamina.retry_context(
            on=Temporary,
            attempts=self.attempts,
            timeout=None,
            wait_initial=self.wait,
            wait_max=60.0,
            wait_jitter=self.wait / 2,
        ):
            with attempt:
                self._send_once(post)
        return None

    def _send_once(self, post: Post) -> None:
        body = json.dumps(post.body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Ouidire",
            **self._signature(post, body),
        }
        line, target = self._connected()
        try:
            try:
                line.request("POST", target, body=body, headers=headers)
                with line.getresponse() as answer:
                    status, said = answer.status, answer.read(_READ)
            except (OSError, http.client.HTTPException) as error:
                if self.repeatable:
                    raise Temporary(f"{self.named}: the line broke ({_brief(error)})") from error
                raise InDoubt(
                    f"{self.named}: the line broke while it was posted ({_brief(error)}); it may have arrived"
                ) from error
        finally:
            line.close()
        if status in _ACCEPTED:
            return
        words = self._without_address(" ".join(said.decode("utf-8", "replace").split()))[:_SHOWN]
        if status in _PASSING or status >= _BROKEN_SERVER:
            raise Temporary(f"{self.named} cannot take it now: {status} {words}")
        raise DeliveryError(
            f"{self.named} refused it: {status} {words}; check its address and what it expects"
        )

    def _without_address(self, words: str) -> str:
        """Return what a receiver said without our address, which may be a secret."""
        parts = urlsplit(self.url)
        pieces = [self.url, parts.path, parts.query, *parts.path.split("/"), *parts.query.split("=")]
        for each in sorted({each for each in pieces if len(each) >= _LIKE_A_SECRET}, key=len, reverse=True):
            words = words.replace(each, "…")
        return words

    def _signature(self, post: Post, body: bytes) -> dict[str, str]:
        headers = {"webhook-id": post.id, "webhook-timestamp": str(int(post.at.timestamp()))}
        if self.secret is not None:
            at = post.at.astimezone(UTC)  # the library takes any date for one in UTC
            headers["webhook-signature"] = Webhook(self.secret).sign(post.id, at, body.decode())
        return headers

    def _connected(self) -> tuple[http.client.HTTPConnection, str]:
        """Connect to an address that was judged; nothing was posted where it raises.

        Raises Temporary or DeliveryError.
        """
        try:
            return open_connection(
                self.url, named=self.named, guard=self.guard, timeout=self.timeout, context=self.context
            )
        except NotConnected as error:
            kind = Temporary if error.passing else DeliveryError
            raise kind(str(error)) from error


def signing_key(secret: str) -> bytes:
    """Return the key in a secret: the base64 after `whsec_`, as Standard Webhooks write it, or its own bytes.

    Raises DeliveryError when what follows `whsec_` is no base64, or nothing.
    """
    if not secret.startswith("whsec_"):
        return secret.encode()
    encoded = secret.removeprefix("whsec_").rstrip("=")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise DeliveryError(
            "the webhook's secret begins with whsec_ and is no base64 after it; copy it again"
        )
    return key


def _brief(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:_SHOWN]
