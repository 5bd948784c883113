"""Requests to the web service: unfinished, many, for a host that is not ours, or passed on."""

import socket
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from ouidire.clock import system_clock
from ouidire.settings.configuration import settings_from
from service.pipeline.installation import Installation
from service.serve.scheduler.events import View
from service.serve.web.connections import ConnectionLimits
from service.serve.web.server import Site
from tests.attacks.attack import Attack

POST = b"POST /connexion HTTP/1.1\r\nHost: 127.0.0.1\r\n"
UNFINISHED = {
    "nothing": b"",
    "a line without its end": b"GET / HTT",
    "a head without its end": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ",
    "a body without its end": POST + b"Content-Length: 20\r\n\r\npass",
    "a chunk without its end": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    "a promise to go on": POST + b"Content-Length: 9\r\nExpect: 100-continue\r\n\r\n",
}
"""Requests that somebody may begin and never end."""
ONE = ("127.0.0.1",)
MANY = tuple(f"127.0.1.{last}" for last in range(1, 31))
SHORT = ConnectionLimits(head=0.4, body=0.4, answer=0.4, each=8, total=16)
LONG = ConnectionLimits(head=60, body=60, answer=60, each=8, total=16)
SOON = 4.0
"""Seconds in which a limit of 0.4 s is certainly over."""


@contextmanager
def site(installation, limits):
    """Serve an installation within limits."""
    view = View(started_at=system_clock(), looked_at=system_clock())
    made = Site(installation, lambda: view, limits=limits)
    with made.open():
        yield made


@contextmanager
def own_site(limits):
    """Serve an installation of its own."""
    with TemporaryDirectory() as folder:
        given = {"brand": [{"slug": "pousse", "name": "Pousse"}], "serve": {"port": 0}}
        installation = Installation(settings_from(given, base=Path(folder)))
        try:
            with site(installation, limits) as served:
                yield served
        finally:
            installation.close()


def connected(stack, address, source="127.0.0.1"):
    """Return a connection to a site, from one of this machine's addresses."""
    host, port = address.removeprefix("http://").split(":")
    return stack.enter_context(
        socket.create_connection((host, int(port)), timeout=SOON, source_address=(source, 0))
    )


def ended(connection):
    """Return what came before the connection was closed; raises TimeoutError when it stays open."""
    received = b""
    try:
        while part := connection.recv(65536):
            received += part
    except ConnectionResetError:
        pass
    return received


def closed_in_time(sent):
    """Return whether a request that is never finished is closed."""
    with own_site(SHORT) as served, ExitStack() as stack:
        connection = connected(stack, served.address)
        connection.sendall(sent)
        try:
            ended(connection)
        except TimeoutError:
            return "still open"
        return "closed"


def liveness(sent, sources):
    """Return the status of `/healthz` while 300 requests are held."""
    with own_site(LONG) as served, ExitStack() as stack:
        for number in range(300):
            connected(stack, served.address, sources[number % len(sources)]).sendall(sent)
        with urlopen(f"{served.address}/healthz", timeout=10) as answer:  # noqa: S310 (of this machine)
            return str(answer.status)


def attacks():
    """Return the attacks on the web service."""
    return [
        *(
            Attack("slow requests", name, repr(sent), "closed", partial(closed_in_time, sent), slow=True)
            for name, sent in UNFINISHED.items()
        ),
        *(
            Attack(
                "held requests",
                f"{name}, from {len(sources)} addresses",
                f"300 × {sent!r}",
                "200",
                partial(liveness, sent, sources),
                slow=True,
            )
            for name, sent in UNFINISHED.items()
            for sources in (ONE, MANY)
        ),
    ]
