"""Assistants' answers, from the service to the digest: a kind of their own, in no figure of words."""

from datetime import datetime, timedelta

import pytest

from ouidire.index import Query
from ouidire.period import period_of
from ouidire.settings.configuration import settings_from
from reports.rendering.mail import render_mail
from reports.rendering.render import render
from service.pipeline.collect.source_health import health_of
from service.pipeline.index.rebuild import rebuild
from service.pipeline.installation import Installation
from service.pipeline.report.digests import digest_context, edition_of
from service.pipeline.run_due import run_due
from tests.support.scripted_answers import ScriptedAnswers

MONDAY = datetime.fromisoformat("2026-03-02T06:00:00+01:00")
CONFIGURATION = {
    "brand": [
        {"slug": "pousse", "name": "Pousse", "domains": ["pousse.example"]},
        {"slug": "royal", "name": "Jardin Royal", "role": "competitor"},
    ],
    "source": [
        {
            "source": "assistant_answers",
            "brands": ["pousse"],
            "every": "1w",
            "params": {
                "engine": "perplexity",
                "model": "sonar",
                "name": "Pousse",
                "runs": 10,
                "key_env": "ASSISTANT_KEY",
                "price_in": 1.0,
                "price_out": 1.0,
                "accept_legal_note": True,
                "questions": [{"id": "metier", "kind": "category", "text": "Quelle jardinerie à Lyon ?"}],
            },
        }
    ],
}
BOTH = "Jardin Royal d'abord, Pousse ensuite. Écrivez à paul.martin@mail.example."
OTHER = "Allez chez Jardin Royal."


def answer(text, *, model="sonar-1", cited=("https://lepotager.example/lyon",)):
    return {
        "model": model,
        "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
        "citations": list(cited),
        "usage": {"prompt_tokens": 10, "completion_tokens": 10, "cost": {"total_cost": 0.01}},
    }


def seven_of_ten(run, model="sonar-1"):
    cited = ["https://www.pousse.example/a?utm_source=x", "https://lepotager.example/lyon"]
    return answer(BOTH, model=model, cited=cited) if run <= 7 else answer(OTHER, model=model)


@pytest.fixture
def play(tmp_path, monkeypatch):
    opened = []

    def played(*weeks):
        def given(request, now):
            return weeks[(now - MONDAY).days // 7](int(request.context["run"]))

        monkeypatch.setattr("crawlers.spawn.run_job", ScriptedAnswers(given).run_job)
        for week in range(len(weeks)):
            now = MONDAY + timedelta(weeks=week)
            opened.append(Installation(settings_from(CONFIGURATION, base=tmp_path), now=now))
            run_due(opened[-1])
        return opened[-1]

    yield played
    for each in opened:
        each.close()


def told(installation, language="fr"):
    day = installation.clock().date() - timedelta(days=7)
    period = period_of("week", day, timezone="Europe/Paris")
    edition = edition_of(installation.settings.editions["brand"], "pousse")
    context = digest_context(installation, period, edition=edition)
    message = render(context, language)
    return context, plain(message.text), message.html


def plain(text):
    return " ".join(text.split()).replace("\u00a0", " ").replace("\u202f", " ")


def test_how_often_the_brand_is_named_is_told_with_its_interval(play):
    context, text, html = told(play(seven_of_ten))
    (row,) = context.assistants.rows
    assert (row.n, row.named_count, row.cited, row.first, row.models) == (10, 7, 7, 0, ("sonar-1",))
    assert "cité dans 7 réponses sur 10, intervalle 40–89 %" in text
    assert "une page à vous en source de 7 réponses" in text
    assert "lepotager.example (10), pousse.example (7)" in text
    assert "Ce que répondent les assistants" in html
    mail = render_mail(context, "fr")
    assert "Assistants : cité dans 7 réponses sur 10 aux questions de votre métier." in plain(mail.text)
    assert "Ce que répondent les assistants" in mail.attachments[0].html
    assert context.assistants.cost == pytest.approx(0.1)


def test_it_is_told_in_english(play):
    _, text, _ = told(play(seven_of_ten), "en")
    assert "named in 7 answers of 10, interval 40–89%" in text


def test_the_week_before_is_told_and_another_model_breaks_the_series(play):
    installation = play(seven_of_ten, lambda _: answer(OTHER))
    context, text, _ = told(installation)
    assert "cité dans aucune des 10 réponses, intervalle 0–28 %" in text
    assert "La fois d’avant : 7 sur 10." in text
    assert not context.assistants.rows[0].changed_model


def test_another_model_breaks_the_series(play):
    installation = play(seven_of_ten, lambda run: seven_of_ten(run, "sonar-2"))
    context, text, _ = told(installation)
    assert context.assistants.rows[0].changed_model
    assert "Un autre modèle répond depuis (sonar-1, puis sonar-2) : rien n’est comparé." in text
    assert "La fois d’avant" not in text


def test_answers_are_in_no_figure_of_peoples_words(play):
    installation = play(seven_of_ten)
    context, _, _ = told(installation)
    assert context.talk.volume.figure.n == 0
    assert context.engage.nps is None
    assert context.engage.positive is None
    assert context.quotes == ()
    assert not list(installation.index.scan(Query(kind="mention"), ("id",)))
    assert installation.index.search(Query(kind="mention", text="Royal")).total == 0


def test_documents_name_brands_in_their_order_and_hold_no_personal_data(play):
    installation = play(seven_of_ten)
    ids = [row["id"] for row in installation.index.scan(Query(kind="answer"), ("id",))]
    documents = {each: installation.index.get("answer", each) for each in ids}
    first = next(each for each in documents.values() if each.run_index == 1)
    assert first.brands_named == ("royal", "pousse")
    assert (first.named, first.named_first, first.cited) == (1.0, 0.0, 1.0)
    assert "paul.martin" not in first.text
    assert [each.owner_brand for each in first.citations] == ["pousse", None]
    rebuild(installation)
    assert {each: installation.index.get("answer", each) for each in ids} == documents


def test_without_assistants_there_is_no_section(tmp_path):
    settings = settings_from({**CONFIGURATION, "source": []}, base=tmp_path)
    installation = Installation(settings, now=MONDAY)
    context, text, html = told(installation)
    installation.close()
    assert context.assistants is None
    assert "assistant" not in (text + html).lower()


def test_what_a_week_has_cost_is_kept_and_shown(play):
    installation = play(seven_of_ten)
    (budget,) = health_of(installation)[0].budgets
    assert budget.sentence == "ASSISTANT_KEY: 0.1 of 5 cost spent this week"
    assert budget.renewed_at == "2026-03-08T23:00Z"


def test_the_ceiling_of_a_week_holds_over_its_runs_and_is_new_on_monday(tmp_path, monkeypatch):
    (given,) = CONFIGURATION["source"]
    source = {**given, "every": "1d", "params": {**given["params"], "weekly_ceiling": 0.15}}
    settings = settings_from({**CONFIGURATION, "source": [source]}, base=tmp_path)
    service = ScriptedAnswers(lambda request, _: seven_of_ten(int(request.context["run"])))
    monkeypatch.setattr("crawlers.spawn.run_job", service.run_job)
    asked, told = [], []
    for days in (0, 1, 2, 7):
        installation = Installation(settings, now=MONDAY + timedelta(days=days))
        before = len(service.asked)
        run_due(installation)
        asked.append(len(service.asked) - before)
        health = health_of(installation)[0]
        installation.close()
        assert health.budgets[0].spent <= 150_000
        told.append((health.status, "0.15 cost a week" in health.note))
    assert asked == [10, 4, 0, 10]
    assert told == [("ok", False), ("degraded", True), ("blocked", True), ("ok", False)]
