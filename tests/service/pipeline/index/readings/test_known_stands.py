"""What a bad reading leaves out never overwrites what is known, and is nobody's edit."""

import pytest

from ouidire.clock import StatedDate
from ouidire.mention import Rating, Reply
from service.pipeline.index.rebuild import rebuild
from service.pipeline.index.reenrich import reenrich
from tests.support.pipeline_chain import documents
from tests.support.readings import START, House, changed, review, reviews


@pytest.fixture
def house(tmp_path, monkeypatch):
    made = House(tmp_path, monkeypatch)
    yield made
    made.close()


def cut(text, words=5, end="…"):
    return " ".join(text.split()[:words]) + end


BAD = {
    "no rating": lambda each: changed(each, rating=None),
    "rating of zero": lambda each: changed(each, rating=Rating(value=0)),
    "rating beyond its scale": lambda each: changed(each, rating=Rating(value=8)),
    "no text": lambda each: changed(each, text=""),
    "no title": lambda each: changed(each, title=None),
    "no date": lambda each: changed(each, published=None),
    "date of the epoch": lambda each: changed(
        each, published=StatedDate(at="1970-01-01T12:00Z", precision="day")
    ),
    "date to come": lambda each: changed(each, published=StatedDate(at="2031-01-01T12:00Z", precision="day")),
    "no author": lambda each: changed(each, author_key=None),
    "not verified any more": lambda each: changed(each, verified=None),
    "no place": lambda each: changed(each, place=None),
    "no reply": lambda each: changed(each, reply=None),
    "reply cut": lambda each: changed(each, reply=Reply(text="Merci …")),
    "text cut": lambda each: changed(each, text=cut(each.text)),
    "text cut without a sign": lambda each: changed(each, text=cut(each.text, end="")),
    "text cut in a word": lambda each: changed(each, text=each.text[:40]),
    "read more": lambda each: changed(each, text=cut(each.text, end="… Lire la suite")),
    "see more": lambda each: changed(each, text=cut(each.text, end="... See more")),
    "plus": lambda each: changed(each, text=cut(each.text, end="… plus")),
    "the link alone": lambda each: changed(each, text="Lire la suite"),
    "title cut": lambda each: changed(each, title="Avis…"),
    "everything but the text": lambda each: changed(
        each, rating=None, title=None, author_key=None, published=None, verified=None, place=None, reply=None
    ),
}


@pytest.mark.parametrize("count", [1, 12])
def test_what_a_page_leaves_out_stands(house, count):
    shown = [changed(each, reply=Reply(text="Merci pour votre avis, à bientôt.")) for each in reviews(0, 12)]
    house.reads(shown)
    before = house.figures()
    for bad, read in BAD.items():
        counts = house.reads([read(each) if n < count else each for n, each in enumerate(shown)]).counts
        assert (counts.updated, counts.unchanged, counts.vanished) == (0, 12, 0), bad
        assert house.problems == [], bad
        assert house.figures() == before, bad
    assert (house.events(), house.holds()) == ([], [])
    assert house.reads(shown).counts.updated == 0


def test_what_else_a_poor_reading_says_is_taken(house):
    house.reads(reviews(0, 4))
    poor = changed(
        review(3), rating=None, text="J'ai changé d'avis : tout est arrivé fané, je suis très déçue."
    )
    assert house.reads([poor, *reviews(0, 3)]).counts.updated == 1
    found = house.known(3)
    assert (found.stars, found.title) == (5, "Avis numéro 3")
    assert found.text.startswith("J'ai changé")
    assert house.events() == ["edited"]


def test_fields_of_several_readings_survive_a_rebuild_and_a_reenrichment(house):
    house.reads(reviews(0, 4))
    house.reads(
        [changed(review(3), rating=None, text="Un tout autre texte, écrit plus tard par la même."), review(2)]
    )
    house.reads([changed(review(3), rating=None, text="", likes=3), review(2)])
    installation = house.open()
    before = documents(installation.index)
    assert (house.known(3).stars, house.known(3).likes) == (5, 3)
    assert house.known(3).text.startswith("Un tout autre")
    rebuild(installation)
    assert documents(installation.index) == before
    reenrich(installation)
    assert documents(installation.index) == before


def test_an_author_may_still_edit(house):
    house.reads(reviews(0, 12))
    edited = changed(
        review(11), rating=Rating(value=1), text="Finalement, les plantes sont toutes mortes en une semaine."
    )
    assert house.reads([edited, *reviews(0, 11)]).counts.updated == 1
    assert (house.known(11).stars, house.events(), house.holds()) == (1, ["edited"], [])
    longer = changed(edited, text=edited.text + " EDIT : remboursée, merci.")
    house.reads([longer, *reviews(0, 11)])
    assert house.known(11).text.endswith("merci.")
    assert house.events() == ["edited", "edited"]


def test_another_typography_or_scale_is_no_edit(house):
    house.reads(reviews(0, 12))
    rescaled = [
        changed(
            each, rating=Rating(value=each.rating.value * 2, best=10), text=each.text.replace("'", "’") + " "
        )
        for each in reviews(0, 12)
    ]
    house.reads(rescaled)
    assert (house.events(), house.holds(), house.known(3).stars) == ([], [], 5)
    assert house.known(3).rating == 10


def test_a_text_that_was_cut_and_is_shown_whole_is_no_edit(house):
    house.reads([changed(each, text=cut(each.text, end="… Lire la suite")) for each in reviews(0, 12)])
    house.reads(reviews(0, 12))
    assert (house.events(), house.holds()) == ([], [])
    assert house.known(3).text.endswith("accueil plus.")


@pytest.mark.parametrize("count", [2, 12])
def test_one_text_in_the_place_of_several_is_nobodys(house, count):
    house.reads(reviews(0, 30))
    before = house.figures()
    same = "Ce contenu n'est plus disponible dans votre région, merci de réessayer."
    house.reads([changed(each, text=same) if n < count else each for n, each in enumerate(reviews(0, 30))])
    assert (house.figures(), house.events()) == (before, [])


def test_a_degraded_run_brings_new_mentions_and_changes_no_known_one(house):
    house.reads(reviews(0, 12))
    before = house.figures()
    shown = [changed(each, rating=Rating(value=2), text="Autre texte, mal lu.") for each in reviews(0, 12)]
    done = house.reads([review(12), *shown], status="degraded", complete=False)
    assert done.counts.model_dump() == {"new": 1, "updated": 0, "unchanged": 12, "vanished": 0}
    after = house.figures()
    assert {key: after[key] for key in before} == before
    assert (house.events(), house.holds()) == ([], [])
    house.reads([changed(review(12), rating=Rating(value=1)), *reviews(0, 12)])
    assert house.events() == ["edited"]
    assert house.known(12).first_seen_at > START


def test_pages_read_anew_by_hand_change_what_is_known_but_take_nothing_from_it(house):
    house.reads(reviews(0, 6))
    better = changed(review(5), text="Ce que dit cette page, lu comme il faut cette fois.", rating=None)
    assert house.reads([better], kind="reparse", status="degraded").counts.updated == 1
    found = house.known(5)
    assert (found.text, found.stars) == (better.text, review(5).rating.value)
    assert house.events() == []
