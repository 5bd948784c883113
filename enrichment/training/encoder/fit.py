"""Fine-tunes the network: `python -m enrichment.training.encoder.fit --data … --base … --run …`.

Stops and goes on: a checkpoint every few minutes in the run's folder, read again at the start; what was seen
and the order of the rest are part of it. The rate falls to zero over the last passes (`schedule`), or, with
`--cool FIRST:LAST`, between two steps, where the run then ends. A file COOLDOWN in the folder, holding a
number of steps, asks for such an end by the clock; the log names its steps. A run that ended by its passes
goes on with more passes, one that ended by a cooling with a later one. Sentence labels and embedding targets
join in when their files appear.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, distributed

from enrichment.training.encoder import items, losses, schedule
from enrichment.training.encoder.items import TrainingText
from enrichment.training.encoder.network import Network, from_base

RATE, HEAD_RATE, DECAY = 1.6e-4, 1e-3, 0.93
"""Learning rates of the last layer and of the heads; each layer below learns `DECAY` times as fast."""
FROZEN = 2
"""The lowest layers, and the word embeddings, stay as they are."""
SURVEYS, LABELLED = 3, 2
"""How often a pass repeats the rows with an asked score, and the labelled sentences.

Sentences were repeated three times while they were 6,392.
"""
SAVE_EVERY = 300.0
"""Seconds between checkpoints."""
SEED = 17


class TrainingRun:
    """State of one training run, in memory and in its folder."""

    def __init__(
        self,
        folder: Path,
        data: Path,
        base: Path,
        passes: float,
        *,
        coolings: Sequence[schedule.Cooling] = (),
        rank: int = 0,
        ranks: int = 1,
    ) -> None:
        self.folder, self.rank, self.ranks = folder, rank, ranks
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        kept = json.loads((folder / "kept.json").read_text())
        self.train = items.from_rows(data / "train.jsonl.gz", self.tokenizer)
        self.dev = items.from_rows(data / "dev.jsonl.gz", self.tokenizer)
        self.offsets = items.offsets(self.train, self.dev)
        self.network = from_base(base, kept)
        for layer in self.network.layers[:FROZEN]:
            layer.requires_grad_(False)
        self.network.places.requires_grad_(False)
        self.network.norm.requires_grad_(False)
        self.optimizer = optimizer(self.network)
        self.meanings: dict[str, np.ndarray] = {}
        self.sentences: list[TrainingText] = []
        self.step = self.seen = 0
        self.coolings = schedule.planned(coolings)
        self.passes = passes
        self.resume()

    def resume(self) -> None:
        """Read the last checkpoint, if any."""
        path = self.folder / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, weights_only=True)
            self.network.load_state_dict(state["network"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step, self.seen = state["step"], state["seen"]
            saved = schedule.planned((first, last) for first, last in state.get("coolings", ()))
            self.coolings = schedule.planned(saved, self.coolings)

    def save(self) -> None:
        """Write a checkpoint, whole or not at all."""
        if self.rank:
            return
        path = self.folder / "checkpoint.pt"
        state = {"network": self.network.state_dict(), "optimizer": self.optimizer.state_dict()}
        torch.save(
            {**state, "step": self.step, "seen": self.seen, "coolings": self.coolings},
            path.with_suffix(".part"),
        )
        path.with_suffix(".part").replace(path)

    def share_gradients(self) -> None:
        """Average the gradients of all processes; one asked by the clock to cool asks them all."""
        learning = [each for each in self.network.parameters() if each.requires_grad]
        cool = self.asked_to_cool()
        if self.ranks > 1:
            parts = [
                (torch.zeros_like(each) if each.grad is None else each.grad).reshape(-1) for each in learning
            ]
            flat = torch.cat([*parts, torch.tensor([float(cool * self.ranks)])])
            distributed.all_reduce(flat)
            flat /= self.ranks
            cool = round(float(flat[-1]))
            at = 0
            for each in learning:
                each.grad = flat[at : at + each.numel()].view_as(each)
                at += each.numel()
        if cool:
            self.cool(cool)

    def asked_to_cool(self) -> int:
        """Return the steps that a COOLDOWN file asks for, 0 where there is none.

        A file that holds no number is logged and left alone.
        """
        signal = self.folder / "COOLDOWN"
        if self.rank or not signal.exists():
            return 0
        wanted = signal.read_text().strip()
        if wanted.isdecimal() and int(wanted):
            return int(wanted)
        log(f"{signal}: {wanted!r} is not a number of steps")
        return 0

    def cool(self, steps: int) -> None:
        """Let the rate fall to zero over some steps from now on; remove the file once saved."""
        kept = [each for each in self.coolings if each[1] <= self.step]
        self.coolings = [*kept, (self.step, self.step + steps)]
        if self.rank == 0:
            log(f"cooling {self.step}:{self.step + steps}")
            self.save()
            (self.folder / "COOLDOWN").unlink()

    def pool(self) -> list[TrainingText]:
        """Return what a pass goes through."""
        self.gather()
        surveys = [item for item in self.train if item.group is not None]
        return self.train + surveys * (SURVEYS - 1) + self.sentences * LABELLED

    def gather(self) -> None:
        """Load sentence labels and embedding targets (`meanings.npz`: keys, vectors) if they are there."""
        meanings = self.folder / "meanings.npz"
        if not self.meanings and meanings.exists():
            with np.load(meanings) as arrays:
                self.meanings = dict(zip(arrays["keys"].tolist(), arrays["vectors"], strict=True))
        labels = self.folder / "sentences.json"
        if labels.exists():
            found = [tuple(each) for each in json.loads(labels.read_text())]
            if len(found) != len(self.sentences):
                self.sentences = items.labelled(found, self.tokenizer)
                for item in self.sentences:
                    item.source = "sentences"


def optimizer(network: Network) -> torch.optim.Optimizer:
    """Return AdamW with a rate per layer; `base` in each group is that rate before the schedule."""
    groups = []
    for index, layer in enumerate(network.layers):
        if index >= FROZEN:
            groups += _groups(layer, RATE * DECAY ** (len(network.layers) - 1 - index))
    groups += _groups(network.bytes, HEAD_RATE)
    for module in (network.values, network.weights):
        groups += _groups(module, HEAD_RATE)
    groups += _groups(network.meaning, HEAD_RATE / 4)
    return torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98), eps=1e-6)


def _groups(module: torch.nn.Module, rate: float) -> list[dict[str, object]]:
    matrices = [each for each in module.parameters() if each.ndim > 1]
    others = [each for each in module.parameters() if each.ndim <= 1]
    return [
        {"params": group, "lr": rate, "base": rate, "weight_decay": decay}
        for group, decay in ((matrices, 0.01), (others, 0.0))
        if group
    ]


def tensors(
    items: Sequence[TrainingText], examples: Sequence[Sequence[int]]
) -> tuple[Tensor, Tensor, Tensor, list[TrainingText]]:
    """Return ids, mask, the span of each token, and the item of each span."""
    parts = [[items[place] for place in example] for example in examples]
    inner = [[item.tokens[1:-1] for item in part] for part in parts]
    width = max(sum(map(len, each)) for each in inner) + 2
    spans_count = sum(map(len, parts))
    ids = np.full((len(parts), width), 1, np.int64)
    spans = np.full((len(parts), width), spans_count, np.int64)
    mask = np.zeros((len(parts), width), bool)
    number = 0
    for row, each in enumerate(inner):
        at = 1
        ids[row, 0] = 0
        for tokens in each:
            ids[row, at : at + len(tokens)] = tokens
            spans[row, at : at + len(tokens)] = number
            at += len(tokens)
            number += 1
        ids[row, at] = 2
        mask[row, : at + 1] = True
        if len(each) == 1:
            spans[row, : at + 1] = number - 1
    return (
        torch.from_numpy(ids),
        torch.from_numpy(mask),
        torch.from_numpy(spans),
        [item for part in parts for item in part],
    )


def train(run: TrainingRun) -> None:
    """Train until the passes are done or the last cooling ends."""
    saved = started = time.monotonic()
    pool: list[TrainingText] = []
    pool_at = -1
    tokens = 0.0
    recent: list[float] = []
    chunk = run.seen
    while True:
        if pool_at != len(run.sentences) or not pool:
            pool = run.pool()
            pool_at = len(run.sentences)
        size = len(pool)
        whole = max(1, int(run.passes * size / items.CHUNK))
        if chunk >= whole and not run.coolings:
            break
        per_pass = -(-size // items.CHUNK)
        order = items.stream(pool, SEED + chunk // per_pass)
        start = (chunk % per_pass) * items.CHUNK
        groups = list(items.batches(pool, order[start : start + items.CHUNK], SEED + 1000 + chunk))
        groups = groups[run.rank : len(groups) - len(groups) % run.ranks : run.ranks]
        for place, group in enumerate(groups):
            share = (chunk + place / len(groups)) / whole
            if schedule.over(run.step, run.coolings):
                run.save()
                return
            rate = schedule.factor(run.step, share, run.coolings)
            for each in run.optimizer.param_groups:
                each["lr"] = each["base"] * rate
            ids, mask, spans, chosen = tensors(pool, group)
            with torch.autocast("cpu", torch.bfloat16):
                found = run.network(ids, None if bool(mask.all()) else mask, spans, len(chosen))
            loss = losses.total(found, chosen, run.offsets, run.meanings)
            loss.backward()
            run.share_gradients()
            torch.nn.utils.clip_grad_norm_(run.network.parameters(), 1.0)
            run.optimizer.step()
            run.optimizer.zero_grad()
            run.step += 1
            tokens += float(mask.sum()) * run.ranks
            recent.append(float(loss.detach()))
            if run.step % 25 == 0 and run.rank == 0:
                speed = tokens / (time.monotonic() - started)
                progress = (
                    f"share {share:.3f} rate {rate:.3f} loss {np.mean(recent[-25:]):.4f} tokens/s {speed:.0f}"
                )
                log(f"{time.strftime('%H:%M:%S')} step {run.step} {progress}")
            if time.monotonic() - saved > SAVE_EVERY:
                run.save()
                saved = time.monotonic()
        chunk += 1
        run.seen = chunk
        run.gather()
        run.save()
    run.save()


def log(what: str) -> None:
    """Write a line of the log, at once."""
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Train; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--data", type=Path, required=True, help="the folder that holds train.jsonl.gz and dev.jsonl.gz"
    )
    parser.add_argument("--base", type=Path, required=True, help="the base model's folder")
    parser.add_argument(
        "--run", type=Path, required=True, help="the run's folder: checkpoints, tokenizer, sentences"
    )
    parser.add_argument("--passes", type=float, default=1.6, help="how often everything is gone through")
    parser.add_argument(
        "--processes", type=int, default=2, help="each with one thread; gradients are averaged"
    )
    parser.add_argument(
        "--cool",
        type=schedule.cooling,
        action="append",
        default=[],
        metavar="FIRST:LAST",
        help="steps over which the rate falls to zero; the run ends with the last",
    )
    options = parser.parse_args(arguments)
    try:
        options.cool = schedule.planned(options.cool)
    except ValueError as problem:
        parser.error(f"--cool: {problem}")
    if options.processes == 1:
        _work(0, options)
    else:
        torch.multiprocessing.spawn(_work, (options,), nprocs=options.processes)
    return 0


def _work(rank: int, options: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    if options.processes > 1:
        meeting = options.run / f"meeting-{os.getppid()}"
        distributed.init_process_group(
            "gloo", init_method=f"file://{meeting}", rank=rank, world_size=options.processes
        )
    run = TrainingRun(
        options.run,
        options.data,
        options.base,
        options.passes,
        coolings=options.cool,
        rank=rank,
        ranks=options.processes,
    )
    run.network.train()
    run.gather()
    if rank == 0:
        log(f"{len(run.train)} rows, {len(run.sentences)} sentences, offsets for {sorted(run.offsets)}")
        if schedule.over(run.step, run.coolings):
            log(f"the run has ended at step {run.step}; a later --cool lets it go on")
    train(run)


if __name__ == "__main__":
    sys.exit(main())
