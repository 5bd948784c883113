"""What a site changes wholesale is held for a person: the known values stand, new mentions come in."""

from datetime import timedelta

import pytest

from ouidire.clock import StatedDate
from ouidire.errors import IndexUnavailable, UsageError
from ouidire.mention import Rating
from search.sqlite.index import SqliteIndex
from service.pipeline.answers import answer, apply_answers
from service.pipeline.index.ingest import ingest_waiting
from service.pipeline.index.rebuild import rebuild
from tests.support.pipeline_chain import documents, harvested
from tests.support.readings import START, House, changed, moved, review, reviews


@pytest.fixture
def house(tmp_path, monkeypatch):
    made = House(tmp_path, monkeypatch)
    yield made
    made.close()


def dated(each, at):
    return changed(each, published=StatedDate(at=at, precision="day"))


def swapped(each):
    """The day taken for the month, where that is a date."""
    at = each.published.at
    return dated(each, at.replace(day=at.month, month=at.day)) if at.day <= 12 else each


def doubled(each):
    value = each.rating.value * 2
    return changed(each, rating=Rating(value=value, best=10 if value > 5 else 5))


def translated(each):
    number = each.native_id
    return changed(
        each, text=f"Order {number}: the roses were fine and the welcome was even better, says {number}."
    )


ALL = {
    "all yesterday": ("dates", lambda each: dated(each, START + timedelta(days=6))),
    "all today": ("dates", lambda each: dated(each, START + timedelta(days=7))),
    "all one day later": ("dates", lambda each: moved(each, 1)),
    "all one year earlier": ("dates", lambda each: moved(each, -365)),
    "ratings mirrored": ("ratings", lambda each: changed(each, rating=Rating(value=6 - each.rating.value))),
    "all five stars": ("ratings", lambda each: changed(each, rating=Rating(value=5))),
    "values doubled, the scale said for some": ("ratings", doubled),
    "values doubled, the scale as before": (
        "ratings",
        lambda each: changed(each, rating=Rating(value=each.rating.value * 2)),
    ),
    "all translated": ("texts", translated),
    "a line of the site's own under all": (
        "texts",
        lambda each: changed(each, text=f"{each.text} Avis déposé à la suite d'une commande."),
    ),
    "titles translated": ("texts", lambda each: changed(each, title=f"Review of {each.native_id}")),
    "accents garbled": ("texts", lambda each: changed(each, text=each.text.replace("m'ont", "mâ€™ont Ã©"))),
}
SOME = {
    "a third one day later": ("dates", 3, lambda each: moved(each, 1)),
    "a third translated": ("texts", 3, translated),
    "a quarter mirrored": (
        "ratings",
        4,
        lambda each: changed(each, rating=Rating(value=6.5 - each.rating.value)),
    ),
}


def shown(items, read, every=1):
    return [read(each) if number % every == 0 else each for number, each in enumerate(items)]


@pytest.mark.parametrize("name", ALL)
def test_what_a_site_changes_wholesale_is_held(house, name):
    kind, read = ALL[name]
    house.reads(reviews(0, 36))
    before = house.figures()
    done = house.reads(shown([review(36), review(37), *reviews(0, 36)], read))
    assert done.counts.new == 2
    after = house.figures()
    assert {key: after[key] for key in before} == before
    ((held, status, some, of),) = house.holds()
    assert (held, status, of) == (kind, "held", 36)
    assert some > 5
    (line,) = house.problems
    assert f"`ouidire sources accept {done.run.id}`" in line
    assert house.events() == []
    assert house.told() == [("site_change", kind, "held", some)]
    house.reads(shown(reviews(0, 40), read))  # it is asked once
    assert (len(house.holds()), house.problems, house.events()) == (1, [], [])
    after = house.figures()
    assert {key: after[key] for key in before} == before


@pytest.mark.parametrize("name", SOME)
def test_a_part_that_is_too_large_for_single_edits_is_held(house, name):
    kind, every, read = SOME[name]
    house.reads(reviews(0, 36))
    before = house.figures()
    house.reads(shown(reviews(0, 36), read, every))
    assert [each[:2] for each in house.holds()] == [(kind, "held")]
    assert house.figures() == before


@pytest.mark.parametrize("count", [3, 4])
def test_small_sources_too(house, count):
    house.reads(reviews(0, count))
    before = house.figures()
    house.reads([review(count), *(moved(each, 1) for each in reviews(0, count))])
    after = house.figures()
    assert {key: after[key] for key in before} == before
    assert [each[:2] for each in house.holds()] == [("dates", "held")]


def test_single_edits_are_none_of_it(house):
    house.reads(reviews(0, 36))
    edits = [
        changed(
            each, rating=Rating(value=2 + n % 2), text=f"Après {n} mois d'usage, mon avis n'est plus le même."
        )
        if n < 4
        else each
        for n, each in enumerate(reviews(0, 36))
    ]
    house.reads(edits)
    assert (house.holds(), house.problems, house.told()) == ([], [], [])
    assert house.events() == ["edited"] * 4


def test_finer_dates_are_no_other_dates(house):
    month = [
        changed(each, published=StatedDate(at=each.published.at.replace(day=1), precision="month"))
        for each in reviews(0, 20)
    ]
    house.reads(month)
    house.reads(reviews(0, 20))
    assert house.holds() == []
    assert house.known(3).published_precision == "day"


def test_accepted_it_is_applied_by_the_next_pass_and_marked(house):
    house.reads(reviews(0, 20))
    done = house.reads([moved(each, 1) for each in reviews(0, 22)])
    before = house.figures()
    given = answer(house.open(), done.run.id, accept=True)
    assert (given.answer, given.kinds) == ("accepted", ("dates",))
    assert house.figures() == before
    assert apply_answers(house.open())
    assert apply_answers(house.open()) == []
    for number in range(20):
        assert house.known(number).published_at == review(number).published.at + timedelta(days=1)
    assert [each[1] for each in house.holds()] == ["applied"]
    assert house.told() == [
        ("site_change", "dates", "applied", 20),
        ("site_change_applied", "dates", "accepted", 20),
    ]
    installation = house.open()
    kept = documents(installation.index)
    rebuild(installation)
    assert documents(installation.index) == kept
    house.reads([moved(each, 1) for each in reviews(0, 22)])
    assert (len(house.holds()), house.problems, house.events()) == (1, [], [])


@pytest.mark.parametrize("name", ["ratings mirrored", "all translated"])
def test_accepted_ratings_and_texts_are_no_edits(house, name):
    _, read = ALL[name]
    house.reads(reviews(0, 20))
    done = house.reads(shown(reviews(0, 20), read))
    answer(house.open(), done.run.id, accept=True)
    house.reads(shown(reviews(0, 21), read))
    assert house.events() == []
    assert house.known(3).stars == read(review(3)).rating.value
    assert house.known(3).title == "Avis numéro 3"
    assert len(house.holds()) == 1


def test_rejected_it_is_not_asked_again_until_the_site_has_come_back(house):
    house.reads(reviews(0, 20))
    before = house.figures()
    done = house.reads([moved(each, 1) for each in reviews(0, 20)])
    answer(house.open(), done.run.id, accept=False)
    for _ in range(2):
        house.reads([moved(each, 1) for each in reviews(0, 20)])
        assert (house.figures(), house.problems, len(house.holds())) == (before, [], 1)
    edited = changed(review(19), text="Je change d'avis : ces plantes ont toutes repris après l'hiver.")
    house.reads([moved(edited, 1), *(moved(each, 1) for each in reviews(0, 19))])
    assert house.events() == ["edited"]
    house.reads([edited, *reviews(0, 19)])
    assert [each[1] for each in house.holds()] == ["ended"]
    house.reads([moved(each, 2) for each in reviews(0, 20)])
    assert [each[1] for each in house.holds()] == ["ended", "held"]


def test_what_came_in_meanwhile_is_put_right_without_an_edit(house):
    house.reads(reviews(0, 20))
    house.reads(shown(reviews(0, 22), ALL["ratings mirrored"][1]))
    house.reads(reviews(0, 22))
    assert (house.events(), [each[1] for each in house.holds()]) == ([], ["ended"])
    assert house.known(21).stars == review(21).rating.value


def test_a_run_of_few_neither_asks_again_nor_ends_it(house):
    house.reads(reviews(0, 20))
    before = house.figures()
    house.reads([moved(each, 1) for each in reviews(0, 20)])
    house.reads([moved(each, 1) for each in reviews(16, 20)], full=False, complete=False)
    house.reads([review(20)], full=False, complete=False)
    after = house.figures()
    assert {key: after[key] for key in before} == before
    assert [each[1] for each in house.holds()] == ["held"]


def test_only_what_is_held_can_be_answered(house):
    done = house.reads(reviews(0, 5))
    with pytest.raises(UsageError, match="nothing of run"):
        answer(house.open(), done.run.id, accept=True)
    with pytest.raises(UsageError, match="no run has the id"):
        answer(house.open(), "20260101T000000-00000000", accept=True)


@pytest.mark.parametrize("point", range(1, 5))
def test_killed_at_any_write_the_same_is_held_and_applied(house, monkeypatch, point):
    house.reads(reviews(0, 20))
    house.weeks += 1
    run = harvested(house.open(), shown(reviews(0, 22), ALL["ratings mirrored"][1]))
    real, calls = SqliteIndex.upsert, []

    def killed(index, listed):
        calls.append(1)
        if len(calls) == point:
            raise IndexUnavailable("killed")
        return real(index, listed)

    monkeypatch.setattr(SqliteIndex, "upsert", killed)
    for work in (ingest_waiting, lambda each: answer(each, run.id, accept=True), apply_answers):
        try:
            work(house.open())
        except IndexUnavailable:
            work(house.open())
    monkeypatch.undo()
    assert house.events() == []
    assert [each[:2] for each in house.holds()] == [("ratings", "applied")]
    assert ("site_change_applied", "ratings", "accepted", house.holds()[0][2]) in house.told()
    assert house.known(3).stars == 6 - review(3).rating.value


@pytest.mark.parametrize("name", ["all translated", "values doubled, the scale said for some"])
@pytest.mark.parametrize("new", [2, 10, 20])
def test_a_site_that_mends_itself_mends_what_came_meanwhile(house, name, new):
    """What came while the change lasted is known only as the site showed it then."""
    _, read = ALL[name]
    house.reads(reviews(0, 36))
    house.reads(shown(reviews(0, 36 + new), read))
    house.reads(reviews(0, 36 + new))
    assert [status for _, status, *_ in house.holds()] == ["ended"]
    assert house.problems == []
    held = {key[1]: each for key, each in documents(house.open().index).items() if key[0] == "mention"}
    honest = {each.native_id: each for each in reviews(0, 36 + new)}
    said = {each["native_id"]: (each["text"].split(" : ")[-1], each["stars"]) for each in held.values()}
    assert said == {key: (each.text.split(" : ")[-1], each.rating.stars) for key, each in honest.items()}
    assert house.events() == []
