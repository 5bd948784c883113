import json
from pathlib import Path

import absa
import floors
import numpy as np
import pytest

DATASETS = Path(__file__).resolve().parents[2].parent / "shared" / "datasets"


@pytest.mark.parametrize("name", sorted(floors.MEASURES))
def test_an_analyser_is_as_good_as_its_floor_on_its_gold(name):
    floor = json.loads((floors.HERE / name / "floor.json").read_text(encoding="utf-8"))
    assert floor["gold_sha256"] == floors.digest(name), "the gold changed: run floors.py and review the figures"
    figures = floors.MEASURES[name]()
    assert set(figures) == set(floor["figures"])
    assert {key: value for key, value in figures.items() if value < floor["figures"][key]} == {}


def test_the_gold_of_masking_is_large_and_half_hard_negatives():
    rows = [row["marked"] for row in floors.gold("privacy")]
    assert len(rows) >= 120
    assert len(set(rows)) == len(rows)
    assert 0.4 <= sum("⟦" in row for row in rows) / len(rows) <= 0.6


def test_the_gold_of_sentiment_has_every_label():
    labels = [row["label"] for row in floors.gold("sentiment")]
    assert len(labels) >= 80
    assert min(labels.count(label) for label in ("positive", "negative", "neutral", "mixed")) >= 8


def test_the_gold_of_signals_is_large_and_a_third_of_it_is_hard():
    empty = {
        "delight": [row for row in floors.gold("delight") if not row["delight"] and not row["irritation"]],
        "effort": [row for row in floors.gold("effort") if row["effort"] is None],
        "intents": [row for row in floors.gold("intents") if not row["intents"]],
    }
    for name in ("delight", "effort", "intents", "journey", "results"):
        rows = floors.gold(name)
        assert len(rows) >= 160
        assert len({json.dumps(row, sort_keys=True) for row in rows}) == len(rows)
        assert len(empty.get(name, rows)) >= 0.32 * len(rows)


@pytest.mark.skipif(not absa.FOLDER.exists(), reason="no SemEval sentences beside the checkout (../shared/datasets/absa)")
@pytest.mark.parametrize("name", sorted(absa.SETS))
def test_aspects_are_as_good_as_their_floor_on_trades_of_others(name):
    floor = json.loads((floors.HERE / "absa.json").read_text(encoding="utf-8"))[name]
    figures = absa.figures(name)
    assert figures["sentences"] == floor["sentences"]
    assert {key: value for key, value in figures.items() if value < floor[key]} == {}


@pytest.mark.skipif(not (DATASETS / "dev.jsonl.gz").exists(), reason="no labelled texts beside the checkout (../shared/datasets)")
def test_the_model_is_as_good_as_its_floor_on_real_texts():
    from sklearn.metrics import f1_score, roc_auc_score

    from enrichment.run import RawText, bundled
    from enrichment.training.data import LABELS, nps_class, read
    from enrichment.training.measures import calibration_error

    floor = json.loads((floors.HERE / "sentiment" / "dev.json").read_text(encoding="utf-8"))
    rows = read(DATASETS, "dev")
    found = bundled().annotate([RawText(text=row.text) for row in rows])
    labelled = [(LABELS.index(row.label), each.sentiment) for row, each in zip(rows, found, strict=True) if row.label and each.sentiment]
    assert len(labelled) >= 0.99 * sum(row.label is not None for row in rows)
    truth = np.array([label for label, _ in labelled])
    chances = np.array([(each.p_negative, each.p_neutral, each.p_positive) for _, each in labelled])
    poles = truth != 1
    assert f1_score(truth, chances.argmax(axis=1), average="macro") >= floor["macro_f1"]
    assert roc_auc_score(truth[poles] == 2, [each.polarity for label, each in labelled if label != 1]) >= floor["auc"]
    assert calibration_error(chances, truth) <= floor["calibration_error_at_most"]
    for survey, least in floor["promoter_detractor_auc"].items():
        answers = [(nps_class(row.nps), each.advocacy.probabilities) for row, each in zip(rows, found, strict=True) if row.src == survey]
        sides = [(label == 2, each.promoter - each.detractor) for label, each in answers if label != 1]
        assert roc_auc_score([side for side, _ in sides], [balance for _, balance in sides]) >= least
