import gzip
import json
from datetime import UTC, datetime

import numpy as np
import pytest

from enrichment.linear import LinearModel
from enrichment.run import bundled
from enrichment.training import evaluate, linear, measures
from enrichment.training.data import balanced, read
from enrichment.training.optimise import calibrate, softmax
from enrichment.training.rivals import RIVALS
from enrichment.training.unseen import sentences
from ouidire.errors import UsageError

GOOD = ["parfait merci", "très bien parfait", "super parfait", "je recommande parfait"]
BAD = ["nul à fuir", "très nul", "nul nul", "je déconseille nul"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(measures, "RESAMPLES", 5)
    rows = []
    for number in range(40):
        good = number % 2 == 0
        text = f"{(GOOD if good else BAD)[number % 4]} {number}"
        given = {"stars": 5 if good else 1, "label": "pos" if good else "neg", "nps": None}
        rows.append({"text": text, "lang": "fr", "src": "site", **given})
        rows.append({"text": text, "lang": "fr", "src": "survey", "stars": None, "label": None, "nps": 10 if good else 2})
    rows.append({"text": "moyen", "lang": "fr", "src": "tweets", "stars": None, "label": "neu", "nps": None})
    for split in ("train", "dev"):
        with gzip.open(tmp_path / f"{split}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path


def test_a_model_is_trained_twice_the_same_and_reads_what_it_was_taught(folder):
    rows, dev = read(folder, "train"), read(folder, "dev")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    arrays = linear.train(rows, dev, now=now)
    again = linear.train(rows, dev, now=now)
    assert all(np.array_equal(arrays[name], again[name]) for name in arrays)
    model = LinearModel(arrays)
    good, bad = model.raw(["parfait", "nul"]).tolist()
    assert model.stars(good)[4] > model.stars(bad)[4]
    assert model.classes(good)[2] > model.classes(bad)[2]
    assert model.trained == "2026-01-01"


def test_the_evaluation_writes_a_page_with_rivals(folder, tmp_path):
    page = tmp_path / "evaluation.md"
    assert evaluate.main(["--data", str(folder), "--write", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "| survey | 40 |" in text
    for name in ("always five stars", "bag of words, linear", "French lexicon", "VADER"):
        assert name in text


def test_sentences_never_trained_on_have_rows_of_their_own(folder):
    opinions = [("bon parfait", ["positive"]), ("nul", ["negative", "negative"]), ("bon, nul", ["positive", "negative"]), ("une table", [])]
    (folder / "absa").mkdir()
    with gzip.open(folder / "absa" / "nl_restaurants16_train.jsonl.gz", "wt", encoding="utf-8") as file:
        for text, polarities in opinions:
            row = {"text": text, "lang": "fr", "aspects": [{"category": "FOOD", "polarity": each} for each in polarities]}
            file.write(json.dumps(row) + "\n")
    assert [(row.text, row.label) for row in sentences(folder)] == [("bon parfait", "pos"), ("nul", "neg")]
    told = list(evaluate.unseen_rows(list(sentences(folder)), bundled()))
    assert [line.split(" | ")[2] for line in told[2:]] == ["Ouï-dire", *RIVALS]
    assert told[2].startswith("| Dutch restaurants | 2 |")


def test_the_evaluation_says_why_it_is_skipped(tmp_path, capsys):
    assert evaluate.main(["--data", str(tmp_path)]) == 0
    assert "skipped: no labelled texts" in capsys.readouterr().out
    with pytest.raises(UsageError, match="--data"):
        read(tmp_path, "train")


def test_weights_make_groups_count_alike():
    weights = balanced(["a", "a", "a", "b"], 1)
    assert weights.tolist() == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2])


def test_calibration_cools_scores_that_boast():
    scores = np.array([[4.0, 0.0]] * 60 + [[4.0, 0.0]] * 40)
    truth = np.zeros((100, 2), dtype=np.float32)
    truth[:60, 0] = 1
    truth[60:, 1] = 1
    temperature, bias = calibrate(scores, truth, weights=np.full(100, 0.01), start=np.zeros(2), hold=1e-4)
    assert softmax(scores / temperature + bias)[0, 0] == pytest.approx(0.6, abs=0.02)


def test_the_calibration_error_is_the_gap_between_said_and_seen():
    sure = np.tile([0.9, 0.1, 0.0], (10, 1))
    truth = np.array([0] * 7 + [1] * 3)
    assert measures.calibration_error(sure, truth) == pytest.approx(0.2)
    assert measures.calibration_error(sure, np.array([0] * 9 + [1])) == pytest.approx(0)


def test_an_estimated_nps_is_promoters_less_detractors_and_says_how_sure_it_is():
    classes = np.array([[0.1, 0.2, 0.7], [0.6, 0.3, 0.1]] * 50)
    value, half = measures.estimated_nps(classes)
    assert value == pytest.approx(5)
    assert measures.estimated_nps(classes[:20])[1] > half > 0
    assert measures.asked_nps(np.array([2.0, 2.0, 0.0, 1.0]))[0] == pytest.approx(25)
