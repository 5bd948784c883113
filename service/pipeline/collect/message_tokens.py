"""Tokens by which services' messages (webhooks) reach a source: keyed hashes, which nobody can guess."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256

from ouidire.frozen import Frozen
from service.pipeline.configured_sources import ConfiguredSource, configured_sources
from service.pipeline.installation import Installation

MESSAGES = "/messages/"
"""The path under which the service takes messages; what follows is a token for each source."""


def token_of(key: str, *, secret: bytes) -> str:
    """Return the token of a source key: 43 characters that an address may hold."""
    made = hmac.digest(secret, b"messages\0" + key.encode(), sha256)
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def source_of_token(
    token: str, sources: Iterable[ConfiguredSource], *, secret: bytes
) -> ConfiguredSource | None:
    """Return the source that a token is of; None for one that is of none which takes messages."""
    found = None
    for each in sources:
        same = hmac.compare_digest(token_of(each.key, secret=secret).encode(), token.encode())
        if same and each.source.read_message is not None:
            found = each
    return found


class MessageAddress(Frozen):
    """Where a source's service sends messages: whoever knows the address can have the source read soon."""

    key: str
    address: str


def message_addresses(installation: Installation) -> list[MessageAddress]:
    """Return the address for messages of each configured source that takes them."""
    settings = installation.settings
    base = (settings.serve.url or f"http://{settings.serve.host}:{settings.serve.port}").rstrip("/")
    return [
        MessageAddress(
            key=each.key, address=f"{base}{MESSAGES}{token_of(each.key, secret=installation.secret)}"
        )
        for each in configured_sources(settings)
        if each.source.read_message is not None
    ]
