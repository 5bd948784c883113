"""Fits the embedding: a linear map from the encoder's mean states to the base model's embedding of a text.

The target is the base's own ("passage: " before the text, mean of the last states, as its authors prescribe),
centred: embeddings of this family share a large common direction that says nothing of a text.
"""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrichment.training.encoder.items import TrainingText

RIDGE = 0.3
Floats = NDArray[np.float32]


def base_vectors(base: Path, texts: Sequence[str], prefix: str = "passage: ") -> Floats:
    """Return the base model's embeddings, unit vectors, not centred."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(base), AutoModel.from_pretrained(base).eval()
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    found = np.zeros((len(texts), model.config.hidden_size), np.float32)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(order), 16):
            places = order[start : start + 16]
            given = tokenizer(
                [prefix + texts[place] for place in places],
                padding=True,
                truncation=True,
                max_length=144,
                return_tensors="pt",
            )
            states = model(
                input_ids=given["input_ids"], attention_mask=given["attention_mask"]
            ).last_hidden_state.float()
            mask = given["attention_mask"][..., None]
            mean = (states * mask).sum(1) / mask.sum(1)
            found[places] = torch.nn.functional.normalize(mean, dim=1).numpy()
    return found


def write(options: argparse.Namespace, train: Sequence[TrainingText]) -> None:
    """Fit on train texts and their first sentences, as short as queries are, and write `meaning.npz`."""
    from enrichment.analysers.sentences import split

    chosen = [item.text[:700] for item in train[7 :: max(1, len(train) // options.meanings)]]
    texts = chosen + [text[slice(*split(text)[0])] for text in chosen if len(split(text)) > 1]
    target = _cached_vectors(options.run / "base-vectors.npz", options.base, texts)
    means = states(options.out, texts)
    centre, aim = means.mean(0), target - target.mean(0)
    aim /= np.linalg.norm(aim, axis=1, keepdims=True)
    spread = means.std(0) + 1e-6
    scaled = (means - centre) / spread
    gram = scaled.T @ scaled + RIDGE * len(texts) / 100 * np.eye(scaled.shape[1])
    weight = np.linalg.solve(gram, scaled.T @ aim).T / spread
    np.savez(
        options.out / "meaning.npz",
        weight=weight.astype(np.float16),
        bias=(-(weight @ centre)).astype(np.float32),
    )


def _cached_vectors(path: Path, base: Path, texts: Sequence[str]) -> Floats:
    """Return the base model's embeddings of the texts, cached in a file for the same texts."""
    asked = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    if path.exists():
        with np.load(path, allow_pickle=False) as arrays:
            if "asked" in arrays and str(arrays["asked"]) == asked:
                return np.asarray(arrays["vectors"])
    target = base_vectors(base, texts)
    np.savez(path, vectors=target, asked=np.array(asked))
    return target


def states(folder: Path, texts: Sequence[str]) -> Floats:
    """Return the int8 encoder's mean states of each text."""
    from tokenizers import Tokenizer

    from enrichment.models.runtime import runtime
    from enrichment.models.windows import cut

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    session = runtime().InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    rows = []
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        ids = cut(0, encoding.ids, [], [])[0].ids
        given = {"ids": np.array([ids], np.int32), "lengths": np.array([len(ids)], np.int32)}
        rows.append(session.run(["pooled"], given)[0][0])
    return np.stack(rows)
