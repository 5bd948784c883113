"""Scales in words: what each word is worth, and which columns are none."""

import pytest

from crawlers.reading.sheets.likert import is_no_answer, word_scale
from crawlers.reading.sheets.likert_words import STEPS, SYMMETRIC, scales_in


@pytest.mark.parametrize(
    ("words", "best", "values"),
    [
        (["Très satisfaite", "Plutôt pas satisfait", "Satisfait·e"], 5, [5, 2, 4]),
        (
            [
                "Tout à fait d'accord",
                "Plutôt d’accord",
                "Pas du tout d'accord",
                "Ni d'accord ni pas d'accord",
            ],
            5,
            [5, 4, 1, 3],
        ),
        (["Tout à fait", "Plutôt", "Plutôt pas", "Pas du tout"], 4, [4, 3, 2, 1]),
        (["Strongly agree", "Disagree", "Neither agree nor disagree"], 5, [5, 2, 3]),
        (["5 - Très satisfait", "1 - Pas du tout satisfait"], 5, [5, 1]),
        (["Excellent", "Passable", "Mauvais"], 5, [5, 3, 2]),
    ],
)
def test_what_words_are_worth(words, best, values):
    scale = word_scale(words)
    assert (scale.best, [scale.value(word) for word in words]) == (best, values)
    assert words[0] in scale.told_by
    assert scale.value("Peut-être") is None


def test_a_scale_whose_middle_nobody_chose_has_four_points_from_twenty_answers():
    assert word_scale(["Très satisfait", "Insatisfait"] * 9).best == 5
    assert word_scale(["Très satisfait", "Insatisfait"] * 10).best == 4


@pytest.mark.parametrize(
    "cells", [["9", "10", "3"], ["Lyon", "Nantes"], ["Très bel accueil ce jour", "Bof"], []]
)
def test_other_columns_have_no_scale(cells):
    assert word_scale(cells) is None


def test_words_of_two_scales_are_refused():
    assert "not the words of one scale" in word_scale(["Très satisfait", "Tout à fait d'accord"])


@pytest.mark.parametrize("cell", ["Ne sait pas", "NSP", "Non concerné", "N/A", "Don't know", "Keine Angabe"])
def test_no_answer_is_none(cell):
    assert is_no_answer(cell)


def test_no_word_stands_twice_in_a_scale():
    for scale in (*scales_in(SYMMETRIC), *scales_in(STEPS)):
        words = [word for point in scale for word in point]
        assert len(words) == len(set(words))
        assert not any(is_no_answer(word) for word in words)
