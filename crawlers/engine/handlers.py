"""Download handlers: hold a request back until its site may be asked, and apply what its answer asks for.

Requests wait their turn here and not in a middleware, since what has passed the middlewares queues at the
downloader and would be sent whatever the site has answered meanwhile. While a request waits here, its site's
slot is taken.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawlers.engine.context import CrawlContext, context_of
from crawlers.engine.outcomes import Skipped, Stopped
from crawlers.engine.renewal.marks import TOKEN_CALL, may_be_renewed
from crawlers.engine.throttle import retry_after

BUSY = frozenset({429, 503})
REFUSING = frozenset({401, 402, 403, 407, 451})


class ThrottledHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler, within what the site's throttle allows."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._context = context_of(crawler)

    async def download_request(self, request: Request) -> Response:
        """Send a request when its site may be asked. Raises Stopped, Skipped, or Scrapy's download errors."""
        async with site_slot(self._context, request):
            response = await super().download_request(request)
            apply_response_limits(self._context, request, response)
            return response


@asynccontextmanager
async def site_slot(context: CrawlContext, request: Request) -> AsyncIterator[None]:
    """Hold one of the slots of a request's site, from its turn to its answer, and count the request.

    Raises Stopped or Skipped when the site is no longer to be asked.

    Scrapy's own limit for a site does not hold: without a delay, 2.19 starts all that is queued before it
    counts it.
    """
    host = urlparse_cached(request).netloc
    throttle = context.throttle
    async with throttle.slot(host):
        await throttle.wait(host)
        if throttle.stopped:
            raise Stopped
        if throttle.is_blocked(host):
            raise Skipped
        context.collector.count_request()
        yield


def apply_response_limits(context: CrawlContext, request: Request, response: Response) -> None:
    """Apply the Retry-After or the refusal of a response to what is still queued for its site.

    A robots.txt that is refused allows everything; a token that is refused may have expired. A source that
    reads errors says itself what refuses.
    """
    if request.meta.get(TOKEN_CALL) or may_be_renewed(context, request, response):
        return
    if response.status < min(REFUSING) or request.meta.get("dont_obey_robotstxt"):
        return
    host = urlparse_cached(request).netloc
    wait = requested_wait(response) if response.status in BUSY else None
    refuses = response.status in REFUSING and not context.collector.source.reads_errors
    if refuses or (wait is not None and wait > context.fetch.max_retry_after):
        context.throttle.block(host)
    elif wait is not None:
        context.throttle.delay(host, wait)


def requested_wait(response: Response) -> float | None:
    """Return the seconds that Retry-After asks for, by the site's own clock where its answer has a date.

    None where it asks for none.
    """
    value = response.headers.get("Retry-After")
    if value is None:
        return None
    now = datetime.now(UTC)
    stated = retry_after((response.headers.get("Date") or b"").decode("latin-1"), answered_at=now)
    moment = retry_after(value.decode("latin-1"), answered_at=stated or now)
    return max(0.0, (moment - (stated or now)).total_seconds()) if moment else None
