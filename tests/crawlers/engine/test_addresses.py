"""No page, redirect or name leads the fetcher to an address that is not public, unless it is configured."""

import pytest


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",  # noqa: S104 (an address to refuse, nothing is bound to it)
        "169.254.169.254",
        "10.1.2.3",
    ],
)
def test_private_addresses_are_refused(crawl, site, host):
    run = crawl(f"http://{host}:{site.port}/ok", fetch={"allow_hosts": (), "retries": 0})
    assert run.status == "failed"
    assert "fetch.allow_hosts" in run.reason
    assert site.log == []


def test_a_redirect_to_a_private_address_is_not_followed(crawl, site):
    """The site is allowed by name; it redirects to the same machine by an address that is not."""
    here = f"http://localhost:{site.port}/redirect?to=http://127.0.0.1:{site.port}/ok"
    run = crawl(here, fetch={"allow_hosts": ("localhost",), "retries": 0})
    assert (run.status, run.summary.items) == ("failed", 0)
    assert "127.0.0.1 is a private address" in run.reason
    assert [hit.host for hit in site.log] == [f"localhost:{site.port}"] * 2, (
        "robots.txt and the redirect, nothing at 127.0.0.1"
    )


def test_a_redirect_to_a_name_of_a_private_address_is_not_followed(crawl, site):
    here = f"http://127.0.0.1:{site.port}/redirect?to=http://localhost:{site.port}/ok"
    run = crawl(here, fetch={"allow_hosts": ("127.0.0.1",), "retries": 0})
    assert run.status == "failed"
    assert "localhost resolves to a private address" in run.reason
    assert {hit.host for hit in site.log} == {f"127.0.0.1:{site.port}"}


def test_a_port_can_be_allowed_alone(crawl, site):
    assert (
        crawl(f"http://127.0.0.1:{site.port}/ok", fetch={"allow_hosts": (f"127.0.0.1:{site.port}",)}).status
        == "ok"
    )
    assert (
        crawl(
            f"http://127.0.0.1:{site.port}/ok", fetch={"allow_hosts": (f"127.0.0.1:{site.port + 1}",)}
        ).status
        == "failed"
    )


def test_behind_a_proxy(crawl, site):
    proxied = {"proxy": site.url, "allow_hosts": ()}
    run = crawl("http://avis.example/ok", fetch=proxied)
    assert (run.status, run.summary.items) == ("ok", 10)
    assert {hit.host for hit in site.log} == {"avis.example"}
    for host in ("127.0.0.1", "localhost", "10.0.0.1", "0x7f.1", "intranet.local", "[::1]"):
        refused = crawl(f"http://{host}/ok", fetch=proxied)
        assert refused.status == "failed", host
    moved = crawl(
        "http://avis.example/redirect?to=http://169.254.169.254/latest/meta-data",
        fetch={**proxied, "retries": 0},
    )
    assert "169.254.169.254 is a private address" in moved.reason
    assert {hit.host for hit in site.log} == {"avis.example"}


def test_a_proxys_credentials_are_for_the_proxy_alone(crawl, site):
    proxy = site.url.replace("http://", "http://moi:secret%2F1@")
    run = crawl("http://avis.example/ok", fetch={"proxy": proxy, "allow_hosts": ()})
    assert run.status == "ok"
    assert {hit.headers["proxy-authorization"] for hit in site.log} == {"Basic bW9pOnNlY3JldC8x"}
    assert "secret" not in run.manifest.model_dump_json() + "".join(run.lines)
