"""The one spider: it asks for what a source wants, hands each answer to the collector, and asks for what follows.

It yields nothing to Scrapy but requests: items are written as they are read, so that none waits in memory.
"""

import asyncio
import signal
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.engine.collector import Collector
from crawlers.engine.middlewares import ASKED
from crawlers.engine.outcomes import RequestOrigin, Skipped, Stopped, trouble_of
from crawlers.engine.resolver import GuardedResolver, install
from crawlers.engine.throttle import Pace
from crawlers.health import Limit
from ouidire.errors import ConfigError
from ouidire.page import Page, Request
from ouidire.settings.fetch import FetchSettings
from ouidire.system.guard import AddressRefused, Guard

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
LANGUAGES = "fr,en;q=0.7,*;q=0.3"
NOT_MODIFIED = 304
REDIRECTS = range(300, 400)


class Proxy(NamedTuple):
    """The configured proxy: its URL without credentials, and the header that carries them."""

    url: str | None
    authorization: str | None

    @classmethod
    def of(cls, fetch: FetchSettings) -> "Proxy":
        """Read the configuration's proxy URL."""
        if not fetch.proxy:
            return cls(None, None)
        parts = urlsplit(fetch.proxy)
        pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}" if parts.username else None
        return cls(
            parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(),
            f"Basic {b64encode(pair.encode()).decode()}" if pair else None,
        )


class PageSpider(scrapy.Spider):
    """Fetches for one collector. `requests` are the source's first ones."""

    name = "ouidire"

    def __init__(
        self, *, collector: Collector, requests: Iterator[Request], user_agent: str, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.collector = collector
        self.fetch = collector.job.fetch
        self.guard = Guard.of(self.fetch)
        self.proxy = Proxy.of(self.fetch)
        self.pace = Pace(self.fetch.concurrency)
        self.user_agent = user_agent
        self.resolver: GuardedResolver = install(self.guard)
        self._requests = requests

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "PageSpider":  # noqa: ANN401 (Scrapy's signature)
        """Build the spider and let it hear when it has been opened."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.opened, signal=signals.spider_opened)
        return spider

    def opened(self) -> None:
        """Set the clock on the run, and let the operator end it."""
        loop = asyncio.get_running_loop()
        loop.call_later(self.fetch.max_minutes * 60, self.end, "time")
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end, "stopped")

    def end(self, limit: Limit) -> None:
        """End the run gracefully: nothing new is asked for, what is under way is still read, the harvest is sealed."""
        if self.pace.stopped:
            return
        self.collector.limit(limit)
        self.pace.stop()
        self._give_up(Stopped())
        engine: Any = self.crawler.engine
        self._ending = asyncio.ensure_future(engine.close_spider_async(reason=limit))

    def _give_up(self, error: Exception, *, netloc: str | None = None) -> None:
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
            if self.pace.stopped:
                return
            if self.collector.plan(request) and (built := self._built(request, first=True)) is not None:
                yield built

    def received(self, response: Response) -> list[scrapy.Request]:
        """Read one answer; return what to ask for next."""
        asked: RequestOrigin = response.meta[ASKED]
        if response.status == NOT_MODIFIED:
            self.collector.not_modified(asked.request)
            return []
        if response.status in REDIRECTS:
            away = "Location" in response.headers
            detail = (
                "a redirect that leads to no http(s) address was not followed"
                if away
                else f"HTTP {response.status}"
            )
            self.collector.trouble(
                "address" if away else "http", asked.request.url, detail, first=asked.first
            )
            return []
        read = self.collector.page(self._page(response, asked), request=asked.request, first=asked.first)
        if read.refused:
            netloc = urlsplit(response.url).netloc
            self.pace.refuse(netloc)
            self._give_up(Skipped(), netloc=netloc)
        if self.collector.too_much_memory():
            self.end("memory")
        built = (self._built(request, first=False) for request in read.follow)
        return [request for request in built if request is not None]

    def failed(self, failure: Failure) -> None:
        """Count a request that got no answer."""
        request: Any = failure.request  # type: ignore[attr-defined]
        asked: RequestOrigin = request.meta[ASKED]
        error: BaseException = failure.value or RuntimeError()
        host = urlsplit(request.url).hostname
        if host in self.resolver.refused and not isinstance(error, Stopped):
            error = AddressRefused(
                f"{host} resolves to a private address; if it is meant, add it to fetch.allow_hosts"
            )
        trouble = trouble_of(error)
        if trouble is not None:
            kind, detail = trouble
            self.collector.trouble(
                kind,
                request.url if kind in ("address", "robots") else asked.request.url,
                detail,
                first=asked.first,
            )

    def _page(self, response: Response, asked: RequestOrigin) -> Page:
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
            url=response.url if moved else asked.request.url,
            body=body,
            fetched_at=self.collector.clock(),
            status=response.status,
            headers=headers,
            kind=asked.request.kind,
            context=asked.request.context,
        )

    def _built(self, request: Request, *, first: bool) -> scrapy.Request | None:
        """Return Scrapy's request for ours; None, with the trouble counted, when it cannot be made."""
        try:
            self.guard.check_url(request.url)
            url = self.collector.secrets.url(request.url)
            self.collector.secrets.headers(request.headers)
        except AddressRefused as error:
            self.collector.trouble("address", request.url, str(error), first=first)
            return None
        except ConfigError as error:
            self.collector.fault = str(error)
            return None
        if request.render and self.collector.secrets.used_by(request):
            self.collector.fault = (
                "a rendered page cannot be asked for with a secret: every script on it could read it"
            )
            return None
        meta: dict[str, Any] = {ASKED: RequestOrigin(request, first)}
        if request.render:
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
        headers = {"accept": ACCEPT, "accept-language": LANGUAGES}
        known = (
            self.collector.job.validators.get(request.url)
            if first and request.method == "GET" and not request.render
            else None
        )
        if known and known.etag:
            headers["if-none-match"] = known.etag
        if known and known.last_modified:
            headers["if-modified-since"] = known.last_modified
        own = {name.lower(): value for name, value in request.headers.items()}
        secret = {name.lower() for name in self.collector.secrets.headers(request.headers)}
        return {**headers, **{name: value for name, value in own.items() if name not in secret}}
