"""The proxy that the configuration names (`fetch.proxy`), as the engine and the browser's proxy use it."""

from base64 import b64encode
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from ouidire.settings.fetch import FetchSettings


class UpstreamProxy(NamedTuple):
    """The configured proxy: its URL without credentials, and the header that carries them."""

    url: str | None
    authorization: str | None

    @classmethod
    def of(cls, fetch: FetchSettings) -> "UpstreamProxy":
        """Return the proxy that the configuration names."""
        if not fetch.proxy:
            return cls(None, None)
        parts = urlsplit(fetch.proxy)
        url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        if not parts.username:
            return cls(url, None)
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return cls(url, f"Basic {b64encode(pair.encode()).decode()}")
