"""scrapy-playwright's handler with our browser: proxied, started when first needed, its contexts recycled.

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
    wait_until_quiet,
)
from crawlers.engine.browser.proxy import BrowserProxy
from crawlers.engine.context import CrawlContext, context_of
from crawlers.engine.handlers import apply_response_limits, site_slot
from crawlers.engine.outcomes import BrowserUnavailable, RenderFailed
from ouidire.system.guard import AddressRefused

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
"""Chromium's name of an error page without a body."""
FIRST_ERROR = 400
PAGE_PARTS = 4
"""A page with its scripts and data may bring so many times `fetch.max_page_mb` through one connection."""


class ProxiedBrowserProvider(PlaywrightBrowserProvider):  # type: ignore[misc]
    """Starts Chromium behind a proxy of its own, at the first page that needs it."""

    def __init__(self, config: Config, *, context: CrawlContext) -> None:
        super().__init__(config)
        self._fetch = context.fetch
        self.mark = f"Ouidire-{secrets.token_hex(8)}"
        self.proxy = BrowserProxy(
            context.guard,
            context.proxy,
            mark=self.mark,
            most_bytes=int(PAGE_PARTS * context.fetch.max_page_mb * 1e6),
        )
        self._proxy_url = ""

    async def start(self) -> None:
        """Do nothing yet: most runs that may render do not."""

    async def launch_browser(self) -> Browser:
        """Start the browser. Raises BrowserUnavailable when there is none or it does not start."""
        executable = find_browser(self._fetch.browser)
        if executable is None:
            raise BrowserUnavailable(MISSING)
        if self.browser_type is None:
            await super().start()
            self._proxy_url = await self.proxy.open()
        try:
            browser: Browser = await self.browser_type.launch(**launch_options(executable, self._proxy_url))
        except PlaywrightError as error:
            hint = (
                "its sandbox needs user namespaces"
                if "sandbox" in str(error).lower()
                else "run it by hand to see why"
            )
            raise BrowserUnavailable(f"Chromium did not start: {hint}") from error
        return browser

    async def close(self) -> None:
        """Stop the browser's driver and its proxy."""
        if self.browser_type is not None:
            await super().close()
            await self.proxy.close()


class RenderingHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Downloads plain requests as Scrapy does, and those marked `playwright` by the browser."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._context = context_of(crawler)
        self._fetch = self._context.fetch
        self._most_bytes = int(self._fetch.max_page_mb * 1e6)
        self.browser_provider_cls = partial(ProxiedBrowserProvider, context=self._context)
        self._begun = 0
        self._open: Counter[str] = Counter()

    async def download_request(self, request: Request) -> Response:
        """Return the answer, rendered where asked.

        Raises Scrapy's download errors, AddressRefused, RenderFailed and BrowserUnavailable.
        """
        async with site_slot(self._context, request):
            rendered = request.meta.get("playwright")
            response: Response = await (
                self._rendered(request) if rendered else super().download_request(request)
            )
            apply_response_limits(self._context, request, response)
            return response

    async def _rendered(self, request: Request) -> Response:
        name = f"context-{self._begun // PAGES_PER_CONTEXT}"
        self._begun += 1
        self._open[name] += 1
        quiet = PageMethod(wait_until_quiet, timeout=QUIET_SHARE * self._fetch.timeout)
        request.meta.update(
            playwright_context=name,
            playwright_context_kwargs=context_options(self._context.user_agent),
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
        if "ERR_TUNNEL_CONNECTION_FAILED" in message and self.browser_provider.proxy.refused:
            return AddressRefused(f"{self.browser_provider.proxy.refused[-1]} may not be fetched")
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
