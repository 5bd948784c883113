"""Channels of alerts: the webhook of each, from the configuration and its secrets."""

from ouidire.errors import ConfigError
from ouidire.settings.alerts import ChannelSettings
from ouidire.settings.configuration import secret
from ouidire.system.guard import Guard
from reports.delivery.webhook import WebhookTransport, signing_key
from service.pipeline.installation import Installation


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
