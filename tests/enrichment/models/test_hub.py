import sys

import pytest

from enrichment.models.hub import HubReader, stars_of
from enrichment.run import bundled
from ouidire.errors import ConfigError
from tests.support.annotate import annotate


@pytest.mark.parametrize(
    ("labels", "best"),
    [
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], [0, 1, 2, 3, 4]),
        (["5 stars", "4 stars", "3 stars", "2 stars", "1 star"], [4, 3, 2, 1, 0]),
        (["Negative", "neutral", "POSITIVE"], [0, 2, 4]),
        (["POS", "NEG"], [4, 0]),
        (["LABEL_0", "LABEL_1", "LABEL_2"], [0, 2, 4]),
        (["LABEL_0", "LABEL_1"], [0, 4]),
        ([f"LABEL_{star}" for star in range(5)], [0, 1, 2, 3, 4]),
    ],
)
def test_labels_of_stars_and_sides_are_read(labels, best):
    assert [row.index(max(row)) for row in stars_of(labels)] == best
    assert all(sum(row) == pytest.approx(1) for row in stars_of(labels))


@pytest.mark.parametrize("labels", [["sport", "politics"], ["LABEL_0"] * 4, ["joy", "anger", "fear"]])
def test_other_labels_are_refused(labels):
    with pytest.raises(ConfigError, match="no stars nor sides"):
        stars_of(labels)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ConfigError, match=r"extra `torch`"):
        bundled(model="hub:some/model")


@pytest.fixture
def checkpoint(tmp_path):
    pytest.importorskip("torch", reason="the extra `torch` is not installed")
    transformers = pytest.importorskip("transformers", reason="the extra `torch` is not installed")
    from importlib.resources import files

    marks = {"pad_token": "<pad>", "unk_token": "<unk>", "model_max_length": 64}
    source = str(files("enrichment").joinpath("models/weights/tokenizer.json"))
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_file=source, **marks)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=5,
        id2label={star: f"{star + 1} stars" for star in range(5)},
        label2id={f"{star + 1} stars": star for star in range(5)},
    )
    transformers.BertForSequenceClassification(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    return tmp_path


def test_a_local_checkpoint_reads_under_the_same_contract(checkpoint):
    enricher = bundled(model=f"hub:{checkpoint}")
    found = annotate("Parfait. Merci !", "", "long " * 500, enricher=enricher)
    assert sum(found[0].sentiment.stars) == pytest.approx(1, abs=1e-3)
    assert [sentence.polarity is not None for sentence in found[0].sentences] == [True, True]
    assert found[0].advocacy.basis == "estimated"
    assert found[0].vector is None
    assert found[1].sentiment is None
    assert any(f"hub:{checkpoint}" in each for each in found[0].versions)
    assert found[0] == annotate("Parfait. Merci !", enricher=enricher)[0]


def test_a_model_that_is_not_there_is_told(checkpoint):
    with pytest.raises(ConfigError, match="cannot be loaded"):
        HubReader(str(checkpoint / "nowhere"))
