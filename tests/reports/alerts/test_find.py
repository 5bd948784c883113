"""Alerts found in an index: each kind when it should be raised, none when not; worded and rendered."""

import json
import re
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest

from reports.alerts.alert_text import AlertText
from reports.alerts.context import AlertContext, together
from reports.alerts.find import find
from reports.alerts.payloads import payload
from reports.alerts.render import render
from search.sqlite.index import SqliteIndex
from tests.support.alert_samples import KEYS, NOW, OWN, SEARCH, SOURCES, day, hostile, runs, usual, vanished

CRISIS = {"app_store:pousse": 6, "schema_org:verdict": 26}


def found(*documents, kinds=None, now=NOW):
    more = {} if kinds is None else {"kinds": kinds}
    with tempfile.TemporaryDirectory() as folder:
        index = SqliteIndex(Path(folder) / "index.db")
        index.ensure()
        index.upsert(each for group in documents for each in group)
        try:
            return find(index, [OWN], now=now, timezone="Europe/Paris", sources=SOURCES, **more)
        finally:
            index.close()


def context(alerts, **more):
    return AlertContext(
        brand=alerts[0].brand,
        now=NOW,
        timezone="Europe/Paris",
        alerts=together(alerts),
        per_day=3,
        quiet=(21, 7),
        **more,
    )


def everything():
    broken = {"schema_org:verdict": ("layout_changed",)}
    return found(usual(), day(0, CRISIS, bad=0.8), runs(broken), vanished(7), hostile())


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_quiet_days_are_silent():
    assert found(usual(), day(0, dict.fromkeys(KEYS, 5)), runs()) == ()


def test_a_crisis_that_weekly_readings_bring_is_told_once_it_is_read():
    """Read on Mondays alone, a Wednesday's crisis is told on Monday; read each day, it was judged before."""
    mondays = [each for each in runs() if (NOW - each.started_at).days % 7 == 0]
    said = (*usual(), *day(5, {key: 3 * count for key, count in CRISIS.items()}, bad=0.8))
    told = found(said, mondays, kinds=("volume", "polarity"))
    assert {alert.day.isoformat() for alert in told} == {"2026-03-04"}
    assert found(said, runs(), kinds=("volume", "polarity")) == ()
    later = NOW + timedelta(days=2)
    assert found(said, mondays, kinds=("volume", "polarity"), now=later) == ()


def test_a_week_that_weekly_readings_bring_is_judged_whole_where_no_day_stands_out():
    mondays = [each for each in runs() if (NOW - each.started_at).days % 7 == 0]
    calm = [each for ago in range(60, 7, -1) for each in day(ago, dict.fromkeys(KEYS, 3), bad=0.2)]
    crisis = [each for ago in range(7, 0, -1) for each in day(ago, dict.fromkeys(KEYS, 6), bad=0.6)]
    alerts = found(calm, crisis, mondays, kinds=("volume", "polarity"))
    assert {(each.kind, each.span, each.day.isoformat()) for each in alerts} == {
        ("polarity", 7, "2026-03-08"),
        ("volume", 7, "2026-03-08"),
    }
    volume = next(each for each in alerts if each.kind == "volume")
    assert (volume.comparison.n, volume.comparison.days) == (84, 7)
    assert volume.comparison.past[-1].day.isoformat() == "2026-02-23"
    assert sum(each.n for each in volume.sources) == 84
    words = AlertText(context(alerts), "fr")
    assert plain(words.sentence(volume)) == (
        "84 mentions en sept jours, jusqu’au dimanche 8 mars, ×2,0 par rapport à sept semaines comparables."
    )
    assert words.bars(volume)[-1][:2] == ("sept derniers jours", "84")
    assert any("sept jours sont aussi jugés d’un coup" in line for line in words.feet())
    english = plain(AlertText(context(alerts), "en").sentence(volume))
    assert english == "84 mentions in seven days, to Sunday 8 March, ×2.0 against seven comparable weeks."
    assert found(calm, crisis, runs(), kinds=("volume", "polarity")) == ()  # read each day: one day at a time


def test_a_day_of_many_mentions_rings_with_its_reasons():
    (alert,) = found(usual(), day(0, CRISIS), runs(), kinds=("volume",))
    assert (alert.kind, alert.day.isoformat(), alert.told_by, alert.source) == (
        "volume",
        "2026-03-09",
        "2026-03-09",
        None,
    )
    assert alert.comparison.days == 8
    assert alert.comparison.n == 32
    assert alert.comparison.factor > 2.5
    assert [row.name for row in alert.sources] == ["Verdict Clients", "App Store"]
    assert [row.unusual for row in alert.sources] == [True, False]
    assert {quote.kind for quote in alert.quotes} == {"best", "worst"}
    sentence = plain(AlertText(context([alert]), "fr").sentence(alert))
    assert re.fullmatch(r"32 mentions lundi 9 mars, ×\d,\d par rapport à huit lundis comparables\.", sentence)
    english = AlertText(context([alert]), "en").sentence(alert)
    assert re.fullmatch(
        r"32 mentions on Monday,? 9 March, ×\d\.\d against eight comparable Mondays\.", plain(english)
    )


def test_a_day_of_complaints_rings():
    kinds = {alert.kind for alert in found(usual(), day(0, dict.fromkeys(KEYS, 9), bad=0.9), runs())}
    assert "polarity" in kinds
    (alert,) = found(usual(), day(0, dict.fromkeys(KEYS, 6), bad=0.95), runs(), kinds=("polarity",))
    assert alert.comparison.now < 0 < alert.comparison.usual
    assert [quote.kind for quote in alert.quotes] == ["worst"] * len(alert.quotes)
    assert alert.quotes
    assert "Le sentiment net tombe à\u00a0−0,80" in AlertText(context([alert]), "fr").sentence(alert)


def test_what_was_read_late_rings_late_and_on_its_own_day():
    (alert,) = found(usual(), day(1, {"schema_org:verdict": 30}), runs(), kinds=("volume",))
    assert alert.day.isoformat() == "2026-03-08"
    assert found(usual(), day(5, {"schema_org:verdict": 30}), runs(), kinds=("volume",)) == ()


def test_days_that_were_not_seen_are_left_out_and_said():
    statuses = {
        "schema_org:verdict": ("blocked", "blocked", *["ok"] * 12)
    }  # the mornings of 14 and 13 days ago
    (alert,) = found(usual(), day(0, CRISIS), runs(statuses), kinds=("volume",))
    assert (alert.comparison.days, alert.comparison.left_out) == (7, 1)
    words = AlertText(context([alert]), "fr")
    assert "un jour comparable est laissé de côté" in words.reserves(alert)[0].lower()
    assert "sept lundis comparables" in plain(words.sentence(alert))
    assert "non lu" in [value for _, value, _ in words.bars(alert)]


def test_a_source_too_new_is_compared_with_nothing():
    late = [
        run for run in runs() if run.source_key != "schema_org:verdict" or (NOW - run.started_at).days < 20
    ]
    alerts = found(usual(), day(0, CRISIS), late, kinds=("volume",))
    assert alerts == ()  # what is new is not news: the other source is quiet
    louder = found(
        usual(), day(0, {"app_store:pousse": 26, "schema_org:verdict": 5}), late, kinds=("volume",)
    )
    assert louder[0].left_out == ("Verdict Clients",)


def test_undated_mentions_do_not_ring():
    undated = [
        each.model_copy(update={"published_at": None, "published_precision": None}) for each in day(0, CRISIS)
    ]
    assert found(usual(), undated, runs()) == ()


def test_a_hostile_entrant_rings_with_its_evidence():
    (alert,) = found(usual(), runs(), hostile())
    assert alert.kind == "hostile_result"
    (result,) = alert.results
    assert (result.rank, result.domain, result.query) == (4, "forum.example", "pousse avis")
    sentence = plain(AlertText(context([alert]), "fr").sentence(alert))
    assert sentence == "Un résultat défavorable est entré en première page pour « pousse avis », au rang 4."


def test_one_result_on_several_pages_is_one_alert():
    pair = [*hostile(), *hostile("pousse", key="google_results:pousse")]
    (alert,) = found(usual(), runs(), pair)
    assert len(alert.results) == 2
    assert "pour 2 recherches" in plain(AlertText(context([alert]), "fr").sentence(alert))


@pytest.mark.parametrize(
    "what", [{"stance": None}, {"stance": "neutral"}, {"entered": False}, {"left": True}]
)
def test_what_nobody_read_as_hostile_or_is_not_new_does_not_ring(what):
    assert found(usual(), runs(), hostile(**what)) == ()


def test_a_wave_of_deletions_rings_and_a_few_do_not():
    (alert,) = found(usual(), runs(), vanished(7))
    assert (alert.kind, alert.source, alert.comparison.n) == ("deletions", "Verdict Clients", 7)
    assert alert.events[0].stars_before == 5.0
    assert "7 avis retirés de Verdict Clients en sept jours" in plain(
        AlertText(context([alert]), "fr").sentence(alert)
    )
    assert found(usual(), runs(), vanished(2)) == ()
    often = [each for week in range(9) for each in vanished(7, days_ago=1 + 7 * week)]
    assert found(usual(), runs(), often) == ()


@pytest.mark.parametrize(
    ("ends", "rings"),
    [
        (("layout_changed",), True),
        (("gone",), True),
        (("failed",), False),
        (("failed", "failed"), True),
        (("blocked", "blocked"), True),
        (("layout_changed", "ok"), False),
        (("degraded",), False),
    ],
)
def test_a_source_is_broken_when_it_is(ends, rings):
    alerts = found(usual(), runs({"schema_org:verdict": ends}), kinds=("source_broken",))
    assert bool(alerts) is rings
    if rings:
        assert alerts[0].broken.runs == len(ends)
        assert alerts[0].broken.last_good is not None
        again = found(usual(), runs({"schema_org:verdict": (*ends, ends[-1])}), kinds=("source_broken",))
        assert len(again[0].told_by) == 32


def test_a_source_that_stays_broken_stays_one_alert():
    all_runs = list(runs({SEARCH: ("gone", "gone", "gone")}))
    told = {
        found(
            [run for run in all_runs if run.started_at <= NOW - timedelta(days=days)],
            now=NOW - timedelta(days=days),
        )[0].told_by
        for days in (2, 1, 0)
    }
    assert len(told) == 1


def test_everything_at_once_is_ordered_and_found_again():
    alerts = everything()
    assert [alert.kind for alert in alerts] == [
        "hostile_result",
        "polarity",
        "volume",
        "deletions",
        "source_broken",
    ]
    assert everything() == alerts
    assert AlertContext.model_validate_json(context(alerts).model_dump_json()) == context(alerts)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_mail_says_why_and_shows_it(language):
    alerts = everything()
    message = render(context(alerts, held=2, last_today=True), language)
    words = AlertText(context(alerts), language)
    text = plain(re.sub(r"\s+", " ", message.text))
    for alert in alerts:
        assert plain(words.sentence(alert)) in text
    assert max(len(line) for line in message.text.splitlines()) <= 74
    assert "<script>" not in message.html
    assert "&lt;script&gt;" in message.html
    assert "<b>je recommande" not in message.html
    assert "https://forum.example/pousse-arnaque" in message.html
    assert OWN.name in message.subject
    assert len(message.subject) <= 160


def test_a_single_alert_is_its_own_heading():
    (alert,) = found(usual(), runs(), hostile())
    message = render(context([alert]), "fr")
    assert message.subject == AlertText(context([alert]), "fr").subject()
    assert plain(message.subject) == (
        "Alerte, Pousse & Compagnie : Un résultat défavorable est entré en première page "
        "pour « pousse avis », au rang 4"
    )


@pytest.mark.parametrize("kind", ["webhook", "slack", "teams"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_channels_get_the_sentences_and_no_markup_of_others(kind, language):
    alerts = everything()
    body = payload(kind, context(alerts), language)
    text = plain(json.dumps(body, ensure_ascii=False))
    words = AlertText(context(alerts), language)
    if kind == "webhook":
        assert [each["sentence"] for each in body["alerts"]] == [words.sentence(each) for each in alerts]
        assert body["id"] == context(alerts).key
        assert [each["kind"] for each in body["alerts"]] == [each.kind for each in alerts]
    if kind == "slack":
        assert "<script>" not in text
        assert "&lt;script&gt;" in text
        assert all(len(each["text"]["text"]) <= 3000 for each in body["blocks"] if "text" in each)
        assert "<https://forum.example/pousse-arnaque|" in text
    if kind == "teams":
        card = body["attachments"][0]["content"]
        assert card["type"] == "AdaptiveCard"
        assert card["actions"][0]["url"] == "https://forum.example/pousse-arnaque"
        assert not [each["text"] for each in card["body"] if "<script>" in each.get("text", "")]
    assert "32 mentions" in text


def test_nobody_is_rung_by_a_reviewer():
    alerts = found(usual(), day(0, CRISIS), runs(), kinds=("volume",))
    loud = (
        alerts[0]
        .quotes[0]
        .model_copy(update={"text": "<!channel> @here [clic](https://evil.example) *fort*"})
    )
    body = payload("slack", context([alerts[0].model_copy(update={"quotes": (loud,)})]), "fr")
    text = json.dumps(body, ensure_ascii=False)
    assert "<!channel>" not in text
    assert "@here" not in text
    teams = json.dumps(payload("teams", context([alerts[0].model_copy(update={"quotes": (loud,)})]), "fr"))
    assert "[clic](https" not in teams
