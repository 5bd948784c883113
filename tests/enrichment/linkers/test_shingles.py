"""Shingles are the same whatever the case and the punctuation, sorted, and shared as texts are alike."""

import numpy as np
import pytest

from enrichment.base import LinkSubject
from enrichment.linkers.shingles import overlap, shingled, shingles_of

TEXT = "un deux trois quatre cinq six sept huit neuf dix"


def test_shingles_are_the_three_word_runs_each_once_and_rising():
    found = shingles_of(TEXT)
    assert (found.dtype, len(found)) == (np.uint64, 8)
    assert (np.diff(found.astype(object)) > 0).all()
    assert np.array_equal(found, shingles_of(TEXT.upper().replace(" ", ", ")))
    assert len(shingles_of(" ".join(["encore"] * 50))) == 1


def test_a_short_text_has_none():
    assert len(shingles_of("un deux trois quatre cinq six sept")) == 0
    assert len(shingles_of("")) == 0


def test_the_overlap_is_what_two_texts_share_of_all_their_runs():
    one, other = shingles_of(TEXT), shingles_of(TEXT + " onze douze")
    assert overlap(one, one) == 1
    assert overlap(one, other) == overlap(other, one) == pytest.approx(8 / 10)
    assert overlap(one, shingles_of("rien de tout cela ne se lit dans le premier")) == 0


class Once:
    """A mention that counts how often its text is read."""

    def __init__(self, name):
        self.id, self.at, self.read = name, "2026-01-01", 0

    @property
    def text(self):
        self.read += 1
        return TEXT


def test_every_text_is_read_once():
    subjects = [Once(str(number)) for number in range(5)]
    window = shingled(subjects)
    assert [each.read for each in subjects] == [1] * 5
    assert window.originals is None
    assert shingled([LinkSubject(id="a", source_key="s", at="2026-01-01", text=TEXT)]).subjects[0].id == "a"
