"""The engine's own decisions about a request, and the kind of problem that each failure counts as.

Messages of third-party exceptions are not passed on: they quote addresses, and addresses may hold secrets.
"""

from typing import NamedTuple

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from crawlers.engine.access.tokens import TokenRefused, TokenUnavailable
from crawlers.engine.describe import describe_error
from crawlers.health.facts import ProblemKind
from ouidire.errors import ConfigError
from ouidire.page import Request
from ouidire.system.guard import AddressRefused

ORIGIN = "ouidire"
"""Under this key a Scrapy request's `meta` holds its RequestOrigin."""


class RobotsRefused(IgnoreRequest):
    """robots.txt does not allow the page.

    `unreachable` says why it could not be read, where that is the reason.
    """

    def __init__(self, *, unreachable: str | None = None) -> None:
        words = f"robots.txt could not be read ({unreachable}), so nothing is allowed"
        super().__init__(words if unreachable else "robots.txt does not allow it")
        self.unreachable = unreachable


class RequestOrigin(NamedTuple):
    """The request of ours that a Scrapy request was built for, and whether the run began with it."""

    request: Request
    first: bool


class Stopped(IgnoreRequest):
    """The run is being ended: the request is not made, and not counted as a problem."""


class Skipped(IgnoreRequest):
    """The site refused an earlier request of this run: this one is not made."""


class BrowserUnavailable(Exception):  # noqa: N818 (an outcome)
    """The page needs a browser and there is none that can be started; `str` says what to do."""


class RenderFailed(Exception):  # noqa: N818 (an outcome)
    """The browser could not show the page; `str` holds the browser's name of the error."""


KINDS: tuple[tuple[type[BaseException], ProblemKind, str], ...] = (
    (Skipped, "blocked", "not asked for, as the site had refused us"),
    (AddressRefused, "address", ""),
    (BrowserUnavailable, "browser", ""),
    (RenderFailed, "browser", ""),
    (TokenRefused, "blocked", ""),
    (TokenUnavailable, "http", ""),
    (ConfigError, "http", ""),
    (CannotResolveHostError, "network", "the host's name could not be resolved"),
    (DownloadConnectionRefusedError, "network", "the connection was refused"),
    (DownloadTimeoutError, "network", "no whole answer within fetch.timeout"),
    (DownloadCancelledError, "too_large", "the page is larger than fetch.max_page_mb"),
    (ResponseDataLossError, "network", "the answer broke off before its end"),
    (UnsupportedURLSchemeError, "address", "only http and https are fetched"),
)
"""The kind and the sentence of each error; empty where the error's own sentence is ours."""
IGNORED: tuple[tuple[str, ProblemKind, str], ...] = (
    ("DOWNLOAD_MAXSIZE", "too_large", "the page, decompressed, is larger than fetch.max_page_mb"),
    ("max redirections", "redirects", "more redirects than fetch.max_redirects"),
)
"""Scrapy's middlewares raise one type for everything: the words by which to distinguish the cases."""


def problem_of(error: BaseException) -> tuple[ProblemKind, str] | None:
    """Return the kind of problem that a failed request counts as, with a sentence for the operator.

    None for a request that was only not made because the run ended.
    """
    if isinstance(error, Stopped):
        return None
    if isinstance(error, RobotsRefused):
        return ("robots_unreachable" if error.unreachable else "robots"), str(error)
    for known, kind, words in KINDS:
        if isinstance(error, known):
            return kind, words or str(error)
    if isinstance(error, IgnoreRequest):
        for mark, kind, words in IGNORED:
            if mark in str(error):
                return kind, words
    if isinstance(error, DownloadFailedError):
        return "network", f"the connection failed{_because(error)}"
    return "network", f"the request failed with {describe_error(error)}"


def _because(error: BaseException) -> str:
    cause = error.__cause__
    reasons = getattr(cause, "reasons", None)
    inner = reasons[0].value if reasons else cause
    if inner is None:
        return ""
    name = type(inner).__name__
    if name in ("Error", "VerificationError", "SSLError"):
        return " (its certificate or TLS was not accepted)"
    return f" ({name})"
