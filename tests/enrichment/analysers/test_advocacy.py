import math

import pytest

from enrichment.analysers.advocacy import AdvocacyAnalyser, asked, star_proxy
from enrichment.analysers.encode import ReadingAnalyser
from enrichment.analysers.sentences import SentenceSplitter
from enrichment.run import Enricher
from tests.support.annotate import annotate


def read(text="", **given):
    enricher = Enricher([SentenceSplitter(), ReadingAnalyser(), AdvocacyAnalyser()])
    return annotate(text, enricher=enricher, **given)[0].advocacy


@pytest.mark.parametrize(
    ("score", "name"),
    [(0, "detractor"), (6, "detractor"), (7, "passive"), (8, "passive"), (9, "promoter"), (10, "promoter")],
)
def test_the_asked_score_wins_over_words_and_stars(score, name):
    found = read("Nul, à fuir !", asked_score=score, stars=1)
    assert found.basis == "asked"
    assert found.likelihood == score
    assert found.probabilities.model_dump() == {
        each: float(each == name) for each in ("promoter", "passive", "detractor")
    }


def test_half_scores_fall_in_the_class_below():
    assert asked(8.5).probabilities.passive == 1
    assert asked(6.5).probabilities.detractor == 1


def test_stars_lead_and_words_correct():
    alone = read(stars=5)
    glad = read("Parfait, je recommande à tous mes amis !", stars=5)
    cross = read("Déçu, plus jamais, service nul.", stars=5)
    assert alone.basis == glad.basis == cross.basis == "star_proxy"
    assert glad.probabilities.promoter > alone.probabilities.promoter > cross.probabilities.promoter


def test_words_alone_are_an_estimate():
    glad, cross = read("Je recommande à tous, parfait !"), read("À fuir, service client honteux.")
    assert glad.basis == cross.basis == "estimated"
    assert glad.likelihood > cross.likelihood
    assert glad.probabilities.promoter > 0.5 > cross.probabilities.promoter


def test_nothing_said_is_none():
    assert read("") is None
    assert read("...") is None


def test_chances_sum_to_one_and_grow_with_the_stars():
    chances = [star_proxy(stars / 2, None) for stars in range(11)]
    assert all(math.isclose(sum(each), 1) for each in chances)
    promoters = [each[2] for each in chances]
    assert promoters == sorted(promoters)
    assert star_proxy(4.5, None)[2] == pytest.approx((star_proxy(4, None)[2] + star_proxy(5, None)[2]) / 2)
