import json

import pytest

from enrichment.run import Enricher, bundled
from enrichment.training.evaluation import robustness
from enrichment.training.variants import VARIANTS, variant
from tests.support import floors

FLOOR = json.loads((floors.HERE / "robustness.json").read_text(encoding="utf-8"))
WHOLE = ("language", "sentences", "reading", "sentiment")


@pytest.fixture(scope="module")
def read():
    """Reads the sentiment alone: a tenth of the time of all analysers."""
    chosen = [each for each in bundled().analysers if each.name in WHOLE]
    return robustness.reader(Enricher(chosen))


@pytest.fixture(scope="module")
def texts():
    """Texts of our gold whose label is a side, hard ones among them, with that side."""
    gold = [*floors.gold("sentiment"), *floors.gold("sentiment_blind")]
    rows = [row for row in gold if row["label"] in {"positive", "negative"}]
    return [row["text"] for row in rows], [row["label"] for row in rows]


@pytest.mark.parametrize("name", sorted(FLOOR["side_kept_at_least"]))
def test_a_variant_keeps_the_side_and_nearly_the_stars(name, read, texts):
    moved = robustness.moved_by(name, *texts, read)
    assert len(moved.before) >= 90
    assert moved.kept.mean() >= FLOOR["side_kept_at_least"][name]
    assert moved.change.mean() <= FLOOR["mean_change_at_most"][name]
    assert moved.same_language.mean() >= 0.97


@pytest.mark.parametrize("name", robustness.MASKED_VARIANTS)
def test_personal_data_is_masked_in_capitals_and_behind_what_cannot_be_seen(name):
    marked = [row["marked"] for row in floors.gold("privacy")]
    stretches, whole, clean = robustness.masks(marked, name)
    assert stretches >= 60
    assert whole / stretches >= FLOOR["masked_at_least"]
    assert clean / sum("⟦" not in text for text in marked) >= FLOOR["left_as_they_are_at_least"]


def test_a_variant_is_the_same_each_time_and_none_where_it_would_change_nothing():
    text = "Très déçue, c'est nul. Je n'ai jamais reçu ma commande."
    for name in VARIANTS:
        assert variant(name, text, "negative") == variant(name, text, "negative") != text
    assert variant("no accents", "plain", "neutral") is None
    assert variant("sentences swapped", "Une seule phrase.", "neutral") is None


def test_rows_of_an_absent_folder_are_none(tmp_path):
    assert robustness.rows_of(tmp_path) == []
