"""The rule for addresses that may be fetched: public ones over http(s), and private hosts configured.

The rule is applied to the URL before a request is built, to each address that a name resolves to at the
moment of connecting (so that a name which changes its mind between the check and the connection gains
nothing), and to every redirect. Behind a proxy the proxy resolves the names, so that this module sees only
URLs: private addresses written as such and names reserved for local networks are still refused, but what a
public name resolves to is the proxy's business.
"""

import re
import socket
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from ouidire.errors import SourceError
from ouidire.settings.fetch import FetchSettings

NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052's well-known prefix: the IPv4 address is in the last 32 bits."""
NEVER_PUBLIC = tuple(
    ip_network(each)
    for each in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "fd00:ec2::/32")
)
"""Addresses that look public, or did to older versions of `ipaddress`, and are not for us.

Azure's wire server, IETF protocol assignments (RFC 6890; Oracle's old metadata address is among them), 6to4
relays (RFC 7526), documentation (RFC 9637), Amazon's metadata by IPv6.
"""
LOCAL_NAMES = ("localhost", "local", "internal", "home.arpa", "localdomain")
"""Names that never leave a local network (RFC 6761, 6762, 8375; ICANN 2024 for "internal")."""
PORTS = {"http": 80, "https": 443}
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})
"""Full stops that IDNA takes for dots (RFC 3490, 3.1)."""
_AMBIGUOUS = re.compile(r"[\s\\\x00-\x20\x7f<>\"^`|]")
"""Characters in an authority at which parsers of addresses part ways."""
_HOST = re.compile(
    r"[^\x00-\x2c\x2f\x3b-\x40\x5b-\x5e\x60\x7b-\x7f%/@]{1,253}(?:(?<=:[0-9a-f])%[\w.-]{1,30})?"
)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")
"""Control characters, which some parsers drop and others keep."""


class AddressRefused(SourceError):  # noqa: N818 (an outcome, as Blocked is)
    """The address may not be fetched: another scheme than http(s), or a private host that is not allowed."""


@dataclass(frozen=True)
class Guard:
    """The addresses that one run may fetch.

    `allow_hosts` holds `host` or `host:port`, lower case; `proxy` is the proxy's (host, port).
    """

    allow_hosts: frozenset[str] = frozenset()
    proxy: tuple[str, int] | None = None

    @classmethod
    def of(cls, fetch: FetchSettings) -> "Guard":
        """Return the guard of a configuration."""
        proxy = urlsplit(fetch.proxy) if fetch.proxy else None
        return cls(
            allow_hosts=frozenset(host.lower() for host in fetch.allow_hosts),
            proxy=(proxy.hostname or "", proxy.port or PORTS.get(proxy.scheme, 80)) if proxy else None,
        )

    def check_url(self, url: str) -> None:
        """Refuse a URL that is not http(s) or names a private address by itself.

        Raises:
            AddressRefused: the URL may not be fetched.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise AddressRefused("the address is not a well-formed URL") from error
        if parts.scheme not in PORTS:
            raise AddressRefused(
                f"only http and https are fetched, not {parts.scheme or 'an address without a scheme'}:"
            )
        host = plain_host(parts.hostname or "")
        if not host:
            raise AddressRefused("the address names no host")
        if _UNSEEN.search(url) or _AMBIGUOUS.search(parts.netloc) or not _HOST.fullmatch(host):
            raise AddressRefused("the address' host has characters that readers take apart differently")
        if self._allowed(host, port or PORTS[parts.scheme]):
            return
        literal = literal_address(host)
        if literal is not None and not is_public(literal):
            raise AddressRefused(_refusal(host))
        if self.proxy and (host.rpartition(".")[2] in LOCAL_NAMES or host.endswith(".home.arpa")):
            raise AddressRefused(_refusal(host))

    def may_connect(self, host: str, port: int, address: str) -> bool:
        """Whether a connection to `address`, to which `host` resolved, may be opened."""
        if self.proxy and (host, port) == self.proxy:
            return True
        return self._allowed(host.rstrip(".").lower(), port) or is_public(
            ip_address(address.partition("%")[0])
        )

    def _allowed(self, host: str, port: int) -> bool:
        return (
            host in self.allow_hosts
            or f"{host}:{port}" in self.allow_hosts
            or f"[{host}]:{port}" in self.allow_hosts
        )


def plain_host(host: str) -> str:
    """Return a host as browsers read it: plain letters and digits for full-width ones, in lower case."""
    return unicodedata.normalize("NFKC", host).translate(_DOTS).rstrip(".").lower()


def literal_address(host: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that a host spells, or None.

    All forms that system resolvers take are read (`127.1`, `0x7f000001`).
    """
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is a public unicast one.

    Private, loopback, link-local, shared (CGNAT), reserved and multicast ones are not. An IPv6 address that
    carries an IPv4 one (mapped, 6to4, NAT64) is judged by what it carries.
    """
    if isinstance(address, IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour
        if carried is None and address in NAT64:
            carried = IPv4Address(int(address) & 0xFFFFFFFF)
        if carried is not None:
            return is_public(carried)
        if address.is_site_local:
            return False
    if any(address in network for network in NEVER_PUBLIC):
        return False
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )


def _refusal(host: str) -> str:
    return f"{host} is a private address; if it is meant, add it to fetch.allow_hosts"
