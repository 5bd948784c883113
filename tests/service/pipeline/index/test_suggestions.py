"""Search suggestions, from the service to the digest: kept whole each run, entrants and exits told."""

from datetime import date, datetime, timedelta

import pytest

from ouidire.index import Query
from ouidire.period import period_of
from ouidire.settings.configuration import settings_from
from reports.rendering.mail import render_mail
from reports.rendering.render import render
from service.pipeline.index.rebuild import rebuild
from service.pipeline.installation import Installation
from service.pipeline.report.digests import digest_context, edition_of
from service.pipeline.run_due import run_due
from tests.support.scripted_answers import ScriptedAnswers

MONDAY = datetime.fromisoformat("2026-03-02T06:00:00+01:00")
CONFIGURATION = {
    "brand": [{"slug": "pousse", "name": "Pousse"}],
    "source": [
        {
            "source": "autocomplete",
            "brands": ["pousse"],
            "every": "1w",
            "params": {
                "provider": "serper",
                "name": "pousse",
                "stems": ["{name}", "{name} arnaque"],
                "key_env": "SEARCH_KEY",
            },
        }
    ],
}
FIRST = {"pousse": ["pousse lyon", "pousse avis"], "pousse arnaque": []}
SECOND = {"pousse": ["Pousse Lyon", "pousse avis"], "pousse arnaque": ["pousse arnaque livraison"]}
THIRD = {"pousse": ["pousse lyon", "pousse horaires"], "pousse arnaque": None}


@pytest.fixture
def play(tmp_path, monkeypatch):
    opened = []

    def played(*weeks):
        def answer(request, now):
            listed = weeks[(now - MONDAY).days // 7][request.context["query"]]
            if listed is None:
                return 403, {"message": "Unauthorized.", "statusCode": 403}
            return {"suggestions": [{"value": each} for each in listed]}

        monkeypatch.setattr("crawlers.spawn.run_job", ScriptedAnswers(answer).run_job)
        for week in range(len(weeks)):
            now = MONDAY + timedelta(weeks=week)
            opened.append(Installation(settings_from(CONFIGURATION, base=tmp_path), now=now))
            run_due(opened[-1])
        return opened[-1]

    yield played
    for each in opened:
        each.close()


def told(installation, language="fr"):
    last = installation.clock().date() - timedelta(days=7)
    period = period_of("week", date.fromordinal(last.toordinal()), timezone="Europe/Paris")
    edition = edition_of(installation.settings.editions["brand"], "pousse")
    context = digest_context(installation, period, edition=edition)
    texts = (render(context, language).text, render_mail(context, language).text)
    whole, mail = (" ".join(text.split()) for text in texts)
    return context.convince.suggestions, whole, mail


def test_a_first_list_is_compared_with_nothing(play):
    moves, text, mail = told(play(FIRST))
    assert [(each.query, each.before_at, each.entrants) for each in moves] == [
        ("pousse", None, ()),
        ("pousse arnaque", None, ()),
    ]
    assert "2 listes sont relevées pour la première fois" in text
    assert "suggestion" not in mail


def test_entrants_and_exits_are_told(play):
    installation = play(FIRST, SECOND)
    moves, text, mail = told(installation)
    assert "pousse arnaque livraison" in mail
    assert [(each.entrants, each.exits) for each in moves] == [((), ()), (("pousse arnaque livraison",), ())]
    assert moves[1].before_at == MONDAY
    assert "« pousse arnaque » (Google) : nouvelle suggestion « pousse arnaque livraison »" in text.replace(
        "\u00a0", " "
    ).replace("\u202f", " ")
    _, english, _ = told(installation, "en")
    assert "new suggestion “pousse arnaque livraison”" in english


def test_a_list_that_failed_has_not_lost_anything(play):
    moves, _, _ = told(play(FIRST, SECOND, THIRD))
    assert [(each.query, each.entrants, each.exits) for each in moves] == [
        ("pousse", ("pousse horaires",), ("pousse avis",))
    ]


def test_lists_stand_in_the_index_as_documents_of_their_own(play):
    installation = play(FIRST, SECOND)
    fields = ("query", "suggestions", "brands", "captured_at")
    before = sorted(map(str, installation.index.scan(Query(kind="suggestion"), fields)))
    assert len(before) == 4
    assert not list(installation.index.scan(Query(kind="search_result"), ("id",)))
    assert not list(installation.index.scan(Query(kind="mention"), ("id",)))
    rebuild(installation)
    assert sorted(map(str, installation.index.scan(Query(kind="suggestion"), fields))) == before
