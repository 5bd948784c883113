"""The floor of vectors for themes: groups agree with subjects that people gave."""

import pytest

from enrichment.training.evaluation.theme_groups import AIM, agreement, by_themes, by_words, trades
from tests.support import floors
from tests.support.paths import SHARED

DATASETS = SHARED / "datasets"
READ = 240


def trade(name):
    return next(each for each in trades(DATASETS, floors.HERE) if each.name == name)


@pytest.mark.skipif(
    not (DATASETS / "absa").exists(), reason="no labelled texts beside the checkout (../shared/datasets)"
)
def test_groups_of_french_restaurants_agree_with_their_categories():
    found = trade("French restaurants")
    texts, subjects = found.texts[:READ], found.subjects[:READ]
    assert agreement(by_themes(texts), subjects).ami >= AIM
    assert agreement(by_words(texts), subjects).ami < AIM


def test_neighbours_of_our_own_sentences_share_their_subject():
    found = trade("ours, several trades")
    assert agreement(by_themes(found.texts), found.subjects).neighbours >= 0.15
