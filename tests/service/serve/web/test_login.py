"""Login, logout, sessions and forms, over real HTTP on this machine."""

import base64
import re
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest

from service.serve.web.attempts import FREE_TRIES, WINDOW
from service.serve.web.auth import FORM, LASTING, SESSION, Auth
from service.serve.web.context import LARGEST_BODY
from tests.service.serve.conftest import NOW, PASSWORD, Browser, quick_hash

CHROME = {"Sec_Fetch_Site": "same-origin", "Origin": "null"}
TRIES = FREE_TRIES + 1


def log_in(browser, password=PASSWORD, **headers):
    _, _, shown = browser.ask("/connexion")
    field = re.search(r'name="form" value="([^"]+)"', shown)[1]
    return browser.ask("/connexion", {"form": field, "password": password}, **headers)


def test_with_a_password_every_page_asks_for_it(served):
    with served(password=PASSWORD) as browser:
        for path in ("/", "/nothing", "/deconnexion"):
            status, headers, _ = browser.ask(path)
            assert (status, headers["Location"]) == (303, "/connexion")
        assert browser.ask("/healthz")[0] == 200
        assert log_in(browser, "wrong but long enough")[0] == 401
        status, headers, _ = log_in(browser, **CHROME)
        assert status == 303
        cookie = headers["Set-Cookie"]
        assert cookie.startswith(f"{SESSION}=")
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        status, _, shown = browser.ask("/")
        assert status == 200
        assert "Se déconnecter" in shown
        field = re.search(r'name="form" value="([^"]+)"', shown)[1]
        assert browser.ask("/deconnexion", {"form": "forged"})[0] == 303
        assert browser.ask("/")[0] == 200
        assert browser.ask("/deconnexion", {"form": field})[0] == 303
        assert browser.ask("/")[0] == 303


def test_behind_https_cookies_are_for_https_alone(served):
    with served(password=PASSWORD, url="https://ouidire.example.fr") as browser:
        assert "Secure" in browser.ask("/connexion")[1]["Set-Cookie"]


def test_a_form_of_another_site_is_refused(served):
    with served(password=PASSWORD) as browser:
        assert browser.ask("/connexion", {"password": PASSWORD})[0] == 403
        assert log_in(browser, Sec_Fetch_Site="cross-site")[0] == 403
        assert log_in(browser, Origin="https://evil.example")[0] == 403
        stolen = Browser(browser.address)
        field = re.search(r'name="form" value="([^"]+)"', browser.ask("/connexion")[2])[1]
        assert stolen.ask("/connexion", {"form": field, "password": PASSWORD})[0] == 403
        assert log_in(browser)[0] == 303


def test_few_tries(served):
    with served(password=PASSWORD) as browser:
        assert [log_in(browser, f"wrong number {number}")[0] for number in range(TRIES)] == [401] * TRIES
        status, headers, shown = log_in(browser)
        assert status == 429
        assert 0 < int(headers["Retry-After"]) <= WINDOW.total_seconds()
        assert "Trop d’essais" in shown


@pytest.mark.parametrize(
    "body",
    [b"x" * (LARGEST_BODY + 1), b"&".join([b"a=b"] * 50), b"\xff\xfe=%ff", b"form=%C3%A9&password=x", b""],
)
def test_any_body_may_be_sent(served, body):
    with served(password=PASSWORD) as browser:
        browser.ask("/connexion")
        assert browser.ask("/connexion", body)[0] == 403


@pytest.mark.parametrize("cookie", ["", "x", "9999999999.a.b", "1.2.3.4", "é.é.é", "." * 300])
def test_any_cookie_may_be_sent(served, cookie):
    with served(password=PASSWORD) as browser:
        assert browser.ask("/", Cookie=f"{SESSION}={cookie}".encode().decode("latin-1"))[0] == 303


def test_prometheus_comes_in_by_basic_authentication(served):
    def basic(password):
        return {"Authorization": "Basic " + base64.b64encode(f"prometheus:{password}".encode()).decode()}

    with served(password=PASSWORD) as browser:
        status, headers, _ = browser.ask("/metrics")
        assert (status, headers["WWW-Authenticate"]) == (401, 'Basic realm="ouidire"')
        for _ in range(55):  # a scraper comes for ever
            assert browser.ask("/metrics", **basic(PASSWORD))[0] == 200
        assert browser.ask("/metrics", **basic("nothing at all"))[0] == 401
        assert browser.ask("/metrics", Authorization="Basic %%%")[0] == 401
        assert browser.ask("/", **basic(PASSWORD))[0] == 303


def test_a_session_ends_and_a_new_password_ends_them_all():
    auth, plain = Auth(b"key", quick_hash(PASSWORD)), {"secure": False}
    cookies = {SESSION: auth.new_session(now=NOW)}
    assert auth.session_of(cookies, now=NOW + LASTING - timedelta(minutes=1), **plain)
    assert not auth.session_of(cookies, now=NOW + LASTING, **plain)
    assert not Auth(b"key", quick_hash(PASSWORD)).session_of(cookies, now=NOW, **plain)
    assert not Auth(b"other", None).session_of(cookies, now=NOW, **plain)


def cookies_of(headers):
    read = SimpleCookie()
    for each in headers.get_all("Set-Cookie") or ():
        read.load(each)
    return {name: each.value for name, each in read.items()}


def test_a_session_that_was_ended_is_ended_for_a_copy_of_its_cookie_too(served, installation):
    with served(password=PASSWORD) as browser, served(password=PASSWORD):
        copied = cookies_of(log_in(browser)[1])[SESSION]
        other = cookies_of(log_in(Browser(browser.address))[1])[SESSION]
        thief = Browser(browser.address)
        assert thief.ask("/", Cookie=f"{SESSION}={copied}")[0] == 200
        field = re.search(r'name="form" value="([^"]+)"', browser.ask("/")[2])[1]
        assert browser.ask("/deconnexion", {"form": field})[0] == 303
        assert thief.ask("/", Cookie=f"{SESSION}={copied}")[0] == 303
        assert thief.ask("/metrics", Cookie=f"{SESSION}={copied}")[0] == 401
        assert thief.ask("/", Cookie=f"{SESSION}={other}")[0] == 200  # another person's goes on
    with served(password=PASSWORD) as browser:  # a restart forgets nothing of it
        assert Browser(browser.address).ask("/", Cookie=f"{SESSION}={copied}")[0] == 303


def test_a_logout_that_another_site_asks_for_ends_nothing(served):
    with served(password=PASSWORD) as browser:
        log_in(browser)
        field = re.search(r'name="form" value="([^"]+)"', browser.ask("/")[2])[1]
        browser.ask("/deconnexion", {"form": field}, Origin="https://evil.example")
        assert browser.ask("/")[0] == 200


def test_over_https_cookies_belong_to_this_host_alone(served):
    https = {
        "X_Forwarded_Proto": "https",
        "Host": "ouidire.example.fr",
        "Origin": "https://ouidire.example.fr",
    }
    with served(password=PASSWORD, url="https://ouidire.example.fr") as browser:
        _, headers, shown = browser.ask("/connexion", **https)
        (form,) = cookies_of(headers).items()
        field = re.search(r'name="form" value="([^"]+)"', shown)[1]
        fields = {"form": field, "password": PASSWORD}
        status, headers, _ = browser.ask("/connexion", fields, Cookie="=".join(form), **https)
        assert status == 303
        ((name, value),) = cookies_of(headers).items()
        assert (form[0], name) == (f"__Host-{FORM}", f"__Host-{SESSION}")
        parts = {part.strip() for part in headers["Set-Cookie"].split(";")}
        assert {"HttpOnly", "SameSite=strict", "Path=/", "Secure"} <= parts
        assert not any(part.startswith("Domain") for part in parts)
        assert browser.ask("/", Cookie=f"{name}={value}", **https)[0] == 200
        assert (
            browser.ask("/", Cookie=f"{SESSION}={value}", **https)[0] == 303
        )  # another host may set that one


def test_a_proxy_that_puts_its_own_host_in_the_place_of_ours_does_not_stop_the_login(served):
    with served(password=PASSWORD, url="https://ouidire.example.fr") as browser:
        proxied = {"X_Forwarded_Proto": "https", "Origin": "https://ouidire.example.fr"}
        _, headers, shown = browser.ask("/connexion", **proxied)
        cookie = "=".join(next(iter(cookies_of(headers).items())))
        field = re.search(r'name="form" value="([^"]+)"', shown)[1]
        fields = {"form": field, "password": PASSWORD}
        assert browser.ask("/connexion", fields, Cookie=cookie, **proxied)[0] == 303
        proxied["Origin"] = "https://evil.example"
        assert browser.ask("/connexion", fields, Cookie=cookie, **proxied)[0] == 403


def test_a_state_that_cannot_be_read_opens_nothing(served, installation):
    with served(password=PASSWORD) as browser:
        log_in(browser)
        installation.state.engine.dispose()
        installation.settings.path(None, "state.db").rename(installation.settings.path(None, "gone.db"))
        installation.settings.path(None, "state.db").mkdir()
        status, _, text = browser.ask("/")
        assert (status, "cannot be read" in text) == (503, True)


# --- Wrong passwords ---


def basic(password, **headers):
    encoded = base64.b64encode(f"prometheus:{password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}", **headers}


def test_an_address_that_a_client_claims_gains_no_tries_where_no_proxy_is_configured(served):
    with served(password=PASSWORD) as browser:
        claimed = [f"198.51.100.{number}" for number in range(TRIES + 1)]
        answers = [log_in(browser, f"wrong at {each}", X_Forwarded_For=each)[0] for each in claimed]
        assert answers == [401] * TRIES + [429]


def test_wrong_passwords_of_some_lock_out_nobody_else(served):
    with served(password=PASSWORD, url="http://ouidire.example.fr") as browser:
        for number in range(50):
            from_there = {"X_Forwarded_For": f"198.51.100.{number % 10}"}
            assert browser.ask("/metrics", **basic(f"wrong number {number}", **from_there))[0] == 401
        assert browser.ask("/metrics", **basic(PASSWORD))[0] == 200
        assert log_in(browser)[0] == 303


def test_the_right_password_that_was_seen_before_is_held_up_by_no_limit(served):
    with served(password=PASSWORD) as browser:
        assert browser.ask("/metrics", **basic(PASSWORD))[0] == 200
        for number in range(TRIES):
            log_in(browser, f"wrong number {number}")
        assert log_in(browser, "wrong once more")[0] == 429
        assert browser.ask("/metrics", **basic(PASSWORD))[0] == 200
        assert log_in(browser)[0] == 303


def test_prometheus_comes_in_even_from_an_address_that_is_slowed_down(served):
    with served(password=PASSWORD) as browser:
        for number in range(TRIES + 1):
            log_in(browser, f"wrong number {number}")
        assert log_in(browser)[0] == 429
        assert browser.ask("/metrics", **basic("still wrong, and long"))[0] == 401
        assert browser.ask("/metrics", **basic(PASSWORD))[0] == 200
