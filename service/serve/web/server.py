"""Serving the pages: the address, who may reach it, and the thread that answers."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from ouidire.errors import ConfigError, OuidireError
from ouidire.settings.configuration import Settings, secret
from service.pipeline.installation import Installation
from service.serve.scheduler.events import View
from service.serve.web.app import Web
from service.serve.web.auth import Auth
from service.serve.web.metrics import Metrics
from service.serve.web.passwords import is_hash

ENDING = 5.0
"""Seconds that answers under way are given when the service ends."""
AT_ONCE = 64
"""Requests answered at the same time; more are told to come back."""


def password_of(settings: Settings) -> str | None:
    """Return the password's hash; None where none is configured.

    Raises ConfigError when it cannot be read, is none, or is needed and missing: where others than this
    machine can reach the service, it must know who they are.
    """
    serve = settings.serve
    path = settings.base / serve.password_file if serve.password_file else None
    kept = secret(env=serve.password_env, file=path, what="serve.password")
    if kept is not None and not is_hash(kept):
        raise ConfigError(["serve.password: what it names is not a hash; `ouidire password` makes one"])
    if kept is None and not _is_local(serve.host):
        told = f"serve.host: others than this machine can reach {serve.host}; set serve.password_file to a file with the line that"
        raise ConfigError([f"{told} `ouidire password` prints, or serve.host to 127.0.0.1"])
    return kept


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Site:
    """The service's web site; `address` is where it is, once open."""

    def __init__(self, installation: Installation, seen: Callable[[], View]) -> None:
        self._settings = installation.settings
        self.metrics = Metrics(installation, seen)
        self._web = Web(
            installation, seen, self.metrics, Auth(installation.secret, password_of(installation.settings))
        )
        self.address = ""

    @contextmanager
    def open(self) -> Iterator[None]:
        """Serve in a thread for the length of a block. Raises OuidireError when the address cannot be had."""
        host, port = self._settings.serve.host, self._settings.serve.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listening = socket.create_server((host, port), family=family)
        except OSError as error:
            raise OuidireError(
                f"serve: {host}:{port} cannot be served at ({error.strerror or error}); set serve.port to another"
            ) from error
        named = f"[{host}]" if ":" in host else host
        self.address = f"http://{named}:{listening.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(
                self._web.app(),
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="none",
                limit_concurrency=AT_ONCE,
                timeout_graceful_shutdown=int(ENDING),
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="web", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(2 * ENDING)
            listening.close()
