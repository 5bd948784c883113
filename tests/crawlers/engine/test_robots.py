"""robots.txt as RFC 9309 has it, redirects to other sites included."""

import pytest

DENY = b"User-agent: *\nDisallow: /\n"


def test_refused_everywhere(crawl, site):
    site.robots = (200, DENY)
    run = crawl("/ok", *(f"/pages?n={n}" for n in range(1, 8)))
    assert (run.status, run.summary.refused_by_robots, run.summary.items) == ("refused_by_robots", 8, 0), (
        "all who wait for the rules"
    )
    assert site.paths() == []
    assert [hit.path for hit in site.log] == ["/robots.txt"]


def test_refused_in_part(crawl, site):
    site.robots = (200, b"User-agent: *\nDisallow: /pages\n")
    run = crawl("/ok", "/pages?n=1")
    assert (run.status, run.summary.refused_by_robots, run.summary.items) == ("degraded", 1, 10)
    assert "robots.txt does not allow it" in run.reason
    assert site.paths() == ["/ok"]


def test_our_own_name_is_heeded(crawl, site):
    site.robots = (200, b"User-agent: *\nDisallow: /\n\nUser-agent: Ouidire\nAllow: /\n")
    assert crawl("/ok").status == "ok"
    site.robots = (200, b"User-agent: ouidire\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    assert crawl("/ok").status == "refused_by_robots"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_site_whose_rules_cannot_be_read_is_left_alone(crawl, site, status):
    site.robots = (status, b"oh")
    run = crawl("/ok", fetch={"retries": 1})
    assert (run.status, run.summary.refused_by_robots) == ("failed", 0)
    assert "could not be read" in run.reason
    assert site.paths() == []


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_rules_allow_everything(crawl, site, status):
    site.robots = (status, DENY)
    assert crawl("/ok").status == "ok"


def test_only_the_first_500_kib_count(crawl, site):
    site.robots = (200, b"User-agent: *\nAllow: /\n" + b"# rien\n" * 2_000_000 + DENY)
    assert crawl("/ok").status == "ok"
    site.robots = (200, DENY + b"# rien\n" * 2_000_000)
    assert crawl("/ok").status == "refused_by_robots"


def test_redirects_are_checked_too(crawl, site):
    site.robots = (200, b"User-agent: *\nDisallow: /private\n")
    run = crawl("/redirect?to=/private/ok")
    assert (run.status, run.summary.refused_by_robots) == ("refused_by_robots", 1)
    assert site.paths() == ["/redirect?to=/private/ok"]
    assert "/private/ok" in run.reason


def test_a_site_that_does_not_answer(crawl):
    run = crawl("http://127.0.0.1:9/", fetch={"retries": 0})
    assert run.status == "failed"
    assert "could not be read" in run.reason


def test_a_crawl_delay_is_left_between_requests(crawl, site):
    """The second page is requested only after the first one's delay: else the site would have had both."""
    site.robots = (200, b"User-agent: *\nCrawl-delay: 1\n")
    run = crawl("/ok", "/empty", "/pages?n=1&last=1", fetch={"max_minutes": 0.025})
    assert run.status == "degraded"
    assert "fetch.max_minutes" in run.reason
    assert len(site.paths()) < 3
