"""What a site shows as removed, or no longer as public, is withdrawn, whether or not a run is complete."""

import pytest

from ouidire.ids import mention_id
from tests.support.readings import KEY, House, review, reviews


@pytest.fixture
def house(tmp_path, monkeypatch):
    made = House(tmp_path, monkeypatch)
    yield made
    made.close()


def withdrawn(*numbers):
    return tuple(mention_id(KEY, f"r{number}") for number in numbers)


def test_what_is_shown_as_removed_is_withdrawn_and_told(house):
    house.reads(reviews(0, 6), complete=False)
    done = house.reads([], complete=False, status="ok", withdrawn=withdrawn(2, 99))
    assert done.counts.vanished == 1
    assert (house.known(2).presence, house.known(3).presence) == ("vanished", "present")
    assert house.events() == ["vanished"]


def test_what_was_shown_and_removed_in_one_run_is_withdrawn(house):
    house.reads([review(1)], complete=False, withdrawn=withdrawn(1))
    assert house.known(1).presence == "vanished"


def test_what_comes_back_is_restored(house):
    house.reads(reviews(0, 3), complete=False)
    house.reads([], complete=False, withdrawn=withdrawn(1))
    house.reads(reviews(0, 3), complete=False)
    assert house.known(1).presence == "present"
    assert house.events() == ["restored", "vanished"]


def test_the_words_of_an_account_that_is_gone_leave_everything(house, monkeypatch):
    monkeypatch.setattr("service.pipeline.index.readings.withdrawn.erases", lambda _: True)
    house.reads(reviews(0, 6), complete=False)
    gone = house.known(2).author_key
    others = [number for number in range(6) if house.known(number).author_key != gone]
    assert gone
    assert len(others) < 6
    house.reads([review(2)], complete=False, departed=(gone,))
    assert house.known(2) is None
    assert [house.known(number).presence for number in others] == ["present"] * len(others)
    kept = [each.item.author_key for harvest in house.open().harvests.sealed() for each in harvest.items()]
    assert gone not in kept
