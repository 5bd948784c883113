"""Listings that move on, and sites that rename what they list: nothing of it is anybody's withdrawal."""

from collections import Counter
from datetime import timedelta

import pytest

from ouidire.clock import StatedDate
from ouidire.ids import mention_id
from ouidire.mention import Rating
from service.pipeline.answers import answer
from service.pipeline.index.ingest import ingest_waiting
from service.pipeline.index.linking import link_waiting
from service.pipeline.index.readings.renamed import Stated, renamed
from service.pipeline.index.readings.windows import is_window
from service.pipeline.index.rebuild import rebuild
from service.pipeline.keep.forget import erase
from tests.support.pipeline_chain import documents
from tests.support.readings import KEY, START, House, changed, moved, review, reviews


@pytest.fixture
def house(tmp_path, monkeypatch):
    made = House(tmp_path, monkeypatch)
    yield made
    made.close()


@pytest.mark.parametrize(("size", "step"), [(20, 5), (20, 1), (10, 10), (4, 1), (6, 2)])
def test_a_window_withdraws_nothing(house, size, step):
    for week in range(4):
        done = house.reads(reviews(week * step, week * step + size))
        assert done.counts.vanished == 0
    assert house.events() == []
    assert house.count(presence="present") == size + 3 * step


def test_a_window_with_a_pinned_review_and_undated_ones_withdraw_nothing(house):
    pinned = review(0)
    for week in range(3):
        house.reads([pinned, *reviews(week * 5 + 1, week * 5 + 15)])
    for week in range(3):
        listed = [changed(each, published=None) for each in reviews(100 + week * 5, 120 + week * 5)]
        house.reads(listed, entity="other.example")
    assert house.events() == []


def test_what_a_window_no_longer_shows_in_its_midst_was_withdrawn(house):
    house.reads(reviews(0, 20))
    house.reads(reviews(5, 25))
    gone = [each for each in reviews(5, 26) if each.native_id != "r20"]
    assert house.reads(gone).counts.vanished == 1
    assert house.events() == ["vanished"]
    house.reads(reviews(5, 27))
    assert house.events() == ["restored", "vanished"]


@pytest.mark.parametrize("gone", [(17,), (3, 9, 14), (4, 8, 11, 15, 18, 19)])
def test_what_a_whole_listing_no_longer_shows_was_withdrawn(house, gone):
    house.reads(reviews(0, 20))
    left = [each for each in reviews(0, 22) if each.native_id not in {f"r{number}" for number in gone}]
    assert house.reads(left).counts.vanished == len(gone)
    assert house.events() == ["vanished"] * len(gone)


def days(*numbers):
    return [None if number is None else START + timedelta(days=number) for number in numbers]


WINDOWS = [
    ((1, 2, 3), (4, 5, 6, 7), True),
    ((1, 2, 8), (4, 5, 6, 7), False),
    ((1, 2, 3, 4, 9), (5, 6, 7, 8, 10), True),  # almost
    ((4, 4, 3), (4, 5, 6, 7), True),  # some of a day have left, some have not
    ((3,), (3, 3, 3), False),  # one day has no order
    ((5,), (4, 6, 7), False),
    ((None, None), (4, 5), False),
    ((1,), (None,), False),
    ((), (1, 2), False),
]


@pytest.mark.parametrize(("missing", "seen", "window"), WINDOWS)
def test_windows(missing, seen, window):
    assert is_window(days(*missing), days(*seen)) is window


def test_a_listing_as_long_as_before_is_a_window():
    assert is_window(days(5, 6, 7), days(1, 2, 8), length=40, length_before=40)
    assert not is_window(days(5, 6, 7), days(1, 2, 8), length=40, length_before=41)
    assert not is_window(days(5), days(1, 2, 8), length=40, length_before=40)


def under_another_id(each):
    return changed(each, native_id=f"new-{each.native_id}", url=f"https://shop.example/a/{each.native_id}")


RENAMED = {
    "ids alone": under_another_id,
    "ids, and a day later": lambda each: moved(under_another_id(each), 1),
    "ids, and authors hidden": lambda each: changed(under_another_id(each), author_key=None),
    "ids, and other words": lambda each: changed(under_another_id(each), text=f"Translated {each.native_id}"),
    "no ids, short texts": lambda each: changed(under_another_id(each), text="Très bien", title=None),
}


@pytest.mark.parametrize("name", RENAMED)
@pytest.mark.parametrize("count", [3, 30])
def test_renamed_wholesale_they_are_the_known_ones(house, name, count):
    short = name == "no ids, short texts"
    house.reads(
        [changed(each, text="Très bien", title=None) if short else each for each in reviews(0, count)]
    )
    before = house.figures()
    done = house.reads([RENAMED[name](each) for each in reviews(0, count + 2)])
    after = house.figures()
    assert (done.counts.new, done.counts.vanished, house.events()) == (2, 0, [])
    assert {key: after[key][1:] for key in before} == {key: value[1:] for key, value in before.items()}
    assert ("ids", "linked", count, count) in house.holds()
    assert ("site_change", "ids", "linked", count) in house.told()
    again = house.reads([RENAMED[name](each) for each in reviews(0, count + 3)])
    assert (again.counts.new, again.counts.vanished, house.events()) == (1, 0, [])
    assert len([each for each in house.holds() if each[0] == "ids"]) == 1


def test_what_is_left_over_of_former_names_is_nobodys_withdrawal(house):
    house.reads(reviews(0, 20))
    other = changed(
        under_another_id(review(3)),
        author_key="someone",
        text="Tout autre chose, dit par une tout autre personne.",
        published=StatedDate(at=START, precision="day"),
    )
    house.reads([*map(under_another_id, reviews(4, 20)), other, *map(under_another_id, reviews(0, 3))])
    assert (house.events(), house.count(presence="vanished")) == ([], 1)


def test_renamed_once_more_rebuilt_and_erased(house):
    house.reads(reviews(0, 8))
    house.reads(list(map(under_another_id, reviews(0, 8))))
    again = [changed(each, native_id=f"v3-{each.native_id}") for each in reviews(0, 8)]
    house.reads(again)
    assert (house.count(), house.events()) == (8, [])
    installation = house.open()
    before = documents(installation.index)
    rebuild(installation)
    assert documents(installation.index) == before
    assert house.known(3).native_id == "v3-r3"
    erase(installation, item_id=mention_id(KEY, "r3"))
    house.reads(again)
    house.reads(list(map(under_another_id, reviews(0, 8))))
    assert house.count() == 7
    for harvest in house.open().harvests.sealed():
        assert not [
            each for each in harvest.items() if "accueil" in each.item.text and "23757" in each.item.text
        ]


def test_one_that_is_renamed_alone_is_the_known_one_and_a_new_text_is_not(house):
    house.reads(reviews(0, 20))
    house.reads([*reviews(4, 20), under_another_id(review(3)), *reviews(0, 3)])
    assert (house.count(), house.events(), house.holds()) == (20, [], [])
    same_author = changed(review(50), author_key="author7", published=review(7).published)
    assert house.reads([same_author, *reviews(4, 20), under_another_id(review(3))]).counts.new == 1


def test_two_that_say_the_same_of_one_day_are_two():
    said = {"said": "s", "length": 40, "author": None, "date": "2026-03-02", "stars": None}
    new = [Stated(id=name, **said) for name in ("n1", "n2")]
    assert renamed(new, [Stated(id="k1", **said)], seen=9).known_ids == {}
    assert renamed(new, [Stated(id=name, **said) for name in ("k1", "k2")], seen=9).known_ids == {
        "n1": "k1",
        "n2": "k2",
    }


def stranger(number):
    return changed(
        review(number),
        native_id=f"plumber-{number}",
        author_key=f"other{number}",
        text=f"Le plombier est venu {number} fois pour la fuite, sans jamais la trouver.",
        title=None,
        rating=Rating(value=1),
    )


@pytest.mark.parametrize("status", ["ok", "degraded"])
@pytest.mark.parametrize("count", [5, 30])
def test_a_page_of_which_nothing_is_known_is_not_believed(house, count, status):
    house.reads(reviews(0, 30))
    house.reads(reviews(0, 30))
    before = house.figures()
    done = house.reads([stranger(number) for number in range(count)], status=status, complete=status == "ok")
    assert done.counts.model_dump() == {"new": 0, "updated": 0, "unchanged": 0, "vanished": 0}
    assert (house.figures(), house.events()) == (before, [])
    assert house.holds() == [("subject", "held", count, 30)]
    assert "nothing of the run is used" in house.problems[0]
    assert (done.run.status, done.run.summary.hold.kind) == ("layout_changed", "another_subject")
    house.reads(reviews(0, 31))
    assert [each[1] for each in house.holds()] == ["ended"]
    assert (house.count(), house.events()) == (31, [])


def test_strangers_that_a_person_accepts_come_in(house):
    house.reads(reviews(0, 30))
    house.reads(reviews(0, 30))
    strangers = [stranger(number) for number in range(12)]
    done = house.reads(strangers)
    house.reads(strangers)
    assert len(house.holds()) == 1
    answer(house.open(), done.run.id, accept=True)
    assert [each.counts.new for each in ingest_waiting(house.open())] == [12, 0]
    assert (house.count(), house.events()) == (42, [])
    house.reads(strangers)
    assert ([each[1] for each in house.holds()], house.events(), house.problems) == (["applied"], [], [])
    assert house.count(presence="vanished") == 30
    installation = house.open()
    kept = documents(installation.index)
    rebuild(installation)
    assert documents(installation.index) == kept


def test_new_reviews_alone_are_no_strangers(house):
    house.reads(reviews(0, 10))
    house.reads(reviews(5, 15))
    assert house.reads(reviews(15, 25)).counts.new == 10
    assert (house.holds(), house.events()) == ([], [])


def test_new_words_that_resemble_each_other_are_not_one_text(house):
    house.reads(reviews(0, 20))
    same = "This review is being translated by our partner, please come back in a few minutes to read it."
    alike = [changed(review(number), text=f"{same} {number}") for number in range(20, 30)]
    house.reads([*alike, *reviews(0, 20)])
    link_waiting(house.open())
    assert house.count(duplicate_of=None) == 30


def test_a_copy_and_copies_of_one_author_stay_copies(house):
    text = "La commande est arrivée avec trois semaines de retard et personne ne répond jamais au téléphone."
    again = [changed(review(number), text=text, author_key="same") for number in (26, 27, 28, 29)]
    other = [changed(review(number), text=text) for number in (21, 22)]
    house.reads([*again, *other, *reviews(0, 20)])
    link_waiting(house.open())
    assert house.count(duplicate_of=None) == 21


def unnamed(each):
    return changed(each, native_id=None, author=f"Nom {each.native_id}", author_key=None)


def test_ids_made_of_dates_move_with_them_and_back(house):
    house.reads([unnamed(each) for each in reviews(0, 30)])
    done = house.reads([unnamed(moved(each, 1)) for each in reviews(0, 32)])
    assert (done.counts.new, house.count()) == (2, 32)
    assert [each[:2] for each in house.holds()] == [("dates", "held"), ("ids", "linked")]
    done = house.reads([unnamed(each) for each in reviews(0, 32)])
    assert (done.counts.new, house.count(), house.events()) == (0, 32, [])
    assert [each[:2] for each in house.holds()] == [("dates", "ended"), ("ids", "linked")]


def answers(listed):
    """Answers of nobody, known by their date, their rating and how many such came before."""
    seen, found = Counter(), []
    for each in reversed(listed):
        known = f"{each.published.at:%Y-%m-%d} {each.rating.value if each.rating else each.asked_score}"
        seen[known] += 1
        found.append(changed(each, native_id=f"{known} {seen[known]}", author_key=None, title=None, url=None))
    return found


def on_one_day(listed):
    day = StatedDate(at=START - timedelta(days=1), precision="day")
    return [changed(each, published=day) for each in listed]


def test_answers_that_came_misdated_are_not_doubled_once_their_dates_are_right(house):
    short = dict.fromkeys((30, 31, 33), "Très bien")
    oldest_first = enumerate(reversed(reviews(0, 36)))
    listed = [
        changed(each, text=short.get(at, each.text), rating=Rating(value=5)) for at, each in oldest_first
    ]
    house.reads(answers(listed[29::-1]))
    done = house.reads(answers(on_one_day(listed[32::-1])))
    assert (done.counts.new, house.count()) == (3, 33)
    done = house.reads(answers(listed[::-1]))
    assert (done.counts.new, house.count()) == (3, 36)
    assert house.events() == []
    days = [day for day, _, text, *_ in house.figures().values() if text == "Très bien"]
    assert len(set(days)) == 3, "each has its own date again"


def test_each_respondent_counts_though_several_say_the_same(house):
    text = "Commande reçue à temps, emballage soigné, les plantes sont belles et l'équipe est à l'écoute."
    said = [
        changed(review(40 + at), text=text, asked_score=score, rating=None)
        for at, score in enumerate((10, 9, 10, 2))
    ]
    house.reads([*answers(said[::-1]), *reviews(36, 60)], source="survey_file")
    link_waiting(house.open())
    assert (house.count(), house.count(duplicate_of=None)) == (28, 28)


def test_one_respondent_twice_and_one_answer_in_two_files_count_once(house):
    text = "Commande reçue à temps, emballage soigné, les plantes sont belles et l'équipe est à l'écoute."
    first = changed(review(41), text=text, asked_score=10, rating=None)
    house.reads([first, changed(review(42), text=text, asked_score=9, rating=None, author_key="author41")])
    link_waiting(house.open())
    assert house.count(duplicate_of=None) == 1
    house.reads([changed(first, author_key=None)], source="survey_file", entity="other")
    link_waiting(house.open())
    assert (house.count(), house.count(duplicate_of=None)) == (3, 1)
