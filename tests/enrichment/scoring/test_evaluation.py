"""How right the analysers are on labelled texts: measures by hand, and a report that is the same twice."""

import numpy as np
import pytest

from enrichment.run import bundled
from enrichment.scoring.evaluation import (
    LabelledText,
    calibration_error,
    evaluate,
    macro_f1,
    right_side,
)

CHANCES = np.array([(0.8, 0.1, 0.1), (0.6, 0.3, 0.1), (0.2, 0.7, 0.1), (0.1, 0.1, 0.8)])
GOOD = "Accueil chaleureux, équipe formidable, je recommande les yeux fermés !"
BAD = "Une honte : jamais livré, jamais remboursé, service client odieux."


def test_measures_are_those_that_one_computes_by_hand():
    truth = np.array([0, 2, 1, 2])
    assert right_side(CHANCES[truth != 1], truth[truth != 1]) == pytest.approx(2 / 3)
    assert macro_f1(CHANCES, truth) == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    assert calibration_error(CHANCES, truth) == pytest.approx((2 * 0.2 + 0.6 + 0.3) / 4)


def test_a_report_counts_every_text_once_french_first_and_is_the_same_twice():
    texts = [
        *(LabelledText(text=f"{GOOD} ({number})", label="positive") for number in range(15)),
        *(LabelledText(text=f"{BAD} ({number})", label="negative") for number in range(15)),
        *(
            LabelledText(text=f"Terrible, rude staff, never again ({number}).", stars=1)
            for number in range(20)
        ),
        LabelledText(text=GOOD, label="negative"),
        LabelledText(text="", label="negative"),
    ]
    found = evaluate(texts, bundled())
    assert [group.name for group in found.groups] == ["all", "fr", "en"]
    assert (found.n, found.unread) == (52, 1)
    everything = found.groups[0]
    assert sum(sum(counts.values()) for counts in everything.confusion.values()) == everything.n == 51
    assert everything.confusion["negative"]["positive"] == 1
    assert everything.right_side.low < everything.right_side.value == pytest.approx(50 / 51)
    assert found.groups[2].exact_stars.value > 0.8
    assert everything.exact_stars is not None
    assert sum(n for n, _ in (found.spoken, found.withheld)) == 51
    assert evaluate(texts, bundled()) == found
