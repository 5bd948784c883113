"""Fetching by Scrapy: all of its configuration, in one place, and the loop that runs it.

One call a process: the reactor that Scrapy runs on cannot be started twice. What is not needed is not
loaded, so that the first request leaves at once; the browser's parts are loaded only where a page needs
rendering.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from crawlers.access import AccessGrant
from crawlers.engine.collector import Collector
from crawlers.engine.identity import PRODUCT
from crawlers.engine.logs import silence_libraries
from ouidire import __version__
from ouidire.page import Request
from ouidire.settings.fetch import FetchSettings

MIDDLEWARES = {
    "crawlers.engine.middlewares.AdmissionMiddleware": 50,
    "crawlers.engine.robots.RobotsMiddleware": 100,
    "crawlers.engine.renewal.middleware.TokenMiddleware": 400,
    "crawlers.engine.middlewares.ThrottledRetryMiddleware": 550,
    "crawlers.engine.middlewares.WholeCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "crawlers.engine.middlewares.CompletionMiddleware": 990,
}
"""Scrapy's own order.

Left out beside the unneeded: meta-refresh (it decodes every page a second time to look for one).
"""
PLAIN = "crawlers.engine.handlers.ThrottledHandler"
RENDERING = "crawlers.engine.browser.rendering.RenderingHandler"
AT_ONCE = 8
"""Requests under way at all sites together, at least: several feeds need not wait for the slowest."""
SLOWEST = 60.0


def fetch(
    collector: Collector,
    requests: Iterator[Request],
    *,
    renders: bool = False,
    grant: AccessGrant | None = None,
) -> None:
    """Fetch what a source asks for until nothing is left; the collector has the result.

    `renders` loads the browser's parts for a source whose first request does not ask for them but whose
    others may. `grant` says how the token of requests that want one is had.
    """
    from scrapy.crawler import AsyncCrawlerProcess

    from crawlers.engine.spider import PageSpider

    first = next(requests, None)
    if first is None:
        return
    settings = scrapy_settings(collector.job.fetch, renders=renders or first.render)
    process = AsyncCrawlerProcess(settings)
    silence_libraries()
    process.crawl(
        PageSpider,
        collector=collector,
        requests=chain([first], requests),
        user_agent=user_agent(collector.job.fetch),
        grant=grant,
    )
    process.start(install_signal_handlers=False)


def user_agent(fetch: FetchSettings) -> str:
    """Return the honest name under which we fetch."""
    return f"{PRODUCT}/{__version__} (+{fetch.contact})" if fetch.contact else f"{PRODUCT}/{__version__}"


def scrapy_settings(fetch: FetchSettings, *, renders: bool = False) -> dict[str, Any]:
    """Return Scrapy's settings for a run."""
    handler = RENDERING if renders else PLAIN
    most_bytes = int(fetch.max_page_mb * 1e6)
    settings: dict[str, Any] = {
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "TELNETCONSOLE_ENABLED": False,
        "EXTENSIONS_BASE": {},
        "EXTENSIONS": {"scrapy.extensions.throttle.AutoThrottle": 0},
        "SPIDER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": MIDDLEWARES,
        "DOWNLOAD_HANDLERS_BASE": {"http": handler, "https": handler},
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "STATS_DUMP": False,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "USER_AGENT": user_agent(fetch),
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": PRODUCT,
        "CONCURRENT_REQUESTS": max(AT_ONCE, fetch.concurrency),
        "CONCURRENT_REQUESTS_PER_DOMAIN": fetch.concurrency,
        "DOWNLOAD_DELAY": fetch.delay,
        "AUTOTHROTTLE_ENABLED": fetch.delay > 0,
        "AUTOTHROTTLE_START_DELAY": fetch.delay,
        "AUTOTHROTTLE_MAX_DELAY": max(SLOWEST, fetch.delay),
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(fetch.concurrency),
        "DOWNLOAD_TIMEOUT": fetch.timeout,
        "DOWNLOAD_MAXSIZE": most_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "REDIRECT_ENABLED": fetch.max_redirects > 0,
        "REDIRECT_MAX_TIMES": fetch.max_redirects,
        "RETRY_ENABLED": True,
        "RETRY_TIMES": fetch.retries,
        "RETRY_PRIORITY_ADJUST": 0,
    }
    if renders:
        from crawlers.engine.browser.launch import playwright_settings

        settings |= playwright_settings(fetch)
    return settings
