"""The queues of reviews to answer and of readings to correct, over real HTTP, with hostile words in them."""

import json
import re

from ouidire.state.people.answer_tasks import load_tasks
from ouidire.state.people.audit import list_audit
from ouidire.state.people.corrections import load_corrections
from tests.service.serve.web.explorer.conftest import IDS

OURS = '<script src="/explorer.js" defer></script>'
FORM = re.compile(r'name="form" value="([^"]+)"')


def form_of(text):
    return FORM.search(text)[1]


def test_the_queue_shows_words_as_words_and_where_one_answers(queues):
    status, headers, text = queues.ask("/a-repondre")
    assert status == 200
    assert "<h1>3 avis à répondre</h1>" in text
    assert text.count("<script") == text.count(OURS) == 1
    assert 'href="javascript' not in text
    assert 'href="https://avis.example/review2"' in text
    assert "exaspération" in text
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "trusted-types 'none'" in headers["Content-Security-Policy"]
    assert "script-src" not in queues.ask("/mentions")[1]["Content-Security-Policy"]
    status, _, english = queues.ask("/a-repondre?lang=en")
    assert "<h1>3 reviews to answer</h1>" in english
    told = json.loads(queues.ask("/a-repondre.json")[2])
    assert json.loads(queues.ask("/a-repondre.json?before=2000-01-01T00:00Z")[2])["total"] == 0
    assert json.loads(queues.ask("/a-repondre.json?before=soon&source=")[2])["total"] == told["total"]
    assert json.loads(queues.ask("/a-repondre.json?source=schema_org")[2])["total"] == told["total"]
    _, _, narrowed = queues.ask("/a-repondre?place=Nulle%20part&before=2000-01-01T00:00Z")
    assert "Seulement : Nulle part, avant le " in narrowed.replace("\u00a0", " ")
    assert 'name="before" value="2000-01-01T00:00Z"' in narrowed
    assert told["total"] == 3
    assert {each["id"] for each in told["reviews"]} == set(IDS[1:])


def test_a_decision_is_recorded_under_a_name_and_leaves_the_queue(queues, installation):
    _, _, text = queues.ask("/a-repondre?by=L%C3%A9a")
    fields = {"form": form_of(text), "mention": IDS[2], "state": "dismissed"}
    status, headers, _ = queues.ask("/a-repondre?by=L%C3%A9a", fields)
    assert (status, headers["Location"]) == (303, "/a-repondre?by=L%C3%A9a")
    assert "<h1>2 avis à répondre</h1>" in queues.ask("/a-repondre")[2]
    assert IDS[2] in queues.ask("/a-repondre?state=dismissed")[2]
    queues.ask(
        "/a-repondre", {**fields, "mention": IDS[3], "state": "", "note": "<b>x</b>", "assignee": "Sam"}
    )
    assert "&lt;b&gt;x&lt;/b&gt;" in queues.ask("/a-repondre")[2]
    with installation.state.read() as connection:
        tasks = load_tasks(connection, IDS)
        actions = [(each.by, each.subject) for each in list_audit(connection)]
    assert (tasks[IDS[2]].state, tasks[IDS[3]].assignee) == ("dismissed", "Sam")
    assert actions == [("operator", IDS[3]), ("Léa", IDS[2])]


def test_a_form_of_another_site_and_one_without_sense_change_nothing(queues, installation):
    _, _, text = queues.ask("/a-repondre")
    good = {"form": form_of(text), "mention": IDS[2], "state": "answered"}
    for path in ("/a-repondre", "/corrections"):
        assert queues.ask(path, {**good, "form": "forged"})[0] == 403
        assert queues.ask(path, good, Origin="https://evil.example")[0] == 403
        assert queues.ask(path, {**good, "mention": "unknown"})[0] == 400
    assert queues.ask("/a-repondre", {**good, "state": "sold"})[0] == 400
    assert queues.ask("/corrections", {**good, "side": "bad"})[0] == 400
    with installation.state.read() as connection:
        assert load_tasks(connection, IDS) == {}
        assert load_corrections(connection, IDS) == {}


def test_a_reading_is_corrected_in_one_press_and_undone(queues, installation):
    _, _, text = queues.ask("/corrections")
    assert text.count('<article class="mention">') == 4
    assert text.count("<script") == text.count(OURS) == 1
    assert "négatif 40" in text
    fields = {"form": form_of(text), "mention": IDS[1], "side": "negative"}
    status, headers, _ = queues.ask("/corrections", fields)
    assert (status, headers["Location"]) == (303, "/corrections#list")
    _, _, text = queues.ask("/corrections")
    assert text.count('<article class="mention">') == 3
    assert "Une correction" in text
    with installation.state.read() as connection:
        (made,) = load_corrections(connection, IDS)[IDS[1]]
    assert (made.value, made.model["p_negative"]) == ("negative", 0.4)
    queues.ask("/corrections", {"form": form_of(text), "mention": IDS[1], "undo": "side"})
    assert queues.ask("/corrections")[2].count('<article class="mention">') == 4


def test_a_second_reader_sees_neither_model_nor_first_reading(queues, installation, monkeypatch):
    monkeypatch.setattr("service.pipeline.people.correction_queue.SECOND_READ", 1)
    _, _, text = queues.ask("/corrections?by=lea")
    queues.ask("/corrections?by=lea", {"form": form_of(text), "mention": IDS[1], "side": "negative"})
    assert "Rien n’attend une seconde lecture" in queues.ask("/corrections?second=1&by=lea")[2]
    _, _, text = queues.ask("/corrections?second=1&by=noe")
    assert text.count('<article class="mention">') == 1
    assert "Lu par la machine" not in text
    assert IDS[1] in text
    assert "Annuler" not in text  # what the first reader said is not listed
    status, _, _ = queues.ask(
        "/corrections?second=1&by=noe", {"form": form_of(text), "mention": IDS[1], "side": "mixed"}
    )
    assert status == 303
    text = queues.ask("/corrections?second=1&by=noe")[2]
    assert "0 fois d’accord sur\u00a01" in text
    with installation.state.read() as connection:
        (made,) = load_corrections(connection, IDS)[IDS[1]]
    assert made.value == "negative"
