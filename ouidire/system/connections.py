"""Opens an HTTP connection to a public address: each address that a name has is judged before it is used.

Names are resolved once, and the connection goes to the very address that was judged; the certificate is
checked against the name. Proxies are not used. It cannot see where a redirect would lead: none is followed.
"""

import http.client
import socket
import ssl
from urllib.parse import urlsplit

from ouidire.errors import OuidireError, SourceError
from ouidire.system.guard import PORTS, Guard

_SHOWN = 200


class NotConnected(OuidireError):  # noqa: N818 (an outcome, as Blocked is)
    """There is no connection, so that nothing was sent; `passing` where trying again may help."""

    def __init__(self, message: str, *, passing: bool) -> None:
        super().__init__(message)
        self.passing = passing


def open_connection(
    url: str, *, named: str, guard: Guard, timeout: float, context: ssl.SSLContext | None = None
) -> tuple[http.client.HTTPConnection, str]:
    """Return a connection to a URL's host, and the path and query to ask it for; `timeout` is in seconds.

    `named` is what messages call the host. Raises NotConnected.
    """
    try:
        guard.check_url(url)
    except SourceError as error:
        raise NotConnected(f"{named}: {error}", passing=False) from error
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or PORTS[parts.scheme]
    stream = _stream(host, port, guard=guard, timeout=timeout, named=named)
    if parts.scheme == "https":
        try:
            stream = (context or ssl.create_default_context()).wrap_socket(stream, server_hostname=host)
        except ssl.SSLError as error:
            stream.close()
            raise NotConnected(
                f"{named}: no encrypted line ({brief(error)}); check its certificate", passing=False
            ) from error
        except OSError as error:
            stream.close()
            raise NotConnected(f"{named}: no encrypted line ({brief(error)})", passing=True) from error
    line = http.client.HTTPConnection(host, port, timeout=timeout)
    line.sock = stream
    return line, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _stream(host: str, port: int, *, guard: Guard, timeout: float, named: str) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotConnected(f"{named}: its name cannot be resolved ({brief(error)})", passing=True) from error
    allowed = [each for each in found if guard.may_connect(host, port, str(each[4][0]))]
    if not allowed:
        meant = "if it is meant, add its host to fetch.allow_hosts"
        raise NotConnected(f"{named}: it leads to a private address; {meant}", passing=False)
    problem: OSError | None = None
    for family, kind, protocol, _, address in allowed:
        stream = socket.socket(family, kind, protocol)
        stream.settimeout(timeout)
        try:
            stream.connect(address)
        except OSError as error:
            stream.close()
            problem = error
            continue
        return stream
    reason = brief(problem) if problem else "no address"
    raise NotConnected(f"{named} does not answer ({reason})", passing=True) from problem


def brief(error: Exception) -> str:
    """Return an error's own words, shortened."""
    return (str(error) or type(error).__name__)[:_SHOWN]
