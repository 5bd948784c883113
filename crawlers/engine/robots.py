"""robots.txt by RFC 9309: Scrapy's middleware, corrected for the answers that Scrapy takes for a yes.

404 and the other 4xx: everything is allowed. 5xx, 429 or no answer at all: nothing is, until the next run.
What is read ends at 500 KiB, the least that the RFC asks of a crawler. Crawl-delay, which the RFC does not
know, is obeyed. Requests under credentials of an API, or to a public API with terms of its own, are no
crawling: they are sent without asking it.
"""

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import StopDownload
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.signals import bytes_received
from scrapy.utils.httpobj import urlparse_cached

from crawlers.engine.access.tokens import wants_token
from crawlers.engine.context import context_of
from crawlers.engine.identity import PRODUCT
from crawlers.engine.outcomes import ORIGIN, RequestOrigin, RobotsRefused, problem_of
from crawlers.engine.renewal.marks import TOKEN_CALL

MOST_BYTES = 512_000
READ = "ouidire_robots_bytes"


class _AllowsNothing:
    """Stands for the rules of a site whose robots.txt could not be read; `why` is the reason."""

    def __init__(self, why: str) -> None:
        self.why = why

    def allowed(self, _url: str, _user_agent: str) -> bool:
        return False


class RobotsMiddleware(RobotsTxtMiddleware):
    """Requests robots.txt once for each site of a run, and refuses what it does not allow."""

    async def process_request(self, request: Request) -> None:  # type: ignore[override]
        """Check a request against its site's rules, unless it is made under credentials of the site's API.

        Raises RobotsRefused when the rules forbid the address. The rules of RFC 9309 are for those who crawl
        without having been admitted; who calls an API with a key or token keeps to that service's terms.
        """
        if not _has_credentials(self.crawler, request):
            await super().process_request(request)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raise RobotsRefused when the rules forbid the address."""
        if rp is not None and not rp.allowed(request.url, PRODUCT):
            raise RobotsRefused(unreachable=rp.why if isinstance(rp, _AllowsNothing) else None)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return a site's rules, requested the first time; None where everything is allowed."""
        netloc = urlparse_cached(request).netloc
        if netloc in self._parsers:
            # what it returns is None for all but the first who waits for a Deferred
            await super().robot_parser(request)
            rules: Any = self._parsers[netloc]
            return rules  # type: ignore[no-any-return]
        self.crawler.signals.connect(_stop_when_long, signal=bytes_received)
        try:
            return await super().robot_parser(request)
        finally:
            self.crawler.signals.disconnect(_stop_when_long, signal=bytes_received)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status in (408, 429) or response.status >= 500:  # noqa: PLR2004 (HTTP's classes of status)
            self._settle(netloc, _AllowsNothing(f"HTTP {response.status}"))
            return
        if response.status >= 300:  # noqa: PLR2004
            self._settle(netloc, None)
            return
        await super()._parse_robots(response.replace(body=response.body[:MOST_BYTES]), netloc, request)
        rules: Any = self._parsers[netloc]
        delay = rules.rp.crawl_delay(PRODUCT)
        if delay:
            context = context_of(self.crawler)
            context.throttle.set_crawl_delay(netloc, float(delay))
            context.collector.facts.crawl_delay = max(context.collector.facts.crawl_delay, float(delay))

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        kind, detail = problem_of(exc) or (None, "the run was stopped")
        self._settle(netloc, None if kind == "redirects" else _AllowsNothing(detail))

    def _settle(self, netloc: str, rules: Any) -> None:  # noqa: ANN401 (a parser, or what stands for one)
        waiting: Any = self._parsers[netloc]
        self._parsers[netloc] = rules
        waiting.callback(rules)


def _has_credentials(crawler: Crawler, request: Request) -> bool:
    if request.meta.get(TOKEN_CALL):
        return True
    origin: RequestOrigin | None = request.meta.get(ORIGIN)
    context = context_of(crawler)
    if origin is None or context.collector.source.about.access != "api":
        return False
    if not context.collector.source.asks_robots:
        return True
    return wants_token(origin.request) or context.secrets.used_by(origin.request)


def _stop_when_long(data: bytes, request: Request) -> None:
    """Stop a robots.txt where our reading of it ends; other downloads are let through."""
    if not request.meta.get("dont_obey_robotstxt"):
        return
    request.meta[READ] = request.meta.get(READ, 0) + len(data)
    if request.meta[READ] > MOST_BYTES:
        raise StopDownload(fail=False)
