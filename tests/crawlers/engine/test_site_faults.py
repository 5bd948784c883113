"""Every way in which a site goes wrong ends in its one status, with its counts, and costs no other page."""

import pytest

from crawlers.health.past import SourcePast


def test_a_healthy_site(crawl, site):
    run = crawl("/pages?n=1&last=3")
    assert (run.status, run.summary.items, run.summary.pages, run.summary.complete) == ("ok", 30, 3, True)
    assert run.summary.requests == 4
    assert site.log[0].path == "/robots.txt"
    assert {hit.headers["user-agent"].split("/")[0] for hit in site.log} == {"ouidire"}
    assert len({item.id for item in run.items()}) == 30
    assert {item.page for item in run.items()} <= {reference for reference, _ in _references(run)}


def _references(run):
    from ouidire.harvest.store import Harvest

    return list(Harvest(run.folder).pages())


def test_nothing_personal_is_kept_or_logged(crawl):
    run = crawl("/pages?n=1&last=2", "/bug")
    assert run.status == "degraded"
    assert "RuntimeError at" in run.reason
    told = "\n".join(run.lines) + run.manifest.model_dump_json()
    assert "Jeanne" not in told
    assert "Livraison" not in told
    assert all(item.item.author is None and item.item.author_key for item in run.items())
    assert len([line for line in run.lines if '"event": "run ended"' in line]) == 1


@pytest.mark.parametrize(
    ("paths", "status", "said"),
    [
        (["/absent"], "gone", "HTTP 404"),
        (["/gone"], "gone", "HTTP 410"),
        (["/empty"], "empty", "the page says"),
        (["/forbidden"], "blocked", "HTTP 403"),
        (["/consent"], "blocked", "consent_wall"),
        (["/changed"], "layout_changed", "reviews"),
        (["/silent"], "layout_changed", "does not say that there is none"),
        (["/declared?n=0&total=12"], "layout_changed", "declares 12 items but none was read"),
        (["/bug"], "failed", "RuntimeError"),
        (["/error"], "failed", "HTTP 500"),
        (["/circle"], "failed", "fetch.max_redirects"),
        (["/truncated"], "failed", "broke off"),
        (["/reset"], "failed", "connection failed"),
        (["/redirect?to=file:///etc/passwd"], "failed", "no http(s) address"),
        (["ftp://127.0.0.1/x"], "failed", "only http and https"),
        (["/declared?n=3&total=12"], "degraded", "declares 12 but 3 were read"),
        (["/ok", "/absent"], "degraded", "HTTP 404"),
        (["/pages?n=1&last=4&broken=3&status=403"], "degraded", "HTTP 403"),
        (["/pages?n=1&last=4&broken=3&status=404"], "degraded", "HTTP 404"),
        (["/empty", "/forbidden"], "degraded", "HTTP 403"),
        (["/infinite"], "degraded", "fetch.max_pages"),
    ],
)
def test_each_fault_has_its_status(crawl, paths, status, said):
    run = crawl(*paths, fetch={"max_pages": 7, "retries": 1})
    assert (run.status, said in run.reason) == (status, True), run.reason
    assert run.sealed
    assert not run.summary.complete
    assert run.summary.cursor is None


def test_pages_that_refused_us_are_kept_as_evidence(crawl):
    run = crawl("/forbidden")
    assert [(page.status, page.body) for page in run.pages()] == [(403, b"<title>Forbidden</title>non")]


def test_a_site_that_refused_is_left_alone(crawl, site):
    run = crawl("/forbidden", *(f"/ok?n={n}" for n in range(9)), fetch={"concurrency": 1})
    assert (run.status, run.summary.pages) == ("blocked", 1)
    assert site.paths() == ["/forbidden"]


def test_an_infinite_pager_ends_at_the_limit(crawl, site):
    run = crawl("/infinite", fetch={"max_pages": 7})
    assert (run.summary.pages, run.summary.items, len(site.paths())) == (7, 7, 7)


def test_a_pager_that_points_at_itself_is_no_whole_listing(crawl, site):
    run = crawl("/loop-pager")
    assert (run.status, run.summary.items, run.summary.complete) == ("ok", 5, False)
    assert site.paths() == ["/loop-pager"]


def test_passing_failures_are_tried_again(crawl, site):
    run = crawl("/busy")
    assert (run.status, run.summary.items) == ("ok", 10)
    assert site.paths() == ["/busy"] * 3


def test_retries_end(crawl, site):
    run = crawl("/error", fetch={"retries": 2})
    assert run.status == "failed"
    assert site.paths() == ["/error"] * 3


@pytest.mark.parametrize("form", ["/limited?wait=1", "/limited?wait=2&date=1"])
def test_retry_after_is_waited_for(crawl, site, form):
    """The site answers 429 until its own clock says that the time is over: no try comes too early."""
    run = crawl(form, *(f"/ok?{n}" for n in range(5)), fetch={"concurrency": 1})
    assert run.status == "ok"
    assert site.paths()[0] == form
    assert site.paths().count(form) == 2
    asked = [hit.headers["asked-while-closed"] for hit in site.log]
    assert "yes" not in asked, "nothing at all is asked of a site that asked for peace"


def test_a_retry_after_too_long_ends_the_run(crawl, site):
    run = crawl("/limited-forever?wait=86400")
    assert run.status == "blocked"
    assert "come back after" in run.reason
    assert len(site.paths()) == 1


def test_429_that_outlasts_the_retries(crawl, site):
    run = crawl("/limited-forever?wait=0")
    assert run.status == "blocked"
    assert len(site.paths()) == 3


@pytest.mark.parametrize("path", ["/huge", "/huge?chunked=1", "/bomb"])
def test_a_page_too_large_is_dropped(crawl, path):
    run = crawl(path, "/ok", fetch={"max_page_mb": 1, "retries": 0})
    assert (run.status, run.summary.items) == ("degraded", 10)
    assert "fetch.max_page_mb" in run.reason
    assert run.summary.pages == 1


def test_a_page_that_drips_is_given_up(crawl):
    run = crawl("/slow", "/ok", fetch={"timeout": 1, "retries": 0})
    assert (run.status, run.summary.items) == ("degraded", 10)
    assert "fetch.timeout" in run.reason


def test_compressed_pages_are_kept_plain(crawl):
    run = crawl("/gzip")
    assert (run.status, run.summary.items) == ("ok", 10)
    page = run.pages()[0]
    assert page.body.startswith(b"<!doctype html>")
    assert "content-encoding" not in page.headers


def test_bytes_win_over_a_charset_that_lies(crawl):
    run = crawl("/charset")
    assert "équipe très à l'écoute" in run.items()[0].item.text


def test_cookies_neither_come_back_nor_are_kept(crawl, site):
    run = crawl("/cookie")
    assert (run.status, run.summary.items) == ("ok", 2)
    assert all("cookie" not in hit.headers for hit in site.log)
    assert all("set-cookie" not in page.headers for page in run.pages())


def test_redirects_are_followed_and_named(crawl, site):
    run = crawl("/redirect?to=/ok")
    assert run.status == "ok"
    assert run.pages()[0].url == f"{site.url}/ok"


def test_post(crawl, site):
    run = crawl(
        "/post",
        params={"method": "POST", "body": '{"q": "é"}', "headers": {"content-type": "application/json"}},
    )
    assert (run.status, run.summary.items) == ("ok", 1)
    assert site.log[-1].body == '{"q": "é"}'.encode()


def test_the_suppressed_are_not_kept_again(crawl):
    first = crawl("/ok")
    ids = [item.id for item in first.items()]
    again = crawl("/ok", suppressed=(ids[0], ids[4]))
    assert [item.id for item in again.items()] == [one for one in ids if one not in (ids[0], ids[4])]
    author = first.items()[0].item.author_key
    none = crawl("/ok", suppressed=(author,))
    assert (none.status, none.summary.items) == ("ok", 0)


def test_a_fixed_clock_stamps_everything(crawl):
    from datetime import UTC, datetime

    now = datetime(2026, 2, 3, 6, tzinfo=UTC)
    run = crawl("/ok", now=now)
    assert (
        run.summary.started_at
        == run.summary.finished_at
        == run.pages()[0].fetched_at
        == run.items()[0].seen_at
        == now
    )
    assert run.summary.cursor is None, "noon of that day lies ahead of six o'clock"


def test_wrong_parameters_and_a_source_that_fails(crawl):
    wrong = crawl("/ok", params={"urls": 3})
    assert (wrong.status, wrong.sealed) == ("failed", True)
    assert "urls" in wrong.reason
    midway = crawl("/ok", "/ok?2", params={"fail_after": 1})
    assert midway.status == "failed"
    assert "KeyError at" in midway.reason
    assert "Jeanne" not in midway.reason


def test_conditional_requests(crawl, site):
    first = crawl("/conditional")
    assert first.status == "ok"
    known = first.summary.validators
    assert known[f"{site.url}/conditional"].etag == '"v7"'
    again = crawl("/conditional", validators=known, past=SourcePast(runs=1))
    assert (again.status, again.reason) == ("ok", "not modified since the last run")
    assert (again.summary.not_modified, again.summary.pages, again.summary.items) == (1, 0, 0)
    assert not again.summary.complete
    assert again.summary.validators == known
    assert site.log[-1].headers["if-modified-since"] == "Tue, 03 Feb 2026 10:00:00 GMT"


def test_what_was_not_wholly_read_is_asked_for_again(crawl):
    run = crawl("/conditional", "/absent")
    assert run.status == "degraded"
    assert run.summary.validators == {}


def test_the_past_is_compared_with(crawl):
    run = crawl("/ok", past=SourcePast(runs=1, counts=(40,)))
    assert run.status == "degraded"
    assert "10 found, usually 40" in run.reason
    assert run.summary.watch == ("found",)


def test_files(crawl, tmp_path):
    from tests.support.faulty_site import listing

    (tmp_path / "avis.html").write_bytes(listing(range(4)))
    run = crawl((tmp_path / "avis.html").as_uri(), access="file")
    assert (run.status, run.summary.items, run.summary.pages) == ("ok", 4, 1)
    missing = crawl((tmp_path / "absent.csv").as_uri(), access="file")
    assert missing.status == "failed"
    assert "No such file" in missing.reason
    over = crawl((tmp_path / "avis.html").as_uri(), access="file", fetch={"max_page_mb": 0.0001})
    assert "larger" in over.reason
    elsewhere = crawl("http://127.0.0.1/", access="file")
    assert elsewhere.status == "failed"


@pytest.mark.parametrize(
    ("path", "status", "items", "said"),
    [
        ("/unasked?status=304", "failed", 0, "HTTP 304 (not modified), though no condition was sent"),
        ("/unasked?status=206", "failed", 0, "HTTP 206: a part of the page"),
        ("/unasked?status=204", "failed", 0, "an empty answer (HTTP 204)"),
        ("/unasked?status=200", "failed", 0, "an empty answer (HTTP 200)"),
        ("/cut?at=1", "ok", 10, ""),
        ("/cut?at=1&coding=gzip", "ok", 10, ""),
        ("/cut?at=0.9&coding=gzip", "failed", 0, "broke off before its end"),
        ("/cut?at=0.9&coding=deflate", "failed", 0, "broke off before its end"),
        ("/cut?at=0.75", "degraded", 6, "could not be read whole (a page that breaks off before its end)"),
    ],
)
def test_an_answer_that_is_none_or_a_part(crawl, path, status, items, said):
    run = crawl(path, fetch={"retries": 0})
    assert (run.status, run.summary.items, said in run.reason) == (status, items, True), run.reason
    assert not (run.summary.complete and status != "ok")
    assert run.summary.validators == {}


def test_a_page_that_is_never_closed_has_not_been_cut(crawl):
    past = SourcePast(runs=3, unclosed=3)
    assert crawl("/cut?at=0.75", past=past).status == "ok"
    assert crawl("/cut?at=0.75", past=SourcePast(runs=3)).status == "degraded"
