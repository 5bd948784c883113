"""Editions and recipients: who gets what, when, in which timezone; what is measured is kept; previews."""

import shutil
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ouidire.errors import ConfigError, UsageError
from ouidire.settings.configuration import settings_from
from ouidire.settings.editions import BUILT_IN, EditionSettings, Recipient
from ouidire.state.runs import begin_run
from reports.preview import preview_server
from reports.preview.preview_server import Live
from reports.preview.screenshot import draw, find_chromium
from reports.samples import BRANDS, NOW, PERIOD, documents
from reports.words.cards import card_rows
from reports.words.language import Localizer
from reports.words.verdict_text import VerdictText
from service.pipeline.installation import Installation
from service.pipeline.report.digests import digest_context, edition_of, send_digests, send_digests_due
from service.pipeline.report.kept_measures import measure_due
from service.pipeline.schedule import due_period

BRAND = [brand.model_dump() for brand in BRANDS]


def configured(folder, *, now=NOW, **more):
    return Installation(settings_from({"brand": BRAND} | more, base=folder), now=now)


@pytest.fixture
def installation(tmp_path):
    recipients = [
        {"address": "direction@example.fr", "editions": ["executive", "month"]},
        {"address": "lyon@example.fr", "editions": ["lyon"], "language": "en"},
        {"address": "sav@example.fr", "editions": ["customer_service", "brand"], "sources": ["trustpilot"]},
    ]
    editions = [{"name": "lyon", "role": "place", "places": ["Lyon"]}]
    installation = configured(tmp_path, recipient=recipients, edition=editions)
    assert installation.secret, "the key, then the state, before the index: one without them was lost"
    with installation.state.read():
        installation.index.ensure()
    installation.index.upsert(documents("busy"))
    yield installation
    installation.close()


def begin(installation, at):
    """Let a run begin at a moment, so that something was collected."""
    assert installation.secret, "the key comes before the state: one without it was lost"
    with installation.state.begin() as connection:
        begin_run(
            connection,
            run_id="r",
            kind="collect",
            source="feed",
            source_key="feed:x",
            entity="x",
            brands=("pousse",),
            place=None,
            query_kind=None,
            full=True,
            now=at,
        )


def test_every_reader_gets_their_editions_once(installation):
    sent = send_digests(installation, PERIOD, brands=("pousse",))
    assert [(each.recipient, each.outcome) for each in sent] == [
        ("direction@example.fr", "sent"),
        ("lyon@example.fr", "sent"),
        ("sav@example.fr", "sent"),
        ("sav@example.fr", "sent"),
    ]
    mails = [
        path.read_text(encoding="utf-8") for path in installation.settings.path(None, "outbox").iterdir()
    ]
    assert sum("Content-Language: en\n" in mail for mail in mails) == 1
    assert {each.outcome for each in send_digests(installation, PERIOD, brands=("pousse",))} == {
        "already_sent"
    }


def test_a_month_is_sent_to_those_who_read_months(installation):
    month = due_period("month", now=NOW, timezone="Europe/Paris")
    assert month.key == "2026-02"
    assert [
        (each.recipient, each.period, each.outcome)
        for each in send_digests(installation, month, brands=("pousse",))
    ] == [("direction@example.fr", "2026-02", "sent")]


def test_a_month_before_anything_was_heard_has_no_digest(installation):
    assert send_digests_due(installation) == []
    begin(installation, datetime(2026, 3, 2, tzinfo=UTC))
    assert {each.period for each in send_digests_due(installation)} == {"2026-W10"}


def test_weeks_begin_where_their_reader_is(tmp_path):
    """At 23 h on Sunday in Paris it is Monday, 7 o'clock, in Nouméa: one is due, the other not yet."""
    now = datetime(2026, 3, 8, 21, tzinfo=UTC)
    recipients = [
        {"address": "noumea@example.nc", "timezone": "Pacific/Noumea"},
        {"address": "paris@example.fr"},
    ]
    installation = configured(tmp_path, now=now, recipient=recipients)
    begin(installation, datetime(2026, 3, 2, tzinfo=UTC))
    installation.index.ensure()
    periods = {each.recipient: each.period for each in send_digests_due(installation)}
    installation.close()
    assert periods == {"noumea@example.nc": "2026-W10", "paris@example.fr": "2026-W09"}


def test_recipients_narrow_what_an_edition_reads():
    lyon = EditionSettings(name="lyon", role="place", places=("Lyon", "Nantes"))
    reader = Recipient(address="a@example.fr", places=("Nantes", "Lille"), languages=("fr",))
    made = edition_of(lyon, "pousse", recipient=reader)
    assert (made.scope.places, made.scope.languages) == (("Nantes",), ("fr",))
    assert made.name.startswith("lyon+")
    assert (
        made.name
        != edition_of(lyon, "pousse", recipient=reader.model_copy(update={"languages": ("en",)})).name
    )
    assert edition_of(lyon, "pousse", recipient=Recipient(address="b@example.fr")).name == "lyon"


def test_every_mistake_about_editions_is_told():
    with pytest.raises(ConfigError) as caught:
        settings_from(
            {
                "brand": BRAND,
                "edition": [
                    {"name": "lyon", "places": ["Lyon"]},
                    {"name": "lyon"},
                    {"name": "nord", "places": ["Lille"], "brands": ["pouse"]},
                ],
                "recipient": [{"address": "a@example.fr", "editions": ["lion", "nord"], "places": ["Lyon"]}],
            },
            base=Path("/house"),
        )
    told = "\n".join(caught.value.problems)
    assert "edition: 'lyon' stands twice" in told
    assert "recipient[0].editions: no edition is called 'lion'; did you mean 'lyon'?" in told
    assert "recipient[0].places: none of these is in the edition 'nord': nothing would be read" in told
    assert "edition[2].brands: no brand has the slug 'pouse'; did you mean 'pousse'?" in told
    with pytest.raises(ConfigError, match="is no timezone"):
        settings_from(
            {"brand": BRAND, "recipient": [{"address": "a@example.fr", "timezone": "Paris"}]},
            base=Path("/house"),
        )


def test_what_a_digest_says_is_kept_as_measures(installation):
    begin(installation, datetime(2026, 1, 1, tzinfo=UTC))
    assert measure_due(installation) == 9
    assert measure_due(installation) == 0
    context = digest_context(installation, PERIOD, edition=edition_of(BUILT_IN[0], "pousse"))
    kept = {}
    for row in installation.index.scan(
        _measures(), ("name", "subject", "period_start", "value", "low", "high", "n")
    ):
        if row["period_start"] == PERIOD.start:
            kept[row["name"], row["subject"]] = row
    positive = kept["positive", None]
    assert (positive["value"], positive["low"], positive["high"], positive["n"]) == pytest.approx(
        (
            context.engage.positive.figure.value,
            context.engage.positive.figure.low,
            context.engage.positive.figure.high,
            context.engage.positive.figure.n,
        )
    )
    driver = next(
        each for each in context.experience.driven[0].found.drivers if each.code == "product_quality:negative"
    )
    assert kept["driver_nps", "product_quality:negative"]["value"] == pytest.approx(driver.value)


def _measures():
    from ouidire.index import Query

    return Query(kind="measure")


def read(url):
    with urllib.request.urlopen(url) as answer:  # noqa: S310 (our own server)
        return answer.read().decode()


def test_a_live_preview_follows_its_templates(tmp_path):
    pages = iter(("<html><body>un</body></html>", "<html><body>deux</body></html>"))
    served = Live(lambda: next(pages))
    thread = threading.Thread(target=served.serve)
    thread.start()
    try:
        first, second, third = (read(served.url) for _ in range(3))
        assert "un" in first
        assert "location.reload()" in first
        assert "deux" in second
        assert "StopIteration" in third
        assert read(served.url + "version") == preview_server.version()
        with pytest.raises(urllib.error.HTTPError):
            read(served.url + "etc/passwd")
    finally:
        served.server.shutdown()
        thread.join()
    (tmp_path / "a.j2").write_text("a", encoding="utf-8")
    before = preview_server.version((tmp_path,))
    (tmp_path / "b.j2").write_text("b", encoding="utf-8")
    assert preview_server.version((tmp_path,)) >= before


def test_a_missing_browser_is_one_clear_message(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(UsageError, match="Chromium is not installed"):
        find_chromium()


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium")
def test_pdf_and_png(tmp_path):
    html = "<html><body style='background:#fff'><h1>Bonjour</h1><img src='https://elsewhere.example/x.png'></body></html>"
    browser = find_chromium()
    assert draw(html, tmp_path / "a.pdf", browser=browser).read_bytes().startswith(b"%PDF")
    assert (
        draw(html, tmp_path / "a.png", browser=browser, width=320, scheme="dark")
        .read_bytes()
        .startswith(b"\x89PNG")
    )
    with pytest.raises(UsageError, match="cannot be drawn"):
        draw(html, tmp_path / "b.png", browser=str(tmp_path / "nothing"))


def test_the_essentials_tell_the_share_of_voice_and_a_lone_shop_does_not(installation):
    executive, shop = (
        digest_context(
            installation, PERIOD, edition=edition_of(installation.settings.editions[name], "pousse")
        )
        for name in ("executive", "lyon")
    )
    assert executive.talk.share is not None
    assert shop.talk.share is None
    card = next(
        each
        for row in card_rows(executive, VerdictText(executive, Localizer("fr")))
        for each in row
        if each.name == "Faire parler"
    )
    assert card.lines[0].startswith("Part de voix")
