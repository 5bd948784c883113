"""Requests to the web service: unfinished, many, for a host that is not ours, or passed on."""

import socket
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from urllib.request import urlopen

from ouidire.settings.configuration import settings_from
from service.pipeline.installation import Installation
from service.serve.scheduler.events import View
from service.serve.web.access import is_open
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
HOSTS = (
    *("a{b", "a}b", "a`b", 'a"b', "a b", "a^b", "a|b", "a<b", "é", "", ".", "localhost."),
    *("localhost@evil.example", "evil.example@localhost", "localhost,evil.example", "evil.example"),
    *("127.1", "0.0.0.0", "2130706433", "0x7f.0.0.1", "127.0.0.2", "[::ffff:127.0.0.1]", "::1", "[::1"),  # noqa: S104 (what must be refused)
    *("localhost:", "localhost:0", "localhost:x", "localhost/healthz?", "x/healthz?", "x/style.css#"),
)
"""What a `Host` may say that is not this machine."""
PASSED_ON = (
    *("X-Forwarded-For: 203.0.113.9", "X-Forwarded-Host: ouidire.example.fr", "X-Forwarded-Proto: https"),
    *("Forwarded: for=203.0.113.9", "X-Real-IP: 203.0.113.9", "Via: 1.1 proxy", "x-forwarded-anything: "),
)
"""Lines by which a proxy says that a request comes from elsewhere."""
BEYOND = (
    *("/healthz/", "/healthzz", "/healthz/../metrics", "/readyz2", "/style.css.map", "/connexion/x"),
    *("//healthz", "/%2fhealthz", "/metrics/", "/desabonnement", "/desabonnement/", "/desabonnement/a/b"),
    "/desabonnement/a/retour/b",
)
"""Paths that resemble those that are open to all."""
ONE = ("127.0.0.1",)
MANY = tuple(f"127.0.1.{last}" for last in range(1, 31))
SHORT = ConnectionLimits(head=0.4, body=0.4, answer=0.4, each=8, total=16)
LONG = ConnectionLimits(head=60, body=60, answer=60, each=8, total=16)
SOON = 4.0
"""Seconds in which a limit of 0.4 s is certainly over."""


@contextmanager
def site(installation, limits):
    """Serve an installation within limits."""
    view = View(started_at=installation.clock(), looked_at=installation.clock())
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


def raw(address, *lines):
    """Send a request as it is written; return the status."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as line:
        line.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))
        return int(line.makefile("rb").readline().split()[1])


HERE = "127.0.0.1:{port}"


def request(host, *lines):
    """Return the lines of a request for the metrics."""
    escaped = host if host == HERE else host.replace("{", "{{").replace("}", "}}")
    return ("GET /metrics HTTP/1.1", f"Host: {escaped}", *lines)


def open_to_all(path):
    """Return whether a path is open to all."""
    return "open" if is_open(path) else "closed"


def statuses(requests):
    """Return "refused" when a site refuses each request (400 or 403); else the first that it answers."""
    with own_site(LONG) as served:
        port = urlsplit(served.address).port
        for request in requests:
            status = raw(served.address, *(each.format(port=port) for each in request))
            if status not in (400, 403):
                return f"{status} for {request}"
    return "refused"


def attacks():
    """Return the attacks on the web service."""
    return [
        *(
            Attack("slow requests", name, repr(sent), "closed", partial(closed_in_time, sent), slow=True)
            for name, sent in UNFINISHED.items()
        ),
        *refused("hosts", "/metrics under another name", {repr(host): request(host) for host in HOSTS}),
        *refused("passed on", "/metrics from elsewhere", {line: request(HERE, line) for line in PASSED_ON}),
        *(
            Attack("open paths", path, "a path like an open one", "closed", partial(open_to_all, path))
            for path in BEYOND
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


def refused(kind, tries, requests):
    """Yield an attack for each request, which must be refused."""
    for name, each in requests.items():
        yield Attack(kind, name, tries, "refused", partial(statuses, [each]), slow=True)
