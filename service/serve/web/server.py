"""Serves the web application: its address, who can reach it, and the thread that answers."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
import uvicorn

from ouidire.errors import ConfigError, OuidireError
from ouidire.settings.configuration import Settings, secret
from ouidire.settings.safety import is_loopback
from ouidire.state.people.accounts import any_account
from service.pipeline.installation import Installation
from service.serve.scheduler.events import View
from service.serve.web.admission import Admission
from service.serve.web.app import Web
from service.serve.web.connections import ConnectionLimits, ConnectionTable
from service.serve.web.metrics import Metrics
from service.serve.web.passwords import is_hash, is_scrypt

log = structlog.get_logger()
ENDING = 5.0
"""Seconds that answers under way are given when the service ends."""
RENEW = "`ouidire password` prints one that is harder to try: put it in the place of the present line"


def password_of(settings: Settings, *, accounts: bool = False) -> str | None:
    """Return the password's hash; None where none is configured.

    Raises ConfigError when it cannot be read, is none, or is needed and missing: where others than this
    machine can reach the service, it must know who they are. With `accounts`, there are some.
    """
    serve = settings.serve
    path = settings.base / serve.password_file if serve.password_file else None
    kept = secret(env=serve.password_env, file=path, what="serve.password")
    if kept is not None and not is_hash(kept):
        raise ConfigError(["serve.password: what it names is not a hash; `ouidire password` makes one"])
    if kept is None and not accounts and not is_loopback(serve.host):
        problem = (
            f"serve.host: others than this machine can reach {serve.host}; set serve.password_file to a file "
            "with the line that `ouidire password` prints, add accounts (`ouidire people add`), "
            "or set serve.host to 127.0.0.1"
        )
        raise ConfigError([problem])
    return kept


def _has_accounts(installation: Installation) -> bool:
    with installation.state.read() as connection:
        return any_account(connection)


class Site:
    """The service's web site; `address` is where it is, once open."""

    def __init__(
        self,
        installation: Installation,
        view: Callable[[], View],
        *,
        limits: ConnectionLimits | None = None,
    ) -> None:
        self._settings = installation.settings
        self._limits = limits or ConnectionLimits()
        self.metrics = Metrics(installation, view)
        reached = self._settings.serve.url is not None or not is_loopback(self._settings.serve.host)
        accounts = self._settings.serve.oidc is not None or (reached and _has_accounts(installation))
        kept = password_of(installation.settings, accounts=accounts)
        self._web = Web(installation, view, self.metrics, kept)
        self.address = ""
        if kept is not None and is_scrypt(kept):
            log.warning("password hash of a former form", form="scrypt", do=RENEW)
        if kept is None and not accounts and self._settings.serve.url is not None:
            log.warning("status page and metrics closed", reason="serve.url is set, and there is no password")

    @contextmanager
    def open(self) -> Iterator[None]:
        """Serve in a thread while the block runs. Raises OuidireError when the address cannot be had."""
        host, port = self._settings.serve.host, self._settings.serve.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listening = socket.create_server((host, port), family=family)
        except OSError as error:
            reason = error.strerror or error
            raise OuidireError(
                f"serve: {host}:{port} cannot be served at ({reason}); set serve.port to another"
            ) from error
        named = f"[{host}]" if ":" in host else host
        self.address = f"http://{named}:{listening.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(
                Admission(self._web.app()),
                http=ConnectionTable(self._limits).protocol,  # type: ignore[arg-type]  # only called
                proxy_headers=self._settings.serve.url is not None,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="none",
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
