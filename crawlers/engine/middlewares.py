"""Downloader middlewares: what may be requested, what a request is completed with, and what is tried again.

`AdmissionMiddleware` stands before robots.txt, so that not even that is asked of an address that may not be
fetched; `WholeCompressionMiddleware` decodes; `CompletionMiddleware` stands last, so that it sees retries,
redirects and robots.txt alike; `ThrottledRetryMiddleware` decides what is tried again, and when.
"""

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import CannotResolveHostError, ResponseDataLossError
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawlers.engine.context import CrawlContext, context_of
from crawlers.engine.handlers import BUSY, requested_wait
from crawlers.engine.outcomes import ORIGIN, RequestOrigin, Skipped, Stopped
from crawlers.engine.throttle import backoff
from crawlers.reading.whole import is_whole_stream
from ouidire.system.guard import PORTS, AddressRefused


class ContextMiddleware:
    """A middleware that has the run's context."""

    def __init__(self, context: CrawlContext) -> None:
        self.context = context

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of a crawler's run."""
        return cls(context_of(crawler))


class AdmissionMiddleware(ContextMiddleware):
    """Refuses what may not be fetched, and what is no longer to be."""

    def process_request(self, request: Request) -> None:
        """Raise AddressRefused, Stopped or Skipped when the request may not be sent."""
        if self.context.throttle.stopped:
            raise Stopped
        if self.context.throttle.is_blocked(urlparse_cached(request).netloc):
            raise Skipped
        self.context.guard.check_url(request.url)


class CompletionMiddleware(ContextMiddleware):
    """Gives a request its user agent, its secrets and its proxy, at the last moment."""

    def process_request(self, request: Request) -> None:
        """Complete the request."""
        # Redirects carry the slot of the site that sent them; each site has its own.
        request.meta.pop("download_slot", None)
        patience = max(self.context.fetch.timeout, self.context.collector.source.patience)
        request.meta.setdefault("download_timeout", patience)
        request.headers.setdefault("User-Agent", self.context.user_agent)
        proxy = self.context.proxy
        if proxy.url:
            request.meta["proxy"] = proxy.url
            if proxy.authorization:
                request.headers["Proxy-Authorization"] = proxy.authorization
        self._set_secret_headers(request)

    def _set_secret_headers(self, request: Request) -> None:
        """Set the headers that hold secrets; remove them where a redirect leaves the origin they are for."""
        origin: RequestOrigin | None = request.meta.get(ORIGIN)
        if origin is None or not origin.request.headers:
            return
        same = _web_origin(origin.request.url) == _web_origin(request.url)
        own = origin.request.headers
        held = self.context.secrets.headers(own) | self.context.tokens.headers(own)
        for name, value in held.items():
            if same:
                request.headers[name] = value
            else:
                request.headers.pop(name, None)


class WholeCompressionMiddleware(HttpCompressionMiddleware):
    """Decodes compressed answers, and refuses those that break off, of which Scrapy takes what there is."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return the decoded response. Raises ResponseDataLossError when its stream has no end."""
        encodings = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower()
        decoded = super().process_response(request, response)
        if encodings and not is_whole_stream(response.body, encodings.strip()):
            raise ResponseDataLossError
        return decoded


class ThrottledRetryMiddleware(RetryMiddleware):
    """Tries again what failed for a passing reason, after a delay that doubles, or that the site asks for."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return a new request for a passing error, or the response where it is final."""
        if response.status not in self.retry_http_codes:
            return response
        fetch = self._context.fetch
        wait = backoff(fetch.delay, _attempt(request))
        if response.status in BUSY:
            requested = requested_wait(response)
            if requested is not None and requested > fetch.max_retry_after:
                return response
            wait = max(wait, requested or 0.0)
        return self._later(request, f"HTTP {response.status}", wait) or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:  # type: ignore[override]
        """Return a new request after a passing failure; None where it is final."""
        if isinstance(exception, AddressRefused) or not isinstance(exception, self.exceptions_to_retry):
            return None
        host = urlparse_cached(request).hostname
        if isinstance(exception, CannotResolveHostError) and host in self._context.resolver.refused:
            return None
        return self._later(request, exception, backoff(self._context.fetch.delay, _attempt(request)))

    @property
    def _context(self) -> CrawlContext:
        return context_of(self.crawler)

    def _later(self, request: Request, reason: str | Exception, wait: float) -> Request | None:
        again = self._retry(request, reason)
        if again is not None:
            self._context.throttle.delay(urlparse_cached(request).netloc, wait)
        return again


def _attempt(request: Request) -> int:
    """Return the number of the next try after this request's, from 1."""
    return int(request.meta.get("retry_times", 0)) + 1


def _web_origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)
