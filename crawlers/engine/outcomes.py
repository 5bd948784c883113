"""What the engine decides by itself about a request, and what every kind of failure is called.

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

from crawlers.engine.collector import described
from crawlers.engine.robots import RobotsRefused
from crawlers.guard import AddressRefused
from crawlers.health import TroubleKind
from ouidire.errors import ConfigError
from ouidire.page import Request


class Asked(NamedTuple):
    """What a Scrapy request was built for: our request, and whether the run began with it."""

    request: Request
    first: bool


class Stopped(IgnoreRequest):
    """The run is being ended: the request is not made, and not counted as a trouble."""


class Skipped(IgnoreRequest):
    """The site refused an earlier request of this run: this one is not made."""


class BrowserUnavailable(Exception):  # noqa: N818 (an outcome)
    """The page needs a browser and there is none that can be started; `str` says what to do."""


class RenderFailed(Exception):  # noqa: N818 (an outcome)
    """The browser could not show the page; `str` holds the browser's name of the error."""


def trouble_of(error: BaseException) -> tuple[TroubleKind, str] | None:  # noqa: PLR0911 (a table)
    """Return what a failed request counts as, with a sentence for the operator; None when it counts as nothing."""
    match error:
        case Stopped():
            return None
        case RobotsRefused():
            return ("robots_unreachable" if error.unreachable else "robots"), str(error)
        case Skipped():
            return "blocked", "not asked for, as the site had refused us"
        case AddressRefused():
            return "address", str(error)
        case BrowserUnavailable() | RenderFailed():
            return "browser", str(error)
        case ConfigError():
            return "http", str(error)
        case CannotResolveHostError():
            return "network", "the host's name could not be resolved"
        case DownloadConnectionRefusedError():
            return "network", "the connection was refused"
        case DownloadTimeoutError():
            return "network", "no whole answer within fetch.timeout"
        case DownloadCancelledError():
            return "too_large", "the page is larger than fetch.max_page_mb"
        case ResponseDataLossError():
            return "network", "the answer broke off before its end"
        case DownloadFailedError():
            return "network", f"the connection failed{_because(error)}"
        case UnsupportedURLSchemeError():
            return "address", "only http and https are fetched"
        case IgnoreRequest() if "DOWNLOAD_MAXSIZE" in str(error):
            return "too_large", "the page, decompressed, is larger than fetch.max_page_mb"
        case IgnoreRequest() if "max redirections" in str(error):
            return "redirects", "more redirects than fetch.max_redirects"
        case _:
            return "network", f"the request failed with {described(error)}"


def _because(error: BaseException) -> str:
    cause = error.__cause__
    reasons = getattr(cause, "reasons", None)
    inner = reasons[0].value if reasons else cause
    if inner is None:
        return ""
    name = type(inner).__name__
    return " (its certificate or TLS was not accepted)" if name in ("Error", "VerificationError", "SSLError") else f" ({name})"
