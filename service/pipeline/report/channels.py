"""Channels: the webhook of each, from the configuration and its secrets, and what is posted to it once."""

from typing import Any

from ouidire.errors import ConfigError, DeliveryError, OuidireError
from ouidire.mailing.delivery import DeliveryKey, Ledger, delivery_name
from ouidire.settings.alerts import ChannelSettings
from ouidire.settings.configuration import secret
from ouidire.system.guard import Guard
from reports.delivery.deliver import deliver_once
from reports.delivery.webhook import Post, WebhookTransport, signing_key
from service.pipeline.installation import Installation
from service.pipeline.report.sending import SendResult


def webhook_of(installation: Installation, channel: ChannelSettings) -> WebhookTransport:
    """Return the webhook of a channel.

    Raises ConfigError when its address or its secret cannot be read, or the address is none; DeliveryError
    when the secret is no signing key.
    """
    base = installation.settings.base
    what = f"channel {channel.name}"
    file = base / channel.url_file if channel.url_file else None
    url = channel.url or secret(env=channel.url_env, file=file, what=f"{what}: url") or ""
    if not url.startswith(("http://", "https://")):
        raise ConfigError([f"{what}: its address is no http(s) URL; copy it again"])
    key = secret(
        env=channel.secret_env,
        file=base / channel.secret_file if channel.secret_file else None,
        what=f"{what}: secret",
    )
    return WebhookTransport(
        url=url,
        named=what,
        guard=Guard.of(installation.settings.fetch.model_copy(update={"proxy": None})),
        secret=signing_key(key) if key else None,
        repeatable=channel.kind == "webhook",
        timeout=channel.timeout,
    )


def post_digest(
    installation: Installation,
    channel: ChannelSettings,
    key: DeliveryKey,
    body: dict[str, Any],
    *,
    ledger: Ledger,
) -> SendResult:
    """Post the first screen of a digest to a channel, once ever; one that fails holds up no other."""
    what = f"digest {key.brand} {key.period} to {channel.name}"
    name = delivery_name(key)
    post = Post(
        id=name, body={**body, "id": name} if channel.kind == "webhook" else body, at=installation.clock()
    )
    try:
        webhook = webhook_of(installation, channel)
    except OuidireError as error:
        return SendResult(key.brand, key.period, channel.name, "failed", problem=f"{what}: {error}")
    try:
        done = deliver_once(lambda: webhook.send(post), key, ledger=ledger, idempotent=False)
    except DeliveryError as error:
        return SendResult(key.brand, key.period, channel.name, "failed", problem=f"{what}: {error}")
    problem = f"{what}: {done.problem}" if done.problem else None
    return SendResult(key.brand, key.period, channel.name, done.outcome, problem=problem)
