"""A metasearch some of whose engines did not answer: degraded, with its reason, and nothing is concluded."""

from datetime import date, datetime, timedelta

import pytest

from ouidire.index import Query
from ouidire.period import period_of
from ouidire.settings.configuration import settings_from
from service.pipeline.collect.source_health import health_of
from service.pipeline.index.rebuild import rebuild
from service.pipeline.installation import Installation
from service.pipeline.report.digests import edition_of, render_digest
from service.pipeline.run_due import run_due
from tests.support.scripted_answers import ScriptedAnswers

MONDAY = datetime.fromisoformat("2026-02-16T06:00:00+01:00")
CONFIGURATION = {
    "brand": [{"slug": "pousse", "name": "Pousse", "domains": ["site1.example"]}],
    "source": [
        {
            "source": "search_api",
            "brands": ["pousse"],
            "every": "1w",
            "params": {
                "provider": "searxng",
                "base_url": "http://searx.example/search",
                "query": "pousse avis",
            },
        }
    ],
}


def answer(results, *silent):
    rows = [{"url": f"https://site{number}.example/", "title": f"Pousse {number}"} for number in results]
    return {"query": "pousse avis", "results": rows, "unresponsive_engines": [list(each) for each in silent]}


WHOLE = answer(range(1, 11))
BLOCKED = answer([5], ("google", "CAPTCHA"), ("brave", "too many requests"))


@pytest.fixture
def play(tmp_path, monkeypatch):
    """Play weeks of answers, and return the installation at the moment of the last."""
    opened = []

    def played(*answers):
        sites = ScriptedAnswers(lambda _, now: answers[(now - MONDAY).days // 7])
        monkeypatch.setattr("crawlers.spawn.run_job", sites.run_job)
        for week in range(len(answers)):
            now = MONDAY + timedelta(weeks=week)
            installation = Installation(settings_from(CONFIGURATION, base=tmp_path), now=now)
            opened.append(installation)
            run_due(installation)
        return opened[-1]

    yield played
    for each in opened:
        each.close()


def statuses(installation):
    rows = installation.index.scan(Query(kind="run"), ("started_at", "status"))
    return [row["status"] for row in sorted(rows, key=lambda row: row["started_at"])]


def moves(installation):
    return [
        row["type"]
        for row in installation.index.scan(Query(kind="event"), ("type",))
        if row["type"] != "status_changed"
    ]


def test_blocked_engines_are_told_and_move_nothing(play):
    installation = play(WHOLE, WHOLE, WHOLE, BLOCKED)
    assert statuses(installation) == ["ok", "ok", "ok", "degraded"]
    assert moves(installation) == []
    assert "google (CAPTCHA), brave (too many requests)" in health_of(installation)[0].note
    kept = {row["run_id"] for row in installation.index.scan(Query(kind="search_result"), ("run_id",))}
    assert len(kept) == 3
    rebuild(installation)
    assert len(list(installation.index.scan(Query(kind="search_result"), ("id",)))) == 30


def test_one_engine_is_enough_though_no_result_is_missing(play):
    installation = play(WHOLE, answer(range(1, 11), ("qwant", "timeout")))
    assert statuses(installation) == ["ok", "degraded"]


def test_what_comes_back_is_compared_with_the_last_whole_page(play):
    installation = play(WHOLE, BLOCKED, answer([*range(1, 10), 12]))
    assert statuses(installation) == ["ok", "degraded", "ok"]
    assert sorted(moves(installation)) == ["entrant", "exit"]


def test_an_engine_that_stays_silent_becomes_usual_and_its_return_moves_nothing(play):
    silent = answer(range(1, 10), ("startpage", "CAPTCHA"))
    installation = play(silent, silent, silent, silent, WHOLE)
    assert statuses(installation) == ["degraded", "degraded", "degraded", "ok", "ok"]
    assert moves(installation) == []


@pytest.mark.parametrize(("language", "words"), [("fr", "n’ont pas répondu"), ("en", "did not answer")])
def test_the_digest_names_the_engines_and_tells_of_no_exit(play, language, words):
    installation = play(WHOLE, WHOLE, WHOLE, BLOCKED)
    period = period_of("week", date(2026, 3, 2), timezone="Europe/Paris")
    edition = edition_of(installation.settings.editions["brand"], "pousse")
    text = " ".join(render_digest(installation, period, edition=edition, language=language).text.split())
    assert f"brave (too many requests) {'et' if language == 'fr' else 'and'} google (CAPTCHA) {words}" in text
    assert "SearXNG : " in text.replace("\u00a0", " ") or language == "en"
    assert "Pousse 4" not in text
    assert "site5.example" not in text
