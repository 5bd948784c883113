"""The pages and the answers for machines, over real HTTP on this machine."""

import base64
import re
import socket
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ouidire.errors import ConfigError, OuidireError, UsageError
from ouidire.mailing.delivery import DeliveryKey, recipient_key
from ouidire.mailing.unsubscribe import PATH, Subscription, token_for
from ouidire.settings.configuration import settings_from
from ouidire.state.ledger import StateLedger
from ouidire.state.unsubscribed import is_unsubscribed
from service.serve.scheduler.events import RunningCrawl, View
from service.serve.web.app import LARGEST_BODY
from service.serve.web.auth import LASTING, SESSION, TRIES, TRIES_OF_ALL, WINDOW, Attempts, Auth
from service.serve.web.passwords import hashed, is_hash, verify_password
from service.serve.web.server import Site, password_of
from service.serve.web.status import status_of
from tests.service.serve.conftest import NOW, PASSWORD, Browser, configuration

CHROME = {"Sec_Fetch_Site": "same-origin", "Origin": "null"}


def log_in(browser, password=PASSWORD, **headers):
    _, _, shown = browser.ask("/connexion")
    field = re.search(r'name="form" value="(\w+)"', shown)[1]
    return browser.ask("/connexion", {"form": field, "password": password}, **headers)


def test_health_follows_the_scheduler_loop_and_readiness_the_state(served, installation):
    with served() as browser:
        assert browser.ask("/healthz")[::2] == (200, "ok\n")
        assert browser.ask("/readyz")[::2] == (200, "ready\n")
        installation.state.engine.dispose()
        installation.settings.path(None, "state.db").rename(installation.settings.path(None, "gone.db"))
        installation.settings.path(None, "state.db").mkdir()
        status, _, said = browser.ask("/readyz")
        assert (status, "cannot be read" in said) == (503, True)
        assert browser.ask("/healthz")[0] == 200
    with served(view=View(started_at=NOW, looked_at=NOW - timedelta(minutes=3))) as browser:
        assert browser.ask("/healthz")[::2] == (503, "stuck\n")


def test_a_service_that_stops_is_not_ready(served):
    with served(view=View(started_at=NOW, looked_at=NOW, stopping=True)) as browser:
        assert browser.ask("/readyz")[::2] == (503, "stopping\n")
        assert "Le service s’arrête." in browser.ask("/")[2]


def test_metrics_say_what_the_state_holds(served):
    view = View(started_at=NOW, looked_at=NOW, crawls=(RunningCrawl("a", "b", NOW),), waiting=("c", "d"))
    with served(view=view) as browser:
        status, headers, text = browser.ask("/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain")
    samples = {
        (each.name, *sorted(each.labels.values())): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }
    assert samples["ouidire_runs_total", "feed", "ok"] == 3
    assert samples["ouidire_runs_total", "blocked", "feed"] == 1
    assert samples["ouidire_missed_runs_total", "feed", "feed:b.example/feed.xml"] == 2
    assert samples["ouidire_source_well", "feed", "feed:b.example/feed.xml"] == 0
    assert (
        samples["ouidire_source_last_good_timestamp_seconds", "feed", "feed:b.example/feed.xml"]
        == (NOW - timedelta(hours=25)).timestamp()
    )
    assert (
        samples["ouidire_source_due_timestamp_seconds", "feed", "feed:b.example/feed.xml"] == NOW.timestamp()
    )
    assert (
        samples["ouidire_mails_total", "digest", "sent"]
        == samples["ouidire_mails_total", "digest", "failed"]
        == 1
    )
    assert samples["ouidire_queue_depth", "index"] == 4
    assert samples["ouidire_queue_depth", "crawl"] == 2
    assert samples["ouidire_queue_depth", "crawling"] == 1
    assert "claire" not in text


def test_the_page_in_both_languages_with_everything_from_outside_escaped(served):
    with served() as browser:
        status, headers, french = browser.ask("/")
        english = browser.ask("/", Accept_Language="en-GB,en;q=0.9,fr;q=0.8")[2]
        chosen = browser.ask("/?lang=en", Accept_Language="fr")[2]
    assert status == 200
    assert '<html lang="fr">' in french
    assert "Une source demande un coup d’œil." in french
    assert "2 lectures prévues n’ont pas eu lieu" in french
    assert "Bilan 2026-W10" in french
    assert "un échec, à réessayer" in french
    assert "jamais lue" in french
    assert '<html lang="en">' in english
    assert "One source wants a look." in english
    assert '<html lang="en">' in chosen
    assert "<b>" not in french
    assert "<script" not in french
    assert "&lt;b&gt;bavard" in french
    assert french.index("b.example") < french.index("bavard")  # what wants a look stands first
    assert "claire" not in french
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_mail_in_doubt_is_told_with_the_command_that_settles_it(served, installation):
    ledger = StateLedger(installation.state, secret=installation.secret, clock=installation.clock)
    keys = [
        DeliveryKey(
            report="alert", edition=edition, brand="pousse", period="p", recipient="claire@example.fr"
        )
        for edition in ("message", "volume", "polarity")
    ]
    ledger.claim_all(keys)  # one message, and the alerts that it tells
    with served() as browser:
        french, english = browser.ask("/")[2], browser.ask("/?lang=en")[2]
    assert status_of(installation, View(started_at=NOW, looked_at=NOW)).doubts == 1
    assert (
        status_of(installation, View(started_at=NOW, looked_at=NOW, processing=True)).doubts == 0
    )  # it may be on its way right now
    for page in (french, english):
        assert "<code>ouidire report doubts</code>" in page
    assert "Un envoi est dans le doute. Demandez au destinataire" in french
    assert "claire" not in french


def test_without_a_password_only_this_machine_is_answered(served):
    with served() as browser:
        assert browser.ask("/", Host="localhost")[0] == 200
        for host in ("evil.example", "127.0.0.1.evil.example", "10.0.0.3"):
            assert browser.ask("/", Host=host)[0] in (400, 403), host
            assert browser.ask("/metrics", Host=host)[0] in (400, 403)
        assert browser.ask("/healthz", Host="ouidire.ouidire.svc")[0] == 200


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
        field = re.search(r'name="form" value="(\w+)"', shown)[1]
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
        field = re.search(r'name="form" value="(\w+)"', browser.ask("/connexion")[2])[1]
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
        for _ in range(TRIES_OF_ALL + 5):  # a scraper comes for ever
            assert browser.ask("/metrics", **basic(PASSWORD))[0] == 200
        assert browser.ask("/metrics", **basic("nothing at all"))[0] == 401
        assert browser.ask("/metrics", Authorization="Basic %%%")[0] == 401
        assert browser.ask("/", **basic(PASSWORD))[0] == 303


def test_a_session_ends_and_a_new_password_ends_them_all():
    door = Auth(b"key", hashed(PASSWORD))
    cookies = {SESSION: door.session(now=NOW)}
    assert door.has_session(cookies, now=NOW + LASTING - timedelta(minutes=1))
    assert not door.has_session(cookies, now=NOW + LASTING)
    assert not Auth(b"key", hashed(PASSWORD)).has_session(cookies, now=NOW)
    assert not Auth(b"other", None).has_session(cookies, now=NOW)


def test_attempts_are_counted_for_all_and_forgotten():
    attempts = Attempts()
    for number in range(TRIES_OF_ALL):
        attempts.failed(f"10.0.0.{number}", now=NOW)
    assert attempts.wait("10.0.1.1", now=NOW) == WINDOW
    assert attempts.wait("10.0.1.1", now=NOW + WINDOW) == timedelta()
    for number in range(5000):
        attempts.failed(f"host {number}", now=NOW)
    assert len(attempts._failed) <= 1024


def test_hashes_of_passwords():
    kept = hashed(PASSWORD)
    assert verify_password(PASSWORD, kept)
    assert not verify_password(PASSWORD + "!", kept)
    assert not verify_password("x" * 5000, kept)
    assert kept != hashed(PASSWORD)
    assert is_hash(kept)
    for wrong in (
        "",
        PASSWORD,
        "scrypt$99999999$99$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=1",
    ):
        assert not is_hash(wrong)
    with pytest.raises(UsageError, match="12 characters"):
        hashed("short")


def test_others_can_reach_it_only_with_a_password(tmp_path, monkeypatch):
    def settings(**serve):
        return settings_from(configuration(serve=serve), base=tmp_path)

    for host in ("0.0.0.0", "::", "192.168.1.4", "ouidire.lan"):  # noqa: S104 (what must be refused)
        with pytest.raises(ConfigError, match=r"serve\.host"):
            password_of(settings(host=host))
    for host in ("127.0.0.1", "::1", "localhost", "127.8.0.1"):
        assert password_of(settings(host=host)) is None
    (tmp_path / "hash").write_text(hashed(PASSWORD) + "\n")
    assert is_hash(password_of(settings(host="0.0.0.0", password_file="hash")))  # noqa: S104, S106 (allowed with a password)
    (tmp_path / "hash").write_text(PASSWORD)
    with pytest.raises(ConfigError, match="not a hash"):
        password_of(settings(password_file="hash"))  # noqa: S106 (a file's name)
    with pytest.raises(ConfigError, match="not set"):
        password_of(settings(password_env="OUIDIRE_NO_SUCH"))  # noqa: S106 (a variable's name)


def test_an_address_that_is_taken_is_said(installation):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        installation.settings = settings_from(
            configuration(serve={"port": port}), base=installation.settings.base
        )
        with (
            pytest.raises(OuidireError, match=rf"127.0.0.1:{port} cannot be served at"),
            Site(installation, lambda: None).open(),
        ):
            raise AssertionError


# --- Leaving a mailing ---


@pytest.fixture
def claire(installation):
    return Subscription(
        report="digest", recipient=recipient_key("claire@example.fr", secret=installation.secret)
    )


def gone(installation, subscription):
    with installation.state.read() as connection:
        return is_unsubscribed(connection, subscription)


def test_one_click_takes_a_reader_off(served, installation, claire):
    link = PATH + token_for(claire, secret=installation.secret)
    multipart = (
        b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    )
    with served(password=PASSWORD) as browser:  # a mail program has no cookie, no session and no Host of ours
        assert (
            browser.ask(
                link, multipart, Content_Type="multipart/form-data; boundary=x", Host="ouidire.example.fr"
            )[0]
            == 200
        )
        assert gone(installation, claire)
        assert browser.ask(link, {"List-Unsubscribe": "One-Click"})[0] == 200
        assert not gone(installation, claire.model_copy(update={"report": "alert"}))


def test_opening_a_link_changes_nothing_and_the_button_can_be_undone(served, installation, claire):
    link = PATH + token_for(claire, secret=installation.secret)
    with served() as browser:
        status, headers, shown = browser.ask(link, Host="ouidire.example.fr")
        assert status == 200
        assert "Ne plus recevoir ces messages" in shown
        assert "bilan périodique" in shown
        assert headers["Referrer-Policy"] == "no-referrer"
        assert not gone(installation, claire)
        action = re.search(r'action="([^"]+)"', shown)[1]
        _, _, shown = browser.ask(action, b"")
        assert "C’est fait." in shown
        assert gone(installation, claire)
        back = re.search(r'action="([^"]+)"', shown)[1]
        assert "Vous êtes de retour." in browser.ask(back, b"")[2]
        assert not gone(installation, claire)


@pytest.mark.parametrize(
    "token", ["x", "digest.AAAA.BBBB", "%2e%2e%2fetc", "digest." + "A" * 43 + "." + "A" * 22]
)
def test_a_link_that_is_not_ours_takes_nobody_off(served, token):
    with served() as browser:
        for body in (None, b"List-Unsubscribe=One-Click"):
            status, _, shown = browser.ask(PATH + token, body)
            assert status == 404
            assert "lien est incomplet" in shown or "rien ici" in shown


def test_there_is_nothing_else(served):
    with served() as browser:
        for path in ("/docs", "/openapi.json", "/admin", "/static/../style.css"):
            assert browser.ask(path)[0] == 404
        assert browser.ask("/", b"x")[0] == 405
