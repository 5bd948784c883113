"""Tokens in whole runs: fetched once, renewed in mid-run, redacted, and named when they are refused."""

import pytest

from tests.support.faulty_site import listing

DENY = b"User-agent: *\nDisallow: /\n"


@pytest.fixture(autouse=True)
def _secrets(monkeypatch):
    monkeypatch.setenv("ESSAI_JETON", "1//consentement-durable")
    monkeypatch.setenv("ESSAI_CLE", "cle-du-client")


@pytest.fixture
def with_token(crawl, site):
    def start(*urls, at="/token", access="api", **more):
        return crawl(*urls, access=access, params={"token_url": site.url + at}, **more)

    return start


def kept(run):
    """All that a run left: pages with their headers, items, manifest, log."""
    pages = "".join(f"{page.url} {page.headers} {page.text}" for page in run.pages())
    return pages + "".join(map(str, run.items())) + run.manifest.model_dump_json() + "".join(run.lines)


def told_nothing(run):
    return not any(each in kept(run) for each in ("jeton-", "durable", "cle-du-client"))


def test_it_is_fetched_once_and_kept_nowhere(with_token, site):
    run = with_token("/guarded")
    assert (run.status, run.summary.items) == ("ok", 30)
    assert [path for path in site.paths() if path.startswith("/token")] == ["/token"]
    assert b"grant_type=refresh_token" in site.log[0].body
    assert b"client_secret=cle-du-client" in site.log[0].body
    assert len(run.pages()) == 3, "the answer with the token is no page"
    assert "{secret:access_token}" in run.pages()[0].text
    assert told_nothing(run)


def test_it_is_renewed_once_where_it_has_expired_in_mid_run(with_token, site):
    run = with_token("/guarded?token=2")
    assert (run.status, run.summary.items) == ("ok", 30)
    assert [path.partition("?")[0] for path in site.paths()] == [
        "/token", "/guarded", "/guarded", "/token", "/guarded", "/guarded",
    ]  # fmt: skip
    assert told_nothing(run)


def test_one_that_is_never_good_is_refused_and_renewed_no_more(with_token, site):
    run = with_token("/guarded?token=9")
    assert run.status == "degraded"
    assert site.tokens == 2
    assert told_nothing(run)
    more = with_token(*(f"/guarded?n=2&token=9&last={last}" for last in range(20, 30)))
    assert more.status == "blocked"
    assert site.tokens <= 2 + 3, "not one for every page, however many are under way"


def test_a_consent_that_has_ended_is_named_with_what_to_do(with_token, site):
    run = with_token("/guarded", "/guarded?last=9", at="/token?refuse=1")
    assert run.status == "blocked"
    assert "invalid_grant" in run.reason
    assert "give the consent again" in run.reason
    assert len(site.paths()) == 1, "it is asked for once only"
    assert told_nothing(run)


@pytest.mark.parametrize("status", [500, 429])
def test_a_service_that_gives_none_now_has_not_refused(with_token, status):
    run = with_token("/guarded", at=f"/token?status={status}", fetch={"retries": 0})
    assert run.status == "failed"
    assert "no access token" in run.reason


def test_a_place_that_may_not_be_asked(with_token):
    run = with_token("/guarded", at="/redirect?to=http://10.0.0.1/", fetch={"retries": 0})
    assert run.status == "blocked", "a redirect is not followed with secrets in it"
    assert told_nothing(run)


def test_a_secret_that_is_missing_is_named_before_anything_is_asked(with_token, site, monkeypatch):
    monkeypatch.delenv("ESSAI_JETON")
    run = with_token("/guarded")
    assert run.status == "failed"
    assert "ESSAI_JETON" in run.reason
    assert site.log == []


def test_a_consent_that_ends_soon_is_said_before_it_does(with_token):
    soon = with_token("/guarded", at="/token?consent=604799")
    assert "consent ends in 6 days" in soon.reason
    assert "consent" not in with_token("/guarded", at="/token?consent=9000000").reason


def test_it_does_not_leave_with_a_redirect(with_token, site):
    run = with_token(
        f"/redirect?to=http://localhost:{site.port}/ok", fetch={"allow_hosts": ("127.0.0.1", "localhost")}
    )
    assert run.status == "ok"
    assert "authorization" not in site.log[-1].headers


def test_calls_of_an_api_under_credentials_are_no_crawling(with_token, site):
    site.robots = (200, DENY)
    assert with_token("/guarded").status == "ok"
    assert all(hit.path != "/robots.txt" for hit in site.log)
    assert with_token("/guarded", access="web").status == "refused_by_robots"


def test_a_page_token_that_repeats_ends_the_paging_and_is_said(crawl, site):
    site.pages["/one"] = listing(range(5), more="/two")
    site.pages["/two"] = listing(range(5, 9), more="/one")
    run = crawl("/one", access="api")
    assert (run.status, run.summary.items, run.summary.complete) == ("degraded", 9, False)
    assert "led back to what was read already" in run.reason
    assert crawl("/one").status == "ok", "web pages link back and forth"


def test_a_budget_ends_a_run_and_is_counted(crawl, site):
    budget = {"key": "ESSAI_CLE", "what": "calls", "limit": 3, "costs": {"list": 1}}
    run = crawl("/guarded?n=1", budgets=(budget,))
    assert run.summary.spent == {"ESSAI_CLE/calls": 1}
    run = crawl("/pages?last=9", budgets=(budget,))
    assert (run.status, run.summary.pages) == ("degraded", 3)
    assert "3 calls a day for ESSAI_CLE" in run.reason
    assert run.summary.spent == {"ESSAI_CLE/calls": 3}
    before = len(site.paths())
    run = crawl("/pages", budgets=(budget,), spent={"ESSAI_CLE/calls": 3})
    assert (run.status, len(site.paths()) - before) == ("blocked", 0)
