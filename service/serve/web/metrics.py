"""Metrics for Prometheus: counts of the state, read anew at each scrape, and durations since the start.

Labels are slugs of sources and keys of what is collected; nothing in them is personal.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from ouidire import __version__
from ouidire.state.counts import (
    count_waiting,
    deliveries_by_status,
    items_by_source,
    last_good,
    missed_by_key,
    runs_by_status,
    unsubscribed_by_report,
)
from ouidire.state.runs import newest_runs
from service.pipeline.collect.due import last_of
from service.pipeline.configured_sources import configured_sources
from service.pipeline.installation import Installation
from service.pipeline.schedule import due_time
from service.serve.scheduler.events import View

BUCKETS = (1, 5, 15, 60, 300, 900, 3600, float("inf"))
"""Seconds: a crawl takes from one to an hour (`fetch.max_minutes`)."""


class Metrics:
    """One installation's registry."""

    def __init__(self, installation: Installation, view: Callable[[], View]) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Counted(installation, view))
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._crawls = Histogram(
            "ouidire_run_duration_seconds",
            "How long runs took, since the start.",
            ["source", "status"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._passes = Histogram(
            "ouidire_pass_duration_seconds",
            "How long indexing and reporting took, since the start.",
            buckets=BUCKETS,
            registry=self.registry,
        )

    def observe_crawl(self, source: str, status: str, seconds: float) -> None:
        """Count a crawl."""
        self._crawls.labels(source, status).observe(seconds)

    def observe_pass(self, seconds: float) -> None:
        """Count a pass: indexing, reports, alerts, retention."""
        self._passes.observe(seconds)

    def text(self) -> bytes:
        """Return the exposition. Raises StateError when the state cannot be read."""
        return generate_latest(self.registry)


class _Counted(Collector):
    """Metrics that are read from the state at each scrape."""

    def __init__(self, installation: Installation, view: Callable[[], View]) -> None:
        self._installation = installation
        self._view = view

    def describe(self) -> Iterator[Metric]:
        """Return nothing beforehand: registering reads no state."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield every family."""
        view = self._view()
        yield InfoMetricFamily("ouidire_build", "The version.", value={"version": __version__})
        yield GaugeMetricFamily(
            "ouidire_started_timestamp_seconds",
            "When the service started.",
            value=view.started_at.timestamp(),
        )
        yield from self._runs()
        yield from self._sources()
        yield from self._mails()
        yield self._queues(view)

    def _runs(self) -> Iterator[Metric]:
        runs = CounterMetricFamily("ouidire_runs", "Runs ever, by status.", labels=["source", "status"])
        items = CounterMetricFamily(
            "ouidire_items", "Items that runs found, by what was new.", labels=["source", "change"]
        )
        with self._installation.state.read() as connection:
            for source, status, number in runs_by_status(connection):
                runs.add_metric([source, status], number)
            for source, counted in items_by_source(connection):
                for change, number in counted.items():
                    items.add_metric([source, change], number)
        yield runs
        yield items

    def _sources(self) -> Iterator[Metric]:
        labels = ["source", "key"]
        good = GaugeMetricFamily(
            "ouidire_source_last_good_timestamp_seconds", "When a source was last read well.", labels=labels
        )
        last = GaugeMetricFamily(
            "ouidire_source_last_run_timestamp_seconds", "When its last run began.", labels=labels
        )
        due = GaugeMetricFamily("ouidire_source_due_timestamp_seconds", "When it is next due.", labels=labels)
        well = GaugeMetricFamily(
            "ouidire_source_well", "1 when its last run was ok or empty, or goes on.", labels=labels
        )
        missed = CounterMetricFamily("ouidire_missed_runs", "Due runs that never began.", labels=labels)
        settings, now = self._installation.settings, self._installation.clock()
        with self._installation.state.read() as connection:
            newest = {run.source_key: run for run in newest_runs(connection)}
            goods, misses = last_good(connection), missed_by_key(connection)
        for each in configured_sources(settings):
            named = [each.source.slug, each.key]
            missed.add_metric(named, misses.get(each.key, 0))
            if each.key in goods:
                good.add_metric(named, goods[each.key].timestamp())
            run = newest.get(each.key)
            if run is None:
                continue
            last.add_metric(named, run.started_at.timestamp())
            well.add_metric(named, run.status in ("ok", "empty", "running"))
            at: datetime | None = due_time(each.timetable(settings.timezone), last_of(run), now=now)
            due.add_metric(named, (at or min(run.started_at, now)).timestamp())
        yield from (good, last, due, well, missed)

    def _mails(self) -> Iterator[Metric]:
        mails = CounterMetricFamily(
            "ouidire_mails",
            "Mails by what became of them; claimed ones are in doubt.",
            labels=["report", "status"],
        )
        left = GaugeMetricFamily("ouidire_unsubscribed", "Readers who left a mailing.", labels=["report"])
        with self._installation.state.read() as connection:
            for report, status, number in deliveries_by_status(connection):
                mails.add_metric([report, status], number)
            for report, number in unsubscribed_by_report(connection).items():
                left.add_metric([report], number)
        yield mails
        yield left

    def _queues(self, view: View) -> Metric:
        depth = GaugeMetricFamily(
            "ouidire_queue_depth", "What waits, by what it waits for.", labels=["queue"]
        )
        with self._installation.state.read() as connection:
            depth.add_metric(["index"], count_waiting(connection))
        depth.add_metric(["crawl"], len(view.waiting))
        depth.add_metric(["crawling"], len(view.crawls))
        return depth
