import json

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from enrichment.scoring.evaluation import calibration_error
from enrichment.training.data import LABELS, nps_class, read
from tests.support import floors
from tests.support.annotate import annotate
from tests.support.paths import SHARED

DATASETS = SHARED / "datasets"


@pytest.mark.skipif(
    not (DATASETS / "dev.jsonl.gz").exists(),
    reason="no labelled texts beside the checkout (../shared/datasets)",
)
def test_the_model_is_as_good_as_its_floor_on_real_texts():
    floor = json.loads((floors.HERE / "sentiment" / "dev.json").read_text(encoding="utf-8"))
    rows = read(DATASETS, "dev")
    found = annotate(*(row.text for row in rows))
    labelled = [
        (LABELS.index(row.label), each.sentiment)
        for row, each in zip(rows, found, strict=True)
        if row.label and each.sentiment
    ]
    assert len(labelled) >= 0.99 * sum(row.label is not None for row in rows)
    truth = np.array([label for label, _ in labelled])
    chances = np.array([(each.p_negative, each.p_neutral, each.p_positive) for _, each in labelled])
    poles = truth != 1
    assert f1_score(truth, chances.argmax(axis=1), average="macro") >= floor["macro_f1"]
    assert (
        roc_auc_score(truth[poles] == 2, [each.polarity for label, each in labelled if label != 1])
        >= floor["auc"]
    )
    assert calibration_error(chances, truth) <= floor["calibration_error_at_most"]
    for survey, least in floor["promoter_detractor_auc"].items():
        answers = [
            (nps_class(row.nps), each.advocacy.probabilities)
            for row, each in zip(rows, found, strict=True)
            if row.src == survey
        ]
        sides = [(label == 2, each.promoter - each.detractor) for label, each in answers if label != 1]
        assert roc_auc_score([side for side, _ in sides], [balance for _, balance in sides]) >= least
