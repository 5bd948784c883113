import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models

from enrichment.lexicons.taxonomy import signal_names as names
from enrichment.models.linear import LinearModel
from enrichment.models.linear_signal_model import LinearSignalModel
from enrichment.run import bundled
from enrichment.scoring.evaluation import calibration_error
from enrichment.training import linear, marks
from enrichment.training.data import balanced, read
from enrichment.training.encoder import items, schedule
from enrichment.training.evaluation import evaluate, measures
from enrichment.training.evaluation.rivals import RIVALS
from enrichment.training.evaluation.unseen import sentences
from enrichment.training.optimise import calibrate, softmax
from enrichment.training.signals import linear_signals, stacking
from enrichment.training.signals import sentences as labelled_sentences
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
        rows.append(
            {
                "text": text,
                "lang": "fr",
                "src": "survey",
                "stars": None,
                "label": None,
                "nps": 10 if good else 2,
            }
        )
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
    opinions = [
        ("bon parfait", ["positive"]),
        ("nul", ["negative", "negative"]),
        ("bon, nul", ["positive", "negative"]),
        ("une table", []),
    ]
    (folder / "absa").mkdir()
    with gzip.open(folder / "absa" / "nl_restaurants16_train.jsonl.gz", "wt", encoding="utf-8") as file:
        for text, polarities in opinions:
            row = {
                "text": text,
                "lang": "fr",
                "aspects": [{"category": "FOOD", "polarity": each} for each in polarities],
            }
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
    temperature, bias = calibrate(scores, truth, weights=np.full(100, 0.01), start=np.zeros(2), ridge=1e-4)
    assert softmax(scores / temperature + bias)[0, 0] == pytest.approx(0.6, abs=0.02)


def test_the_calibration_error_is_the_gap_between_said_and_seen():
    sure = np.tile([0.9, 0.1, 0.0], (10, 1))
    truth = np.array([0] * 7 + [1] * 3)
    assert calibration_error(sure, truth) == pytest.approx(0.2)
    assert calibration_error(sure, np.array([0] * 9 + [1])) == pytest.approx(0)


def test_an_estimated_nps_is_promoters_less_detractors_and_says_how_sure_it_is():
    classes = np.array([[0.1, 0.2, 0.7], [0.6, 0.3, 0.1]] * 50)
    value, half = measures.estimated_nps(classes)
    assert value == pytest.approx(5)
    assert measures.estimated_nps(classes[:20])[1] > half > 0
    assert measures.asked_nps(np.array([2.0, 2.0, 0.0, 1.0]))[0] == pytest.approx(25)


def test_the_learning_rate_warms_up_and_falls_to_zero_at_the_end():
    assert schedule.factor(0, 0.0) < 0.05
    assert schedule.factor(schedule.WARM, 0.0) == pytest.approx(1)
    assert schedule.factor(900, 1.0) == schedule.factor(900, 1.2) == 0
    assert schedule.over(10_000, []) is False


def test_the_learning_rate_falls_where_it_is_asked_to_and_the_run_ends_with_the_last():
    asked = schedule.planned([(300, 400)], [(100, 200), (300, 400)])
    assert asked == [(100, 200), (300, 400)]
    assert (
        schedule.factor(199, 0.5, asked)
        < 0.01
        < schedule.factor(150, 0.5, asked)
        < schedule.factor(100, 0.5, asked)
    )
    assert schedule.factor(250, 0.95, asked) == schedule.factor(99, 0.95, asked) > 0.5
    assert [schedule.over(step, asked) for step in (250, 399, 400)] == [False, False, True]
    with pytest.raises(ValueError, match="100:200 and 150:400 overlap"):
        schedule.planned([(150, 400), (100, 200)])


@pytest.mark.parametrize("wrong", ["937:577", "5", "a:b", "-1:4", "3:3", ""])
def test_a_cooling_is_two_steps_in_order(wrong):
    assert schedule.cooling("577:937") == (577, 937)
    with pytest.raises(ValueError, match=f"^{wrong}$"):
        schedule.cooling(wrong)


def test_a_sentence_that_takes_a_side_teaches_the_stars_of_that_side():
    tokenizer = Tokenizer(models.BPE({}, []))
    sentences = [
        ("Nul.", "food-", "."),
        ("Bon.", "food+", "."),
        ("Bon mais lent.", "food+ staff-", "."),
        ("Voilà.", ".", "use"),
    ]
    assert [item.stars for item in items.labelled(sentences, tokenizer)] == [(0, 1), (3, 4), None, None]
    assert not any(item.exact for item in items.labelled(sentences, tokenizer))


def test_heads_are_trained_on_labelled_sentences_and_say_which_file_is_missing(tmp_path, capsys):
    with pytest.raises(UsageError, match=rf"{tmp_path}/sentences\.json.*training\.signals\.sentences"):
        linear_signals.read(tmp_path)
    rows = [("le personnel est adorable", "staff+", "D use")] * 30 + [
        ("livraison en retard", "delivery-", "I deliv")
    ] * 30
    (tmp_path / "sentences.json").write_text(json.dumps(rows), encoding="utf-8")
    assert linear_signals.main(["--run", str(tmp_path), "--out", str(tmp_path)]) == 0
    assert "delight" in capsys.readouterr().out
    with np.load(tmp_path / "heads.npz", allow_pickle=False) as arrays:
        trained = LinearSignalModel(dict(arrays))
    good, bad = trained.scores(["personnel adorable", "un retard de livraison"])
    for sign in ("aspect:staff", "delight", "tone:good"):
        assert good[trained.names.index(sign)] > bad[trained.names.index(sign)]
    joined = json.loads((tmp_path / "signal_weights.json").read_text(encoding="utf-8"))
    assert list(joined) == list(names())
    assert all(
        0.1 <= each["threshold"] < 0.75 and np.isfinite(list(each.values())).all() for each in joined.values()
    )


def test_words_and_encoder_are_joined_as_held_out_sentences_ask():
    chance = np.random.default_rng(0)
    count = 2_000
    stacked = tuple(name for name in names() if not name.startswith("tone:"))
    known = len(stacked)
    truth = (chance.random((count, known)) < 0.2).astype(np.int8)
    truth[:, 3] = 0
    truth[:4, 3] = 1
    encoder = 1 / (1 + np.exp(-(4 * truth - 3 + chance.normal(0, 1, (count, known)))))
    words = np.full((count, known), 0.2)
    held = stacking.HeldOut(stacked, words, encoder, truth)
    joined = stacking.fit(held)
    assert list(joined) == list(stacked)
    assert all(0.5 < each.encoder < 6 and 0.2 < each.threshold < 0.7 for each in joined.values())
    assert joined[names()[3]].encoder == pytest.approx(joined[names()[2]].encoder, rel=0.5), (
        "a sign of few examples stays near its group"
    )
    by_words, by_encoder, by_both = stacking.losses(held)["signals"]
    assert by_both < by_encoder < by_words
    silent = stacking.fit(stacking.HeldOut(stacked, words, chance.random((count, known)), truth))
    assert all(abs(each.encoder) < 0.2 for each in silent.values())


def test_the_threshold_is_that_of_the_best_expected_f1():
    assert 0.2 < stacking.expected_best(np.array([0.9] * 5 + [0.2] * 20)) <= 0.9
    assert stacking.expected_best(np.array([0.9] * 5 + [0.6] * 5 + [0.02] * 50)) <= 0.6


def test_marks_say_signs_and_sides():
    found = dict(zip(names(), marks.target("staff+ price-", "back use").tolist(), strict=True))
    assert {name for name, there in found.items() if there} == {
        *(
            "aspect:staff",
            "aspect:price",
            "intent:comes_back",
            "stage:use",
            "stage:recommendation",
            "tone:good",
            "tone:bad",
        )
    }
    sides = [
        ("food-", "."),
        ("food+", "."),
        ("food+ price-", "."),
        (".", "use"),
        (".", "rec"),
        (".", "warn use"),
    ]
    assert [marks.tone(*each) for each in sides] == [
        marks.BLAME,
        marks.PRAISE,
        marks.NEITHER,
        marks.NEITHER,
        marks.PRAISE,
        marks.BLAME,
    ]
    for unknown in (("weather+", "."), (".", "bored")):
        with pytest.raises(KeyError):
            marks.target(*unknown)


def test_shipped_labels_are_of_the_guide_and_held_out_ones_apart():
    train, held = labelled_sentences.shipped(), labelled_sentences.shipped(labelled_sentences.HELD)
    assert not train.keys() & held.keys()
    guide = (Path(labelled_sentences.__file__).parent / "LABELS.md").read_text(encoding="utf-8")
    for name, labels in ((labelled_sentences.TRAIN, train), (labelled_sentences.HELD, held)):
        lines = (Path(labelled_sentences.__file__).parent / name).read_text(encoding="utf-8").splitlines()
        assert len(labels) == len(lines)
        assert f"{len(lines):,}" in guide
        assert all(
            marks.target(*both).any() or both == (".", ".") or "0" in both[0] for both in labels.values()
        )


def test_labelled_sentences_are_found_within_their_texts(folder, tmp_path, monkeypatch):
    texts = ["Accueil adorable. Mais cher.", "Mais   cher. Rien d'autre."]
    keys = {items.sentence_key("Mais cher."): ("price-", "."), items.sentence_key("Absent."): (".", ".")}
    monkeypatch.setattr(labelled_sentences, "shipped", lambda *_: dict(keys))
    (found,) = labelled_sentences.within(texts)
    assert (found.text, found.place, found.sentence, found.aspects) == (texts[0], 1, "Mais cher.", "price-")
    with pytest.raises(UsageError, match="none of the 2 sentences"):
        labelled_sentences.held(folder)
    assert labelled_sentences.main(["--data", str(folder), "--run", str(tmp_path / "run")]) == 0
    assert json.loads((tmp_path / "run" / "sentences.json").read_text(encoding="utf-8")) == []
