"""The moment of sending: the last at which a request can still be held back, and the first at which an answer is seen.

Requests wait their turn here and not in a middleware, since what has passed the middlewares queues at the
downloader and would be sent whatever the site has answered meanwhile. While a request waits here, its site's
slot is taken.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawlers.engine.outcomes import Skipped, Stopped
from crawlers.engine.throttle import retry_after

BUSY = frozenset({429, 503})
REFUSING = frozenset({401, 402, 403, 407, 451})


class PacedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler, within what the site's pace allows."""

    lazy = False

    async def download_request(self, request: Request) -> Response:
        """Send a request when its site may be asked. Raises Stopped, Skipped, or Scrapy's download errors."""
        async with admitted(self._crawler.spider, request):
            return heed(self._crawler.spider, request, await super().download_request(request))


@asynccontextmanager
async def admitted(spider: Any, request: Request) -> AsyncIterator[None]:  # noqa: ANN401 (a PageSpider; Scrapy's own type does not know it)
    """Hold one of the places at a site, from its turn to its answer.

    Raises Stopped or Skipped when it is no longer to be asked.

    Scrapy's own limit for a site does not hold: without a delay, 2.19 starts all that is queued before it
    counts it.
    """
    host = urlparse_cached(request).netloc
    async with spider.pace.place(host):
        await spider.pace.turn(host)
        if spider.pace.stopped:
            raise Stopped
        if spider.pace.refused(host):
            raise Skipped
        spider.collector.counts.requests += 1
        yield


def heed(spider: Any, request: Request, response: Response) -> Response:  # noqa: ANN401 (as above)
    """Let a site's answer hold back what is still queued for it, and pass it on.

    A robots.txt that is refused allows everything.
    """
    if response.status < min(REFUSING) or request.meta.get("dont_obey_robotstxt"):
        return response
    host = urlparse_cached(request).netloc
    asked = asked_wait(response) if response.status in BUSY else None
    if response.status in REFUSING or (asked is not None and asked > spider.fetch.max_retry_after):
        spider.pace.refuse(host)
    elif asked is not None:
        spider.pace.hold(host, asked)
    return response


def asked_wait(response: Response) -> float | None:
    """Return the seconds that Retry-After asks for, measured on the site's own clock where it gives one."""
    value = response.headers.get("Retry-After")
    if value is None:
        return None
    now = datetime.now(UTC)
    stated = retry_after((response.headers.get("Date") or b"").decode("latin-1"), answered_at=now)
    moment = retry_after(value.decode("latin-1"), answered_at=stated or now)
    return max(0.0, (moment - (stated or now)).total_seconds()) if moment else None
