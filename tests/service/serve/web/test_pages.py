"""The pages and the answers for machines, over real HTTP on this machine."""

from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from ouidire.mailing.delivery import DeliveryKey
from ouidire.state.ledger import StateLedger
from service.serve.scheduler.events import RunningCrawl, View
from service.serve.web.status import status_of
from tests.service.serve.conftest import NOW


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


def test_there_is_nothing_else(served):
    with served() as browser:
        for path in ("/docs", "/openapi.json", "/admin", "/static/../style.css"):
            assert browser.ask(path)[0] == 404
        assert browser.ask("/", b"x")[0] == 405
