"""What digests that left said is kept, and the next one says where it counts otherwise."""

import re

import pytest

from ouidire.period import last_full_period
from reports.rendering.mail import render_mail
from service.pipeline.keep.forget import erase
from service.pipeline.report.digests import digest_context, edition_of, send_digests
from tests.support.readings import House, review, reviews

BRAND = "pousse-et-compagnie"


@pytest.fixture
def house(tmp_path, monkeypatch):
    made = House(tmp_path, monkeypatch)
    made.data = {"recipient": [{"address": "claire@example.fr"}]}
    yield made
    made.close()


def sent(house):
    installation = house.open()
    week = last_full_period("week", installation.clock(), timezone=installation.settings.timezone)
    assert [each.outcome for each in send_digests(installation, week)] == ["sent"]
    return week


def told(house):
    installation = house.open()
    week = last_full_period("week", installation.clock(), timezone=installation.settings.timezone)
    edition = edition_of(installation.settings.editions["brand"], BRAND)
    context = digest_context(installation, week, edition=edition)
    return context.changed_past, re.sub(r"\s+", " ", render_mail(context, "fr").text)


def test_the_next_digest_says_what_became_of_the_last_ones_figures(house):
    house.reads(reviews(40, 60))
    sent(house)
    late = [
        review(number, published=review(59).published, text=f"Arrivé tard, numéro {number * 7919} du lot.")
        for number in (70, 71)
    ]
    house.reads([*late, *reviews(40, 60)])
    (changed,), text = told(house)
    assert (changed.came, changed.gone, changed.now - changed.was) == (2, 0, 2)
    assert "dans le dernier bilan (2 arrivées depuis)" in text
    assert erase(house.open(), item_id=house.known(58).id).mentions == 1
    (changed,), text = told(house)
    assert (changed.came, changed.gone, changed.causes) == (2, 1, ("erased",))
    assert "une de moins : effacement demandé" in text
    sent(house)
    house.weeks += 1
    assert told(house)[0] == ()  # it was said


def test_a_digest_sent_again_is_not_compared_with_itself(house):
    house.reads(reviews(40, 60))
    sent(house)
    house.weeks += 0.2
    assert told(house)[0] == ()
