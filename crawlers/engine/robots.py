"""robots.txt as RFC 9309 has it: Scrapy's middleware, with the answers that Scrapy takes for a yes.

404 and the other 4xx: everything is allowed. 5xx, 429 or no answer at all: nothing is, until the next run.
What is read ends at 500 KiB, the least that the RFC asks of a crawler. Crawl-delay, which the RFC does not
know, is heeded.
"""

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import StopDownload
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.signals import bytes_received
from scrapy.utils.httpobj import urlparse_cached

from crawlers.engine.identity import PRODUCT
from crawlers.engine.outcomes import RobotsRefused, trouble_of

MOST_BYTES = 512_000
READ = "ouidire_robots_bytes"


class _Nothing:
    """Stands for the rules of a site whose robots.txt could not be had, and says why not."""

    def __init__(self, why: str) -> None:
        self.why = why

    def allowed(self, _url: str, _user_agent: str) -> bool:
        return False


class RobotsMiddleware(RobotsTxtMiddleware):
    """Asks for robots.txt once for each site of a run, and refuses what it does not allow."""

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raise RobotsRefused when the rules forbid the address."""
        if rp is not None and not rp.allowed(request.url, PRODUCT):
            raise RobotsRefused(unreachable=rp.why if isinstance(rp, _Nothing) else None)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return a site's rules, asking for them the first time."""
        netloc = urlparse_cached(request).netloc
        if netloc in self._parsers:
            await super().robot_parser(
                request
            )  # what it returns is None for all but the first who waits for a Deferred
            rules: Any = self._parsers[netloc]
            return rules  # type: ignore[no-any-return]
        self.crawler.signals.connect(_stop_when_long, signal=bytes_received)
        try:
            return await super().robot_parser(request)
        finally:
            self.crawler.signals.disconnect(_stop_when_long, signal=bytes_received)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status in (408, 429) or response.status >= 500:  # noqa: PLR2004 (HTTP's classes of status)
            self._settle(netloc, _Nothing(f"HTTP {response.status}"))
            return
        if response.status >= 300:  # noqa: PLR2004
            self._settle(netloc, None)
            return
        await super()._parse_robots(response.replace(body=response.body[:MOST_BYTES]), netloc, request)
        rules: Any = self._parsers[netloc]
        asked = rules.rp.crawl_delay(PRODUCT)
        spider: Any = self.crawler.spider
        if asked:
            spider.pace.space(netloc, float(asked))

    def _robots_error(self, exc: Exception, netloc: str) -> None:

        trouble = trouble_of(exc)
        self._settle(
            netloc,
            None
            if trouble and trouble[0] == "redirects"
            else _Nothing(trouble[1] if trouble else "the run was stopped"),
        )

    def _settle(self, netloc: str, rules: Any) -> None:  # noqa: ANN401 (a parser, or what stands for one)
        waiting: Any = self._parsers[netloc]
        self._parsers[netloc] = rules
        waiting.callback(rules)


def _stop_when_long(data: bytes, request: Request) -> None:
    """Stop a robots.txt where our reading of it ends; other downloads are let through."""
    if not request.meta.get("dont_obey_robotstxt"):
        return
    request.meta[READ] = request.meta.get(READ, 0) + len(data)
    if request.meta[READ] > MOST_BYTES:
        raise StopDownload(fail=False)
