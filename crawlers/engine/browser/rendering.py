"""scrapy-playwright's handler with our browser in it: found, gated, started when first needed, its contexts recycled.

Loaded only by runs that render. The kept page is the DOM as it stands when the page has gone quiet.
"""

import secrets
from collections import Counter
from functools import partial
from typing import Any

from playwright.async_api import Browser
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy_playwright.handler import Config, ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod
from scrapy_playwright.provider import PlaywrightBrowserProvider

from crawlers.engine.browser.launch import (
    DOCUMENT_STATUS,
    MISSING,
    PAGES_PER_CONTEXT,
    QUIET_SHARE,
    context_options,
    find_browser,
    launch_options,
    prepare,
    settle,
)
from crawlers.engine.browser.proxy import Gate
from crawlers.engine.handlers import admitted, heed
from crawlers.engine.outcomes import BrowserUnavailable, RenderFailed
from crawlers.engine.spider import Proxy
from ouidire.settings.fetch import FetchSettings
from ouidire.system.guard import AddressRefused, Guard

PASSING = (
    "ERR_CONNECTION",
    "ERR_EMPTY_RESPONSE",
    "ERR_TIMED_OUT",
    "ERR_NETWORK_CHANGED",
    "Target crashed",
    "Page crashed",
)
"""Errors of Chromium's that may be gone at the next try."""
NO_BODY = "ERR_HTTP_RESPONSE_CODE_FAILURE"
"""How Chromium calls an error page without a body."""
FIRST_ERROR = 400
PAGE_PARTS = 4
"""A page with its scripts and data may bring so many times `fetch.max_page_mb` through one connection."""


class GatedBrowser(PlaywrightBrowserProvider):  # type: ignore[misc]
    """Starts Chromium behind a gate of its own, at the first page that needs it."""

    def __init__(self, config: Config, *, fetch: FetchSettings) -> None:
        super().__init__(config)
        self._fetch = fetch
        self.mark = f"Ouidire-{secrets.token_hex(8)}"
        self.gate = Gate(
            Guard.of(fetch),
            Proxy.of(fetch),
            mark=self.mark,
            most_bytes=int(PAGE_PARTS * fetch.max_page_mb * 1e6),
        )
        self._at: str | None = None

    async def start(self) -> None:
        """Do nothing yet: most runs that may render do not."""

    async def launch_browser(self) -> Browser:
        """Start the browser. Raises BrowserUnavailable when there is none or it does not start."""
        executable = find_browser(self._fetch.browser)
        if executable is None:
            raise BrowserUnavailable(MISSING)
        if self.browser_type is None:
            await super().start()
            self._at = await self.gate.open()
        try:
            browser: Browser = await self.browser_type.launch(**launch_options(executable, self._at or ""))
        except PlaywrightError as error:
            hint = (
                "its sandbox needs user namespaces"
                if "sandbox" in str(error).lower()
                else "run it by hand to see why"
            )
            raise BrowserUnavailable(f"Chromium did not start: {hint}") from error
        return browser

    async def close(self) -> None:
        """Stop the browser's driver and the gate."""
        if self.browser_type is not None:
            await super().close()
            await self.gate.close()


class RenderingHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Downloads plain requests as Scrapy does, and those marked `playwright` by the browser."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._fetch: FetchSettings = crawler.settings["OUIDIRE_FETCH"]
        self._agent: str = crawler.settings["USER_AGENT"]
        self._most_bytes = int(self._fetch.max_page_mb * 1e6)
        self.browser_provider_cls = partial(GatedBrowser, fetch=self._fetch)
        self._begun = 0
        self._open: Counter[str] = Counter()

    async def download_request(self, request: Request) -> Response:
        """Return the answer, rendered where asked.

        Raises Scrapy's download errors, AddressRefused, RenderFailed and BrowserUnavailable.
        """
        async with admitted(self._crawler.spider, request):
            rendered = request.meta.get("playwright")
            response: Response = await (
                self._rendered(request) if rendered else super().download_request(request)
            )
            return heed(self._crawler.spider, request, response)

    async def _rendered(self, request: Request) -> Response:
        name = f"context-{self._begun // PAGES_PER_CONTEXT}"
        self._begun += 1
        self._open[name] += 1
        quiet = PageMethod(settle, timeout=QUIET_SHARE * self._fetch.timeout)
        request.meta.update(
            playwright_context=name,
            playwright_context_kwargs=context_options(self._agent),
            playwright_page_init_callback=prepare,
            playwright_page_methods=[quiet],
        )
        try:
            response = await super().download_request(request)
        except PlaywrightTimeout as error:
            raise DownloadTimeoutError("rendering") from error
        except PlaywrightError as error:
            status = request.meta.get(DOCUMENT_STATUS, 0)
            if NO_BODY not in str(error) or status < FIRST_ERROR:
                raise self._translated(error) from error
            response = Response(request.url, status=status, request=request)
        finally:
            await self._leave(name)
        return self._checked(request, response)

    def _checked(self, request: Request, response: Response) -> Response:
        if self.browser_provider.mark.encode() in response.headers:
            raise AddressRefused("a redirect led the browser to an address that may not be fetched")
        if request.meta.get("redirect_times", 0) > self._fetch.max_redirects:
            raise IgnoreRequest("max redirections reached")
        if len(response.body) > self._most_bytes:
            raise DownloadCancelledError("rendered page too large")
        return response

    def _translated(self, error: PlaywrightError) -> Exception:
        message = str(error)
        if "ERR_TUNNEL_CONNECTION_FAILED" in message and self.browser_provider.gate.refused:
            return AddressRefused(f"{self.browser_provider.gate.refused[-1]} may not be fetched")
        if "ERR_TOO_MANY_REDIRECTS" in message:
            return IgnoreRequest("max redirections reached")
        if any(passing in message for passing in PASSING):
            return DownloadFailedError("rendering")
        known = next(
            (word.rstrip(":;,.") for word in message.split() if "ERR_" in word), type(error).__name__
        )
        return RenderFailed(f"the browser could not show the page ({known})")

    async def _leave(self, name: str) -> None:
        """Close a context that has had its pages, once the last of them is done."""
        self._open[name] -= 1
        current = f"context-{self._begun // PAGES_PER_CONTEXT}"
        if self._open[name] == 0 and name != current:
            del self._open[name]
            wrapper: Any = self.context_wrappers.get(name)
            if wrapper is not None:
                await wrapper.context.close()
