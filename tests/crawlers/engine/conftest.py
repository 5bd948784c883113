import sys

import pytest

from crawlers.job import CrawlJob
from crawlers.spawn import run_job
from ouidire.harvest.store import Harvest
from ouidire.settings.fetch import FetchSettings
from tests.support.faulty_site import FaultSite

CHILD = (sys.executable, "-m", "tests.support.crawl_child")


class Outcome:
    """A run's manifest, what it left on the disk, and what it said."""

    def __init__(self, manifest, folder, lines):
        self.manifest, self.folder, self.lines = manifest, folder, lines
        self.summary = manifest.summary
        self.status, self.reason = self.summary.status, self.summary.reason

    @property
    def sealed(self):
        return (self.folder / "manifest.json").exists()

    def items(self):
        return list(Harvest(self.folder).items())

    def pages(self):
        return [page for _, page in Harvest(self.folder).pages()]


@pytest.fixture
def site():
    with FaultSite() as running:
        yield running


@pytest.fixture
def crawl(site, tmp_path):
    """Crawl paths of the fault site (or whole URLs) by the real engine in a real child."""
    runs = []

    def start(*urls, fetch=None, params=None, access="web", on_progress=None, **job):
        folder = tmp_path / f"run-{len(runs)}"
        runs.append(folder)
        settings = {"delay": 0, "retries": 2, "timeout": 5, "allow_hosts": ("127.0.0.1",), **(fetch or {})}
        whole = tuple(site.url + url if url.startswith("/") else url for url in urls)
        work = CrawlJob(
            run_id=folder.name,
            slug="essai",
            source_key="essai:boutique",
            entity="boutique",
            params={"urls": whole, **(params or {})},
            folder=str(folder),
            author_secret="00" * 32,
            fetch=FetchSettings(**settings),
            **job,
        )
        lines = []
        manifest = run_job(work, on_log=lines.append, on_progress=on_progress, command=(*CHILD, access))
        return Outcome(manifest, folder, lines)

    return start
