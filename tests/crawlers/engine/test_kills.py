"""Killed at any moment: nothing half-made is believed, no process is left, the parent says that it failed."""

import os
import signal
import threading

import psutil
import pytest

from crawlers.engine.browser.launch import find_browser
from ouidire.errors import HarvestError
from ouidire.harvest.store import Harvest

pytestmark = pytest.mark.kill


class Killer:
    """Sends a signal to the child at its n-th request to the site."""

    def __init__(self, site, *, at, number=signal.SIGKILL):
        self.site, self.at, self.number = site, at, number
        self.family = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    @staticmethod
    def child():
        children = psutil.Process().children()
        return next((one for one in children if any("crawl_child" in word for word in one.cmdline())), None)

    def watch(self):
        while len(self.site.log) < self.at and not self.over.wait(0.002):
            pass
        while (child := self.child()) is None:
            self.over.wait(0.002)
        self.family = child.children(recursive=True)
        os.kill(child.pid, self.number)


@pytest.mark.parametrize("at", [1, 2, 5, 19])
def test_minus_nine(crawl, site, at):
    Killer(site, at=at)
    run = crawl("/pages?n=1&last=40", fetch={"concurrency": 1})
    assert (run.status, run.manifest.segments) == ("failed", ())
    assert "SIGKILL" in run.reason
    assert not run.sealed
    with pytest.raises(HarvestError):
        Harvest(run.folder)
    again = crawl("/pages?n=1&last=40", fetch={"concurrency": 1})
    assert (again.status, again.summary.items) == ("ok", 400)


def test_minus_nine_at_the_very_start(crawl, site):
    killer = Killer(site, at=0)
    run = crawl("/ok")
    killer.over.set()
    assert (run.status, run.sealed) == ("failed", False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_keeps_what_it_has(crawl, site, number):
    Killer(site, at=8, number=number)
    run = crawl("/infinite", fetch={"max_pages": 10_000})
    assert (run.status, run.sealed) == ("degraded", True)
    assert "stopped by the operator" in run.reason
    assert 0 < run.summary.items <= len(site.paths())


def test_stopped_while_waiting_for_a_site(crawl, site):
    Killer(site, at=2, number=signal.SIGTERM)
    run = crawl("/limited-forever?wait=250", "/ok")
    assert run.sealed
    assert len(site.paths()) <= 2


def test_out_of_time_it_keeps_what_it_has(crawl):
    run = crawl("/infinite", fetch={"max_pages": 100_000, "max_minutes": 0.03})
    assert (run.status, run.sealed) == ("degraded", True)
    assert "fetch.max_minutes" in run.reason
    assert run.summary.items > 0
    assert run.summary.cursor is None


def test_out_of_memory_it_keeps_what_it_has(crawl):
    run = crawl("/hoard", fetch={"max_pages": 100_000, "max_memory_mb": 250})
    assert (run.status, run.sealed) == ("degraded", True)
    assert "fetch.max_memory_mb" in run.reason


def test_a_parent_that_has_gone_is_noticed(site, tmp_path):
    import subprocess
    import sys

    from crawlers.job import CrawlJob
    from ouidire.settings.fetch import FetchSettings

    folder = tmp_path / "run"
    job = CrawlJob(
        run_id="r",
        slug="essai",
        source_key="essai:boutique",
        entity="boutique",
        params={"urls": [f"{site.url}/infinite"]},
        folder=str(folder),
        author_secret="00" * 32,
        fetch=FetchSettings(delay=0, allow_hosts=("127.0.0.1",), max_pages=1_000_000),
    )
    command = [sys.executable, "-m", "tests.support.crawl_child"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with process.stdin:
        process.stdin.write(job.model_dump_json().encode())
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == 3
    assert not (folder / "manifest.json").exists()


@pytest.mark.browser
@pytest.mark.skipif(find_browser() is None, reason="Chromium is not installed")
def test_a_killed_child_takes_its_browser_along(crawl, site):
    killer = Killer(site, at=6)
    run = crawl("/script?n=1&last=50", params={"render": True}, fetch={"timeout": 20})
    assert (run.status, run.sealed) == ("failed", False)
    assert any("chrom" in _name(one) for one in killer.family) or killer.family
    gone, alive = psutil.wait_procs(killer.family, timeout=10)
    assert not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]
    assert gone


def _name(process):
    try:
        return process.name()
    except psutil.Error:
        return "chrom"
