"""Corrections: in every figure at the next pass, kept over rebuild and reparse, undone without a trace."""

import csv
import json
from contextlib import contextmanager

import pytest

from ouidire.errors import UsageError
from ouidire.ids import mention_id
from ouidire.index import Query, Term
from ouidire.state.people.audit import list_audit
from ouidire.state.people.corrections import all_corrections, load_corrections
from reports.data.scope import Scope
from service.cli import run as run_command
from service.pipeline.index.rebuild import rebuild
from service.pipeline.keep.forget import erase
from service.pipeline.people.agreement import agreement_on, agreements
from service.pipeline.people.apply_decisions import apply_decisions
from service.pipeline.people.correcting import correct, read_again, undo
from service.pipeline.people.correction_file import export_corrections, import_corrections
from service.pipeline.people.correction_queue import (
    correction_queue,
    influence_of,
    is_second_read,
    second_queue,
    uncertainty_of,
)
from tests.support.pipeline_chain import documents
from tests.support.readings import KEY, House, changed, reviews

BRAND, RIVAL = "pousse-et-compagnie", "le-grand-arrosoir"


@pytest.fixture
def house(tmp_path, monkeypatch):
    made = House(tmp_path, monkeypatch)
    made.reads(reviews(0, 6))
    yield made
    made.close()


def key(number):
    return mention_id(KEY, f"r{number}")


def test_every_kind_of_correction_is_in_the_document_after_a_pass(house):
    opened = house.open()
    before = opened.index.get("mention", key(1))
    correct(opened, key(1), {"side": "negative", "themes": "delivery:negative,staff:positive"}, by="lea")
    correct(opened, key(2), {"advocacy": "detractor", "place": "none"}, by="lea")
    correct(opened, key(3), {"irrelevant": "true"}, by="lea")
    correct(opened, key(4), {"brands": RIVAL}, by="lea")
    correct(opened, key(5), {"duplicate": key(0)}, by="lea")
    assert opened.index.get("mention", key(1)) == before
    assert apply_decisions(opened) == 5
    assert apply_decisions(opened) == 0
    one, two, three, four, five = (opened.index.get("mention", key(number)) for number in range(1, 6))
    assert (one.sentiment, one.sentiment_balance, one.p_negative, one.p_positive) == ("negative", -1, 1, 0)
    assert one.aspect_polarity == ("delivery:negative", "staff:positive")
    assert [each.name for each in one.aspects] == ["delivery", "staff"]
    assert (one.corrected, one.revision) == (("side", "themes"), before.revision + 1)
    assert (two.advocacy, two.advocacy_balance, two.advocacy_spread, two.place) == ("detractor", -1, 0, None)
    assert (three.brands, three.brands_collected) == ((), (BRAND,))
    assert (four.brands, four.brands_collected) == ((RIVAL,), (BRAND,))
    assert five.duplicate_of == key(0)
    ours = opened.index.sums(Query(where=Scope(brand=BRAND).once), ("sentiment_balance",))
    assert (ours.n, ours.fields["sentiment_balance"].total) == (3, -1)

    grown = documents(opened.index)
    rebuild(opened)
    assert documents(opened.index) == grown


def test_what_is_undone_leaves_no_trace_but_its_revision(house):
    opened = house.open()
    before = documents(opened.index)
    for number in range(1, 5):
        correct(opened, key(number), {"side": "mixed", "brands": RIVAL, "themes": "price:neutral"}, by="lea")
    apply_decisions(opened)
    assert documents(opened.index) != before
    for number in range(1, 5):
        undo(opened, key(number), by="lea")
    apply_decisions(opened)
    after = documents(opened.index)
    for number in range(1, 5):
        assert after["mention", key(number)].pop("revision") == 3
        assert before["mention", key(number)].pop("revision") == 1
    assert after == before
    with opened.state.read() as connection:
        assert list(all_corrections(connection)) == []
        assert load_corrections(connection, [key(1)]) == {}
    with pytest.raises(UsageError, match=r"nothing of .* is corrected"):
        undo(opened, key(1), by="lea")


def test_one_field_is_undone_and_the_others_stand(house):
    opened = house.open()
    correct(opened, key(1), {"side": "negative", "place": "none"}, by="lea")
    apply_decisions(opened)
    undo(opened, key(1), ["side"], by="lea")
    apply_decisions(opened)
    document = opened.index.get("mention", key(1))
    assert (document.sentiment, document.place, document.corrected) == (None, None, ("place",))


def test_it_stands_when_the_site_is_read_again_and_what_is_said_of_words_holds_for_them_alone(house):
    opened = house.open()
    correct(opened, key(1), {"side": "negative", "irrelevant": "true"}, by="lea")
    apply_decisions(opened)
    house.reads(reviews(0, 6))
    assert house.known(1).sentiment == "negative"
    site = reviews(0, 6)
    site = [
        changed(each, text="Finalement tout est réglé, merci à l'équipe.") if each.native_id == "r1" else each
        for each in site
    ]
    house.reads(site)
    document = house.known(1)
    assert document.text.startswith("Finalement")
    assert (document.sentiment, document.brands, document.corrected) == (None, (), ("irrelevant",))


REFUSED = [
    ({}, "say what to correct"),
    ({"mood": "bad"}, "'mood' cannot be corrected; fields are side"),
    ({"side": "bad"}, "choose among negative, neutral, positive, mixed"),
    ({"themes": "weather:negative"}, "is no such thing as a theme"),
    ({"themes": "delivery"}, "is no such thing as a side of a theme"),
    ({"place": "Atlantis"}, "no place is called 'Atlantis'; known ones are Lyon"),
    ({"brands": "nobody"}, "choose among pousse-et-compagnie"),
    ({"irrelevant": "false"}, "takes it back"),
    ({"duplicate": "unknown"}, "no mention has the id 'unknown'"),
    ({"duplicate": key(1)}, "cannot be a copy of itself"),
]


def test_what_makes_no_sense_is_refused_with_what_would(house):
    opened = house.open()
    for values, problem in REFUSED:
        with pytest.raises(UsageError, match=problem):
            correct(opened, key(1), values, by="lea")
    with opened.state.read() as connection:
        assert list(all_corrections(connection)) == []
        assert list_audit(connection) == []


def test_the_model_s_reading_is_kept_beside_and_all_is_erased_with_the_mention(house):
    opened = house.open()
    correct(opened, key(1), {"place": "none"}, by="lea")
    apply_decisions(opened)
    correct(opened, key(1), {"place": "Lyon"}, by="noe")
    with opened.state.read() as connection:
        (kept,) = load_corrections(connection, [key(1)])[key(1)]
    assert (kept.value, kept.model, kept.by) == ("Lyon", {"place": "Lyon"}, "noe")
    read_again(opened, key(1), {"place": "none"}, by="lea")
    erase(opened, item_id=key(1))
    with opened.state.read() as connection:
        assert load_corrections(connection, [key(1)]) == {}
        assert [each.action for each in list_audit(connection)] == [
            *("erase", "second_reading", "correct", "correct")
        ]


def test_corrections_go_out_and_come_back(house, tmp_path):
    opened = house.open()
    correct(opened, key(1), {"side": "negative", "themes": "none"}, by="=cmd()")
    correct(opened, key(2), {"brands": f"{BRAND},{RIVAL}", "irrelevant": "true"}, by="lea")
    path = tmp_path / "corrections.csv"
    assert export_corrections(opened, path, by="lea") == 4
    text = path.read_text(encoding="utf-8-sig")
    assert "\n=cmd" not in text
    assert ",=cmd" not in text
    with opened.state.read() as connection:
        before = sorted(all_corrections(connection), key=str)
    for number in (1, 2):
        undo(opened, key(number), by="lea")
    apply_decisions(opened)
    assert import_corrections(opened, path, by="lea") == 4
    with opened.state.read() as connection:
        assert sorted(all_corrections(connection), key=str) == before

    rows = [
        *csv.reader(text.splitlines()),
        ["unknown", "side", "negative", "", "", ""],
        [key(1), "side", "x"],
    ]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    undo(opened, key(1), by="lea")
    apply_decisions(opened)
    with pytest.raises(UsageError, match=r"nothing is taken in\nline 6: no mention.*\nline 7: 'x'"):
        import_corrections(opened, path, by="lea")
    with opened.state.read() as connection:
        assert load_corrections(connection, [key(1)]) == {}


def test_the_queue_puts_first_what_is_uncertain_and_counts(house):
    opened = house.open()
    chances = {0: (0.34, 0.33, 0.33), 1: (0.05, 0.05, 0.9), 2: (0.5, 0.0, 0.5), 3: (0.0, 0.5, 0.5)}
    for number, (negative, neutral, positive) in chances.items():
        document = opened.index.get("mention", key(number))
        opened.index.upsert(
            [
                document.model_copy(
                    update={
                        "p_negative": negative,
                        "p_neutral": neutral,
                        "p_positive": positive,
                        "period_at": opened.clock().replace(hour=1),
                    }
                )
            ]
        )
    found = correction_queue(opened, Scope(brand=BRAND), size=9)
    assert [each.id for each in found] == [key(0), key(2), key(3), key(1)]
    assert found[0].worth == pytest.approx(found[0].uncertainty * found[0].influence)
    correct(opened, key(0), {"side": "neutral"}, by="lea")
    assert [each.id for each in correction_queue(opened, Scope(brand=BRAND), size=2)] == [key(2), key(3)]


def test_uncertainty_and_influence_have_their_bounds():
    sure = {"p_negative": 1.0, "p_neutral": 0.0, "p_positive": 0.0}
    unsure = dict.fromkeys(sure, 1 / 3)
    torn = {"p_negative": 0.5, "p_neutral": 0.0, "p_positive": 0.5}
    assert (uncertainty_of(sure), influence_of(sure, 10)) == (0, 0)
    assert uncertainty_of(unsure) == pytest.approx(1)
    assert influence_of(torn, 10) == pytest.approx(10)
    assert influence_of(torn, 0) == 0


def test_one_in_ten_is_read_twice_by_another_and_kappa_is_told(house):
    assert 60 <= sum(is_second_read(f"mention {number}") for number in range(1000)) <= 140
    opened = house.open()
    for number in range(6):
        correct(opened, key(number), {"side": "positive"}, by="lea")
    chosen = [key(number) for number in range(6) if is_second_read(key(number))]
    assert {each.mention_id for each in second_queue(opened, by="noe")} == set(chosen)
    assert second_queue(opened, by="lea") == ()
    with pytest.raises(UsageError, match="a second reader is another"):
        read_again(opened, key(1), {"side": "negative"}, by="lea")
    with pytest.raises(UsageError, match="has no first reading"):
        read_again(opened, key(1), {"advocacy": "passive"}, by="noe")
    read_again(opened, key(1), {"side": "negative"}, by="noe")
    side, advocacy = agreements(opened)
    assert (side.n, side.same, side.kappa, advocacy.n) == (1, 0, None, 0)


def test_kappa_is_cohen_s():
    pairs = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15
    found = agreement_on("side", pairs)
    assert found.kappa == pytest.approx(0.4)
    assert found.low < 0.4 < found.high
    assert agreement_on("side", [("a", "a")] * 30).kappa is None


def test_the_commands_correct_list_and_undo(house, capsys, monkeypatch, tmp_path):
    opened = house.open()

    @contextmanager
    def stand_in(*_args, **_options):
        yield opened

    monkeypatch.setattr("service.cli.commands.people.correct.opened", stand_in)

    def told(*arguments, code=0):
        assert run_command(["correct", *map(str, arguments)]) == code
        return capsys.readouterr()

    told("set", key(1), "side=negative", "place=none", "--by", "lea")
    listed = json.loads(told("list", "--json").out)
    assert {(each["field"], each["value"], each["by"]) for each in listed} == {
        ("side", "negative", "lea"),
        ("place", "", "lea"),
    }
    told("undo", key(1), "place", "--by", "lea")
    assert len(json.loads(told("list", "--json").out)) == 1
    told("export", "--out", tmp_path / "c.csv")
    told("import", tmp_path / "c.csv")
    told("set", key(1), "side=negative", "--second", "--by", "noe")
    assert "side: 1 read twice" in told("agreement").out
    assert told("queue").out.strip() == "nothing to correct in these days"
    assert "cannot be corrected" in told("set", key(1), "mood=bad", code=2).err
    assert opened.index.sums(Query(where=(Term(field="corrected", any_of=("side",)),))).n == 0
