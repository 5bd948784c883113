"""Who may see what, from the path that is routed and from raw headers."""

from urllib.parse import urlsplit

from starlette.datastructures import URL
from starlette.requests import HTTPConnection

from ouidire.mailing.delivery import recipient_key
from ouidire.mailing.unsubscribe import PATH, Subscription, token_for
from service.serve.web.access import OPEN_PATHS, is_open
from tests.attacks.rows.service import BEYOND, HOSTS, PASSED_ON, raw
from tests.service.serve.conftest import PASSWORD

URL_OF_OURS = "https://ouidire.example.fr"


def test_without_a_password_only_this_machine_is_answered(served):
    with served() as browser:
        assert browser.ask("/", Host="localhost")[0] == 200
        for host in ("evil.example", "127.0.0.1.evil.example", "10.0.0.3"):
            assert browser.ask("/", Host=host)[0] in (400, 403), host
            assert browser.ask("/metrics", Host=host)[0] in (400, 403)
        assert browser.ask("/healthz", Host="ouidire.ouidire.svc")[0] == 200


def test_the_names_of_this_machine_with_our_port(served):
    with served() as browser:
        port = urlsplit(browser.address).port
        for host in ("localhost", "127.0.0.1", "[::1]"):
            assert raw(browser.address, "GET /metrics HTTP/1.1", f"Host: {host}:{port}") == 200
            assert raw(browser.address, "GET /metrics HTTP/1.1", f"Host: {host}:{port + 1}") == 403


def test_any_other_host_is_refused_whatever_is_made_of_it(served):
    with served() as browser:
        for path in ("/", "/metrics"):
            for host in HOSTS:
                status = raw(browser.address, f"GET {path} HTTP/1.1", f"Host: {host}")
                assert status in (400, 403), (path, host)


def test_no_host_and_two_hosts_are_refused(served):
    with served() as browser:
        port = urlsplit(browser.address).port
        assert raw(browser.address, "GET /metrics HTTP/1.0") in (400, 403)
        both = (f"Host: localhost:{port}", "Host: evil.example")
        assert raw(browser.address, "GET /metrics HTTP/1.1", *both) in (400, 403)


def test_what_a_proxy_passes_on_does_not_come_from_this_machine(served):
    with served() as browser:
        host = f"Host: 127.0.0.1:{urlsplit(browser.address).port}"
        for header in PASSED_ON:
            assert raw(browser.address, "GET /metrics HTTP/1.1", host, header) == 403, header
            assert raw(browser.address, "GET / HTTP/1.1", host, header) == 403, header
            assert raw(browser.address, "GET /healthz HTTP/1.1", host, header) == 200, header


def test_an_address_for_others_without_a_password_opens_the_open_paths_alone(served, installation):
    reader = Subscription(report="digest", recipient=recipient_key("claire@example.fr", secret=b""))
    link = PATH + token_for(reader, secret=installation.secret)
    with served(url=URL_OF_OURS) as browser:
        for path in ("/", "/metrics", "/nothing", "/deconnexion"):
            assert browser.ask(path)[0] == 403, path
        for path in (*OPEN_PATHS, link):
            signs_on = path.startswith("/connexion/annuaire")  # no issuer is configured
            assert browser.ask(path)[0] == (404 if signs_on else 200), path


def test_only_these_very_paths_are_open(served):
    with served(password=PASSWORD) as browser:
        for path in BEYOND:
            assert not is_open(path), path
            assert browser.ask(path)[0] == 303, path


def test_the_path_is_the_one_that_is_routed_whatever_the_host_makes_of_the_address(served, monkeypatch):
    """Older Starlettes put `request.url` together out of the Host header."""
    monkeypatch.setattr(HTTPConnection, "url", URL("http://x/healthz?/metrics"))
    with served(password=PASSWORD) as browser:
        assert browser.ask("/metrics", Host="x/healthz?")[0] == 401
        assert browser.ask("/", Host="x/healthz?")[0] == 303
