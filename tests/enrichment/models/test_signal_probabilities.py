import numpy as np
import pytest

from enrichment.base import ModelFilesError
from enrichment.lexicons.taxonomy import signal_names
from enrichment.models import encoder, files, linear_signal_model, signal_probabilities
from enrichment.models.encoder import ColumnNames, EncoderHeads, SpanScores
from enrichment.models.signal_probabilities import stacked, stacking, threshold, word_weights


def scores(names):
    aspects, signals = (np.arange(len(own), dtype=np.float32)[None] for own in names)
    return SpanScores(aspects, aspects, None, aspects, None, signals + 100)


def test_columns_of_the_encoder_are_found_by_name_whatever_their_order():
    names = encoder.bundled()._heads.names
    swapped = ColumnNames(names.aspects[::-1], names.signals[::-1])
    given, turned = (
        dict(zip(stacking(), stacked(scores(each), each)[0], strict=True)) for each in (names, swapped)
    )
    for column, name in enumerate(names.aspects):
        assert (given[name], turned[name]) == (column, len(names.aspects) - 1 - column)
    for column, name in enumerate(names.signals):
        assert (given[name], turned[name]) == (100 + column, 100 + len(names.signals) - 1 - column)


def test_a_column_that_the_encoder_does_not_name_is_told_by_name():
    names = encoder.bundled()._heads.names
    short = ColumnNames(names.aspects[1:], names.signals)
    with pytest.raises(ModelFilesError, match=rf"readout\.json has no column {names.aspects[0]}: ship"):
        stacked(scores(short), short)


def test_a_model_without_signals_gives_none():
    part = SpanScores(np.zeros((2, 5)), np.zeros((2, 3)), None, None, None, None)
    assert stacked(part, ColumnNames()) is None


def test_a_readout_that_does_not_name_its_columns_is_refused():
    described = files.read_json("readout.json")
    assert EncoderHeads(described).names == encoder.bundled()._heads.names
    for names in ({}, {**described["names"], "signals": described["names"]["signals"][1:]}):
        with pytest.raises(ModelFilesError, match=r"readout\.json names \d+ columns, the head '\w+' has"):
            EncoderHeads({**described, "names": names})


def test_the_files_that_ship_name_the_same_signals():
    names = encoder.bundled()._heads.names
    read = {*names.aspects, *names.signals}
    assert set(stacking()) == read == {each for each in signal_names() if not each.startswith("tone:")}
    assert set(word_weights()) == set(linear_signal_model.bundled().names) == set(signal_names())


def test_linear_heads_are_scored_by_name():
    model = linear_signal_model.bundled()
    whole = model.scores(["Très bon accueil"])
    assert model.scores(["Très bon accueil"], model.names[::-1]).tolist() == whole[:, ::-1].tolist()
    with pytest.raises(ModelFilesError, match=r"heads\.npz has no column stage:moon"):
        model.scores(["x"], ["stage:moon"])


@pytest.mark.parametrize("loader", [word_weights, stacking])
def test_weights_of_other_signals_are_refused(loader, monkeypatch):
    listed = files.read_json("stacking.json")
    first, *_ = listed
    wrong = {f"{first}s" if name == first else name: each for name, each in listed.items()}
    monkeypatch.setattr(signal_probabilities, "read_json", lambda _: wrong)
    with pytest.raises(ModelFilesError, match=first):
        loader.__wrapped__()


def test_a_threshold_depends_on_whether_the_encoder_read_the_sentence():
    signal = next(name for name in stacking() if stacking()[name].threshold != word_weights()[name].threshold)
    assert threshold(signal, has_encoder=True) == stacking()[signal].threshold
    assert threshold(signal, has_encoder=False) == word_weights()[signal].threshold
    assert threshold("tone:good", has_encoder=True) == word_weights()["tone:good"].threshold
