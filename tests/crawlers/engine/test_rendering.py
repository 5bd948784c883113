"""Pages that need a browser, in a real Chromium: what is kept, not asked for, refused, and left behind."""

import os
from contextlib import suppress

import psutil
import pytest

from crawlers.engine.browser.launch import MISSING, find_browser

needs_browser = pytest.mark.skipif(find_browser() is None, reason="Chromium is not installed")
RENDER = {"render": True}


def chromiums():
    """The browsers that this process started or that have no parent left; other workers' are theirs."""
    found = set()
    for process in psutil.process_iter(["name", "status"]):
        if "chrom" not in (process.info["name"] or "") or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        with suppress(psutil.Error):
            elders = [parent for parent in process.parents() if "chrom" not in parent.name()]
            if not elders or elders[0].pid in (1, os.getpid()):
                found.add(process)
    return found


@pytest.mark.browser
@needs_browser
def test_a_page_made_by_scripts(crawl, site):
    before = chromiums()
    run = crawl("/script?n=1&last=3", params=RENDER, fetch={"timeout": 20})
    assert (run.status, run.summary.items, run.summary.pages) == ("ok", 30, 3), run.reason
    assert all(b"<article" in page.body for page in run.pages()), "what is kept is the page as rendered"
    assert "équipe très à l'écoute" in run.items()[0].item.text
    assert not [path for path in site.paths() if path.startswith("/image.png")], "images are not loaded"
    assert {hit.headers["user-agent"] for hit in site.log} == {"ouidire/0.1.0"}
    _, left = psutil.wait_procs(chromiums() - before, timeout=30)
    assert not left, "no browser is left behind"


@pytest.mark.browser
@needs_browser
def test_robots_are_obeyed_before_a_page_is_rendered(crawl, site):
    site.robots = (200, b"User-agent: *\nDisallow: /script\n")
    run = crawl("/script", params=RENDER)
    assert (run.status, run.summary.refused_by_robots) == ("refused_by_robots", 1)
    assert site.paths() == []


@pytest.mark.browser
@needs_browser
def test_neither_scripts_nor_redirects_reach_private_addresses(crawl, site):
    """Allowed is `localhost`; scripts, WebSockets and redirects that go to 127.0.0.1 must not arrive."""
    from tests.support.faulty_site import FaultSite

    with FaultSite() as inside:
        base = f"http://localhost:{site.port}"
        allowed = {"allow_hosts": ("localhost",), "timeout": 20, "retries": 0}
        run = crawl(f"{base}/script?probe={inside.url}/ok", params=RENDER, fetch=allowed)
        assert (run.status, run.summary.items) == ("ok", 10), run.reason
        moved = crawl(f"{base}/redirect?to={inside.url}/ok", params=RENDER, fetch=allowed)
        assert (moved.status, moved.summary.items) == ("failed", 0)
        assert "may not be fetched" in moved.reason
        filed = crawl(f"{base}/redirect?to=file:///etc/hostname", params=RENDER, fetch=allowed)
        assert (filed.status, filed.summary.items) == ("failed", 0)
        assert inside.log == []


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/absent", "gone"),
        ("/forbidden", "blocked"),
        ("/forbidden-silently", "blocked"),
        ("/changed", "layout_changed"),
        ("/circle", "failed"),
        ("/reset", "failed"),
    ],
)
def test_faults_end_as_they_do_without_a_browser(crawl, path, status):
    run = crawl(path, params=RENDER, fetch={"retries": 0, "timeout": 10})
    assert run.status == status, run.reason
    assert run.sealed


@pytest.mark.browser
@needs_browser
def test_behind_a_proxy(crawl, site):
    run = crawl(
        "http://avis.example/script",
        params=RENDER,
        fetch={"proxy": site.url, "allow_hosts": (), "timeout": 20},
    )
    assert (run.status, run.summary.items) == ("ok", 10), run.reason
    assert {hit.host for hit in site.log} == {"avis.example"}


@pytest.mark.browser
@needs_browser
def test_memory_over_sixty_pages(crawl):
    """Two contexts' worth of pages: the fetching process ends hardly larger than after the first twenty."""
    sizes = {}

    def look(pages, _items):
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):  # the browser's processes come and go
                if any("crawl_child" in word for word in child.cmdline()):
                    # the processes that read pages are copies of it, and smaller
                    sizes[pages] = max(sizes.get(pages, 0), child.memory_info().rss)

    paths = [f"/script?n={number}&last=1" for number in range(1, 61)]
    run = crawl(*paths, params=RENDER, fetch={"timeout": 30, "concurrency": 4}, on_progress=look)
    assert (run.status, run.summary.items) == ("ok", 600), run.reason
    early = max(size for pages, size in sizes.items() if pages <= 20)
    assert max(sizes.values()) < early + 15_000_000


def test_no_browser_is_said_plainly(crawl, site):
    run = crawl("/script", params=RENDER, fetch={"browser": "/nowhere/chromium"})
    assert (run.status, run.sealed) == ("failed", True)
    assert MISSING in run.reason


def test_secrets_are_not_given_to_a_browser(crawl, site, monkeypatch):
    monkeypatch.setenv("ESSAI_CLE", "clé")
    run = crawl("/script?key={secret:ESSAI_CLE}", params=RENDER, fetch={"browser": "/nowhere/chromium"})
    assert run.status == "failed"
    assert "secret" in run.reason
    assert site.paths() == []
