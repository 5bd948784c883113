"""An edit that only leaves less is believed once two good runs show it, and told once."""

import pytest

from ouidire.mention import Reply
from service.pipeline.index.rebuild import rebuild
from tests.support.pipeline_chain import documents
from tests.support.readings import House, changed, review, reviews


@pytest.fixture
def house(tmp_path, monkeypatch):
    made = House(tmp_path, monkeypatch)
    yield made
    made.close()


def shortened(*numbers, end=str, words=4):
    """Twelve reviews of which some have lost the end of their text."""
    return [
        changed(each, text=" ".join(each.text.split()[:words]) + end("")) if 11 - n in numbers else each
        for n, each in enumerate(reviews(0, 12))
    ]


def test_a_text_that_two_good_runs_show_shorter_is_an_edit_told_once(house):
    house.reads(reviews(0, 12))
    whole = house.known(9).text
    house.reads(shortened(9))
    assert (house.known(9).text, house.events()) == (whole, [])
    assert house.reads(shortened(9)).counts.updated == 1
    assert (house.known(9).text, house.events()) == ("Commande █████ : le", ["edited"])
    house.reads(shortened(9))
    assert house.events() == ["edited"]
    installation = house.open()
    before = documents(installation.index)
    rebuild(installation)
    assert documents(installation.index) == before
    house.reads(reviews(0, 12))
    assert (house.known(9).text, house.events()) == (whole, ["edited", "edited"])


def test_a_bad_run_between_them_is_passed_over_and_does_not_count(house):
    house.reads(reviews(0, 12))
    house.reads(shortened(9))
    house.reads(shortened(9), status="degraded", complete=False)
    assert house.events() == []
    house.reads(shortened(9))
    assert house.events() == ["edited"]


BELIEVED_OF_NO_PAGE = {
    "three at once": lambda: shortened(3, 6, 9),
    "all": lambda: shortened(*range(12)),
    "an ellipsis": lambda: shortened(9, end=lambda _: "…"),
    "a link to the rest": lambda: shortened(9, end=lambda _: " Lire la suite"),
    "nothing is left": lambda: shortened(9, words=0),
    "the longest that is shown": lambda: [
        changed(review(9), text="Une livraison en retard"),
        *(changed(each, text="Bien reçu") for each in reviews(0, 9)),
    ],
}


@pytest.mark.parametrize("shows", BELIEVED_OF_NO_PAGE.values(), ids=BELIEVED_OF_NO_PAGE)
def test_what_a_page_may_have_cut_stands(house, shows):
    if len(shows()) == 12:
        house.reads(reviews(0, 12))
    else:
        house.reads([changed(review(9), text="Une livraison en retard, et un bouquet fané."), *shows()[1:]])
    whole = house.known(9).text
    for _ in range(3):
        house.reads(shows())
    assert (house.known(9).text, house.events(), house.holds()) == (whole, [], [])


def test_another_short_text_waits_for_its_own_second_run(house):
    house.reads(reviews(0, 12))
    house.reads(shortened(9, words=5))
    house.reads(shortened(9, words=4))
    assert house.events() == []
    house.reads(shortened(9, words=4))
    assert house.events() == ["edited"]


def test_a_text_of_two_paragraphs_cut_at_the_first_stands_where_no_other_has_two(house):
    long = changed(review(9), text="Court, bien.\n\nEt puis une suite, bien plus longue, que nul ne montre.")
    shown = [changed(long, text="Court, bien."), *reviews(0, 9)]
    house.reads([long, *reviews(0, 9)])
    house.reads(shown)
    house.reads(shown)
    assert house.events() == []
    other = changed(review(8), text="Deux mots.\nEt un paragraphe de plus.")
    house.reads([shown[0], other, *reviews(0, 8)])
    house.reads([shown[0], other, *reviews(0, 8)])
    assert house.events() == ["edited", "edited"]


@pytest.mark.parametrize(("field", "gone"), [("title", None), ("reply", None)])
def test_a_title_or_an_answer_that_was_removed_is_believed_where_others_are_shown(house, field, gone):
    answered = [
        changed(each, reply=Reply(text="Merci pour votre avis, à bientôt.")) for each in reviews(0, 12)
    ]
    without = [changed(each, **{field: gone}) if n == 2 else each for n, each in enumerate(answered)]
    house.reads(answered)
    house.reads(without)
    assert getattr(house.known(9), field)
    house.reads(without)
    assert not getattr(house.known(9), field)
    few = [changed(each, reply=None) if n > 1 else each for n, each in enumerate(answered)]
    for _ in range(3):
        house.reads(few)
    assert house.events() == []
    assert house.known(3).reply
