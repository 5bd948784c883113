"""An edit that only leaves less is believed once good runs have shown it again, and told once."""

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


def emptied(count):
    return shortened(*range(9, 9 - count, -1), words=0)


def unrated(count):
    return [
        changed(each, rating=None) if 2 <= n < 2 + count else each for n, each in enumerate(reviews(0, 12))
    ]


def unscored(count):
    return [
        changed(each, asked_score=None) if 2 <= n < 2 + count else each for n, each in enumerate(scored())
    ]


def scored():
    return [changed(each, asked_score=8.0) for each in reviews(0, 12)]


TAKEN_BACK = {
    "text": (lambda: reviews(0, 12), emptied, lambda known: not known.text),
    "rating": (lambda: reviews(0, 12), unrated, lambda known: known.stars is None),
    "score": (scored, unscored, lambda known: known.asked_score is None),
}


@pytest.mark.parametrize(("whole", "less", "is_gone"), TAKEN_BACK.values(), ids=TAKEN_BACK)
def test_what_an_author_took_back_is_believed_after_three_good_runs_and_told_once(
    house, whole, less, is_gone
):
    house.reads(whole())
    for status in ("ok", "degraded", "ok"):
        house.reads(less(1), status=status, complete=status == "ok")
        assert (is_gone(house.known(9)), house.events()) == (False, [])
    house.reads(less(1))
    assert (is_gone(house.known(9)), house.events()) == (True, ["edited"])
    house.reads(less(1))
    assert (is_gone(house.known(9)), house.events()) == (True, ["edited"])
    installation = house.open()
    before = documents(installation.index)
    rebuild(installation)
    assert documents(installation.index) == before


@pytest.mark.parametrize(("whole", "less", "is_gone"), TAKEN_BACK.values(), ids=TAKEN_BACK)
def test_what_several_lack_at_once_or_one_lacks_now_and_then_stands(house, whole, less, is_gone):
    house.reads(whole())
    for _ in range(4):
        house.reads(less(3))
    for _ in range(3):
        house.reads(less(1))
        house.reads(whole())
    assert (any(is_gone(house.known(n)) for n in range(12)), house.events()) == (False, [])


def test_a_rating_of_a_page_that_shows_hardly_any_stands(house):
    few = [changed(each, rating=None) if n > 2 else each for n, each in enumerate(reviews(0, 12))]
    house.reads(few)
    for _ in range(4):
        house.reads([changed(each, rating=None) if n == 2 else each for n, each in enumerate(few)])
    assert house.known(9).stars is not None
    assert house.events() == []


def test_the_longest_text_of_a_page_is_believed_sooner_where_it_ends_as_a_sentence_does(house):
    whole = changed(review(9), text="Une livraison en retard, hélas ! Le bouquet était fané. Nul ne répond.")
    others = [changed(each, text=f"Bien reçu. Merci {n}.") for n, each in enumerate(reviews(0, 9))]

    def shows(text):
        return [changed(whole, text=text), *others]

    house.reads([whole, *others])
    for end, runs in (
        ("Une livraison en retard, hélas ! Le bouquet était fané.", 3),
        ("Une livraison en retard", 4),
    ):
        for _ in range(runs - 1):
            house.reads(shows(end))
            assert house.known(9).text != end
        house.reads(shows(end))
        assert house.known(9).text == end
    for _ in range(5):
        house.reads(shows("Une livraison en ret"))
    assert house.known(9).text == "Une livraison en retard"


def test_among_thousands_some_edit_every_week(house):
    house.reads(reviews(0, 400))
    less = [
        changed(each, rating=None) if n in (5, 50, 99, 200) else each
        for n, each in enumerate(reviews(0, 400))
    ]
    for _ in range(3):
        house.reads(less)
    assert house.events() == ["edited"] * 4
