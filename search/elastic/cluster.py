"""One Elasticsearch as we reach it: a client, patience, and every fault in words that say what to do.

The library's exceptions end here. A read is tried again for a moment, a write for as long as the cluster's
patience, since a restarting node or a full queue passes; what does not pass is an IndexUnavailable, and
harvests wait.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple, TypeVar

import structlog
from elastic_transport import ConnectionTimeout, TlsError, Transport, TransportApiResponse, TransportError
from elastic_transport import SerializationError as UnreadableError
from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from ouidire.errors import IndexUnavailable

T = TypeVar("T")

READING_S = 2.0
"""How long a read is tried again, in seconds: somebody waits for it."""

OK = 200
BUSY = frozenset({429, 502, 503, 504})
"""Statuses that pass: queue full or memory short, a node away, a shard not there yet."""

DISK_FULL = (
    "a disk of Elasticsearch is nearly full and it took writing away (flood-stage watermark): "
    "free space there"
)

NOT_ALLOWED = (
    "our credentials do not allow {what} ({reason}): give them the role that `ouidire index roles` makes"
)

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 5.0
_UNAUTHENTICATED, _FORBIDDEN, _MISSING, _TOO_MANY = 401, 403, 404, 429

_log = structlog.get_logger("search")


class Busy(Exception):  # noqa: N818 (a state, not a fault)
    """The server took a request but could not do all of it now; `why` is its reason, in words that help."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Login(NamedTuple):
    """How we prove who we are: an API key, or a user with a password, or nothing."""

    api_key: str | None = None
    user: str | None = None
    password: str | None = None


MEMBERS: Final = {
    ("GET", ""): "version",
    ("POST", "_search"): "hits",
    ("POST", "_mget"): "docs",
    ("POST", "_count"): "count",
    ("POST", "_pit"): "id",
    ("PUT", "_bulk"): "items",
    ("POST", "_bulk"): "items",
    ("POST", "_aliases"): "acknowledged",
    ("GET", "_stats"): "_all",
}
"""What an answer must have, by method and the last part of the path: without it nothing was answered."""


class CheckedTransport(Transport):
    """Sends requests as the library does, and believes no answer that lacks what such an answer has."""

    def perform_request(self, method: str, target: str, **options: Any) -> TransportApiResponse:  # noqa: ANN401 (the library's own options)
        """Send one request. Raises UnreadableError for an answer that is none."""
        answer = super().perform_request(method, target, **options)
        wanted = MEMBERS.get((method, target.partition("?")[0].rpartition("/")[2]))
        if wanted is not None and answer.meta.status == OK and not _has(answer.body, wanted):
            message = f"nothing called {wanted!r} in it"
            raise UnreadableError(message)
        if wanted == "hits" and _is_part(answer.body):
            raise Busy("a search found a part alone: a shard did not answer, or not in time")
        return answer


def _is_part(body: Any) -> bool:  # noqa: ANN401 (a raw payload)
    """Return whether a search answers for a part of the index alone, which Elasticsearch calls a success."""
    shards = body.get("_shards")
    return bool(body.get("timed_out")) or (isinstance(shards, dict) and bool(shards.get("failed")))


def _has(body: object, name: str) -> bool:
    return isinstance(body, dict) and name in body


class Cluster:
    """A client of one cluster.

    `patience_s` is how long a write waits for a cluster that is away or busy, in seconds.
    """

    def __init__(
        self,
        urls: tuple[str, ...],
        *,
        login: Login | None = None,
        ca_file: Path | None = None,
        patience_s: float = 60.0,
        timeout_s: float = 60.0,
    ) -> None:
        self.place = ", ".join(urls)
        self.patience_s = patience_s
        if ca_file is not None and not ca_file.is_file():
            message = (
                f"index.ca_file: {ca_file} is no file: "
                "give the certificate of the authority that signed Elasticsearch's"
            )
            raise IndexUnavailable(message)
        proof = login or Login()
        self._opening = partial(
            Elasticsearch,
            list(urls),
            api_key=proof.api_key,
            basic_auth=(proof.user, proof.password)
            if proof.user is not None and proof.password is not None
            else None,
            ca_certs=DEFAULT if ca_file is None else str(ca_file),
            request_timeout=timeout_s,
            transport_class=CheckedTransport,
            max_retries=0,  # ours: see `read` and `write`
            retry_on_timeout=False,
        )
        self._opened: Elasticsearch | None = None
        self._guard = Lock()

    @property
    def client(self) -> Elasticsearch:
        """The library's client, opened when it is first needed and after a `close`."""
        with self._guard:
            if self._opened is None:
                self._opened = self._opening()
            return self._opened

    def read(self, work: Callable[[Elasticsearch], T]) -> T:
        """Do a read, tried again for a moment. Raises IndexUnavailable."""
        return self._patiently(work, READING_S)

    def write(self, work: Callable[[Elasticsearch], T]) -> T:
        """Do something idempotent, tried again as long as patience lasts. Raises IndexUnavailable."""
        return self._patiently(work, self.patience_s)

    def version(self) -> tuple[int, int]:
        """Return the server's version: major, minor."""
        major, minor, *_ = self.read(lambda client: client.info())["version"]["number"].split(".")
        return int(major), int(minor)

    def close(self) -> None:
        """Release connections; the next call opens them again."""
        with self._guard:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def unavailable(self, why: str) -> IndexUnavailable:
        """Return the error that says why this cluster cannot serve."""
        return IndexUnavailable(f"the index at {self.place} cannot be used: {why}")

    def _patiently(self, work: Callable[[Elasticsearch], T], patience_s: float) -> T:
        deadline = time.monotonic() + patience_s
        wait = _FIRST_WAIT_S
        while True:
            try:
                return work(self.client)
            except (TransportError, ApiError, Busy, UnreadableError, UnsupportedProductError) as error:
                if not is_transient(error) or time.monotonic() + wait > deadline:
                    raise self.unavailable(explain(error)) from error
                _log.info("index_waits", place=self.place, seconds=round(wait, 1), why=explain(error))
            # spread, so that several do not come back together
            time.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 (no secret)
            wait = min(2 * wait, _LONGEST_WAIT_S)

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Turn what the library raises into IndexUnavailable, without trying again."""
        try:
            yield
        except (TransportError, ApiError, Busy, UnreadableError, UnsupportedProductError) as error:
            raise self.unavailable(explain(error)) from error


def is_transient(error: Exception) -> bool:
    """Whether an error may be gone in a moment."""
    if isinstance(error, TlsError | UnreadableError | UnsupportedProductError):
        return False
    return not isinstance(error, ApiError) or error.status_code in BUSY or _blocked(error)


def explain(error: Exception) -> str:  # noqa: PLR0911 (one for each kind)
    """Say what an error means and what to do."""
    if isinstance(error, Busy):
        return error.why
    if isinstance(error, TlsError):
        return (
            "its certificate is not one that we may trust: "
            "set index.ca_file to the authority that signed it, and use the name it is for"
        )
    if isinstance(error, ConnectionTimeout):
        return "it did not answer in time; if it is merely slow, raise index.timeout"
    if isinstance(error, UnsupportedProductError):
        return "what answers there is not Elasticsearch"
    if isinstance(error, ApiError):
        return _of_status(error)
    if isinstance(error, UnreadableError):
        return (
            f"it gave an answer that makes no sense ({_first_line(error)}): check index.url, and what stands "
            "between here and Elasticsearch"
        )
    return f"it cannot be reached ({_first_line(error)}): check index.url, and that Elasticsearch runs"


def explain_refusal(kind: str, reason: str) -> str:
    """Say what a refusal that passes means: `kind` and `reason` are the server's own words."""
    if "disk usage exceeded" in reason or "read-only-allow-delete" in reason:
        return DISK_FULL
    if kind == "cluster_block_exception":
        return (
            f"writing is blocked there ({reason}); a rebuild blocks it for a moment: "
            "if none is running, `ouidire index rebuild`"
        )
    return (
        f"it has more to do than it can ({kind}: {reason}); if it lasts, give it more memory or fewer clients"
    )


def _of_status(error: ApiError) -> str:  # noqa: PLR0911 (one for each kind)
    kind, reason = _cause(error)
    if error.status_code == _UNAUTHENTICATED:
        return (
            "it does not know our credentials, or they have expired: "
            "check index.api_key_env, or index.user and index.password_env"
        )
    if _blocked(error) or error.status_code == _TOO_MANY:
        return explain_refusal(kind, reason)
    if error.status_code == _FORBIDDEN:
        return NOT_ALLOWED.format(what="this", reason=reason)
    if error.status_code == _MISSING and kind in {"index_not_found_exception", "aliases_not_found_exception"}:
        return "there is no index yet, or it was removed: `ouidire index rebuild` makes it"
    if kind == "index_closed_exception":
        return "somebody closed it: open it again there, or `ouidire index rebuild`"
    if error.status_code in BUSY:
        return f"it is not ready ({kind}: {reason})"
    return f"it refused a request ({error.status_code} {kind}: {reason})"


def _blocked(error: ApiError) -> bool:
    return _cause(error)[0] == "cluster_block_exception"


def _cause(error: ApiError) -> tuple[str, str]:
    """Return the type and the reason that the server gave, as far as it gave any."""
    body = error.body if isinstance(error.body, dict) else {}
    cause = body.get("error")
    if isinstance(cause, dict):
        roots = cause.get("root_cause")
        root = roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], dict) else cause
        return str(root.get("type") or cause.get("type")), str(root.get("reason") or cause.get("reason"))
    named = str(error.message) if body else f"HTTP {error.status_code}"
    return named, str(cause or "no reason given")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
