"""Reviews that await an answer: the queue, what people decide, the reply that closes by itself."""

import json
from contextlib import contextmanager
from datetime import timedelta

import pytest

from ouidire.clock import StatedDate
from ouidire.errors import UsageError
from ouidire.ids import mention_id
from ouidire.mention import Rating, Reply
from ouidire.state.items import load_items
from ouidire.state.people.answer_tasks import load_tasks
from ouidire.state.people.audit import list_audit
from reports.answering.queue import awaiting_reviews
from reports.data.scope import Scope
from service.cli import run as run_command
from service.pipeline.index.rebuild import rebuild
from service.pipeline.keep.forget import erase
from service.pipeline.people.answering import answer_queue, decide_answer
from service.pipeline.people.apply_decisions import apply_decisions
from tests.support.readings import KEY, START, House, review

OURS = Scope(brand="pousse-et-compagnie")
THANKS = Reply(
    text="Merci, nous vous rappelons.", published=StatedDate(at=START + timedelta(hours=12), precision="day")
)


def listed(*, answered=()):
    """Six reviews of the last days: 0 answered long ago, 1 and 2 of one star, 3 of two, 4 and 5 content."""
    stars = {1: 1, 2: 1, 3: 2}
    return [
        review(
            number,
            published=StatedDate(at=START.replace(day=number + 1), precision="day"),
            rating=Rating(value=stars.get(number, 5)),
            reply=THANKS if number == 0 or number in answered else None,
        )
        for number in range(6)
    ]


@pytest.fixture
def house(tmp_path, monkeypatch):
    made = House(tmp_path, monkeypatch)
    made.reads(listed())
    yield made
    made.close()


def key(number):
    return mention_id(KEY, f"r{number}")


def queue(house, **more):
    return answer_queue(house.open(), OURS, size=20, **more)


def waiting(house, **more):
    return [line.id for line in queue(house, **more).lines]


def told_by_mail(house):
    opened = house.open()
    now = opened.clock()
    return [line.document.id for line in awaiting_reviews(opened.index, OURS, end=now, now=now, size=9).lines]


def test_poor_reviews_without_a_reply_wait_the_poorest_and_newest_first(house):
    assert waiting(house) == [key(2), key(3), key(1)] == told_by_mail(house)
    first = queue(house).lines[0]
    assert (first.state, first.points) == ("new", 5)
    assert [each.name for each in first.reasons] == ["one_star", "fresh"]
    assert first.answer_at == "https://shop.example/avis#2"


def test_a_decision_shows_in_the_queue_at_once_and_in_documents_after_a_pass(house):
    opened = house.open()
    decide_answer(opened, key(2), by="lea", state="dismissed", note="déjà réglé au téléphone")
    decide_answer(opened, key(1), by="lea", state="to_answer", assignee="Samir")
    assert waiting(house) == [key(3), key(1)]
    assert waiting(house, states=("dismissed",)) == [key(2)]
    assert waiting(house, states=("to_answer",)) == [key(1)]
    assert told_by_mail(house) == [key(2), key(3), key(1)]

    before = opened.index.get("mention", key(2)).revision
    assert apply_decisions(opened) == 2
    assert apply_decisions(opened) == 0
    document = opened.index.get("mention", key(2))
    assert (document.answer_state, document.revision) == ("dismissed", before + 1)
    assert told_by_mail(house) == [key(3), key(1)]
    rebuild(opened)
    assert opened.index.get("mention", key(2)) == document

    decide_answer(opened, key(2), by="lea", state="new")
    apply_decisions(opened)
    assert opened.index.get("mention", key(2)).answer_state is None
    assert waiting(house) == [key(2), key(3), key(1)] == told_by_mail(house)


def test_a_reply_that_the_site_shows_closes_its_review_by_itself(house):
    decide_answer(house.open(), key(1), by="lea", state="to_answer")
    house.reads(listed(answered=(1,)))
    assert waiting(house) == [key(2), key(3)] == told_by_mail(house)
    document = house.known(1)
    assert (document.answer_state, document.answered, document.reply_days) == ("answered", True, 0.5)


def test_what_changed_while_a_pass_wrote_is_left_for_the_next(house, monkeypatch):
    opened = house.open()
    decide_answer(opened, key(1), by="lea", state="to_answer")

    def meanwhile(changes_of=opened.index.get_many):
        def get_many(kind, ids):
            later = house.open()
            later.clock = lambda: opened.clock().replace(hour=23)
            decide_answer(later, key(1), by="noe", state="dismissed")
            return changes_of(kind, ids)

        return get_many

    monkeypatch.setattr(opened.index, "get_many", meanwhile())
    apply_decisions(opened)
    monkeypatch.undo()
    with opened.state.read() as connection:
        assert load_tasks(connection, [key(1)])[key(1)].pending
    apply_decisions(opened)
    assert opened.index.get("mention", key(1)).answer_state == "dismissed"


def test_killed_between_index_and_state_the_next_pass_writes_the_same_again(house, monkeypatch):
    opened = house.open()
    decide_answer(opened, key(1), by="lea", state="dismissed")
    with monkeypatch.context() as patched:
        patched.setattr(
            "service.pipeline.index.commit.save_items",
            lambda *_: (_ for _ in ()).throw(KeyboardInterrupt),
        )
        with pytest.raises(KeyboardInterrupt):
            apply_decisions(opened)
    assert apply_decisions(opened) == 1
    with opened.state.read() as connection:
        row = load_items(connection, [key(1)])[key(1)]
    assert opened.index.get("mention", key(1)).revision == row.revision


def test_what_was_decided_is_erased_with_the_mention_and_audited_without_its_words(house):
    opened = house.open()
    decide_answer(opened, key(1), by="lea", state="to_answer", note="rappeler M. Untel", assignee="Samir")
    erase(opened, item_id=key(1))
    with opened.state.read() as connection:
        assert load_tasks(connection, [key(1)]) == {}
        erased, entry = list_audit(connection, subject=key(1))
    assert (erased.action, erased.by, erased.detail) == ("erase", "operator", "")
    assert (entry.by, entry.action, entry.detail) == ("lea", "answer", "state to_answer, assignee, note")
    with pytest.raises(UsageError, match="no mention has the id"):
        decide_answer(opened, key(1), by="lea", state="answered")


def test_the_command_lists_and_decides(house, capsys, monkeypatch):
    opened = house.open()
    monkeypatch.setattr("service.cli.commands.people.answers.opened", _always(opened))
    assert run_command(["answers", "set", key(1), "--state", "to_answer", "--assignee", "Samir"]) == 0
    assert run_command(["answers", "list", "--json"]) == 0
    out = capsys.readouterr().out
    told = json.loads(out[out.index("{") :])["pousse-et-compagnie"]
    assert told["total"] == 3
    assert {each["id"]: (each["state"], each["assignee"]) for each in told["reviews"]}[key(1)] == (
        "to_answer",
        "Samir",
    )
    assert run_command(["answers", "list", "--state", "open"]) == 2
    assert run_command(["answers", "set", key(1)]) == 2
    assert run_command(["answers", "set", "unknown", "--state", "answered"]) == 2
    assert run_command(["answers", "list", "--brand", "nobody"]) == 2
    assert "choose among new, to_answer" in capsys.readouterr().err


def _always(opened):
    @contextmanager
    def stand_in(*_args, **_options):
        yield opened

    return stand_in


def test_the_audit_shows_who_did_what_the_newest_first(house, capsys, tmp_path, monkeypatch):
    opened = house.open()
    for command in ("people.audit", "analyse.export"):
        monkeypatch.setattr(f"service.cli.commands.{command}.opened", _always(opened))
    monkeypatch.setenv("OUIDIRE_USER", "noé")
    decide_answer(opened, key(1), by="lea", state="dismissed")
    assert run_command(["export", "--out", str(tmp_path / "a.csv")]) == 0
    capsys.readouterr()
    assert run_command(["audit", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(each["by"], each["action"], each["subject"]) for each in told] == [
        ("noé", "export", "a.csv"),
        ("lea", "answer", key(1)),
    ]
    assert told[0]["detail"] == "6 mentions"
    assert run_command(["audit", "--by", "lea"]) == 0
    assert "a.csv" not in capsys.readouterr().out
