"""The browser for pages that need one: which Chromium, how it is started, and when a page counts as finished.

Images, fonts and media are not loaded; downloads, service workers and WebSockets are refused; every
connection goes through our own proxy (`crawlers.engine.browser.proxy`), which applies the rule for addresses
to redirects and scripts too. It cannot distinguish a page that is still loading from one that never stops: it
waits for a bounded time, then takes what is there.
"""

import asyncio
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ouidire.settings.fetch import FetchSettings

if TYPE_CHECKING:
    import scrapy
    from playwright.async_api import Page, Request, Response

USUAL_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MISSING = "Chromium not found: install it or set fetch.browser"
NOT_LOADED = frozenset({"image", "font", "media"})
LOADED_SCHEMES = ("http:", "https:", "data:", "blob:")
PAGES_PER_CONTEXT = 50
"""A context keeps what its pages cached and stored: after so many pages it is closed and another opened."""
DOCUMENT_STATUS = "ouidire_status"
QUIET_SHARE = 1 / 3
"""Share of `fetch.timeout` that a page is given to become quiet after it has loaded."""
ARGUMENTS = (
    "--disable-quic",  # UDP would go past the proxy
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # names are resolved by the proxy
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers give /dev/shm 64 MB, a fraction of a page
    "--no-first-run",
    "--mute-audio",
)


def find_browser(configured: str | None = None) -> str | None:
    """Return the path of Chromium or Chrome; None when there is none.

    Where one is configured, it is that one alone (None when it cannot be run); else one of a usual name.
    """
    if configured:
        path = Path(configured)
        return configured if path.is_file() and os.access(path, os.X_OK) else None
    return next((found for name in USUAL_NAMES if (found := shutil.which(name))), None)


def playwright_settings(fetch: FetchSettings) -> dict[str, Any]:
    """Return Scrapy's settings for rendering; the browser itself starts with the first page that needs it."""
    return {
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_ABORT_REQUEST": is_unwanted,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": fetch.timeout * 1000,
        "PLAYWRIGHT_DOWNLOAD_TIMEOUT": 1000,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": max(1, fetch.concurrency),
    }


def launch_options(executable: str, proxy_url: str) -> dict[str, Any]:
    """Return Playwright's options for starting the browser behind our proxy.

    Only root goes without Chromium's sandbox, as it must.
    """
    return {
        "executable_path": executable,
        "headless": True,
        "args": list(ARGUMENTS),
        "chromium_sandbox": os.geteuid() != 0,
        "proxy": {"server": proxy_url, "bypass": "<-loopback>"},
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
    }


def context_options(user_agent: str) -> dict[str, Any]:
    """Return Playwright's options for a context: our honest name, no downloads, no service workers."""
    return {
        "user_agent": user_agent,
        "accept_downloads": False,
        "service_workers": "block",
        "locale": "fr-FR",
    }


def is_unwanted(request: "Request") -> bool:
    """Return whether a request of a page is not to be made at all."""
    return request.resource_type in NOT_LOADED or not request.url.startswith(LOADED_SCHEMES)


async def prepare(page: "Page", request: "scrapy.Request") -> None:
    """Close a new page's WebSockets and note its document's status, which Chromium hides when it is empty."""

    def note(response: "Response") -> None:
        if response.request.is_navigation_request() and response.frame == page.main_frame:
            request.meta[DOCUMENT_STATUS] = response.status

    page.on("response", note)
    await page.route_web_socket("**/*", lambda socket: socket.close())


async def wait_until_quiet(page: "Page", timeout: float) -> None:  # noqa: ASYNC109 (a bound, not an error)
    """Wait until the page has been quiet for half a second, but no longer than `timeout` seconds."""
    from playwright.async_api import TimeoutError as TooLong

    try:
        await page.wait_for_load_state("networkidle", timeout=timeout * 1000)
    except TooLong:
        await asyncio.sleep(0)
