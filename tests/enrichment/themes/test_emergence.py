"""New subjects of a week: found where one came up, and hardly ever where none did."""

import numpy as np
import pytest

from enrichment.themes import emergence
from enrichment.themes.emergence import nearest_theme, new_subjects
from tests.support.theme_window import window

SEVEN_PERCENT, HALF_OF_IT = 30, 15


def found(seed, new):
    """Whether a subject of mostly new sentences (the window's first rows) was found."""
    subjects = new_subjects(window(seed, new=new))
    return any((each.members < new).mean() > 0.8 for each in subjects)


def test_quiet_weeks_bring_hardly_ever_a_theme():
    assert sum(bool(new_subjects(window(seed))) for seed in range(12)) <= 1


def test_a_subject_of_seven_percent_of_a_week_is_found():
    assert sum(found(100 + seed, SEVEN_PERCENT) for seed in range(5)) >= 5


def test_a_subject_of_half_that_is_found_every_other_time():
    assert sum(found(200 + seed, HALF_OF_IT) for seed in range(6)) >= 3


def test_the_same_sentences_give_the_same_subjects():
    one, two = (new_subjects(window(7, new=40)) for _ in range(2))
    assert len(one) == len(two) == 1
    assert np.array_equal(one[0].anchor, two[0].anchor)
    assert np.array_equal(one[0].members, two[0].members)
    assert one[0].p == two[0].p < emergence.ALPHA


def test_what_one_author_repeats_is_no_subject():
    given = window(7, new=40)
    authors = np.where(np.arange(len(given.now)) < 40, 0, given.authors)
    assert new_subjects(given._replace(authors=authors)) == []


def test_a_subject_of_a_source_that_grows_is_not_new():
    """What comes of a source in the proportion in which its sentences are of this week is expected."""
    given = window(7, new=40)
    sources = np.where(np.arange(len(given.now)) < 40, 3, given.sources)
    assert new_subjects(given._replace(sources=sources)) == []


@pytest.mark.parametrize("left", [0, 20])
def test_too_few_sentences_are_not_tested(left):
    given = window(7, new=left, sentences_a_week=39)
    assert new_subjects(given) == []


def test_a_sentence_stays_with_the_theme_that_was_first():
    given = window(3, new=40)
    (subject,) = new_subjects(given)
    before = nearest_theme(given.vectors, [subject.anchor], [subject.radius])
    other = given.vectors[60]
    after = nearest_theme(given.vectors, [subject.anchor, other], [subject.radius, 0.3])
    assert (after[before == 0] == 0).all()
    assert after[60] == 1
    assert nearest_theme(given.vectors, [], []).tolist() == [-1] * len(given.now)
