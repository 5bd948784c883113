import random
from datetime import UTC, datetime, timedelta

import pytest

from enrichment.base import LinkSubject
from enrichment.lexicons import patterns
from enrichment.linkers.duplicates import DuplicateLinker
from enrichment.linkers.shingles import shingled
from enrichment.linkers.suspicion import MOST_LIKELY, SuspicionLinker, _at_least

START = datetime(2026, 6, 1, 9, tzinfo=UTC)
MOULD = (
    "Merci à {} pour son accueil chaleureux et ses conseils avisés au rayon {}, "
    "une équipe formidable que nous reverrons bientôt."
)


def review(number, text="", *, day=0.0, stars=None, place="lyon", author=None):
    at = (START + timedelta(days=day)).isoformat()
    author = author or f"a{number}"
    return LinkSubject(
        id=f"m{number:03}",
        source_key="s:e",
        place=place,
        author_key=author,
        at=at,
        text=text or f"avis {number}",
        stars=stars,
    )


def reasons(subjects):
    window = shingled(subjects)
    originals = {key: found.duplicate_of for key, found in DuplicateLinker().link(window).items()}
    found = SuspicionLinker().link(window._replace(originals=originals))
    return {key: suspicion.reasons for key, suspicion in found.items()}


def test_duplicates_must_have_been_looked_for():
    with pytest.raises(ValueError, match="requires duplicates"):
        SuspicionLinker().link(shingled([review(1)]))


def test_duplicates_are_those_that_it_is_given():
    window = shingled([review(1), review(2)])
    found = SuspicionLinker().link(window._replace(originals={"m002": "m001"}))
    assert {key: suspicion.reasons for key, suspicion in found.items()} == {
        "m001": ("duplicate",),
        "m002": ("duplicate",),
    }


def test_what_authors_say_of_why_they_write():
    window = [
        review(1, "En échange d'un bon de réduction, voici mon avis."),
        review(2, "They asked me to leave a review."),
        review(3, "J'ai utilisé mon bon de réduction, la caisse l'a pris."),
    ]
    assert reasons(window) == {"m001": ("incentivised",), "m002": ("invited",)}


def test_a_mould_needs_three_voices():
    texts = [MOULD.format(*pair) for pair in (("Julie", "jardin"), ("Marc", "outils"), ("Lina", "bassin"))]
    assert reasons([review(number, text) for number, text in enumerate(texts)]) == {
        f"m{number:03}": ("templated",) for number in range(3)
    }
    assert reasons([review(number, text) for number, text in enumerate(texts[:2])]) == {}
    assert reasons([review(number, text, author="same") for number, text in enumerate(texts)]) == {}


def test_copies_are_duplicates_whichever_came_first_unless_one_repeats_oneself():
    text = "Une jardinerie comme on n'en fait plus, avec de vrais conseils et des plantes saines."
    assert reasons([review(1, text), review(2, text + " Bravo")]) == {
        "m001": ("duplicate",),
        "m002": ("duplicate",),
    }
    assert reasons([review(1, text, author="x"), review(2, text, author="x")]) == {}


def quiet(count=10):
    return [review(number, day=number * 5, stars=1 + number % 5) for number in range(count)]


def test_a_burst_is_one_sided_and_beyond_the_place_s_own_pace():
    praise = [review(100 + number, day=30 + number / 10, stars=5) for number in range(12)]
    assert set(reasons(quiet() + praise)) >= {each.id for each in praise}
    mixed = [review(100 + number, day=30 + number / 10, stars=1 + number % 5) for number in range(12)]
    assert reasons(quiet() + mixed) == {}
    elsewhere = [
        review(100 + number, day=30 + number / 10, stars=5, place=f"p{number}") for number in range(12)
    ]
    assert reasons(quiet() + elsewhere) == {}
    assert reasons(praise) == {}


def test_a_busy_place_has_no_bursts():
    chance = random.Random(3)
    window = [review(number, day=chance.random() * 60, stars=5) for number in range(400)]
    assert reasons(window) == {}


def test_the_order_of_the_window_does_not_count():
    window = quiet() + [
        review(100 + number, MOULD.format(number, "x"), day=30, stars=5) for number in range(9)
    ]
    shuffled = list(window)
    random.Random(1).shuffle(shuffled)
    assert reasons(shuffled) == reasons(window)
    assert reasons([]) == {}


@pytest.mark.parametrize(("count", "pace", "expected"), [(1, 1.0, 0.632), (3, 1.0, 0.080), (8, 8.0, 0.547)])
def test_chances_of_counts(count, pace, expected):
    assert _at_least(count, pace) == pytest.approx(expected, abs=0.001)
    assert _at_least(60, 1.0) < MOST_LIKELY


@pytest.mark.parametrize(
    "entry",
    patterns.lexicon("suspicion"),
    ids=lambda each: f"{each.what}-{each.language}-{each.pattern[:25]}",
)
def test_every_entry_is_found_in_its_example(entry):
    assert entry in [found.entry for found in patterns.find("suspicion", entry.example)]
