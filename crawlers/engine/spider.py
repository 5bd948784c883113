"""The one spider: requests what a source wants, hands answers to the collector, and requests what follows.

It yields nothing to Scrapy but requests: items are written as they are read, so that none waits in memory.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.access import AccessGrant
from crawlers.engine.access.tokens import wants_token
from crawlers.engine.collector import Collector
from crawlers.engine.context import CrawlContext
from crawlers.engine.outcomes import ORIGIN, RequestOrigin, Skipped, Stopped, problem_of
from crawlers.health.facts import Limit, ProblemKind
from crawlers.upkeep import AGAIN
from ouidire.errors import ConfigError
from ouidire.page import Page, Request
from ouidire.system.guard import AddressRefused

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
LANGUAGES = "fr,en;q=0.7,*;q=0.3"
NOT_MODIFIED = 304
REDIRECTS = range(300, 400)
UNASKED = {
    NOT_MODIFIED: "HTTP 304 (not modified), though no condition was sent: a cache in between is at fault",
    206: "HTTP 206: a part of the page, though all of it was asked for",
}
"""Answers that only make sense to questions that were not asked."""
UNBOUNDED = "partial"
"""Scrapy's flag of an answer without a length, which ended with its connection."""


class PageSpider(scrapy.Spider):
    """Fetches for one collector. `requests` are the source's first ones."""

    name = "ouidire"

    def __init__(
        self,
        *,
        collector: Collector,
        requests: Iterator[Request],
        user_agent: str,
        grant: AccessGrant | None = None,
        **kwargs: Any,  # noqa: ANN401 (Scrapy's signature)
    ) -> None:
        super().__init__(**kwargs)
        self.context = CrawlContext.of(collector, user_agent=user_agent, grant=grant)
        self._collector = collector
        self._requests = requests

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "PageSpider":  # noqa: ANN401 (Scrapy's signature)
        """Return the spider, connected to the signal that it has been opened."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.opened, signal=signals.spider_opened)
        return spider

    def opened(self) -> None:
        """Start the timer of `fetch.max_minutes`, and let SIGTERM and SIGINT end the run."""
        loop = asyncio.get_running_loop()
        loop.call_later(self.context.fetch.max_minutes * 60, self.end, "time")
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end, "stopped")

    def end(self, limit: Limit) -> None:
        """End the run gracefully: request nothing new, read what is under way, have the harvest sealed."""
        if self.context.throttle.stopped:
            return
        self._collector.add_limit(limit)
        self.context.throttle.stop()
        self._fail_queued(Stopped())
        engine: Any = self.crawler.engine
        self._ending = asyncio.ensure_future(engine.close_spider_async(reason=limit))

    def _fail_queued(self, error: Exception, *, netloc: str | None = None) -> None:
        """Fail the requests that wait for their turn at the downloader: those to one site, or all of them."""
        engine: Any = self.crawler.engine
        for slot in engine.downloader.slots.values():
            queued = list(slot.queue)
            slot.queue.clear()
            for request, waiting in queued:
                if netloc is None or urlsplit(request.url).netloc == netloc:
                    waiting.errback(Failure(error))  # type: ignore[no-untyped-call]
                else:
                    slot.queue.append((request, waiting))

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Yield the first requests, one by one as there is room for them: a source may have a million."""
        engine: Any = self.crawler.engine
        for request in self._requests:
            if engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)
            if self.context.throttle.stopped:
                return
            if self._collector.plan(request) and (built := self._begun(request)) is not None:
                yield built

    def _begun(self, request: Request) -> scrapy.Request | None:
        return self._built(request, first=request.kind != AGAIN)

    def received(self, response: Response) -> list[scrapy.Request]:
        """Read one answer; return what to request next."""
        origin: RequestOrigin = response.meta[ORIGIN]
        if response.status == NOT_MODIFIED and _is_conditional(response):
            self._collector.count_not_modified(origin.request)
            return []
        unasked = UNASKED.get(response.status)
        if unasked is None and not response.body and response.status < min(REDIRECTS):
            unasked = f"an empty answer (HTTP {response.status})"
        if unasked is not None:
            self._collector.add_problem("http", origin.request.url, unasked, first=origin.first)
            return []
        if response.status in REDIRECTS:
            kind: ProblemKind = "http"
            detail = f"HTTP {response.status}"
            if "Location" in response.headers:
                kind, detail = "address", "a redirect that leads to no http(s) address was not followed"
            self._collector.add_problem(kind, origin.request.url, detail, first=origin.first)
            return []
        page = self._page(response, origin)
        read = self._collector.read_page(
            page, request=origin.request, first=origin.first, unbounded=UNBOUNDED in response.flags
        )
        if read.refused:
            netloc = urlsplit(response.url).netloc
            self.context.throttle.block(netloc)
            self._fail_queued(Skipped(), netloc=netloc)
        if self._collector.is_out_of_memory():
            self.end("memory")
        self._wait_as_asked(page)
        built = (self._built(request, first=False) for request in read.follow)
        return [request for request in built if request is not None]

    def _wait_as_asked(self, page: Page) -> None:
        """Leave the seconds that an answer asks for before its site is asked again.

        Seconds beyond `fetch.max_retry_after` are not waited for: the site is asked no more in this run.
        """
        seconds = self._collector.source.wait(page)
        if seconds <= 0:
            return
        netloc = urlsplit(page.url).netloc
        if seconds <= self.context.fetch.max_retry_after:
            self.context.throttle.delay(netloc, seconds)
        else:
            self.context.throttle.block(netloc)

    def failed(self, failure: Failure) -> None:
        """Count a request that got no answer."""
        request: Any = failure.request  # type: ignore[attr-defined]
        origin: RequestOrigin = request.meta[ORIGIN]
        error: BaseException = failure.value or RuntimeError()
        host = urlsplit(request.url).hostname
        if host in self.context.resolver.refused and not isinstance(error, Stopped):
            error = AddressRefused(
                f"{host} resolves to a private address; if it is meant, add it to fetch.allow_hosts"
            )
        problem = problem_of(error)
        if problem is not None:
            kind, detail = problem
            url = request.url if kind in ("address", "robots") else origin.request.url
            self._collector.add_problem(kind, url, detail, first=origin.first)

    def _page(self, response: Response, origin: RequestOrigin) -> Page:
        rendered = "playwright" in response.flags
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        body = response.body
        if rendered:
            body = response.text.encode()
            headers["content-type"] = "text/html; charset=utf-8"
        moved = rendered or response.meta.get("redirect_times")
        return Page(
            url=response.url if moved else origin.request.url,
            body=body,
            fetched_at=self._collector.clock(),
            status=response.status,
            headers=headers,
            kind=origin.request.kind,
            context=origin.request.context,
        )

    def _built(self, request: Request, *, first: bool) -> scrapy.Request | None:
        """Return Scrapy's request for ours; None, with the problem counted, when it cannot be made."""
        secrets = self.context.secrets
        try:
            self.context.guard.check_url(request.url)
            url = secrets.url(request.url)
            secrets.headers(request.headers)
            if wants_token(request):
                self.context.tokens.check()
        except AddressRefused as error:
            self._collector.add_problem("address", request.url, str(error), first=first)
            return None
        except ConfigError as error:
            self._collector.report_fault(str(error))
            return None
        meta: dict[str, Any] = {ORIGIN: RequestOrigin(request, first)}
        if first and self._collector.source.pace:
            self.context.throttle.set_crawl_delay(urlsplit(url).netloc, self._collector.source.pace)
        if request.render:
            if secrets.used_by(request) or wants_token(request):
                self._collector.report_fault(
                    "a rendered page cannot be asked for with a secret: every script on it could read it"
                )
                return None
            meta["playwright"] = True
        return scrapy.Request(
            url,
            callback=self.received,
            errback=self.failed,
            method=request.method,
            headers=self._headers(request, first=first),
            body=request.body or "",
            meta=meta,
            dont_filter=True,
        )

    def _headers(self, request: Request, *, first: bool) -> dict[str, str]:
        """Return the headers to send but for those that hold secrets, which are set at the last moment.

        Only a listing is asked for on the condition that it has changed: what leads to other pages may be the
        same while those are not.
        """
        headers = {"accept": ACCEPT, "accept-language": LANGUAGES}
        if first and request.method == "GET" and request.kind == "list" and not request.render:
            known = self.context.job.validators.get(request.url)
            if known and known.etag:
                headers["if-none-match"] = known.etag
            if known and known.last_modified:
                headers["if-modified-since"] = known.last_modified
        own = {name.lower(): value for name, value in request.headers.items()}
        held = (*self.context.secrets.headers(request.headers), *self.context.tokens.headers(request.headers))
        secret = {name.lower() for name in held}
        return {**headers, **{name: value for name, value in own.items() if name not in secret}}


def _is_conditional(response: Response) -> bool:
    """Return whether the request of a response asked for a page only if it had changed."""
    headers = response.request.headers if response.request is not None else {}
    return "If-None-Match" in headers or "If-Modified-Since" in headers
