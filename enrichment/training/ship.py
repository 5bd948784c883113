"""Make of a training run what ships: `python -m enrichment.training.ship --help` names its four folders.

Measures the ranges of activations on training texts, writes the int8 graph, then calibrates what that graph
says (`enrichment.training.calibration`) and fits the embedding by ridge regression towards the base model's.
Everything is deterministic.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from enrichment.lexicons.taxonomy import ASPECT
from enrichment.training import calibration, marks
from enrichment.training.encoder import embedding
from enrichment.training.encoder.graph import Ranges, build
from enrichment.training.encoder.items import ASPECT_NAMES, TrainingText, from_rows
from enrichment.training.encoder.network import HEADS, LAYERS, Network
from enrichment.training.signals.sentences import held

VERSION = 2
EVERY = 29
"""Of the training rows, one in so many serves here: activations and embeddings are measured on them."""
RANGE_TEXTS = 200
SMOOTH = 0.8
"""How far a channel's factor follows its activations (1) or its weights (0).

Dev, on an early checkpoint: the cosine of the last states with the float model's is 0.978 at 0.5, 0.998 at
0.65, 0.999 at 0.8.
"""
LINEAR = ("qkv", "out", "up", "down")


def ranges(network: Network, items: Sequence[TrainingText]) -> dict[str, Ranges]:
    """Return what each linear layer's input reaches on these items."""
    reach: dict[str, torch.Tensor] = {}

    def watch(name: str) -> object:
        def look(_: object, given: tuple[torch.Tensor, ...]) -> None:
            top = given[0].detach().reshape(-1, given[0].shape[-1]).abs().max(0).values.float()
            reach[name] = torch.maximum(reach[name], top) if name in reach else top

        return look

    hooks = [
        getattr(network.layers[index], part).register_forward_pre_hook(watch(f"layers.{index}.{part}"))
        for index in range(LAYERS)
        for part in LINEAR
    ]
    with torch.no_grad():
        for item in items:
            network.encode(torch.tensor([item.tokens]), None)
    for hook in hooks:
        hook.remove()
    return {name: Ranges(value.numpy(), SMOOTH) for name, value in reach.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the model's folder; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name in ("run", "data", "base", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--meanings", type=int, default=2500, help="train texts used to fit the embedding")
    options = parser.parse_args(arguments)
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(options.run / "tokenizer.json"))
    sentences = held(options.data)  # first: it says what is missing before anything is written
    train = from_rows(options.data / "train.jsonl.gz", tokenizer, every=EVERY)
    state = torch.load(options.run / "checkpoint.pt", weights_only=True)["network"]
    network = Network(state["words.weight"].shape[0])
    network.load_state_dict(state)
    network.eval()
    chosen = train[:: len(train) // RANGE_TEXTS]
    arrays: dict[str, NDArray[np.float32]] = {name: value.numpy() for name, value in state.items()}
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    onnx.save(build(arrays, ranges(network, chosen)), str(options.out / "model.onnx"))
    (options.out / "tokenizer.json").write_bytes((options.run / "tokenizer.json").read_bytes())
    described = {
        "version": VERSION,
        "heads": [[head.name, head.values, head.own] for head in HEADS],
        "names": {
            "aspects": [ASPECT + name for name in ASPECT_NAMES],
            "signals": list(marks.SIGNALS.values()),
        },
        "calibration": {},
    }
    (options.out / "readout.json").write_text(json.dumps(described))
    embedding.write(options, train)
    described["calibration"] = calibration.fit(options, sentences)
    (options.out / "readout.json").write_text(json.dumps(described, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
