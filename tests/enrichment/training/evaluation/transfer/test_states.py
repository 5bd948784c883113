import numpy as np
import pytest

from enrichment.models.encoder import EncoderHeads, bundled
from enrichment.models.files import WEIGHTS, read_json
from enrichment.models.runtime import runtime
from enrichment.training.evaluation.transfer import states
from enrichment.training.evaluation.transfer.states import StateCache, text_key, with_output

TEXTS = ["Très bien, merci !", "Nul. À fuir, personne ne répond au téléphone. " * 30, "", "ok"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("states")
    StateCache(path).fill(TEXTS)
    return path


def test_pooled_values_are_those_of_the_shipped_encoder(folder):
    found = StateCache(folder).states(TEXTS)
    np.testing.assert_allclose(found.values, bundled().scores(TEXTS), rtol=1e-4, atol=1e-4)
    assert [found.states[name].shape for name in states.REFITTED] == [(4, 384)] * 3


def test_a_head_is_linear_in_the_states_that_are_kept(folder):
    session = runtime().InferenceSession(
        with_output(WEIGHTS.joinpath("model.onnx").read_bytes(), states.LAST_STATES),
        providers=["CPUExecutionProvider"],
    )
    ids = np.random.default_rng(0).integers(5, 20_000, (1, 500)).astype(np.int32)
    tokens, _, last = session.run(None, {"ids": ids, "lengths": np.array([500], np.int32)})
    design = np.column_stack([last[0], np.ones(500)])
    place = EncoderHeads(read_json("readout.json")).columns
    found = StateCache(folder).states(TEXTS)
    for name in states.REFITTED:
        head = np.linalg.lstsq(design, tokens[0][:, place[name]])[0]
        again = np.column_stack([found.states[name], np.ones(4)]) @ head
        np.testing.assert_allclose(again, found.values[:, place[name]], atol=0.02)


def test_what_is_kept_is_not_read_again(folder, monkeypatch):
    monkeypatch.setattr(states, "_StateReader", None)
    cache = StateCache(folder)
    assert cache.missing([*TEXTS, "neuf", "neuf"]) == ["neuf"]
    cache.fill(TEXTS)
    again = cache.states([TEXTS[1], TEXTS[0], TEXTS[1]])
    assert np.array_equal(again.values[0], again.values[2])


def test_a_run_that_was_stopped_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(states, "PART", 2)
    reader = states._StateReader

    class Failing(reader):
        count = 0

        def read(self, texts):
            Failing.count += 1
            if Failing.count == 2:
                raise KeyboardInterrupt
            return super().read(texts)

    monkeypatch.setattr(states, "_StateReader", Failing)
    with pytest.raises(KeyboardInterrupt):
        StateCache(tmp_path).fill(TEXTS)
    cache = StateCache(tmp_path)
    assert cache.missing(TEXTS) == TEXTS[2:]
    cache.fill(TEXTS)
    assert cache.states(TEXTS).values.shape[0] == 4


def test_the_folder_is_named_after_the_weights_and_holds_no_text(folder):
    (inner,) = folder.iterdir()
    kept = b"".join(path.read_bytes() for path in inner.iterdir())
    assert text_key(TEXTS[0]).encode("utf-32-le") in kept
    assert "Très bien".encode() not in kept
    assert "Très bien".encode("utf-32-le") not in kept


def test_a_model_with_one_more_output_is_the_same_model():
    model = WEIGHTS.joinpath("model.onnx").read_bytes()
    session = runtime().InferenceSession(
        with_output(model, states.LAST_STATES), providers=["CPUExecutionProvider"]
    )
    assert [each.name for each in session.get_outputs()] == ["tokens", "pooled", states.LAST_STATES]
    ids, lengths = np.array([[0, 5, 6, 2]], np.int32), np.array([4], np.int32)
    _, pooled, last = session.run(None, {"ids": ids, "lengths": lengths})
    np.testing.assert_allclose(last.mean(1)[0], pooled[0, 384:], rtol=1e-4, atol=1e-5)


def test_a_long_field_is_written_with_its_size():
    assert states._field(1, b"x" * 300)[:3] == bytes([0x0A, 0xAC, 0x02])
