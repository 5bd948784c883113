"""What the parts of the engine share during one run, in one typed object.

Scrapy builds middlewares and download handlers by itself and hands them its crawler only: `context_of` takes
them from there to the run's context.
"""

from dataclasses import dataclass

from scrapy.crawler import Crawler

from crawlers.access import AccessGrant
from crawlers.engine.access.tokens import TokenKeeper
from crawlers.engine.collector import Collector
from crawlers.engine.resolver import GuardedResolver, install_resolver
from crawlers.engine.secrets import Secrets
from crawlers.engine.throttle import Throttle
from crawlers.engine.upstream_proxy import UpstreamProxy
from crawlers.job import CrawlJob
from ouidire.settings.fetch import FetchSettings
from ouidire.system.guard import Guard


@dataclass(frozen=True)
class CrawlContext:
    """One run: its collector, the rules for its requests, and under which name they are sent."""

    collector: Collector
    user_agent: str
    guard: Guard
    proxy: UpstreamProxy
    throttle: Throttle
    resolver: GuardedResolver
    tokens: TokenKeeper

    @classmethod
    def of(cls, collector: Collector, *, user_agent: str, grant: AccessGrant | None = None) -> "CrawlContext":
        """Build a run's context, and have the reactor resolve names by its guard.

        `grant` says how the run's access token is had.

        To be called once the reactor runs: Scrapy installs a resolver of its own when it starts it.
        """
        fetch = collector.job.fetch
        guard = Guard.of(fetch)
        return cls(
            collector=collector,
            user_agent=user_agent,
            guard=guard,
            proxy=UpstreamProxy.of(fetch),
            throttle=Throttle(fetch.concurrency),
            resolver=install_resolver(guard),
            tokens=TokenKeeper(grant, collector.secrets),
        )

    @property
    def job(self) -> CrawlJob:
        """The run's job."""
        return self.collector.job

    @property
    def fetch(self) -> FetchSettings:
        """How the job is to be fetched."""
        return self.collector.job.fetch

    @property
    def secrets(self) -> Secrets:
        """The secrets that the run's requests may use."""
        return self.collector.secrets


def context_of(crawler: Crawler) -> CrawlContext:
    """Return the context of the run that Scrapy's crawler is for.

    Raises TypeError for a crawler whose spider has none: one that is not ours.
    """
    context = getattr(crawler.spider, "context", None)
    if not isinstance(context, CrawlContext):
        raise TypeError(f"{crawler.spider!r} has no crawl context")
    return context
