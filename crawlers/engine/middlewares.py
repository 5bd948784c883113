"""What happens to a request on its way out, and to an answer that asks us to come back later.

`AdmissionMiddleware` stands before robots.txt, so that not even that is asked of an address that may not be fetched;
`Departure` stands last, so that it sees retries, redirects and robots.txt alike; `Retry` decides what is
tried again, and when.
"""

from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawlers.engine.handlers import BUSY, asked_wait
from crawlers.engine.outcomes import RequestOrigin, Skipped, Stopped
from crawlers.engine.throttle import backoff
from ouidire.system.guard import PORTS, AddressRefused

ASKED = "ouidire"


class _WithSpider:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def spider(self) -> Any:  # noqa: ANN401 (a PageSpider; Scrapy's own type does not know it)
        return self.crawler.spider


class AdmissionMiddleware(_WithSpider):
    """Refuses what may not be fetched, and what is no longer to be."""

    def process_request(self, request: Request) -> None:
        """Raise AddressRefused, Stopped or Skipped."""
        spider = self.spider
        if spider.pace.stopped:
            raise Stopped
        if spider.pace.refused(urlparse_cached(request).netloc):
            raise Skipped
        spider.guard.check_url(request.url)


class Departure(_WithSpider):
    """Gives a request what is only its own at the last moment: its user agent, its secrets, its proxy."""

    def process_request(self, request: Request) -> None:
        """Complete the request."""
        spider = self.spider
        # Redirects carry the slot of the site that sent them; each site has its own.
        request.meta.pop("download_slot", None)
        request.meta.setdefault("download_timeout", spider.fetch.timeout)
        request.headers.setdefault("User-Agent", spider.user_agent)
        if spider.proxy.url:
            request.meta["proxy"] = spider.proxy.url
            if spider.proxy.authorization:
                request.headers["Proxy-Authorization"] = spider.proxy.authorization
        self._confide(request)

    def _confide(self, request: Request) -> None:
        """Set the headers that hold secrets; take them away again where a redirect leaves the origin they were meant for."""
        asked: RequestOrigin | None = request.meta.get(ASKED)
        if asked is None or not asked.request.headers:
            return
        same = _origin(asked.request.url) == _origin(request.url)
        for name, value in self.spider.collector.secrets.headers(asked.request.headers).items():
            if same:
                request.headers[name] = value
            else:
                request.headers.pop(name, None)


class Retry(RetryMiddleware):
    """Tries again what failed for a passing reason, after a pause that doubles, or as long as the site asks for."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return a new request for a passing error, or the response where it is final."""
        if response.status not in self.retry_http_codes:
            return response
        wait = backoff(self._spider.fetch.delay, request.meta.get("retry_times", 0) + 1)
        if response.status in BUSY:
            asked = asked_wait(response)
            if asked is not None and asked > self._spider.fetch.max_retry_after:
                return response
            wait = max(wait, asked or 0.0)
        return self._later(request, f"HTTP {response.status}", wait) or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:  # type: ignore[override]
        """Return a new request after a passing failure; None where it is final."""
        passing = isinstance(exception, self.exceptions_to_retry) and not isinstance(
            exception, AddressRefused
        )
        host = urlparse_cached(request).hostname
        if not passing or (
            isinstance(exception, CannotResolveHostError) and host in self._spider.resolver.refused
        ):
            return None
        return self._later(
            request, exception, backoff(self._spider.fetch.delay, request.meta.get("retry_times", 0) + 1)
        )

    @property
    def _spider(self) -> Any:  # noqa: ANN401 (see _WithSpider)
        return self.crawler.spider

    def _later(self, request: Request, reason: str | Exception, wait: float) -> Request | None:
        again = self._retry(request, reason)
        if again is not None:
            self._spider.pace.hold(urlparse_cached(request).netloc, wait)
        return again


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)
